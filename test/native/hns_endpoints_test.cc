#include <algorithm>
#include <set>

#include "base/ip_address.h"
#include "base/mac_address.h"
#include "native/hns_support.h"

namespace {

using namespace hns_test;

struct Fixture {
  TestHost host;
  void* network = nullptr;
  explicit Fixture(std::string_view profile = "") : host(TestHost::OfProfile(profile)) {
    network = host.Create(Kind::kNetwork, kNetwork).handle;
  }

  Outcome Add(std::string_view settings) { return host.CreateEndpoint(network, settings); }
  Value Show(const Outcome& endpoint) { return host.Document(Kind::kEndpoint, endpoint.handle); }
  base::Guid Id(const Outcome& endpoint) { return host.IdOf(Kind::kEndpoint, endpoint.handle); }
  Outcome Policies(const Outcome& endpoint, const char* request, std::string_view policies) {
    return host.Modify(Kind::kEndpoint, endpoint.handle,
                       std::string(R"({"ResourceType":"Policy","RequestType":")") + request +
                           R"(","Settings":{"Policies":[)" + std::string(policies) + "]}}");
  }
};

std::string WithAddress(std::string_view address) {
  return R"({"IpConfigurations":[{"IpAddress":")" + std::string(address) + R"("}]})";
}

TEST("a name is enough for an endpoint: the service fills in the rest") {
  Fixture f;
  const Outcome created = f.Add(R"({"Name":"web","SchemaVersion":{"Major":2}})");
  CHECK_CODE(created, OK);

  const Value endpoint = f.Show(created);

  const auto address = base::IpAddress::Parse(Text(endpoint, "IpConfigurations.0.IpAddress"));
  CHECK(address && base::IpPrefix::Parse("10.1.0.0/16")->Contains(*address));
  CHECK_EQ(Size(endpoint, "IpConfigurations"), 1u);
  CHECK_EQ(Text(endpoint, "IpConfigurations.0.PrefixLength"), "16");
  CHECK_EQ(Text(endpoint, "IpConfigurations.0.IpSubnetId"),
           Text(f.host.Document(Kind::kNetwork, f.network), "Ipams.0.Subnets.0.IpSubnets.0.ID"));
  CHECK_EQ(Text(endpoint, "Routes.0.NextHop"), "10.1.0.1");
  CHECK_EQ(Text(endpoint, "Routes.0.DestinationPrefix"), "0.0.0.0/0");
  CHECK(Text(endpoint, "MacAddress").starts_with("00-15-5D-"));
  CHECK_EQ(Text(endpoint, "HostComputeNetwork"), f.host.IdOf(Kind::kNetwork, f.network).ToString());
  CHECK_EQ(Text(endpoint, "State"), "1");
}

TEST("names of endpoints need not be unique, and filters find them all") {
  Fixture f;
  CHECK_CODE(f.Add(R"({"Name":"same"})"), OK);
  CHECK_CODE(f.Add(R"({"Name":"same"})"), OK);
  CHECK_CODE(f.Add(R"({"Name":"same2"})"), OK);

  CHECK_EQ(Size(f.host.Enumerate(Kind::kEndpoint, R"({"Name":"same"})").json(), ""), 2u);
  const std::string network = f.host.IdOf(Kind::kNetwork, f.network).ToUpperString();
  CHECK_EQ(Size(f.host.Enumerate(Kind::kEndpoint, R"({"VirtualNetwork":")" + network + R"("})").json(), ""), 3u);
  CHECK_EQ(Size(f.host.Enumerate(Kind::kEndpoint, R"({"VirtualNetworkName":"pods","Name":"same2"})").json(), ""), 1u);
  CHECK_EQ(Size(f.host.Enumerate(Kind::kEndpoint, R"({"IPAddress":"10.1.0.3"})").json(), ""), 0u);
}

TEST("an address and a MAC that are asked for are given, and given back as they were written") {
  Fixture f;
  const Outcome created =
      f.Add(R"({"MacAddress":"00-15-5d-Aa-bB-01","IpConfigurations":[{"IpAddress":"10.1.7.7","PrefixLength":24}]})");
  CHECK_CODE(created, OK);

  CHECK_EQ(Text(f.Show(created), "MacAddress"), "00-15-5d-Aa-bB-01");
  CHECK_EQ(Text(f.Show(created), "IpConfigurations.0.IpAddress"), "10.1.7.7");
  CHECK_EQ(Text(f.Show(created), "IpConfigurations.0.PrefixLength"), "24");
}

TEST("an empty IP configuration asks for an address") {
  Fixture f;
  const Outcome created = f.Add(R"({"IpConfigurations":[{}],"Routes":[{"DestinationPrefix":"::/0","NextHop":""}]})");
  CHECK_CODE(created, OK);

  CHECK(base::IpAddress::Parse(Text(f.Show(created), "IpConfigurations.0.IpAddress")).has_value());
  // The route of a family the network does not have is ignored; the one it has is filled in.
  CHECK_EQ(Size(f.Show(created), "Routes"), 1u);
  CHECK_EQ(Text(f.Show(created), "Routes.0.NextHop"), "10.1.0.1");
}

TEST("endpoints that make no sense are refused with HCN's codes and leave nothing") {
  struct Case {
    std::string settings;
    HResult code;
  };
  const Case cases[] = {
      {"{", hr::HCN_E_INVALID_JSON},
      {WithAddress("10.2.0.1"), hr::HCN_E_INVALID_IP},
      {WithAddress("10.1.0"), hr::HCN_E_INVALID_IP},
      {WithAddress("fd00::1"), hr::HCN_E_INVALID_IP},
      {WithAddress("10.1.0.0"), hr::HCN_E_ADDR_INVALID_OR_RESERVED},
      {WithAddress("10.1.0.1"), hr::HCN_E_ADDR_INVALID_OR_RESERVED},
      {WithAddress("10.1.255.255"), hr::HCN_E_ADDR_INVALID_OR_RESERVED},
      {R"({"IpConfigurations":[{"IpAddress":"10.1.0.9"},{"IpAddress":"10.1.0.9"}]})", hr::ERROR_OBJECT_ALREADY_EXISTS},
      {R"({"IpConfigurations":[{"IpAddress":"10.1.0.9","PrefixLength":33}]})", hr::HCN_E_INVALID_PREFIX},
      {R"({"IpConfigurations":[{"PrefixLength":33}]})", hr::HCN_E_INVALID_PREFIX},
      {R"({"IpConfigurations":[{"IpSubnetId":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"}]})", hr::HCN_E_INVALID_IP_SUBNET},
      {R"({"MacAddress":"01-00-5E-00-00-01"})", hr::HCN_E_INVALID_ENDPOINT},
      {R"({"MacAddress":"junk"})", hr::HCN_E_INVALID_ENDPOINT},
      {R"({"Name":")" + std::string(300, 'n') + R"("})", hr::HCN_E_INVALID_ENDPOINT},
      {R"({"Flags":2})", hr::HCN_E_REQUEST_UNSUPPORTED},
      {R"({"Routes":[{"NextHop":"fd00::1","DestinationPrefix":"10.0.0.0/8"}]})", hr::HCN_E_INVALID_ENDPOINT},
      {R"({"Policies":[{"Type":"QOS","Settings":{}}]})", hr::HCN_E_INVALID_POLICY},
      {R"({"Policies":[{"Type":"Nonsense","Settings":{}}]})", hr::HCN_E_INVALID_POLICY_TYPE},
      {R"({"Policies":[{"Type":"InterfaceParameters","Settings":{"Mtu":12}}]})", hr::HCN_E_INVALID_POLICY},
      {R"({"Policies":[{"Type":"InterfaceParameters","Settings":{"Mtu":1400}},{"Type":"InterfaceParameters","Settings":{"Mtu":1300}}]})",
       hr::HCN_INTERFACEPARAMETERS_ALREADY_APPLIED},
      {R"({"Policies":[{"Type":"ACL","Settings":{"Action":"Allow","Direction":"In","RemoteAddresses":"Any"}}]})",
       hr::HCN_E_INVALID_POLICY},
      {R"({"Policies":[{"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":0,"ExternalPort":80}}]})",
       hr::HCN_E_INVALID_INTERNAL_PORT},
      {R"({"Policies":[{"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":80,"ExternalPort":80,"Flags":2}}]})",
       hr::HCN_E_INVALID_POLICY},
      {R"({"Flags":1})", hr::HCN_E_INVALID_ENDPOINT},
      {R"({"Flags":1,"MacAddress":"00-15-5D-00-00-01"})", hr::HCN_E_INVALID_ENDPOINT},
      {R"({"VirtualNetwork":"pods","IPAddress":"10.1.0.9"})", hr::HCN_E_GUID_CONVERSION_FAILURE},
      {R"({"IPAddress":"10.1.0.9","DisableICC":true})", hr::HCN_E_REQUEST_UNSUPPORTED},
  };
  Fixture f;
  for (const Case& c : cases) {
    const Outcome outcome = f.Add(c.settings);
    CHECK_EQ(c.settings.substr(0, 150) + " " + outcome.name(), c.settings.substr(0, 150) + " " + CodeName(c.code));
    CHECK(outcome.handle == nullptr);
  }
  CHECK_EQ(f.host.Count(Kind::kEndpoint), 0u);
  CHECK_EQ(Size(f.host.Ports(), ""), 1u);
  // The address that failing requests asked for is still free.
  CHECK_CODE(f.Add(WithAddress("10.1.0.9")), OK);
}

TEST("an address is given once, and again after its endpoint is gone") {
  Fixture f;
  const Outcome first = f.Add(WithAddress("10.1.0.77"));
  CHECK_CODE(first, OK);

  const Outcome second = f.Add(WithAddress("10.1.0.77"));

  CHECK_CODE(second, ERROR_OBJECT_ALREADY_EXISTS);
  CHECK(second.record.find(f.Id(first).ToString()) != std::string::npos);
  CHECK_CODE(f.host.Delete(Kind::kEndpoint, f.Id(first)), OK);
  CHECK_CODE(f.Add(WithAddress("10.1.0.77")), OK);
}

TEST("a MAC address is given once on a network") {
  Fixture f;
  CHECK_CODE(f.Add(R"({"MacAddress":"00-15-5D-01-02-03"})"), OK);
  CHECK_CODE(f.Add(R"({"MacAddress":"00:15:5d:01:02:03"})"), HCN_E_INVALID_ENDPOINT);
}

TEST("automatic addresses fill the whole subnet but the reserved ones, out of sequence, then none is left") {
  TestHost host;
  const Outcome network =
      host.Create(Kind::kNetwork,
                  R"({"Name":"small","Type":"L2Bridge","Ipams":[{"Subnets":[{"IpAddressPrefix":"10.5.5.0/27"}]}]})");
  std::vector<std::string> given;
  for (int i = 0; i < 28; ++i) {
    const Outcome endpoint = host.CreateEndpoint(network.handle, "{}");
    CHECK_CODE(endpoint, OK);
    given.push_back(Text(host.Document(Kind::kEndpoint, endpoint.handle), "IpConfigurations.0.IpAddress"));
  }

  // 32 addresses without .0 (network), .1 (gateway), .2 (the host endpoint's) and .31 (broadcast).
  const std::set<std::string> unique(given.begin(), given.end());
  CHECK_EQ(unique.size(), 28u);
  for (const char* reserved : {"10.5.5.0", "10.5.5.1", "10.5.5.2", "10.5.5.31"}) CHECK(!unique.contains(reserved));
  int neighbours = 0;
  for (std::size_t i = 1; i < given.size(); ++i) {
    const auto before = base::IpAddress::Parse(given[i - 1])->V4HostOrder();
    if (base::IpAddress::Parse(given[i])->V4HostOrder() == before + 1) ++neighbours;
  }
  CHECK(neighbours < 14);
  CHECK_CODE(host.CreateEndpoint(network.handle, "{}"), HCN_E_SUBNET_NOT_FOUND);
  // .2 is given to who asks for it.
  CHECK_CODE(host.CreateEndpoint(network.handle, WithAddress("10.5.5.2")), OK);
}

TEST("a subnet that does not reserve its gateway gives it to who asks") {
  TestHost host;
  const Outcome network = host.Create(
      Kind::kNetwork,
      R"({"Name":"n","Type":"L2Bridge","Ipams":[{"Subnets":[{"IpAddressPrefix":"10.5.5.0/24","Flags":1}]}]})");
  CHECK_CODE(host.CreateEndpoint(network.handle, WithAddress("10.5.5.1")), OK);
}

TEST("a MAC pool that is used up is named") {
  TestHost host;
  const Outcome network = host.Create(
      Kind::kNetwork,
      R"({"Name":"n","Type":"L2Bridge","MacPool":{"Ranges":[{"StartMacAddress":"02-00-00-00-00-01","EndMacAddress":"02-00-00-00-00-02"}]},)"
      R"("Ipams":[{"Subnets":[{"IpAddressPrefix":"10.5.5.0/24"}]}]})");
  const Outcome one = host.CreateEndpoint(network.handle, "{}");
  CHECK_CODE(host.CreateEndpoint(network.handle, "{}"), OK);

  const Outcome three = host.CreateEndpoint(network.handle, "{}");

  CHECK_CODE(three, ERROR_TOO_MANY_NAMES);
  CHECK(three.record.find("MacPool") != std::string::npos);
  CHECK_CODE(host.Delete(Kind::kEndpoint, host.IdOf(Kind::kEndpoint, one.handle)), OK);
  CHECK_CODE(host.CreateEndpoint(network.handle, "{}"), OK);
}

TEST("a dual-stack network gives an address, and a default route, of each family") {
  TestHost host;
  const Outcome network = host.Create(
      Kind::kNetwork,
      R"({"Name":"dual","Type":"L2Bridge","Ipams":[{"Subnets":[{"IpAddressPrefix":"10.5.0.0/16"},{"IpAddressPrefix":"fd00:5::/64"}]}]})");
  const Value endpoint = host.Document(Kind::kEndpoint, host.CreateEndpoint(network.handle, "{}").handle);

  CHECK_EQ(Size(endpoint, "IpConfigurations"), 2u);
  CHECK(Text(endpoint, "IpConfigurations.0.IpAddress").starts_with("10.5."));
  CHECK(Text(endpoint, "IpConfigurations.1.IpAddress").starts_with("fd00:5::"));
  CHECK_EQ(Text(endpoint, "IpConfigurations.1.PrefixLength"), "64");
  CHECK_EQ(Text(endpoint, "Routes.0.NextHop"), "10.5.0.1");
  CHECK_EQ(Text(endpoint, "Routes.1.NextHop"), "fd00:5::1");
  // `{}` twice is one of each family, too.
  const Value two =
      host.Document(Kind::kEndpoint, host.CreateEndpoint(network.handle, R"({"IpConfigurations":[{},{}]})").handle);
  CHECK(Text(two, "IpConfigurations.1.IpAddress").starts_with("fd00:5::"));
}

TEST("a network without subnets has no address to give") {
  TestHost host;
  const Outcome network = host.Create(Kind::kNetwork, R"({"Name":"n","Type":"L2Bridge"})");
  CHECK_CODE(host.CreateEndpoint(network.handle, "{}"), HCN_E_SUBNET_NOT_FOUND);
}

TEST("deleting an endpoint twice says that it is not there") {
  Fixture f;
  const Outcome endpoint = f.Add("{}");
  const base::Guid id = f.Id(endpoint);

  CHECK_CODE(f.host.Delete(Kind::kEndpoint, id), OK);

  CHECK_CODE(f.host.Delete(Kind::kEndpoint, id), HCN_E_ENDPOINT_NOT_FOUND);
  CHECK_CODE(f.host.Open(Kind::kEndpoint, id), HCN_E_ENDPOINT_NOT_FOUND);
  CHECK_CODE(f.host.Query(Kind::kEndpoint, endpoint.handle), HCN_E_OBJECT_USED_AFTER_UNLOAD);
  CHECK_CODE(f.Policies(endpoint, "Update", "{}"), HCN_E_OBJECT_USED_AFTER_UNLOAD);
  CHECK_EQ(f.host.Close(Kind::kEndpoint, endpoint.handle), hr::OK);
}

TEST("remote endpoints have no port, share a MAC address, and cannot be modified or attached") {
  Fixture f;
  const char* peer = R"({"Flags":1,"MacAddress":"02-11-22-33-44-55","IpConfigurations":[{"IpAddress":"10.7.0.5"}]})";
  const Outcome remote = f.Add(peer);
  CHECK_CODE(remote, OK);
  CHECK_CODE(f.Add(R"({"Flags":1,"MacAddress":"02-11-22-33-44-55","IpConfigurations":[{"IpAddress":"10.1.0.5"}]})"),
             OK);

  CHECK_CODE(f.Add(peer), ERROR_OBJECT_ALREADY_EXISTS);
  CHECK_CODE(f.Add(WithAddress("10.1.0.5")), ERROR_OBJECT_ALREADY_EXISTS);
  CHECK_EQ(Size(f.host.Ports(), ""), 1u);
  CHECK_EQ(Text(f.Show(remote), "IpConfigurations.0.PrefixLength"), "32");
  CHECK_CODE(f.Policies(remote, "Add", R"({"Type":"PortName","Settings":{"Name":"x"}})"),
             HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION);
  const Outcome name_space = f.host.Create(Kind::kNamespace, "{}");
  CHECK_CODE(f.host.Modify(Kind::kNamespace, name_space.handle,
                           R"({"ResourceType":"Endpoint","RequestType":"Add","Settings":{"EndpointId":")" +
                               f.Id(remote).ToString() + R"("}})"),
             HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION);
  CHECK_CODE(f.host.Delete(Kind::kEndpoint, f.Id(remote)), OK);
  CHECK_CODE(f.Add(peer), OK);
}

TEST("the namespace in a new endpoint's document is ignored") {
  Fixture f;
  const Outcome endpoint = f.Add(R"({"HostComputeNamespace":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"})");
  CHECK_CODE(endpoint, OK);
  CHECK(At(f.Show(endpoint), "HostComputeNamespace").IsNull());
}

TEST("policies come back as they were sent, and are added, removed and replaced by type") {
  Fixture f;
  constexpr const char* kIn =
      R"({"Type":"ACL","Settings":{"Action":"Allow","Direction":"In","Priority":100,"Note":"kept"}})";
  constexpr const char* kOut =
      R"({"Type":"acl","Settings":{"action":"Block","Direction":"Out","Priority":200,"LocalPorts":"80, 90-95"}})";
  constexpr const char* kName = R"({"Type":"PortName","Settings":{"Name":"lan1"}})";
  const Outcome endpoint = f.Add(std::string(R"({"Policies":[)") + kIn + "]}");
  CHECK_CODE(endpoint, OK);
  const auto policies = [&] { return base::json::Write(At(f.Show(endpoint), "Policies")); };

  CHECK_EQ(policies(), std::string("[") + kIn + "]");
  CHECK_CODE(f.Policies(endpoint, "Add", std::string(kOut) + "," + kName), OK);
  CHECK_EQ(Size(f.Show(endpoint), "Policies"), 3u);
  CHECK_EQ(Text(f.Show(endpoint), "Policies.1.Settings"),
           R"({"action":"Block","Direction":"Out","Priority":200,"LocalPorts":"80, 90-95"})");
  CHECK_CODE(f.Policies(endpoint, "Add", kIn), HCN_E_POLICY_ALREADY_EXISTS);
  CHECK_CODE(f.Policies(endpoint, "Remove", kOut), OK);
  CHECK_CODE(f.Policies(endpoint, "Remove", kOut), HCN_E_POLICY_NOT_FOUND);
  // Update of ACLs leaves the port's name alone.
  CHECK_CODE(f.Policies(endpoint, "Update", R"({"Type":"ACL","Settings":{"Action":"Block","Direction":"In"}})"), OK);
  CHECK_EQ(Size(f.Show(endpoint), "Policies"), 2u);
  CHECK_CODE(f.Policies(endpoint, "Reset", kIn), HCN_E_REQUEST_UNSUPPORTED);
  // `[{}]` clears, as psm1 does it.
  CHECK_CODE(f.Policies(endpoint, "Update", "{}"), OK);
  CHECK_EQ(policies(), "[]");
}

TEST("a modify request that fails at its last policy changes nothing") {
  Fixture f;
  const Outcome endpoint = f.Add("{}");
  const std::string before = f.host.Query(Kind::kEndpoint, endpoint.handle).text;

  CHECK_CODE(f.Policies(endpoint, "Add",
                        R"({"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":80,"ExternalPort":8080}},)"
                        R"({"Type":"ACL","Settings":{"Action":"Allow","Direction":"Up"}})"),
             HCN_E_INVALID_POLICY);
  CHECK_CODE(f.Policies(endpoint, "Add",
                        R"({"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":80,"ExternalPort":8080}},)"
                        R"({"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":81,"ExternalPort":8080}})"),
             HCN_E_PORT_ALREADY_EXISTS);

  CHECK_EQ(f.host.Query(Kind::kEndpoint, endpoint.handle).text, before);
  // The port is still free.
  CHECK_CODE(f.Policies(endpoint, "Add",
                        R"({"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":80,"ExternalPort":8080}})"),
             OK);
}

TEST("external ports are held once on the host, by protocol and address") {
  Fixture f;
  const auto mapping = [](const char* rest) {
    return std::string(R"({"Policies":[{"Type":"PortMapping","Settings":{"InternalPort":80,)") + rest + "}}]}";
  };
  CHECK_CODE(f.Add(mapping(R"("Protocol":17,"ExternalPort":45678)")), OK);
  CHECK_CODE(f.Add(mapping(R"("Protocol":17,"ExternalPort":45678)")), HCN_E_PORT_ALREADY_EXISTS);
  CHECK_CODE(f.Add(mapping(R"("Protocol":17,"ExternalPort":45678,"VIP":"10.1.0.2")")), HCN_E_PORT_ALREADY_EXISTS);
  CHECK_CODE(f.Add(mapping(R"("Protocol":6,"ExternalPort":45678)")), OK);
  CHECK_CODE(f.Add(mapping(R"("Protocol":6,"ExternalPort":45679,"VIP":"192.0.2.1")")), OK);
  CHECK_CODE(f.Add(mapping(R"("Protocol":6,"ExternalPort":45679,"VIP":"192.0.2.2")")), OK);
  CHECK_CODE(f.Add(mapping(R"("Protocol":6,"ExternalPort":45679,"VIP":"192.0.2.2")")), HCN_E_PORT_ALREADY_EXISTS);
  CHECK_CODE(f.Add(mapping(R"("Protocol":6,"ExternalPort":45679)")), HCN_E_PORT_ALREADY_EXISTS);

  const Outcome chosen = f.Add(mapping(R"("Protocol":6,"ExternalPort":0)"));
  CHECK_CODE(chosen, OK);
  const std::string port = Text(f.Show(chosen), "Policies.0.Settings.ExternalPort");
  CHECK(std::stoi(port) >= 49152);
  CHECK_CODE(f.Add(mapping((R"("Protocol":6,"ExternalPort":)" + port).c_str())), HCN_E_PORT_ALREADY_EXISTS);
  CHECK_CODE(f.host.Delete(Kind::kEndpoint, f.Id(chosen)), OK);
  CHECK_CODE(f.Add(mapping((R"("Protocol":6,"ExternalPort":)" + port).c_str())), OK);
}

TEST("InterfaceParameters set the port's MTU and PortName its name") {
  Fixture f;
  const Outcome endpoint = f.Add(R"({"Name":"web"})");
  const auto port = [&] {
    const Value ports = f.host.Ports();
    for (const Value& p : Items(ports)) {
      if (Text(p, "id") == f.Id(endpoint).ToString()) return Text(p, "friendlyName") + " " + Text(p, "mtu");
    }
    return std::string();
  };
  CHECK_EQ(port(), "web 1500");

  CHECK_CODE(
      f.Policies(
          endpoint, "Add",
          R"({"Type":"InterfaceParameters","Settings":{"Mtu":1400}},{"Type":"PortName","Settings":{"Name":"lan1"}})"),
      OK);
  CHECK_EQ(port(), "lan1 1400");
  CHECK_CODE(f.Policies(endpoint, "Update", "{}"), OK);
  CHECK_EQ(port(), "web 1500");
}

TEST("EncapOverhead makes the MTU smaller, unless InterfaceParameters says it") {
  Fixture f;
  const Outcome endpoint = f.Add(R"({"Policies":[{"Type":"EncapOverhead","Settings":{"Overhead":50}}]})");
  const auto mtu = [&] {
    const Value ports = f.host.Ports();
    for (const Value& port : Items(ports)) {
      if (Text(port, "id") == f.Id(endpoint).ToString()) return Text(port, "mtu");
    }
    return std::string();
  };
  CHECK_EQ(mtu(), "1450");

  CHECK_CODE(f.Policies(endpoint, "Add", R"({"Type":"InterfaceParameters","Settings":{"Mtu":1400}})"), OK);
  CHECK_EQ(mtu(), "1400");
  CHECK_CODE(f.Policies(endpoint, "Remove", R"({"Type":"InterfaceParameters"})"), OK);
  CHECK_CODE(f.Policies(endpoint, "Update", R"({"Type":"EncapOverhead","Settings":{"Overhead":924}})"), OK);
  CHECK_EQ(mtu(), "576");
  CHECK_CODE(f.Policies(endpoint, "Update", R"({"Type":"EncapOverhead","Settings":{"Overhead":925}})"),
             HCN_E_INVALID_POLICY);
  CHECK_EQ(mtu(), "576");
}

TEST("every type of policy is kept on an l2bridge but ProviderAddress, and comes back as it was sent") {
  const std::string policies[] = {
      R"({"Type":"QOS","Settings":{"MaximumOutgoingBandwidthInBytes":1000000}})",
      R"({"Type":"L2Driver"})",
      R"({"Type":"SDNRoute","Settings":{"DestinationPrefix":"10.0.0.0/8","NextHop":"10.1.0.9","NeedEncap":true}})",
      R"({"Type":"L4Proxy","Settings":{"IP":"10.1.0.9","Port":"15001","Protocol":6,"ExceptionList":["10.0.0.0/8"]}})",
      R"({"Type":"L4WFPPROXY","Settings":{"OutboundProxyPort":"15001","UserSID":"S-1-5-32-556"}})",
      R"({"Type":"EncapOverhead","Settings":{"Overhead":50}})",
      R"({"Type":"InterfaceConstraint","Settings":{"InterfaceAlias":"Ethernet"}})",
      R"({"Type":"Encryption","Settings":{"AuthenticationMethods":[{"Type":"PresharedKey","Settings":{"Key":"k"}}]}})",
      R"({"Type":"VLAN","Settings":{"IsolationId":4094}})",
      R"({"Type":"Iov","Settings":{"IovOffloadWeight":100}})",
      R"({"Type":"VmNic","Settings":{"DeviceInstanceId":"PCI"}})",
      R"({"Type":"Firewall","Settings":{"VmType":"Host","FirewallPolicyFlags":1}})",
  };
  Fixture f;
  std::string all;
  for (const std::string& policy : policies) all += (all.empty() ? "" : ",") + policy;
  const Outcome endpoint = f.Add(R"({"Policies":[)" + all + "]}");
  CHECK_CODE(endpoint, OK);
  CHECK_EQ(base::json::Write(At(f.Show(endpoint), "Policies")), "[" + all + "]");
  for (const std::string& policy : policies) CHECK_CODE(f.Policies(endpoint, "Remove", policy), OK);
  CHECK_EQ(Size(f.Show(endpoint), "Policies"), 0u);

  CHECK_CODE(f.Policies(endpoint, "Add", R"({"Type":"ProviderAddress","Settings":{"ProviderAddress":"10.9.0.1"}})"),
             HCN_E_INVALID_POLICY_TYPE);
}

TEST("what an endpoint has once is refused the second time, and what a remote one has not at all") {
  Fixture f;
  const std::string qos = R"({"Type":"QOS","Settings":{"MaximumOutgoingBandwidthInBytes":1000}})";
  const Outcome endpoint = f.Add(R"({"Policies":[)" + qos + "]}");
  CHECK_CODE(f.Policies(endpoint, "Add", R"({"Type":"QOS","Settings":{"MaximumOutgoingBandwidthInBytes":2000}})"),
             HCN_E_POLICY_ALREADY_EXISTS);
  CHECK_CODE(f.Policies(endpoint, "Update", R"({"Type":"QOS","Settings":{"MaximumOutgoingBandwidthInBytes":2000}})"),
             OK);
  CHECK_CODE(f.Policies(endpoint, "Add", R"({"Type":"VLAN","Settings":{"IsolationId":4095}})"), HCN_E_INVALID_POLICY);
  const std::string remote =
      R"({"Flags":1,"MacAddress":"02-11-22-33-44-55","IpConfigurations":[{"IpAddress":"10.7.0.5"}],"Policies":[)";
  CHECK_CODE(f.Add(remote + qos + "]}"), HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION);
}

TEST("a policy that this version of HNS has not is refused, and kept by one that has it") {
  const std::string tier = R"({"Policies":[{"Type":"TierAcl","Settings":{"Direction":"In","Order":1}}]})";
  const std::string proxy = R"({"Policies":[{"Type":"L4WFPPROXY","Settings":{"OutboundProxyPort":"15001"}}]})";
  CHECK_CODE(Fixture("13.3").Add(tier), HCN_E_INVALID_POLICY_TYPE);
  CHECK_CODE(Fixture("14.0").Add(tier), OK);
  CHECK_CODE(Fixture("13.1").Add(proxy), HCN_E_INVALID_POLICY_TYPE);
  CHECK_CODE(Fixture("13.2").Add(proxy), OK);
}

TEST("an endpoint has its limits") {
  Fixture f("latest");
  std::string acls;
  for (int i = 0; i < 4097; ++i) {
    acls += std::string(i == 0 ? "" : ",") +
            R"({"Type":"ACL","Settings":{"Action":"Allow","Direction":"In","Priority":)" + std::to_string(i) + "}}";
  }
  CHECK_CODE(f.Add(R"({"Policies":[)" + acls + "]}"), HCN_E_INVALID_POLICY);
  CHECK_CODE(f.Add(R"({"Policies":[)" + acls.substr(0, acls.rfind(",{\"Type\"")) + "]}"), OK);
  std::string tiers;
  for (int i = 0; i < 65; ++i) {
    tiers += std::string(i == 0 ? "" : ",") + R"({"Type":"TierAcl","Settings":{"Direction":"In","Order":)" +
             std::to_string(i) + "}}";
  }
  CHECK_CODE(f.Add(R"({"Policies":[)" + tiers + "]}"), HCN_E_INVALID_POLICY);
  CHECK_CODE(f.Add(R"({"Policies":[)" + tiers.substr(0, tiers.rfind(",{\"Type\"")) + "]}"), OK);
  std::string addresses;
  for (int i = 0; i < 17; ++i) addresses += i == 0 ? "{}" : ",{}";
  CHECK_CODE(f.Add(R"({"IpConfigurations":[)" + addresses + "]}"), HCN_E_INVALID_ENDPOINT);
}

}  // namespace
