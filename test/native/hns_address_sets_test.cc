// Address sets (SetPolicy) that ACLs name. Expectations come from their meaning,
// as address_sets.h tells it, not from what was seen.
#include "native/hns_policy_lab.h"

namespace {

using namespace hns_test;

std::string Set(std::string_view id, std::string_view values, std::string_view type = "IPSET") {
  return R"({"Type":"SetPolicy","Settings":{"Id":")" + std::string(id) + R"(","Name":"n","PolicyType":")" +
         std::string(type) + R"(","Values":")" + std::string(values) + "\"}}";
}
std::string Nested(std::string_view id, std::string_view values) { return Set(id, values, "NESTEDIPSET"); }

struct SetFixture : Fixture {
  SetFixture() : Fixture(kNetwork, "latest") {}

  base::Guid a = Pod("10.1.0.4");
  base::Guid b = Pod("10.1.0.5");
  base::Guid web = Pod("10.1.0.7");

  Outcome Change(const char* request, std::string_view policies) {
    return host.Modify(Kind::kNetwork, network,
                       std::string(R"({"ResourceType":"Policy","RequestType":")") + request +
                           R"(","Settings":{"Policies":[)" + std::string(policies) + "]}}");
  }
  std::string FromA(std::uint16_t port = 80) { return To(a, "10.1.0.4", "10.1.0.7", port); }
  std::string FromB(std::uint16_t port = 80) { return To(b, "10.1.0.5", "10.1.0.7", port); }
  std::string To(const base::Guid& sender, std::string_view source, std::string_view to, std::uint16_t port) {
    const Value said = Explain(sender, "tcp", source, 4000, to, port);
    return Text(said, "verdict") == "forward" ? "forward" : Text(said, "reason.name");
  }
};

// Who sends is in the set, whichever direction.
std::string From(std::string_view sets, std::string_view rest = R"(,"Priority":10)") {
  return Acl("Allow", "In", R"(,"LocalAddresses":")" + std::string(sets) + "\"" + std::string(rest));
}

TEST("an ACL that names a set lets its members in, and follows the set's Update at once") {
  SetFixture f;
  CHECK_CODE(f.Change("Add", Set("clients", "10.1.0.4") + "," + Set("others", "10.9.0.0/16")), OK);
  CHECK_CODE(f.SetPolicies(f.web, From("clients")), OK);
  CHECK_EQ(f.FromA(), "forward");
  CHECK_EQ(f.FromB(), "acl-default");

  CHECK_CODE(f.Change("Update", Set("clients", "10.1.0.5,10.2.0.0/16")), OK);
  CHECK_EQ(f.FromA(), "acl-default");
  CHECK_EQ(f.FromB(), "forward");
  // Only the set that was given is another now.
  const Value network = f.host.Query(Kind::kNetwork, f.network).json();
  CHECK_EQ(Size(network, "Policies"), 2u);
  CHECK_EQ(Text(network, "Policies.0.Settings.Values") + " " + Text(network, "Policies.1.Settings.Values"),
           "10.1.0.5,10.2.0.0/16 10.9.0.0/16");
  // Without members nobody is in it.
  CHECK_CODE(f.Change("Update", Set("clients", "")), OK);
  CHECK_EQ(f.FromB(), "acl-default");
}

TEST(
    "with sets Local is the packet's source and Remote its destination, out as in; ports stay the endpoint's own and "
    "its peer's") {
  SetFixture f;
  CHECK_CODE(f.Change("Add", Set("a", "10.1.0.4") + "," + Set("web", "10.1.0.7")), OK);
  const std::string both = R"(,"LocalAddresses":"a","RemoteAddresses":"web","Protocols":"6","Priority":10)";
  CHECK_CODE(f.SetPolicies(f.web, Acl("Allow", "In", both + R"(,"LocalPorts":"80")")), OK);
  CHECK_CODE(f.SetPolicies(f.a, Acl("Allow", "Out", both + R"(,"RemotePorts":"80,81")")), OK);
  CHECK_EQ(f.FromA(80), "forward");
  CHECK_EQ(f.FromA(81), "acl-default");
  CHECK_EQ(f.FromA(82), "acl-default");
  CHECK_EQ(f.FromB(80), "acl-default");
  CHECK_EQ(f.To(f.a, "10.1.0.4", "10.1.0.5", 80), "acl-default");
}

TEST("an address must be in each of the sets a list names, and in any of a nested set's") {
  SetFixture f;
  CHECK_CODE(f.Change("Add", Set("a", "10.1.0.4") + "," + Set("b", "10.1.0.5") + "," + Set("all", "10.1.0.0/16")), OK);
  CHECK_CODE(f.Change("Add", Nested("either", "a,b") + "," + Nested("deeper", "either") + "," + Nested("open", "")),
             OK);
  const auto who = [&](std::string_view sets) {
    const std::string code = f.SetPolicies(f.web, From(sets)).name();
    return code + (f.FromA() == "forward" ? " a" : "") + (f.FromB() == "forward" ? " b" : "");
  };
  CHECK_EQ(who("a,all"), "S_OK a");
  CHECK_EQ(who("all,b"), "S_OK b");
  CHECK_EQ(who("a,b"), "S_OK");
  CHECK_EQ(who("either"), "S_OK a b");
  CHECK_EQ(who("deeper,b"), "S_OK b");
  // Without members a nested set has everybody, as on Windows.
  CHECK_EQ(who("open"), "S_OK a b");
  CHECK_EQ(who("open,a"), "S_OK a");
  // Members are looked up when they change, too.
  CHECK_EQ(who("deeper"), "S_OK a b");
  CHECK_CODE(f.Change("Update", Set("a", "10.1.0.9")), OK);
  CHECK_EQ(f.FromA(), "acl-default");
  CHECK_EQ(f.FromB(), "forward");
}

TEST("a set of both families is each family's part of it") {
  SetFixture f;
  CHECK_CODE(f.Change("Add", Set("v6", "fd00::/64") + "," + Set("both", "fd00::4,10.1.0.4")), OK);
  CHECK_CODE(f.SetPolicies(f.web, From("v6")), OK);
  CHECK_EQ(f.FromA(), "acl-default");
  CHECK_CODE(f.SetPolicies(f.web, From("both")), OK);
  CHECK_EQ(f.FromA(), "forward");
  CHECK_EQ(f.FromB(), "acl-default");
}

TEST("a NetworkACL that names a set follows it at every endpoint") {
  SetFixture f;
  const auto network_acl = [](std::string_view direction, std::string_view rest) {
    return R"({"Type":"NetworkACL","Settings":{"Action":"Allow","Direction":")" + std::string(direction) + "\"" +
           std::string(rest) + "}}";
  };
  CHECK_CODE(f.Change("Add", Set("clients", "10.1.0.4") + "," +
                                 network_acl("In", R"(,"LocalAddresses":"clients","Priority":1)") + "," +
                                 network_acl("Out", "")),
             OK);
  CHECK_EQ(f.FromA() + " " + f.FromB(), "forward acl-default");
  CHECK_CODE(f.Change("Update", Set("clients", "10.1.0.5")), OK);
  CHECK_EQ(f.FromA() + " " + f.FromB(), "acl-default forward");
  CHECK_CODE(f.Change("Remove", Set("clients", "10.1.0.5")), HCN_E_ENTITY_HAS_REFERENCES);
  CHECK_EQ(f.FromA() + " " + f.FromB(), "acl-default forward");
}

TEST("a set that is named is not taken away; when nobody names it any more it is") {
  SetFixture f;
  CHECK_CODE(f.Change("Add", Set("a", "10.1.0.4") + "," + Nested("list", "a")), OK);
  CHECK_CODE(f.SetPolicies(f.web, From("list")), OK);
  CHECK_CODE(f.Change("Remove", Nested("list", "a")), HCN_E_ENTITY_HAS_REFERENCES);
  CHECK_CODE(f.Change("Remove", Set("a", "10.1.0.4")), HCN_E_ENTITY_HAS_REFERENCES);
  CHECK_EQ(f.FromA(), "forward");

  CHECK_CODE(f.SetPolicies(f.web, "{}"), OK);
  CHECK_CODE(f.Change("Remove", Nested("list", "a")), OK);
  CHECK_CODE(f.Change("Remove", Set("a", "10.1.0.4")), OK);
  CHECK_EQ(Size(f.host.Query(Kind::kNetwork, f.network).json(), "Policies"), 0u);
}

TEST("what names no set, or sets that hold themselves, is refused and changes nothing") {
  SetFixture f;
  CHECK_CODE(f.Change("Add", Set("a", "10.1.0.4")), OK);
  CHECK_CODE(f.SetPolicies(f.web, From("a")), OK);

  const Outcome unknown = f.SetPolicies(f.web, From("nobody"));
  CHECK_CODE(unknown, HCN_E_INVALID_POLICY);
  CHECK(unknown.record.find("`nobody`") != std::string::npos);
  CHECK_CODE(f.SetPolicies(f.web, From("a,10.1.0.5")), HCN_E_INVALID_POLICY);
  CHECK_CODE(f.SetPolicies(f.web, From("10.1.0.0/33")), HCN_E_INVALID_POLICY);
  CHECK_CODE(f.Change("Add", Nested("list", "nobody")), HCN_E_INVALID_POLICY);
  CHECK_CODE(f.Change("Add", Nested("self", "self")), HCN_E_INVALID_POLICY);
  CHECK_CODE(f.Change("Add", Nested("x", "y") + "," + Nested("y", "a,x")), HCN_E_INVALID_POLICY);
  CHECK_CODE(f.host.CreateEndpoint(
                 f.network, R"({"IpConfigurations":[{"IpAddress":"10.1.0.8"}],"Policies":[)" + From("nobody") + "]}"),
             HCN_E_INVALID_POLICY);
  CHECK_EQ(f.FromA() + " " + f.FromB(), "forward acl-default");
  CHECK_EQ(Size(f.host.Query(Kind::kNetwork, f.network).json(), "Policies"), 1u);
}

TEST("sets nest eight deep, and a network's have 65536 values at most") {
  SetFixture f;
  std::string chain = Set("s0", "10.1.0.4");
  for (int i = 1; i <= 8; ++i) {
    chain += "," + Nested("s" + std::to_string(i), "s" + std::to_string(i - 1));
  }
  CHECK_CODE(f.Change("Add", chain), OK);
  CHECK_CODE(f.Change("Add", Nested("s9", "s8")), HCN_E_INVALID_POLICY);
  CHECK_CODE(f.SetPolicies(f.web, From("s8")), OK);
  CHECK_EQ(f.FromA() + " " + f.FromB(), "forward acl-default");

  std::string values = "10.1.0.4";
  for (int i = 1; i < 65536 - 9; ++i) {
    values += ",10.3." + std::to_string(i / 256) + "." + std::to_string(i % 256);
  }
  CHECK_CODE(f.Change("Update", Set("s0", values)), OK);
  CHECK_CODE(f.Change("Add", Set("one", "10.1.0.5,10.1.0.6")), HCN_E_INVALID_POLICY);
}

}  // namespace
