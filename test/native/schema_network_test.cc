#include "schema/network.h"

#include <string>

#include "native/schema_support.h"
#include "native/test.h"

namespace {

using base::json::Object;
using base::json::Value;
using base::json::Write;
using schema::Network;
using schema::NetworkMode;
using schema::ReadNetwork;
using schema::WriteNetwork;
using schema_test::Document;
using schema_test::ErrorOf;

constexpr std::string_view kBridge = R"({
  "ID": "5b3d7c0e-4f3a-4f0e-9d1c-0a1b2c3d4e5f",
  "Name": "pods", "Owner": "test", "Type": "L2Bridge",
  "Policies": [
    {"Type": "NetAdapterName", "Settings": {"NetworkAdapterName": "Ethernet 2"}},
    {"Type": "HostRoute", "Settings": {}}
  ],
  "MacPool": {"Ranges": [{"StartMacAddress": "00-15-5D-aa-00-00", "EndMacAddress": "00-15-5D-aa-0F-FF"}]},
  "Dns": {"Domain": "cluster.local", "Search": ["svc.cluster.local"], "ServerList": ["10.96.0.10", "fd00::a"], "Options": ["ndots:5"]},
  "Ipams": [{"Type": "Static", "Subnets": [{
    "ID": "11111111-2222-3333-4444-555555555555",
    "IpAddressPrefix": "10.244.1.0/24",
    "Policies": [{"Type": "VLAN", "Settings": {"IsolationId": 4094}}],
    "Routes": [{"NextHop": "10.244.1.1", "DestinationPrefix": "0.0.0.0/0", "Metric": 256}],
    "IpSubnets": [{"ID": "66666666-7777-8888-9999-aaaaaaaaaaaa", "IpAddressPrefix": "10.244.1.0/25", "Flags": 3}],
    "Flags": 1
  }]}],
  "Flags": 72,
  "Health": {"Extra": {"SwitchGuid": "f0f0f0f0-0000-0000-0000-000000000001"}},
  "SchemaVersion": {"Major": 2, "Minor": 0},
  "FromTheFuture": {"Depth": [1, {"two": 3}]}
})";

// The error a network gets that is a name and `member`.
std::string ErrorWith(std::string_view member) {
  return ErrorOf(ReadNetwork(Document("{\"Name\":\"n\"," + std::string(member) + "}")));
}

std::string ErrorInSubnet(std::string_view members) {
  return ErrorWith("\"Ipams\":[{\"Subnets\":[{},{" + std::string(members) + "}]}]");
}

}  // namespace

TEST("a network document is read member by member") {
  const auto network = ReadNetwork(Document(kBridge));
  CHECK(network.ok());
  CHECK_EQ(network->id.ToString(), "5b3d7c0e-4f3a-4f0e-9d1c-0a1b2c3d4e5f");
  CHECK_EQ(network->name, "pods");
  CHECK_EQ(network->owner, "test");
  CHECK(network->type == NetworkMode::kL2Bridge);
  CHECK_EQ(network->policies.size(), 2u);
  CHECK(network->policies[0].type == schema::NetworkPolicyType::kNetAdapterName);
  CHECK_EQ(network->mac_ranges.size(), 1u);
  CHECK_EQ(network->mac_ranges[0].start.text, "00-15-5D-aa-00-00");
  CHECK_EQ(network->mac_ranges[0].end.value.ToString(), "00-15-5D-AA-0F-FF");
  CHECK_EQ(network->dns.domain, "cluster.local");
  CHECK_EQ(network->dns.server_list.size(), 2u);
  CHECK_EQ(network->flags, 72u);
  const schema::Subnet& subnet = network->ipams.at(0).subnets.at(0);
  CHECK_EQ(subnet.prefix->ToString(), "10.244.1.0/24");
  CHECK_EQ(subnet.policies.at(0).isolation_id, 4094u);
  CHECK_EQ(subnet.Gateway()->ToString(), "10.244.1.1");
  CHECK_EQ(subnet.routes.at(0).metric.value(), 256);
  CHECK_EQ(subnet.ip_subnets.at(0).flags, schema::ip_subnet_flags::kServiceDefault);
  CHECK_EQ(subnet.flags, schema::subnet_flags::kDoNotReserveGatewayAddress);
}

TEST("a network document comes back with everything it had, known or not") {
  const auto network = ReadNetwork(Document(kBridge));
  CHECK(network.ok());
  const Value written = WriteNetwork(*network);
  const Object original = Document(kBridge);
  for (const auto& member : original) {
    if (member.name == "Ipams") continue;  // Subnets gain their own SchemaVersion, below.
    const Value* found = written.AsObject()->Find(member.name);
    CHECK(found != nullptr);
    CHECK_EQ(Write(*found), Write(member.value));
  }
  CHECK(*ReadNetwork(*written.AsObject()) == *network);
}

TEST("a network is written with its id and name first") {
  const std::string text = Write(WriteNetwork(*ReadNetwork(Document(kBridge))));
  CHECK_EQ(text.substr(0, 96),
           R"({"ID":"5b3d7c0e-4f3a-4f0e-9d1c-0a1b2c3d4e5f","Name":"pods","Owner":"test","Type":"L2Bridge","Pol)");
}

TEST("members of a network are found in any letter case and written in HCN's") {
  const auto network = ReadNetwork(
      Document(R"({"name":"n","TYPE":"l2bridge","ipams":[{"subnets":[{"ipaddressprefix":"10.0.0.0/8"}]}]})"));
  CHECK(network.ok());
  CHECK_EQ(network->name, "n");
  CHECK_EQ(network->ipams.at(0).subnets.at(0).prefix->ToString(), "10.0.0.0/8");
  const Value written = WriteNetwork(*network);
  CHECK_EQ(*written.AsObject()->Find("Type")->AsString(), "L2Bridge");
  CHECK(written.AsObject()->Find("name") == nullptr);
}

TEST("network types are taken as names in any case, numbers and numbers as text") {
  const std::pair<const char*, NetworkMode> forms[] = {
      {"\"nat\"", NetworkMode::kNat},         {"\"ICS\"", NetworkMode::kIcs},
      {"3", NetworkMode::kL2Bridge},          {"\"3\"", NetworkMode::kL2Bridge},
      {"\"oVERLAY\"", NetworkMode::kOverlay}, {"\"ConstrainedICS\"", NetworkMode::kConstrainedIcs}};
  for (const auto& [text, mode] : forms) {
    const auto network = ReadNetwork(Document(std::string("{\"Type\":") + text + "}"));
    CHECK(network.ok());
    CHECK(network->type == mode);
  }
}

TEST("flags are taken as a number or as names joined by commas") {
  const auto flags = [](const char* text) {
    return ReadNetwork(Document(std::string("{\"Flags\":") + text + "}"))->flags;
  };
  CHECK_EQ(flags("8"), 8u);
  CHECK_EQ(flags("\"EnableNonPersistent\""), 8u);
  CHECK_EQ(flags("\"enablenonpersistent, EnableFlowSteering\""), 72u);
  CHECK_EQ(flags("\"EnableDNS|EnableDHCP\""), 3u);
  CHECK_EQ(flags("\"\""), 0u);
  CHECK_EQ(flags("\"1024\""), 1024u);
  CHECK_EQ(flags("4294967295"), 4294967295u);
}

TEST("empty objects, nulls and absent lists are an empty network") {
  const auto network = ReadNetwork(Document(
      R"({"Name":"n","Type":null,"Policies":null,"MacPool":{},"Dns":{},"Ipams":null,"Flags":null,"SchemaVersion":{"Major":0,"Minor":0},"Health":{"Extra":{}}})"));
  CHECK(network.ok());
  CHECK(!network->type.has_value());
  CHECK(network->ipams.empty());
  CHECK(network->schema_version == schema::SchemaVersion());
  CHECK(ReadNetwork(Object()).ok());
}

TEST("a single object stands for a list of one") {
  const auto network = ReadNetwork(Document(
      R"({"Policies":{"Type":"HostRoute"},"MacPool":{"Ranges":{"StartMacAddress":"00-15-5D-00-00-00","EndMacAddress":"00-15-5D-00-00-0F"}},
          "Ipams":{"Subnets":{"IpAddressPrefix":"10.0.0.0/8","Routes":{"NextHop":"10.0.0.1","DestinationPrefix":"0.0.0.0/0"}}}})"));
  CHECK(network.ok());
  CHECK_EQ(network->policies.size(), 1u);
  CHECK_EQ(network->mac_ranges.size(), 1u);
  CHECK_EQ(network->ipams.at(0).subnets.at(0).routes.size(), 1u);
}

TEST("resolver settings take Suffix for Domain, and text for lists") {
  const auto network =
      ReadNetwork(Document(R"({"Dns":{"Suffix":"old.local","ServerList":"10.0.0.1, 10.0.0.2","Search":"a.local"}})"));
  CHECK(network.ok());
  CHECK_EQ(network->dns.domain, "old.local");
  CHECK_EQ(network->dns.server_list.size(), 2u);
  CHECK_EQ(network->dns.server_list[1], "10.0.0.2");
  CHECK_EQ(network->dns.search.at(0), "a.local");
}

TEST("resolver settings cannot smuggle lines into a resolver file") {
  CHECK_EQ(ErrorWith(R"("Dns":{"Domain":"a\nnameserver 6.6.6.6"})"),
           "HCN_E_INVALID_NETWORK: `Dns.Domain` is `a\nnameserver 6.6.6.6`: spaces and control characters have no "
           "place here");
  CHECK_EQ(ErrorWith(R"("Dns":{"Search":["ok.local","b c"]})"),
           "HCN_E_INVALID_NETWORK: `Dns.Search[1]` is `b c`: spaces and control characters have no place here");
  CHECK_EQ(ErrorWith(R"("Dns":{"ServerList":["10.96.0.300"]})"),
           "HCN_E_INVALID_IP: `Dns.ServerList[0]` is `10.96.0.300`: expected the IP address of a name server");
}

TEST("subnet policies of 2018 with the id beside the type are read") {
  const auto network =
      ReadNetwork(Document(R"({"Ipams":[{"Subnets":[{"Policies":[{"Type":"VSID","IsolationId":5000}]}]}]})"));
  CHECK(network.ok());
  CHECK_EQ(network->ipams.at(0).subnets.at(0).policies.at(0).isolation_id, 5000u);
}

TEST("a prefix that is none is named with its place") {
  CHECK_EQ(ErrorInSubnet(R"("IpAddressPrefix":"10.1.0.0/33")"),
           "HCN_E_INVALID_PREFIX: `Ipams[0].Subnets[1].IpAddressPrefix` is `10.1.0.0/33`: not a prefix such as "
           "10.1.0.0/16 or fd00::/64");
  CHECK_EQ(
      ErrorInSubnet(R"("IpAddressPrefix":"10.1.0.0")"),
      "HCN_E_INVALID_PREFIX: `Ipams[0].Subnets[1].IpAddressPrefix` is `10.1.0.0`: the prefix length is missing, as "
      "in 10.1.0.0/16");
}

TEST("wrong types are errors of the part of the network they stand in") {
  CHECK_EQ(ErrorWith(R"("Flags":-1)"),
           "HCN_E_INVALID_NETWORK: `Flags` is `-1`: expected a whole number from 0 to 4294967295");
  CHECK_EQ(ErrorWith(R"("Flags":4294967296)"),
           "HCN_E_INVALID_NETWORK: `Flags` is `4294967296`: expected a whole number from 0 to 4294967295");
  CHECK_EQ(ErrorWith(R"("Owner":5)"), "HCN_E_INVALID_NETWORK: `Owner` is `5`: expected a string");
  CHECK_EQ(ErrorWith(R"("Ipams":"x")"), "HCN_E_INVALID_NETWORK: `Ipams` is `x`: expected an array of objects");
  CHECK_EQ(ErrorWith(R"("Ipams":[null])"), "HCN_E_INVALID_NETWORK: `Ipams[0]` is `null`: expected an object");
  CHECK_EQ(ErrorWith(R"("ID":"x")"),
           "HCN_E_GUID_CONVERSION_FAILURE: `ID` is `x`: expected a GUID such as 01234567-89ab-cdef-0123-456789abcdef");
  CHECK_EQ(ErrorInSubnet(R"("Flags":true)"),
           "HCN_E_INVALID_SUBNET: `Ipams[0].Subnets[1].Flags` is `true`: expected a whole number from 0 to 4294967295");
  CHECK_EQ(ErrorInSubnet(R"("IpSubnets":[{"Name":[]}])"),
           "HCN_E_INVALID_IP_SUBNET: `Ipams[0].Subnets[1].IpSubnets[0].Name` is an array: expected a string");
  CHECK_EQ(ErrorInSubnet(R"("Routes":[{"NextHop":"10.1"}])"),
           "HCN_E_INVALID_IP: `Ipams[0].Subnets[1].Routes[0].NextHop` is `10.1`: expected an IPv4 or IPv6 address");
  CHECK_EQ(ErrorInSubnet(R"("Routes":[{"Metric":65536}])"),
           "HCN_E_INVALID_SUBNET: `Ipams[0].Subnets[1].Routes[0].Metric` is `65536`: expected a whole number from 0 to "
           "65535");
  CHECK_EQ(
      ErrorInSubnet(R"("Policies":[{"Type":"VLAN","Settings":{"IsolationId":4294967296}}])"),
      "HCN_E_INVALID_POLICY: `Ipams[0].Subnets[1].Policies[0].Settings.IsolationId` is `4294967296`: expected a whole "
      "number from 0 to 4294967295");
  CHECK_EQ(ErrorInSubnet(R"("Policies":[{"Type":"QOS"}])"),
           "HCN_E_INVALID_POLICY_TYPE: `Ipams[0].Subnets[1].Policies[0].Type` is `QOS`: expected one of VLAN, VSID");
}

TEST("an unknown network type names those there are") {
  CHECK_EQ(ErrorWith(R"("Type":"Bridge")"),
           "HCN_E_INVALID_NETWORK_TYPE: `Type` is `Bridge`: expected one of NAT, ICS, Transparent, L2Bridge, L2Tunnel, "
           "Overlay, Private, Internal, Mirrored, Infiniband, ConstrainedICS");
  CHECK_EQ(ErrorWith(R"("Type":11)").substr(0, 48), "HCN_E_INVALID_NETWORK_TYPE: `Type` is `11`: expe");
}

TEST("a MAC range is two addresses, the lower first") {
  CHECK_EQ(ErrorWith(
               R"("MacPool":{"Ranges":[{"StartMacAddress":"00-15-5D-00-00-02","EndMacAddress":"00-15-5D-00-00-01"}]})"),
           "HCN_E_INVALID_NETWORK: `MacPool.Ranges[0].EndMacAddress` is `00-15-5D-00-00-01`: it must not be below "
           "StartMacAddress");
  CHECK_EQ(
      ErrorWith(R"("MacPool":{"Ranges":[{"EndMacAddress":"00-15-5D-00-00-01"}]})"),
      "HCN_E_INVALID_NETWORK: `MacPool.Ranges[0].StartMacAddress` is missing: expected the first address of the range");
  CHECK_EQ(ErrorWith(R"("MacPool":{"Ranges":[{"StartMacAddress":"0"}]})"),
           "HCN_E_INVALID_NETWORK: `MacPool.Ranges[0].StartMacAddress` is `0`: expected a MAC address such as "
           "00-15-5D-AB-CD-EF");
}

TEST("values in errors are cut at a whole character") {
  std::string name(99, 'x');
  name += "\u20ac\u20ac";
  CHECK_EQ(ErrorWith("\"ID\":\"" + name + "\""),
           "HCN_E_GUID_CONVERSION_FAILURE: `ID` is `" + std::string(99, 'x') +
               "…`: expected a GUID such as 01234567-89ab-cdef-0123-456789abcdef");
}

TEST("the first of several errors is the one reported") {
  CHECK_EQ(ErrorWith(R"("Flags":"nonsense","Policies":[{"Type":"Nope"}],"Ipams":7)").substr(0, 37),
           "HCN_E_INVALID_POLICY_TYPE: `Policies[");
}

TEST("a document that is no object, or no JSON, is HCN_E_INVALID_JSON") {
  CHECK_EQ(ErrorOf(schema::ParseObject("[]")),
           "HCN_E_INVALID_JSON: the document is an array: expected an object such as {\"Name\":\"pods\"}");
  CHECK_EQ(ErrorOf(schema::ParseObject("{")),
           "HCN_E_INVALID_JSON: at byte 1: expected a member name in double quotes, found the end of the document");
}

TEST("a document without a schema version is one of v1") {
  CHECK(schema::DialectOf(Document(R"({"SchemaVersion":{"Major":2},"Subnets":[]})")) == schema::Dialect::kV2);
  CHECK(schema::DialectOf(Document(R"({"SchemaVersion":{"Major":1,"Minor":0}})")) == schema::Dialect::kV1);
  CHECK(schema::DialectOf(Document(R"({"Name":"n","Subnets":[{"AddressPrefix":"10.0.0.0/8"}]})")) ==
        schema::Dialect::kV1);
  CHECK(schema::DialectOf(Document(R"({"Name":"n","Type":"NAT"})")) == schema::Dialect::kV1);
  CHECK(schema::DialectOf(Document(R"({"SchemaVersion":{"Major":0,"Minor":0}})")) == schema::Dialect::kV2);
  CHECK_EQ(ErrorWith(R"("SchemaVersion":{"Major":3,"Minor":0})"),
           "HCN_E_INVALID_NETWORK: `SchemaVersion.Major` is `3`: this service speaks the schema versions 2.x");
}
