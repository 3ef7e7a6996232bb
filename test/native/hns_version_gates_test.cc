// What each version refuses, on both sides of the version that brought it.
#include "native/hns_support.h"

namespace {

using namespace hns_test;

compose::HostOptions As(const char* profile) {
  compose::HostOptions options = TestHost::Defaults();
  options.profile = *hns::ParseProfile(profile);
  return options;
}

std::string Network(std::string_view members) {
  return R"({"Name":"other","Type":"L2Bridge","SchemaVersion":{"Major":2,"Minor":0})" + std::string(members) + "}";
}

std::string Subnets(std::string_view prefixes) { return R"(,"Ipams":[{"Subnets":[)" + std::string(prefixes) + "]}]"; }

// The code of a network, of an endpoint and of a load balancer on a host of
// that version; each host has one endpoint at 10.1.0.9.
struct At {
  explicit At(const char* profile) : host(As(profile)) {
    network = host.Create(Kind::kNetwork, kNetwork).handle;
    const auto endpoint = host.CreateEndpoint(network, R"({"IpConfigurations":[{"IpAddress":"10.1.0.9"}]})");
    backend = host.IdOf(Kind::kEndpoint, endpoint.handle).ToString();
  }
  std::string NetworkCode(std::string_view members) { return host.Create(Kind::kNetwork, Network(members)).name(); }
  std::string EndpointCode(std::string_view settings) { return host.CreateEndpoint(network, settings).name(); }
  std::string BalancerSettings(std::string_view vip, std::string_view mapping, std::string_view rest) {
    return R"({"HostComputeEndpoints":[")" + backend + R"("],"FrontendVIPs":[")" + std::string(vip) +
           R"("],"PortMappings":[{"Protocol":6,"InternalPort":80,"ExternalPort":80)" + std::string(mapping) + "}]" +
           std::string(rest) + "}";
  }
  std::string BalancerCode(std::string_view vip, std::string_view mapping, std::string_view rest) {
    return host.Create(Kind::kLoadBalancer, BalancerSettings(vip, mapping, rest)).name();
  }

  TestHost host;
  void* network = nullptr;
  std::string backend;
};

TEST("direct server return is refused in the hole between 9.x and 10.2") {
  for (const char* version : {"9.3", "9.9", "10.2", "13.3"}) {
    CHECK_EQ(At(version).BalancerCode("10.96.0.1", "", R"(,"Flags":1)"), "S_OK");
  }
  for (const char* version : {"9.2", "10.0", "10.1"}) {
    CHECK_EQ(At(version).BalancerCode("10.96.0.1", "", R"(,"Flags":1)"), "ERROR_INVALID_PARAMETER");
    CHECK_EQ(At(version).BalancerCode("10.96.0.1", "", ""), "S_OK");
  }
}

TEST("session affinity came with 12.0, load balancers for IPv6 with 11.10") {
  CHECK_EQ(At("12.0").BalancerCode("10.96.0.1", R"(,"DistributionType":2)", ""), "S_OK");
  CHECK_EQ(At("11.99").BalancerCode("10.96.0.1", R"(,"DistributionType":2)", ""), "ERROR_INVALID_PARAMETER");
  CHECK_EQ(At("11.9").BalancerCode("fd00:96::1", "", R"(,"Flags":2)"), "ERROR_INVALID_PARAMETER");
  CHECK_EQ(At("11.10").BalancerCode("fd00:96::1", "", R"(,"Flags":2)"), "S_OK");
}

TEST("a version before 15.4 answers a change of a load balancer with E_NOTIMPL and leaves it as it was") {
  for (const char* version : {"13.3", "15.3"}) {
    At at(version);
    const Outcome made = at.host.Create(Kind::kLoadBalancer, at.BalancerSettings("10.96.0.1", "", ""));
    const Value before = at.host.Document(Kind::kLoadBalancer, made.handle);
    CHECK_CODE(at.host.Modify(Kind::kLoadBalancer, made.handle, at.BalancerSettings("10.96.0.2", "", "")), E_NOTIMPL);
    CHECK(at.host.Document(Kind::kLoadBalancer, made.handle) == before);
  }
  At at("15.4");
  const Outcome made = at.host.Create(Kind::kLoadBalancer, at.BalancerSettings("10.96.0.1", "", ""));
  CHECK_CODE(at.host.Modify(Kind::kLoadBalancer, made.handle, at.BalancerSettings("10.96.0.2", "", "")), OK);
}

TEST("networks and endpoints of both families came with 11.10, with a network change too") {
  const std::string v4 = R"({"IpAddressPrefix":"10.2.0.0/16"})";
  const std::string v6 = R"({"IpAddressPrefix":"fd00:2::/64"})";
  CHECK_EQ(At("11.10").NetworkCode(Subnets(v4 + "," + v6)), "S_OK");
  At old("11.9");
  CHECK_EQ(old.NetworkCode(Subnets(v4)), "S_OK");
  CHECK_EQ(At("11.9").NetworkCode(Subnets(v4 + "," + v6)), "ERROR_INVALID_PARAMETER");
  const Value before = old.host.Document(Kind::kNetwork, old.network);
  CHECK_CODE(old.host.Modify(Kind::kNetwork, old.network,
                             R"({"RequestType":"Add","ResourceType":"Subnet","Settings":{"Subnets":[)" + v6 + "]}}"),
             ERROR_INVALID_PARAMETER);
  CHECK(old.host.Document(Kind::kNetwork, old.network) == before);
}

TEST("ACLs for protocol 252 came with 11.0, added ones too") {
  const std::string acl = R"({"Type":"ACL","Settings":{"Protocols":"252","Action":"Allow","Direction":"In"}})";
  const std::string with = R"({"Policies":[)" + acl + "]}";
  CHECK_EQ(At("11.0").EndpointCode(with), "S_OK");
  At old("10.9");
  CHECK_EQ(old.EndpointCode(with), "HCN_E_INVALID_POLICY");
  const Outcome plain = old.host.CreateEndpoint(old.network, "{}");
  CHECK_CODE(old.host.Modify(Kind::kEndpoint, plain.handle,
                             R"({"RequestType":"Add","ResourceType":"Policy","Settings":{"Policies":[)" + acl + "]}}"),
             HCN_E_INVALID_POLICY);
  CHECK_EQ(Size(old.host.Document(Kind::kEndpoint, plain.handle), "Policies"), 0u);
}

TEST("endpoints with a prefix length of 32 have a hole from 10.0 to 10.3") {
  const auto code = [](const char* version) {
    return At(version).EndpointCode(R"({"IpConfigurations":[{"IpAddress":"10.1.0.7","PrefixLength":32}]})");
  };
  CHECK_EQ(code("10.3"), "HCN_E_INVALID_ENDPOINT");
  CHECK_EQ(code("9.2"), "HCN_E_INVALID_ENDPOINT");
  CHECK_EQ(code("9.3"), code("10.4"));
}

TEST("the flag DisableHostPort came with 15.1") {
  const std::string subnet = Subnets(R"({"IpAddressPrefix":"10.2.0.0/16"})");
  CHECK_EQ(At("15.0").NetworkCode(R"(,"Flags":1024)" + subnet), "HCN_E_INVALID_NETWORK");
  CHECK_EQ(At("15.1").NetworkCode(R"(,"Flags":1024)" + subnet), At("15.1").NetworkCode(subnet));
}

}  // namespace
