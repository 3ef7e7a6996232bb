// Every type of network: what it takes, what the service fills in, how it is changed.
#include <string>

#include "base/ip_address.h"
#include "base/mac_address.h"
#include "hns/model/network_policy_table.h"
#include "hns/model/network_types.h"
#include "hns/profile.h"
#include "native/hns_support.h"

namespace {

using namespace hns_test;

constexpr std::string_view kVsid = R"("Policies":[{"Type":"VSID","Settings":{"IsolationId":5000}}])";

std::string OfType(std::string_view type, std::string_view rest = "") {
  return R"({"Name":")" + std::string(type) + R"(","SchemaVersion":{"Major":2},"Type":")" + std::string(type) + '"' +
         std::string(rest) + "}";
}

std::string Subnets(std::string_view subnets) {
  return R"(,"Ipams":[{"Type":"Static","Subnets":[)" + std::string(subnets) + "]}]";
}

// A host that lacks nothing any release has.
compose::HostOptions OfProfile(const char* profile) {
  compose::HostOptions options = TestHost::Defaults();
  options.profile = *hns::ParseProfile(profile);
  return options;
}

std::string Policies(std::string_view policies) { return R"(,"Policies":[)" + std::string(policies) + "]"; }

TEST("rows of the tables stand at their numbers") {
  CHECK_EQ(hns::NetworkTypes().size(), 11u);
  for (std::size_t i = 0; i < hns::NetworkTypes().size(); ++i) {
    CHECK_EQ(static_cast<std::size_t>(hns::NetworkTypes()[i].mode), i);
  }
  CHECK_EQ(hns::NetworkPolicyRows().size(), 15u);
  for (std::size_t i = 0; i < hns::NetworkPolicyRows().size(); ++i) {
    CHECK_EQ(static_cast<std::size_t>(hns::NetworkPolicyRows()[i].type), i);
  }
}

TEST("endpoints get an address, a gateway and a port on a network of any type with a subnet") {
  for (const hns::NetworkTypeRow& row : hns::NetworkTypes()) {
    TestHost host;
    std::string subnet = R"({"IpAddressPrefix":"192.168.100.0/24")";
    if (row.needs_vsid) subnet += "," + std::string(kVsid);
    const Outcome network =
        host.Create(Kind::kNetwork, OfType(schema::NetworkModeName(row.mode), Subnets(subnet + "}")));
    CHECK_CODE(network, OK);

    const Outcome endpoint = host.CreateEndpoint(network.handle, "{}");

    CHECK_CODE(endpoint, OK);
    const Value document = host.Document(Kind::kEndpoint, endpoint.handle);
    CHECK(Text(document, "IpConfigurations.0.IpAddress").starts_with("192.168.100."));
    CHECK_EQ(Text(document, "Routes.0.NextHop"), "192.168.100.1");
    CHECK_EQ(Size(host.Ports(), ""), 2u);
  }
}

TEST("NAT and ICS networks without a subnet get a free 172.x/20, and no type means NAT") {
  TestHost host;
  std::string first;
  for (const std::string& settings :
       {std::string(R"({"Name":"n","SchemaVersion":{"Major":2}})"), OfType("ICS"), OfType("ConstrainedICS")}) {
    const Outcome network = host.Create(Kind::kNetwork, settings);
    CHECK_CODE(network, OK);
    const Value document = host.Document(Kind::kNetwork, network.handle);
    const auto prefix = base::IpPrefix::Parse(Text(document, "Ipams.0.Subnets.0.IpAddressPrefix"));
    CHECK(prefix.has_value());
    CHECK_EQ(static_cast<int>(prefix->length), 20);
    CHECK(base::IpPrefix::Parse("172.16.0.0/12")->Contains(prefix->address));
    CHECK_EQ(Text(document, "Ipams.0.Subnets.0.Routes.0.NextHop"), prefix->First().Plus(1)->ToString());
    CHECK_EQ(Text(document, "Ipams.0.Subnets.0.IpSubnets.0.Flags"), "3");
    CHECK(prefix->ToString() != first);
    first = prefix->ToString();
  }
}

TEST("a NAT network is non-persistent without being asked") {
  TestHost host;
  const Outcome nat = host.Create(Kind::kNetwork, OfType("NAT", R"(,"Flags":1)"));
  const Value document = host.Document(Kind::kNetwork, nat.handle);
  CHECK_EQ(Text(document, "Flags"), "9");
  CHECK_EQ(Text(document, "Type"), "NAT");
}

TEST("an overlay has a router MAC, its own or the one it was given, and keeps flag 8") {
  TestHost host;
  const std::string subnets = Subnets(R"({"IpAddressPrefix":"10.0.0.0/16",)" + std::string(kVsid) + "}");
  const Outcome plain = host.Create(Kind::kNetwork, OfType("Overlay", subnets + R"(,"Flags":8)"));
  CHECK_CODE(plain, OK);
  const Value document = host.Document(Kind::kNetwork, plain.handle);
  CHECK_EQ(Text(document, "Flags"), "8");
  CHECK_EQ(Text(document, "Policies.0.Type"), "DrMacAddress");
  CHECK(base::MacAddress::Parse(Text(document, "Policies.0.Settings.Address")).has_value());

  const Outcome given = host.Create(
      Kind::kNetwork, R"({"Name":"given","SchemaVersion":{"Major":2},"Type":"Overlay")" + subnets +
                          Policies(R"({"Type":"DrMacAddress","Settings":{"Address":"00-15-5D-00-00-07"}})") + "}");
  CHECK_CODE(given, OK);
  CHECK_EQ(Text(host.Document(Kind::kNetwork, given.handle), "Policies.0.Settings.Address"), "00-15-5D-00-00-07");
  CHECK_EQ(Size(host.Document(Kind::kNetwork, given.handle), "Policies"), 1u);
}

TEST("a network without a subnet takes an endpoint that brings address and prefix length, where its type allows") {
  TestHost host;
  const Outcome transparent = host.Create(Kind::kNetwork, OfType("Transparent", R"(,"Ipams":[{"Type":"Dhcp"}])"));
  CHECK_CODE(transparent, OK);
  CHECK_CODE(host.CreateEndpoint(transparent.handle, "{}"), HCN_E_SUBNET_NOT_FOUND);
  CHECK_CODE(host.CreateEndpoint(transparent.handle, R"({"IpConfigurations":[{"IpAddress":"10.3.0.4"}]})"),
             HCN_E_INVALID_ENDPOINT);
  CHECK_CODE(
      host.CreateEndpoint(transparent.handle, R"({"IpConfigurations":[{"IpAddress":"10.3.0.4","PrefixLength":24}]})"),
      OK);
  CHECK_CODE(
      host.CreateEndpoint(transparent.handle, R"({"IpConfigurations":[{"IpAddress":"10.3.0.4","PrefixLength":24}]})"),
      ERROR_OBJECT_ALREADY_EXISTS);
  const Outcome bridge = host.Create(Kind::kNetwork, OfType("L2Bridge"));
  CHECK_CODE(host.CreateEndpoint(bridge.handle, R"({"IpConfigurations":[{"IpAddress":"10.3.0.4","PrefixLength":24}]})"),
             HCN_E_INVALID_IP);
}

TEST("a type that the profile's schema lacks is no type") {
  TestHost host(OfProfile("server2019"));
  CHECK_CODE(host.Create(Kind::kNetwork, OfType("Mirrored")), HCN_E_INVALID_NETWORK_TYPE);
  CHECK_CODE(host.Create(Kind::kNetwork, OfType("ConstrainedICS")), HCN_E_INVALID_NETWORK_TYPE);
  CHECK_CODE(host.Create(Kind::kNetwork, OfType("ICS")), OK);
}

TEST("what a type does not take is refused, and nothing is left") {
  struct Case {
    std::string settings;
    HResult code;
  };
  const std::string two = R"({"IpAddressPrefix":"10.1.0.0/16"},{"IpAddressPrefix":"10.2.0.0/16"})";
  const auto isolated = [](const char* type, const char* id) {
    return Subnets(std::string(R"({"IpAddressPrefix":"10.1.0.0/16","Policies":[{"Type":")") + type +
                   R"(","Settings":{"IsolationId":)" + id + "}}]}");
  };
  const Case cases[] = {
      {OfType("NAT", Subnets(two)), hr::HCN_E_INVALID_SUBNET},
      {OfType("Internal", Subnets(two)), hr::HCN_E_INVALID_SUBNET},
      {OfType("L2Bridge", R"(,"Ipams":[{"Type":"Dhcp"}])"), hr::HCN_E_INVALID_NETWORK},
      {OfType("Overlay", Subnets(R"({"IpAddressPrefix":"10.1.0.0/16"})")), hr::HCN_E_INVALID_SUBNET},
      {OfType("Overlay", isolated("VSID", "4095")), hr::HCN_E_INVALID_POLICY},
      {OfType("Overlay", isolated("VSID", "16777216")), hr::HCN_E_INVALID_POLICY},
      {OfType("Overlay", isolated("VLAN", "7")), hr::HCN_E_INVALID_POLICY_TYPE},
      {OfType("L2Bridge", isolated("VSID", "5000")), hr::HCN_E_INVALID_POLICY_TYPE},
      {OfType("L2Bridge", isolated("VLAN", "0")), hr::HCN_E_INVALID_POLICY},
      {OfType("L2Bridge", isolated("VLAN", "4095")), hr::HCN_E_INVALID_POLICY},
      {OfType("NAT", Policies(R"({"Type":"NetAdapterName","Settings":{"NetworkAdapterName":"eth0"}})")),
       hr::HCN_E_INVALID_POLICY_TYPE},
      {OfType("NAT", Policies(R"({"Type":"VxlanPort","Settings":{"Port":4789}})")), hr::HCN_E_INVALID_POLICY_TYPE},
      {OfType("Private", Policies(R"({"Type":"HostRoute","Settings":{}})")), hr::HCN_E_INVALID_POLICY_TYPE},
  };
  TestHost host;
  for (const Case& c : cases) {
    const Outcome outcome = host.Create(Kind::kNetwork, c.settings);
    CHECK_EQ(c.settings + " " + outcome.name(), c.settings + " " + CodeName(c.code));
  }
  CHECK_EQ(host.Count(Kind::kNetwork), 0u);
  CHECK_EQ(Size(host.Ports(), ""), 0u);
}

TEST("every network policy is kept as it came, and goes away again") {
  const std::string_view settings[] = {
      R"("SourceMacAddress","Settings":{"SourceMacAddress":"00-15-5D-00-00-01"})",
      R"("NetAdapterName","Settings":{"NetworkAdapterName":"eth0"})",
      R"("InterfaceConstraint","Settings":{"InterfaceAlias":"Ethernet"})",
      R"("VSwitchExtension","Settings":{"ExtensionID":"E7C3B2F0-F3C5-48DF-AF2B-10FED6D72E7A","Enable":true})",
      R"("ProviderAddress","Settings":{"ProviderAddress":"10.0.0.4"})",
      R"("DrMacAddress","Settings":{"Address":"00-15-5D-00-00-02"})",
      R"("AutomaticDNS","Settings":{"Enable":true})",
      R"("RemoteSubnetRoute","Settings":{"DestinationPrefix":"192.168.2.0/24","IsolationId":5000,)"
      R"("ProviderAddress":"1.1.1.1","DistributedRouterMacAddress":"00-12-34-56-78-9A"})",
      R"("VxlanPort","Settings":{"Port":4789})",
      R"("HostRoute","Settings":{})",
      R"("SetPolicy","Settings":{"Id":"a","Name":"web","PolicyType":"IPSET","Values":"10.1.0.4,10.1.0.5"})",
      R"("L4Proxy","Settings":{"Port":"8080","Protocol":6,"ExceptionList":["10.0.0.0/8"],"OutboundNAT":true})",
      R"("LayerConstraint","Settings":{"LayerId":"11111111-2222-3333-4444-555555555555"})",
      R"("NetworkACL","Settings":{"Action":"Block","Direction":"In","Protocols":"6","Priority":100})",
      R"("NeighborDiscovery","Settings":{"TargetIpPrefix":"10.1.0.0/24","SenderIpAddress":"10.1.0.1",)"
      R"("SenderMacAddress":"00-15-5D-00-00-03"})",
  };
  TestHost host(OfProfile("latest"));
  const Outcome network = host.Create(
      Kind::kNetwork, OfType("Overlay", Subnets(R"({"IpAddressPrefix":"10.1.0.0/16",)" + std::string(kVsid) + "}")));
  CHECK_CODE(network, OK);
  const auto change = [&](const char* request, const std::string& policy) {
    return host.Modify(Kind::kNetwork, network.handle,
                       std::string(R"({"ResourceType":"Policy","RequestType":")") + request +
                           R"(","Settings":{"Policies":[)" + policy + "]}}");
  };
  for (const std::string_view given : settings) {
    const std::string policy = R"({"Type":)" + std::string(given) + "}";
    CHECK_CODE(change("Update", policy), OK);
    bool found = false;
    for (const Value& kept : Items(host.Document(Kind::kNetwork, network.handle), "Policies")) {
      found |= base::json::Write(kept) == policy;
    }
    CHECK(found);
    CHECK_CODE(change("Add", policy), HCN_E_POLICY_ALREADY_EXISTS);
    CHECK_CODE(change("Remove", policy), OK);
    CHECK_CODE(change("Remove", policy), HCN_E_POLICY_NOT_FOUND);
    CHECK_CODE(change("Refresh", policy), HCN_E_REQUEST_UNSUPPORTED);
    CHECK_CODE(change("Reset", policy), HCN_E_REQUEST_UNSUPPORTED);
  }
}

TEST("IP subnets are exchanged for smaller ones, but not while an endpoint has an address there") {
  TestHost host;
  const Outcome network =
      host.Create(Kind::kNetwork, OfType("L2Bridge", Subnets(R"({"IpAddressPrefix":"10.1.0.0/16"})")));
  const Value before = host.Document(Kind::kNetwork, network.handle);
  const std::string subnet = Text(before, "Ipams.0.Subnets.0.ID");
  const auto change = [&](const char* request, const std::string& ip_subnet) {
    return host.Modify(Kind::kNetwork, network.handle,
                       std::string(R"({"ResourceType":"IPSubnet","RequestType":")") + request +
                           R"(","Settings":{"SubnetId":")" + subnet + R"(","IpSubnets":[{)" + ip_subnet + "}]}}");
  };
  const std::string whole = R"("ID":")" + Text(before, "Ipams.0.Subnets.0.IpSubnets.0.ID") + '"';
  const Outcome endpoint = host.CreateEndpoint(network.handle, "{}");

  CHECK_CODE(change("Remove", whole), HCN_E_ENTITY_HAS_REFERENCES);
  CHECK_CODE(change("Add", R"("IpAddressPrefix":"10.1.2.0/24")"), HCN_E_INVALID_IP_SUBNET);
  CHECK_CODE(host.Delete(Kind::kEndpoint, host.IdOf(Kind::kEndpoint, endpoint.handle)), OK);
  CHECK_CODE(change("Remove", whole), OK);
  CHECK_CODE(change("Remove", whole), HCN_E_INVALID_IP_SUBNET);
  CHECK_CODE(change("Add", R"("IpAddressPrefix":"10.2.0.0/24")"), HCN_E_INVALID_IP_SUBNET);
  CHECK_CODE(change("Add", R"("IpAddressPrefix":"10.1.2.0/24")"), OK);
  CHECK_CODE(change("Update", R"("IpAddressPrefix":"10.1.3.0/24")"), HCN_E_REQUEST_UNSUPPORTED);

  const Outcome moved = host.CreateEndpoint(network.handle, "{}");
  CHECK(Text(host.Document(Kind::kEndpoint, moved.handle), "IpConfigurations.0.IpAddress").starts_with("10.1.2."));
}

TEST("an extension is switched by request or by policy, and VFP stays on") {
  TestHost host;
  const Outcome network = host.Create(Kind::kNetwork, OfType("L2Bridge"));
  const auto set = [&](const char* id, const char* enabled) {
    return host.Modify(Kind::kNetwork, network.handle,
                       std::string(R"({"ResourceType":"Extension","RequestType":"Update","Settings":{"Id":")") + id +
                           R"(","IsEnabled":)" + enabled + "}}");
  };
  CHECK_CODE(set("E7C3B2F0-F3C5-48DF-AF2B-10FED6D72E7A", "true"), OK);
  CHECK_CODE(set("E7C3B2F0-F3C5-48DF-AF2B-10FED6D72E7A", "false"), OK);
  const Value document = host.Document(Kind::kNetwork, network.handle);
  CHECK_EQ(Size(document, "Policies"), 1u);
  CHECK_EQ(Text(document, "Policies.0.Settings.Enable"), "false");
  CHECK_CODE(set("F74F241B-440F-4433-BB28-00F89EAD20D8", "false"), HCN_E_REQUEST_UNSUPPORTED);
  CHECK_CODE(set("11111111-2222-3333-4444-555555555555", "true"), HCN_E_SWITCH_EXTENSION_NOT_FOUND);
}

}  // namespace
