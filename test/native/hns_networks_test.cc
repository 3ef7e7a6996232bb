#include "base/mac_address.h"
#include "native/hns_support.h"

namespace {

using namespace hns_test;

std::string WithSubnets(std::string_view subnets, std::string_view name = "pods") {
  return R"({"Name":")" + std::string(name) + R"(","Type":"L2Bridge","SchemaVersion":{"Major":2,"Minor":0},)" +
         R"("Ipams":[{"Type":"Static","Subnets":[)" + std::string(subnets) + "]}]}";
}

TEST("a network is filled in with ids, a MAC pool, a version and a state") {
  TestHost host;
  CHECK(host.opened());
  const Outcome created = host.Create(Kind::kNetwork, kNetwork);
  CHECK_CODE(created, OK);

  const Value network = host.Document(Kind::kNetwork, created.handle);

  CHECK_EQ(Text(network, "Name"), "pods");
  CHECK_EQ(Text(network, "Type"), "L2Bridge");
  CHECK(base::Guid::Parse(Text(network, "ID")).has_value());
  CHECK(base::Guid::Parse(Text(network, "Ipams.0.Subnets.0.ID")).has_value());
  CHECK(base::Guid::Parse(Text(network, "Ipams.0.Subnets.0.IpSubnets.0.ID")).has_value());
  CHECK_EQ(Text(network, "Ipams.0.Subnets.0.IpSubnets.0.IpAddressPrefix"), "10.1.0.0/16");
  CHECK_EQ(Text(network, "Version"), "64424509444");
  CHECK_EQ(Text(network, "SchemaVersion.Major"), "2");
  CHECK(At(network, "Health").IsObject());
  const auto first = base::MacAddress::Parse(Text(network, "MacPool.Ranges.0.StartMacAddress"));
  const auto last = base::MacAddress::Parse(Text(network, "MacPool.Ranges.0.EndMacAddress"));
  CHECK(first && last);
  CHECK_EQ(last->ToUint64() - first->ToUint64(), 4095u);
  CHECK_EQ(first->ToUint64() >> 24, 0x00155du);
  CHECK_EQ(first->ToUint64() & 0xfff, 0u);
}

TEST("a network without a default route gets its first address for gateway") {
  TestHost host;
  const Outcome created = host.Create(Kind::kNetwork, WithSubnets(R"({"IpAddressPrefix":"10.9.8.0/24"})"));
  CHECK_CODE(created, OK);

  const Value network = host.Document(Kind::kNetwork, created.handle);

  CHECK_EQ(Text(network, "Ipams.0.Subnets.0.Routes.0.NextHop"), "10.9.8.1");
  CHECK_EQ(Text(network, "Ipams.0.Subnets.0.Routes.0.DestinationPrefix"), "0.0.0.0/0");
}

TEST("the id is the argument's, else the document's, and taken once") {
  TestHost host;
  const base::Guid argument = *base::Guid::Parse("11111111-2222-3333-4444-555555555555");
  const base::Guid in_document = *base::Guid::Parse("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
  const std::string document =
      R"({"ID":"AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE","Name":"a","Type":"L2Bridge","SchemaVersion":{"Major":2}})";

  const Outcome by_argument = host.Create(Kind::kNetwork, document, argument);
  CHECK_EQ(host.IdOf(Kind::kNetwork, by_argument.handle).ToString(), argument.ToString());
  const std::string second =
      R"({"ID":"AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE","Name":"b","Type":"L2Bridge","SchemaVersion":{"Major":2}})";
  const Outcome by_document = host.Create(Kind::kNetwork, second);
  CHECK_EQ(host.IdOf(Kind::kNetwork, by_document.handle).ToString(), in_document.ToString());
  const Outcome again =
      host.Create(Kind::kNetwork, R"({"Name":"c","Type":"L2Bridge","SchemaVersion":{"Major":2}})", argument);

  CHECK_CODE(again, ERROR_OBJECT_ALREADY_EXISTS);
  CHECK_EQ(host.Count(Kind::kNetwork), 2u);
}

TEST("two networks cannot have one name, and a name is free again after deletion") {
  TestHost host;
  const Outcome first = host.Create(Kind::kNetwork, kNetwork);
  CHECK_CODE(first, OK);

  const Outcome second = host.Create(Kind::kNetwork, kNetwork);

  CHECK_CODE(second, HCN_E_NETWORK_ALREADY_EXISTS);
  CHECK(second.handle == nullptr);
  const auto record = base::json::Parse(second.record);
  CHECK(record.ok());
  CHECK_EQ(Text(*record, "Success"), "false");
  CHECK_EQ(Text(*record, "ErrorCode"), "2151350288");
  CHECK(Text(*record, "Error").starts_with("A network with this name already exists. "));
  CHECK_CODE(host.Delete(Kind::kNetwork, host.IdOf(Kind::kNetwork, first.handle)), OK);
  CHECK_CODE(host.Create(Kind::kNetwork, kNetwork), OK);
}

TEST("two networks may have the same prefix") {
  TestHost host;
  CHECK_CODE(host.Create(Kind::kNetwork, WithSubnets(R"({"IpAddressPrefix":"10.1.0.0/16"})", "one")), OK);
  CHECK_CODE(host.Create(Kind::kNetwork, WithSubnets(R"({"IpAddressPrefix":"10.1.0.0/16"})", "two")), OK);
}

TEST("networks that make no sense are refused with HCN's codes and leave nothing") {
  struct Case {
    std::string settings;
    HResult code;
  };
  const Case cases[] = {
      {"", hr::HCN_E_INVALID_JSON},
      {"[]", hr::HCN_E_INVALID_JSON},
      {R"({"Name":"x","Type":"Carrier","SchemaVersion":{"Major":2}})", hr::HCN_E_INVALID_NETWORK_TYPE},
      {R"({"Type":"L2Bridge","SchemaVersion":{"Major":2}})", hr::HCN_E_INVALID_NETWORK},
      {R"({"Name":")" + std::string(257, 'x') + R"(","Type":"L2Bridge"})", hr::HCN_E_INVALID_NETWORK},
      {WithSubnets(R"({"IpAddressPrefix":"10.1.2.3/16"})"), hr::HCN_E_INVALID_PREFIX},
      {WithSubnets(R"({"IpAddressPrefix":"10.1.0.0/33"})"), hr::HCN_E_INVALID_PREFIX},
      {WithSubnets(R"({"IpAddressPrefix":"0.0.0.0/0"})"), hr::HCN_E_INVALID_PREFIX},
      {WithSubnets(R"({"IpAddressPrefix":"224.0.0.0/8"})"), hr::HCN_E_INVALID_PREFIX},
      {WithSubnets(R"({"Routes":[]})"), hr::HCN_E_INVALID_SUBNET},
      {WithSubnets(R"({"IpAddressPrefix":"10.1.0.0/16"},{"IpAddressPrefix":"10.1.2.0/24"})"), hr::HCN_E_INVALID_PREFIX},
      {WithSubnets(
           R"({"IpAddressPrefix":"10.1.0.0/16","Routes":[{"NextHop":"10.2.0.1","DestinationPrefix":"0.0.0.0/0"}]})"),
       hr::HCN_E_INVALID_SUBNET},
      {WithSubnets(
           R"({"IpAddressPrefix":"10.1.0.0/16","Routes":[{"NextHop":"10.1.255.255","DestinationPrefix":"0.0.0.0/0"}]})"),
       hr::HCN_E_INVALID_SUBNET},
      {WithSubnets(
           R"({"IpAddressPrefix":"10.1.0.0/16","Routes":[{"NextHop":"10.1","DestinationPrefix":"0.0.0.0/0"}]})"),
       hr::HCN_E_INVALID_IP},
      {WithSubnets(R"({"IpAddressPrefix":"10.1.0.0/16","IpSubnets":[{"IpAddressPrefix":"10.2.0.0/24"}]})"),
       hr::HCN_E_INVALID_IP_SUBNET},
      {WithSubnets(R"({"IpAddressPrefix":"10.1.0.0/16","Policies":[{"Type":"VSID","Settings":{"IsolationId":5}}]})"),
       hr::HCN_E_INVALID_POLICY_TYPE},
      {R"({"Name":"x","Type":"L2Bridge","Policies":[{"Type":"VxlanPort","Settings":{"Port":4789}}]})",
       hr::HCN_E_INVALID_POLICY_TYPE},
      {R"({"Name":"x","Type":"L2Bridge","Policies":[{"Type":"NetAdapterName","Settings":{}}]})",
       hr::HCN_E_INVALID_POLICY},
      {R"({"Name":"x","Type":"L2Bridge","Subnets":[{"AddressPrefix":"10.0.0.0/33"}]})", hr::HCN_E_INVALID_PREFIX},
      {R"({"Name":"x","Type":"L2Bridge","Subnets":5})", hr::HCN_E_INVALID_NETWORK},
  };
  TestHost host;
  for (const Case& c : cases) {
    const Outcome outcome = host.Create(Kind::kNetwork, c.settings);
    CHECK_EQ(c.settings.substr(0, 200) + " " + outcome.name(), c.settings.substr(0, 200) + " " + CodeName(c.code));
    CHECK(outcome.handle == nullptr);
    CHECK(!outcome.record.empty());
  }
  CHECK_EQ(host.Count(Kind::kNetwork), 0u);
  CHECK_EQ(Size(host.Ports(), ""), 0u);
}

TEST("a network has 64 subnets at most") {
  std::string subnets;
  for (int i = 0; i < 65; ++i) {
    subnets += (i == 0 ? "" : ",") + (R"({"IpAddressPrefix":"10.)" + std::to_string(i) + R"(.0.0/16"})");
  }
  TestHost host;
  CHECK_CODE(host.Create(Kind::kNetwork, WithSubnets(subnets)), HCN_E_INVALID_NETWORK);
  CHECK_CODE(host.Create(Kind::kNetwork, WithSubnets(subnets.substr(0, subnets.rfind(",{")))), OK);
}

TEST("a network has a host port from creation to deletion, and an uplink where an adapter is named") {
  TestHost host;
  const Outcome plain = host.Create(Kind::kNetwork, WithSubnets(R"({"IpAddressPrefix":"10.1.0.0/16"})", "plain"));
  const Value one = host.Ports();
  CHECK_EQ(Size(one, ""), 1u);
  CHECK_EQ(Text(one, "0.kind"), "host");
  CHECK_EQ(Text(one, "0.friendlyName"), "Host Vnic plain");
  CHECK_EQ(Text(one, "0.network"), host.IdOf(Kind::kNetwork, plain.handle).ToString());

  const Outcome wired = host.Create(
      Kind::kNetwork,
      R"({"Name":"wired","Type":"L2Bridge","Policies":[{"Type":"NetAdapterName","Settings":{"NetworkAdapterName":"eth9"}}]})");
  CHECK_CODE(wired, OK);
  CHECK_EQ(Size(host.Ports(), ""), 3u);

  CHECK_CODE(host.Delete(Kind::kNetwork, host.IdOf(Kind::kNetwork, wired.handle)), OK);
  CHECK_CODE(host.Delete(Kind::kNetwork, host.IdOf(Kind::kNetwork, plain.handle)), OK);
  CHECK_EQ(Size(host.Ports(), ""), 0u);
}

TEST("an adapter can be added, exchanged and taken away") {
  TestHost host;
  const Outcome network = host.Create(Kind::kNetwork, kNetwork);
  const auto adapter = [&](const char* request, const char* name) {
    return host.Modify(Kind::kNetwork, network.handle,
                       std::string(R"({"ResourceType":"Policy","RequestType":")") + request +
                           R"(","Settings":{"Policies":[{"Type":"NetAdapterName","Settings":{"NetworkAdapterName":")" +
                           name + R"("}}]}})");
  };
  const auto uplinks = [&] {
    std::string names;
    const Value ports = host.Ports();
    for (const Value& port : Items(ports)) {
      if (Text(port, "kind") == "uplink") names += Text(port, "friendlyName");
    }
    return names;
  };

  CHECK_CODE(adapter("Add", "eth1"), OK);
  CHECK_EQ(uplinks(), "eth1");
  CHECK_CODE(adapter("Add", "eth2"), HCN_E_POLICY_ALREADY_EXISTS);
  CHECK_EQ(uplinks(), "eth1");
  CHECK_CODE(adapter("Update", "eth2"), OK);
  CHECK_EQ(uplinks(), "eth2");
  CHECK_CODE(adapter("Remove", "eth1"), HCN_E_POLICY_NOT_FOUND);
  CHECK_CODE(adapter("Remove", "eth2"), OK);
  CHECK_EQ(uplinks(), "");
  CHECK_EQ(Size(host.Document(Kind::kNetwork, network.handle), "Policies"), 0u);
}

TEST("subnets are added and removed, but not while an endpoint has an address there") {
  TestHost host;
  const Outcome network = host.Create(Kind::kNetwork, kNetwork);
  const auto add = [&](const char* prefix) {
    return host.Modify(
        Kind::kNetwork, network.handle,
        std::string(R"({"ResourceType":"Subnet","RequestType":"Add","Settings":{"Subnets":[{"IpAddressPrefix":")") +
            prefix + R"("}]}})");
  };
  const auto remove = [&](const std::string& id) {
    return host.Modify(
        Kind::kNetwork, network.handle,
        R"({"ResourceType":"Subnet","RequestType":"Remove","Settings":{"Subnets":[{"ID":")" + id + R"("}]}})");
  };

  CHECK_CODE(add("10.1.4.0/24"), HCN_E_INVALID_PREFIX);
  CHECK_CODE(add("10.2.0.0/24"), OK);
  const std::string id = Text(host.Document(Kind::kNetwork, network.handle), "Ipams.0.Subnets.1.ID");
  const Outcome endpoint = host.CreateEndpoint(network.handle, R"({"IpConfigurations":[{"IpAddress":"10.2.0.77"}]})");
  CHECK_CODE(endpoint, OK);
  CHECK_CODE(remove(id), HCN_E_ENTITY_HAS_REFERENCES);
  CHECK_CODE(host.Delete(Kind::kEndpoint, host.IdOf(Kind::kEndpoint, endpoint.handle)), OK);
  CHECK_CODE(remove(id), OK);
  CHECK_CODE(remove(id), HCN_E_SUBNET_NOT_FOUND);
  CHECK_EQ(Size(host.Document(Kind::kNetwork, network.handle), "Ipams.0.Subnets"), 1u);
  CHECK_CODE(host.CreateEndpoint(network.handle, R"({"IpConfigurations":[{"IpAddress":"10.2.0.77"}]})"),
             HCN_E_INVALID_IP);
}

TEST("DNS of a network is what endpoints made later get") {
  TestHost host;
  const Outcome network = host.Create(Kind::kNetwork, kNetwork);

  CHECK_CODE(
      host.Modify(Kind::kNetwork, network.handle,
                  R"({"ResourceType":"DNS","RequestType":"Update","Settings":{"Domain":"a.test","Search":["b.test"],)"
                  R"("ServerList":["10.1.0.53"]}})"),
      OK);
  const Outcome endpoint = host.CreateEndpoint(network.handle, "{}");

  const Value document = host.Document(Kind::kEndpoint, endpoint.handle);
  CHECK_EQ(Text(document, "Dns.Domain"), "a.test");
  CHECK_EQ(Text(document, "Dns.Search.0"), "b.test");
  CHECK_EQ(Text(document, "Dns.ServerList.0"), "10.1.0.53");
}

TEST("deleting a network takes its endpoints along and empties namespaces and load balancers") {
  TestHost host;
  const Outcome network = host.Create(Kind::kNetwork, kNetwork);
  const Outcome endpoint = host.CreateEndpoint(network.handle, R"({"Name":"web"})");
  const std::string endpoint_id = host.IdOf(Kind::kEndpoint, endpoint.handle).ToString();
  const Outcome name_space = host.Create(Kind::kNamespace, R"({"SchemaVersion":{"Major":2}})");
  CHECK_CODE(host.Modify(Kind::kNamespace, name_space.handle,
                         R"({"ResourceType":"Endpoint","RequestType":"Add","Settings":{"EndpointId":")" + endpoint_id +
                             R"("}})"),
             OK);
  const Outcome balancer = host.Create(
      Kind::kLoadBalancer,
      R"({"HostComputeEndpoints":[")" + endpoint_id +
          R"("],"FrontendVIPs":["10.96.0.10"],"PortMappings":[{"Protocol":6,"InternalPort":8080,"ExternalPort":80}]})");
  CHECK_CODE(balancer, OK);

  const base::Guid id = host.IdOf(Kind::kNetwork, network.handle);
  CHECK_CODE(host.Delete(Kind::kNetwork, id), OK);

  CHECK_EQ(host.Count(Kind::kEndpoint), 0u);
  CHECK_EQ(Size(host.Ports(), ""), 0u);
  CHECK_EQ(Size(host.Document(Kind::kNamespace, name_space.handle), "Resources"), 0u);
  CHECK_EQ(Size(host.Document(Kind::kLoadBalancer, balancer.handle), "HostComputeEndpoints"), 0u);
  CHECK_CODE(host.Delete(Kind::kNetwork, id), HCN_E_NETWORK_NOT_FOUND);
  CHECK_CODE(host.Open(Kind::kNetwork, id), HCN_E_NETWORK_NOT_FOUND);
  CHECK_CODE(host.Query(Kind::kNetwork, network.handle), HCN_E_OBJECT_USED_AFTER_UNLOAD);
  CHECK_CODE(host.Query(Kind::kEndpoint, endpoint.handle), HCN_E_OBJECT_USED_AFTER_UNLOAD);
}

TEST("a handle of a deleted object does not reach a new one of the same id") {
  TestHost host;
  const base::Guid id = *base::Guid::Parse("11111111-2222-3333-4444-555555555555");
  const Outcome old = host.Create(Kind::kNetwork, kNetwork, id);
  CHECK_CODE(host.Delete(Kind::kNetwork, id), OK);
  const Outcome young = host.Create(Kind::kNetwork, kNetwork, id);
  CHECK_CODE(young, OK);

  CHECK_CODE(host.Query(Kind::kNetwork, old.handle), HCN_E_OBJECT_USED_AFTER_UNLOAD);
  CHECK_CODE(host.CreateEndpoint(old.handle, "{}"), HCN_E_OBJECT_USED_AFTER_UNLOAD);
  CHECK_CODE(host.Query(Kind::kNetwork, young.handle), OK);
}

TEST("filters find networks by id, name and type, and nothing is an empty list") {
  TestHost host;
  const Outcome network = host.Create(Kind::kNetwork, kNetwork);
  const std::string id = host.IdOf(Kind::kNetwork, network.handle).ToString();
  const auto count = [&](const std::string& filter) { return Size(host.Enumerate(Kind::kNetwork, filter).json(), ""); };

  CHECK_EQ(count(R"({"Name":"pods"})"), 1u);
  CHECK_EQ(count(R"({"Name":"Pods"})"), 0u);
  CHECK_EQ(count(R"({"ID":")" + id + R"("})"), 1u);
  CHECK_EQ(count(R"({"ID":")" + base::Guid::Parse(id)->ToUpperString() + R"(","Name":"pods"})"), 1u);
  CHECK_EQ(count(R"({"ID":")" + id + R"(","Name":"other"})"), 0u);
  CHECK_EQ(count(R"({"Type":"l2bridge"})"), 1u);
  CHECK_EQ(count("{}"), 1u);
  CHECK_EQ(count(R"({"Colour":"red"})"), 0u);
  CHECK_EQ(host.Enumerate(Kind::kEndpoint).text, "[]");
}

TEST("members nobody knows survive a round trip") {
  TestHost host;
  const Outcome network =
      host.Create(Kind::kNetwork,
                  R"({"Name":"pods","Type":"L2Bridge","SchemaVersion":{"Major":2},"Colour":{"Of":["tomorrow",1.5]}})");

  CHECK_EQ(Text(host.Document(Kind::kNetwork, network.handle), "Colour"), R"({"Of":["tomorrow",1.5]})");
}

}  // namespace
