// NetworkACL policies on packets. Expectations come from their meaning, as
// network_acl.h tells it, not from what was seen.
#include "native/hns_policy_lab.h"

namespace {

using namespace hns_test;

struct NetworkFixture : Fixture {
  NetworkFixture() : Fixture(kNetwork, "latest") {}

  base::Guid a = Pod("10.1.0.4");
  base::Guid b = Pod("10.1.0.5");

  Outcome Change(const char* request, std::string_view policies) {
    return host.Modify(Kind::kNetwork, network,
                       std::string(R"({"ResourceType":"Policy","RequestType":")") + request +
                           R"(","Settings":{"Policies":[)" + std::string(policies) + "]}}");
  }
  std::string FromAToB(std::uint16_t port) {
    return Fixture::Verdict(Explain(a, "tcp", "10.1.0.4", 4000, "10.1.0.5", port));
  }
};

std::string NetworkAcl(std::string_view action, std::string_view direction, std::string_view rest = "") {
  return R"({"Type":"NetworkACL","Settings":{"Action":")" + std::string(action) + R"(","Direction":")" +
         std::string(direction) + "\"" + std::string(rest) + "}}";
}
const std::string kAllowOut = NetworkAcl("Allow", "Out", R"(,"Priority":1000)");
const std::string kAllowIn = NetworkAcl("Allow", "In", R"(,"Priority":1000)");

constexpr const char* kTo80 = "forward 10.1.0.4:4000 > 10.1.0.5:80";

TEST("the first NetworkACL makes every endpoint of the network deny by default, and the last one's going allow again") {
  NetworkFixture f;
  const std::string web = NetworkAcl("Allow", "In", R"(,"Protocols":"6","LocalPorts":"80","Priority":100)");
  CHECK_EQ(f.FromAToB(81), "forward 10.1.0.4:4000 > 10.1.0.5:81");

  CHECK_CODE(f.Change("Add", web), OK);
  // Going out of the sender nobody has allowed it.
  CHECK_EQ(f.FromAToB(80), "drop acl-default");
  CHECK_CODE(f.Change("Add", kAllowOut), OK);
  CHECK_EQ(f.FromAToB(80), kTo80);
  CHECK_EQ(f.FromAToB(81), "drop acl-default");
  CHECK_EQ(Fixture::Verdict(f.Explain(f.b, "udp", "10.1.0.5", 4000, "10.1.0.4", 80)), "drop acl-default");

  CHECK_CODE(f.Change("Remove", web + "," + kAllowOut), OK);
  CHECK_EQ(f.FromAToB(81), "forward 10.1.0.4:4000 > 10.1.0.5:81");
  CHECK_EQ(Text(FindLayer(f.host.Layers(f.b), "ACL_NETWORK_LAYER"), ""), "null");
}

TEST("explain names the layer, the group and the rule of a NetworkACL") {
  NetworkFixture f;
  CHECK_CODE(f.Change("Add", NetworkAcl("Block", "In", R"(,"RemoteAddresses":"10.1.0.4","Priority":50,"Id":"stop")") +
                                 "," + kAllowIn + "," + kAllowOut),
             OK);
  const Value explanation = f.Explain(f.a, "tcp", "10.1.0.4", 4000, "10.1.0.5", 80);
  CHECK_EQ(Fixture::Verdict(explanation), "drop acl-blocked");
  const Value last = Items(explanation, "steps").back();
  CHECK_EQ(Text(last, "port"), f.b.ToString());
  CHECK_EQ(Text(last, "layer"), "ACL_NETWORK_LAYER");
  CHECK_EQ(Text(last, "group"), "ACL_NETWORK_GROUP_IPV4_IN");
  CHECK_EQ(Text(last, "rule.name"), "stop");
  CHECK_EQ(Text(last, "rule.priority"), "50");
}

TEST("a packet must pass the network's ACLs and the endpoint's own") {
  NetworkFixture f;
  CHECK_CODE(f.Change("Add", NetworkAcl("Block", "In", R"(,"LocalPorts":"81","Priority":10)") + "," + kAllowIn + "," +
                                 kAllowOut),
             OK);
  CHECK_CODE(f.SetPolicies(f.b, Acl("Block", "In", R"(,"LocalPorts":"82","Priority":10)") + "," +
                                    Acl("Allow", "In", R"(,"Priority":1000)")),
             OK);
  CHECK_EQ(f.FromAToB(80), kTo80);
  CHECK_EQ(f.FromAToB(81), "drop acl-blocked");
  CHECK_EQ(f.FromAToB(82), "drop acl-blocked");
}

TEST("Host rules of a network are a stage of their own, and deny by default where there are no Switch rules") {
  NetworkFixture f;
  const std::string host_allow = NetworkAcl("Allow", "In", R"(,"RuleType":"Host","LocalPorts":"80","Priority":1)");
  const std::string host_out = NetworkAcl("Allow", "Out", R"(,"RuleType":"Host","Priority":1)");
  CHECK_CODE(f.Change("Add", host_allow + "," + host_out), OK);
  CHECK_EQ(f.FromAToB(80), kTo80);
  CHECK_EQ(f.FromAToB(81), "drop acl-default");

  CHECK_CODE(f.Change("Add", kAllowIn + "," + kAllowOut), OK);
  CHECK_EQ(f.FromAToB(81), "forward 10.1.0.4:4000 > 10.1.0.5:81");
  CHECK_CODE(f.Change("Add", NetworkAcl("Block", "In", R"(,"RuleType":"Host","LocalPorts":"81","Priority":9)")), OK);
  CHECK_EQ(f.FromAToB(81), "drop acl-blocked");
}

TEST("a network made with ACLs, an endpoint made later and one moved to the host have them; a remote one has not") {
  const std::string stop = NetworkAcl("Block", "In", R"(,"LocalPorts":"81","Priority":10)");
  Fixture f(
      R"({"Name":"pods","Type":"L2Bridge","Ipams":[{"Subnets":[{"IpAddressPrefix":"10.1.0.0/16"}]}],"Policies":[)" +
          stop + "," + kAllowIn + "," + kAllowOut + "]}",
      "latest");
  const base::Guid a = f.Pod("10.1.0.4");
  f.Pod("10.1.0.5");
  CHECK(!f.HostEndpoint("10.1.0.2").IsZero());
  const auto verdict = [&](std::string_view to, std::uint16_t port) {
    return Text(f.Explain(a, "tcp", "10.1.0.4", 4000, to, port), "verdict");
  };
  CHECK_EQ(verdict("10.1.0.5", 80), "forward");
  CHECK_EQ(verdict("10.1.0.5", 81), "drop");
  CHECK_EQ(verdict("10.1.0.2", 80), "forward");
  CHECK_EQ(verdict("10.1.0.2", 81), "drop");
  // A remote endpoint's own host filters for it: here only the sender is asked.
  CHECK_CODE(
      f.host.CreateEndpoint(
          f.network, R"({"Flags":1,"MacAddress":"02-11-22-33-44-55","IpConfigurations":[{"IpAddress":"10.1.0.9"}]})"),
      OK);
  const Value to_remote = f.Explain(a, "tcp", "10.1.0.4", 4000, "10.1.0.9", 81);
  std::size_t asked = 0;
  for (const Value& step : Items(to_remote, "steps")) asked += Text(step, "layer") == "ACL_NETWORK_LAYER" ? 1 : 0;
  CHECK_EQ(asked, 1u);
}

TEST("an Update replaces a network's ACLs, each of its endpoints' at once; those of another network are not touched") {
  NetworkFixture f;
  const Outcome other =
      f.host.Create(Kind::kNetwork,
                    R"({"Name":"other","Type":"L2Bridge","Ipams":[{"Subnets":[{"IpAddressPrefix":"10.2.0.0/16"}]}]})");
  const auto pod = [&](std::string_view address) {
    return f.host.IdOf(
        Kind::kEndpoint,
        f.host.CreateEndpoint(other.handle, R"({"IpConfigurations":[{"IpAddress":")" + std::string(address) + R"("}]})")
            .handle);
  };
  const base::Guid there = pod("10.2.0.4");
  pod("10.2.0.5");
  CHECK_CODE(f.Change("Add", NetworkAcl("Block", "In", R"(,"LocalPorts":"80","Priority":10)") + "," + kAllowIn + "," +
                                 kAllowOut),
             OK);
  CHECK_EQ(f.FromAToB(80), "drop acl-blocked");
  CHECK_CODE(f.Change("Update", NetworkAcl("Block", "In", R"(,"LocalPorts":"81","Priority":10)") + "," + kAllowIn +
                                    "," + kAllowOut),
             OK);
  CHECK_EQ(f.FromAToB(80), kTo80);
  CHECK_EQ(f.FromAToB(81), "drop acl-blocked");
  CHECK_EQ(Text(f.Explain(there, "tcp", "10.2.0.4", 4000, "10.2.0.5", 81), "verdict"), "forward");
}

TEST("the rules of a network's ACLs stand once, whatever the number of endpoints, and stay when the list changes") {
  NetworkFixture f;
  CHECK_CODE(f.Change("Add", kAllowIn), OK);
  const auto rule = [&](const base::Guid& pod) {
    for (const Value& group : Items(FindLayer(f.host.Layers(pod), "ACL_NETWORK_LAYER"), "groups")) {
      if (Text(group, "id") != "ACL_NETWORK_GROUP_IPV4_IN") continue;
      const auto rules = Items(group, "rules");
      if (!rules.empty()) return "shared " + Text(group, "shared") + ": " + Text(rules.back(), "id");
    }
    return std::string();
  };
  const std::string id = rule(f.a);
  CHECK(id.starts_with("shared true: "));
  CHECK_EQ(rule(f.b), id);
  CHECK_CODE(f.Change("Add", NetworkAcl("Block", "In", R"(,"Priority":50)")), OK);
  CHECK_EQ(rule(f.b), id);
}

TEST("a NetworkACL says what is wrong with it as an endpoint's ACL does, and a refused one changes nothing") {
  NetworkFixture f;
  const Outcome refused = f.Change("Add", kAllowIn + "," + NetworkAcl("Allow", "In", R"(,"RemoteAddresses":"Any")"));
  CHECK_CODE(refused, HCN_E_INVALID_POLICY);
  std::string many;
  for (int i = 0; i <= 4096; ++i) {
    many += std::string(i == 0 ? "" : ",") + NetworkAcl("Allow", "In", R"(,"Priority":)" + std::to_string(i));
  }
  CHECK_CODE(f.Change("Add", many), HCN_E_INVALID_POLICY);
  std::string ports;
  for (int i = 1; i <= 257; ++i) ports += (i == 1 ? "" : ",") + std::to_string(i * 2);
  CHECK_CODE(f.Change("Add", NetworkAcl("Allow", "In", R"(,"LocalPorts":")" + ports + "\"")), HCN_E_INVALID_POLICY);
  CHECK_EQ(f.FromAToB(80), kTo80);
}

}  // namespace
