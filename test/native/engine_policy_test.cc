// Layers, groups and rules; connections and what becomes of them when policy
// changes.
#include "native/engine_lab.h"

using namespace engine_test;

namespace {

struct TwoPods {
  Lab lab;
  vfp::PortIndex a = lab.Pod("a", {"10.1.0.4", "fd00::4"});
  vfp::PortIndex b = lab.Pod("b", {"10.1.0.5", "fd00::5"});
};

constexpr auto kAToB = "tcp 10.1.0.4:1000 > 10.1.0.5:80 ";
constexpr auto kBToA = "tcp 10.1.0.5:80 > 10.1.0.4:1000 ";
std::string AToB(const std::string& flags) { return kAToB + flags; }
std::string BToA(const std::string& flags) { return kBToA + flags; }

void Handshake(TwoPods& pods) {
  CHECK_EQ(pods.lab.One(pods.a, AToB("S")), "b " + AToB("S"));
  CHECK_EQ(pods.lab.One(pods.b, BToA("SA")), "a " + BToA("SA"));
  CHECK_EQ(pods.lab.One(pods.a, AToB("A")), "b " + AToB("A"));
}

}  // namespace

TEST("a layer that denies by default drops what no rule allows") {
  TwoPods pods;
  pods.lab.Policy(pods.b, {Acl({MakeRule("web", 100, vfp::Allow{}, From("10.1.0.4/32", "80", 6))}, {})});

  CHECK_EQ(pods.lab.One(pods.a, AToB("S")), "b " + AToB("S"));
  CHECK_EQ(pods.lab.One(pods.a, "tcp 10.1.0.4:1000 > 10.1.0.5:81 S"), "drop acl-default");
  CHECK_EQ(pods.lab.One(pods.a, "udp 10.1.0.4:1000 > 10.1.0.5:80"), "drop acl-default");
  CHECK_EQ(pods.lab.One(pods.b, "tcp 10.1.0.5:2000 > 10.1.0.4:80 S"), "drop acl-default");
}

TEST("of two rules that match, the one with the lower number decides; block wins a tie") {
  TwoPods pods;
  pods.lab.Policy(
      pods.b,
      {Acl({MakeRule("block", 90, vfp::Block{}, From("10.1.0.4/32")), MakeRule("allow", 100, vfp::Allow{})}, {})});
  CHECK_EQ(pods.lab.One(pods.a, AToB("S")), "drop acl-blocked");

  pods.lab.Policy(pods.b, {Acl({MakeRule("allow", 100, vfp::Allow{}), MakeRule("block", 110, vfp::Block{})}, {})});
  CHECK_EQ(pods.lab.One(pods.a, AToB("S")), "b " + AToB("S"));

  pods.lab.Policy(pods.b, {Acl({MakeRule("a-allow", 100, vfp::Allow{}, From("10.1.0.0/24", "81")),
                                MakeRule("z-block", 100, vfp::Block{}, From("10.1.0.0/24", "81"))},
                               {})});
  CHECK_EQ(pods.lab.One(pods.a, "tcp 10.1.0.4:1000 > 10.1.0.5:81 S"), "drop acl-blocked");
}

TEST("outbound packets pass layers in ascending order, inbound ones in descending order") {
  TwoPods pods;
  const auto all = [](std::string id, std::uint16_t priority) {
    return Layer(std::move(id), priority,
                 {Group(kIn, {MakeRule("in", 1, vfp::Allow{})}), Group(kOut, {MakeRule("out", 1, vfp::Allow{})})});
  };
  pods.lab.Policy(pods.a, {all("second", 200), all("first", 100)});
  pods.lab.Policy(pods.b, {all("first", 100), all("second", 200)});
  std::string order;
  for (const auto& step : pods.lab.Explain(pods.a, AToB("S")).steps) {
    if (!step.layer.empty()) order += step.port + ":" + step.layer + " ";
  }

  CHECK_EQ(order, "a:first a:second b:second b:first ");
}

TEST("groups are asked in order: a terminating match ends the layer, else the last match counts") {
  TwoPods pods;
  vfp::GroupSpec first = Group(kIn, {MakeRule("soft-block", 1, vfp::Block{}, {}, vfp::Rule::kStateful)});
  first.id = "first";
  first.priority = 1;
  vfp::GroupSpec second = Group(kIn, {MakeRule("allow", 1, vfp::Allow{}, From("10.1.0.4/32"), kStateful)});
  second.id = "second";
  second.priority = 2;
  pods.lab.Policy(pods.b, {Layer("L", 100, {second, first})});
  CHECK_EQ(pods.lab.One(pods.a, AToB("S")), "b " + AToB("S"));

  first.rules[0].flags = kStateful;
  pods.lab.Policy(pods.b, {Layer("L", 100, {second, first})});
  CHECK_EQ(pods.lab.One(pods.a, "tcp 10.1.0.4:1001 > 10.1.0.5:80 S"), "drop acl-blocked");
}

TEST("IPv6 packets are judged by IPv6 groups only") {
  TwoPods pods;
  pods.lab.Policy(pods.b, {Layer("L", 100, {Group(kIn, {MakeRule("block", 1, vfp::Block{})})})});

  CHECK_EQ(pods.lab.One(pods.a, AToB("S")), "drop acl-blocked");
  CHECK_EQ(pods.lab.One(pods.a, "tcp [fd00::4]:1 > [fd00::5]:80 S"), "b tcp [fd00::4]:1 > [fd00::5]:80 S");
}

TEST("a reply of an allowed connection needs no rule") {
  TwoPods pods;
  pods.lab.Policy(pods.a, {Acl({}, {MakeRule("out", 100, vfp::Allow{})})});
  pods.lab.Policy(pods.b, {Acl({MakeRule("in", 100, vfp::Allow{})}, {})});

  Handshake(pods);

  CHECK_EQ(pods.lab.One(pods.b, "tcp 10.1.0.5:81 > 10.1.0.4:1000 SA"), "drop acl-default");
}

TEST("a stateless rule lets one packet pass, not its reply") {
  TwoPods pods;
  constexpr std::uint32_t kStateless = vfp::Rule::kTerminating;
  pods.lab.Policy(pods.a, {Acl({MakeRule("in", 100, vfp::Allow{}, From("10.1.0.5/32", "1000"), kStateless)},
                               {MakeRule("out", 100, vfp::Allow{}, {}, kStateless)})});

  CHECK_EQ(pods.lab.One(pods.a, "udp 10.1.0.4:1000 > 10.1.0.5:80"), "b udp 10.1.0.4:1000 > 10.1.0.5:80");
  CHECK_EQ(pods.lab.One(pods.b, "udp 10.1.0.5:80 > 10.1.0.4:1000"), "a udp 10.1.0.5:80 > 10.1.0.4:1000");
  CHECK_EQ(pods.lab.One(pods.a, "udp 10.1.0.4:1001 > 10.1.0.5:80"), "b udp 10.1.0.4:1001 > 10.1.0.5:80");
  CHECK_EQ(pods.lab.One(pods.b, "udp 10.1.0.5:80 > 10.1.0.4:1001"), "drop acl-default");
  CHECK_EQ(pods.lab.One(pods.b, "udp 10.1.0.5:80 > 10.1.0.4:1001"), "drop acl-default");
}

TEST("a stateless layer is asked about replies too, whatever else keeps state") {
  TwoPods pods;
  vfp::LayerSpec stateless =
      Layer("STATELESS", 50, {Group(kIn, {MakeRule("block", 1, vfp::Block{}, From("", "1001"))})});
  stateless.stateful = false;
  pods.lab.Policy(pods.a, {stateless, Acl({}, {MakeRule("out", 100, vfp::Allow{})})});

  CHECK_EQ(pods.lab.One(pods.a, "udp 10.1.0.4:1000 > 10.1.0.5:80"), "b udp 10.1.0.4:1000 > 10.1.0.5:80");
  CHECK_EQ(pods.lab.One(pods.b, "udp 10.1.0.5:80 > 10.1.0.4:1000"), "a udp 10.1.0.5:80 > 10.1.0.4:1000");
  CHECK_EQ(pods.lab.One(pods.a, "udp 10.1.0.4:1001 > 10.1.0.5:80"), "b udp 10.1.0.4:1001 > 10.1.0.5:80");
  CHECK_EQ(pods.lab.One(pods.b, "udp 10.1.0.5:80 > 10.1.0.4:1001"), "drop acl-blocked");
}

TEST("where policy keeps state, a TCP packet of no connection is dropped") {
  TwoPods pods;
  pods.lab.Policy(pods.a, {Acl({MakeRule("in", 100, vfp::Allow{})}, {MakeRule("out", 100, vfp::Allow{})})});

  CHECK_EQ(pods.lab.One(pods.a, AToB("A")), "drop invalid-state");
  CHECK_EQ(pods.lab.One(pods.a, AToB("R")), "drop invalid-state");
  CHECK_EQ(pods.lab.One(pods.a, AToB("SA")), "drop invalid-state");
  CHECK_EQ(pods.lab.Flows(pods.a).size(), 0u);
}

TEST("data before the handshake is dropped where policy keeps state") {
  TwoPods pods;
  pods.lab.Policy(pods.a, {Acl({}, {MakeRule("out", 100, vfp::Allow{})})});

  CHECK_EQ(pods.lab.One(pods.a, AToB("S")), "b " + AToB("S"));
  CHECK_EQ(pods.lab.One(pods.a, AToB("A")), "drop invalid-state");
  CHECK_EQ(pods.lab.One(pods.b, BToA("A")), "drop invalid-state");
  CHECK_EQ(pods.lab.One(pods.a, AToB("S")), "b " + AToB("S"));
  CHECK_EQ(pods.lab.One(pods.b, BToA("SA")), "a " + BToA("SA"));
}

TEST("blocking a live connection cuts it at its next packet, in both directions") {
  TwoPods pods;
  pods.lab.Policy(pods.b, {Acl({MakeRule("in", 100, vfp::Allow{})}, {})});
  Handshake(pods);

  pods.lab.Policy(
      pods.b, {Acl({MakeRule("block", 50, vfp::Block{}, From("10.1.0.4/32")), MakeRule("in", 100, vfp::Allow{})}, {})});

  CHECK_EQ(pods.lab.One(pods.b, BToA("A")), "drop connection-blocked");
  CHECK_EQ(pods.lab.One(pods.a, AToB("A")), "drop connection-blocked");
  CHECK_EQ(pods.lab.One(pods.a, AToB("A")), "drop connection-blocked");
  CHECK(pods.lab.Flows(pods.b)[0].state == vfp::ConnectionState::kBlocked);
  CHECK_EQ(pods.lab.One(pods.a, AToB("S")), "drop acl-blocked");

  pods.lab.Policy(pods.b, {Acl({MakeRule("in", 100, vfp::Allow{})}, {})});

  CHECK_EQ(pods.lab.One(pods.a, AToB("A")), "b " + AToB("A"));
  CHECK_EQ(pods.lab.One(pods.b, BToA("A")), "a " + BToA("A"));
}

TEST("an unrelated change leaves a connection alone and is noticed once") {
  TwoPods pods;
  pods.lab.Policy(pods.b, {Acl({MakeRule("in", 100, vfp::Allow{})}, {})});
  Handshake(pods);
  const auto before = pods.lab.engine.Port(pods.b).value().inbound;

  pods.lab.Policy(pods.b,
                  {Acl({MakeRule("in", 100, vfp::Allow{}), MakeRule("dns", 90, vfp::Block{}, From("", "53"))}, {})});
  CHECK(!pods.lab.Flows(pods.b)[0].current);
  CHECK_EQ(pods.lab.One(pods.a, AToB("A")), "b " + AToB("A"));
  CHECK_EQ(pods.lab.One(pods.a, AToB("A")), "b " + AToB("A"));

  const auto after = pods.lab.engine.Port(pods.b).value().inbound;
  CHECK(pods.lab.Flows(pods.b)[0].current);
  CHECK_EQ(after.reconciled - before.reconciled, 1u);
  CHECK_EQ(after.fast_path - before.fast_path, 1u);
}

TEST("a policy that comes later finds connections that were there before it") {
  TwoPods pods;
  Handshake(pods);

  pods.lab.Policy(pods.b, {Acl({MakeRule("in", 100, vfp::Allow{})}, {})});

  CHECK_EQ(pods.lab.One(pods.a, AToB("A")), "b " + AToB("A"));
  CHECK_EQ(pods.lab.One(pods.b, BToA("A")), "a " + BToA("A"));
}

TEST("a change set is all or nothing") {
  TwoPods pods;
  const std::string before = pods.lab.Dump();
  const auto group = pods.lab.engine.AddSharedGroup(pods.lab.segment, Group(kOut, {})).value();
  vfp::ChangeSet change;
  change.set_port_layers.push_back({pods.a, {Acl({}, {})}});
  change.set_shared_rules.push_back({group, MakeRule("lb", 1, Balance({"10.1.0.5:80"}))});
  change.remotes.push_back({.segment = 99, .remote = {Ip("10.1.0.9"), pods.lab.outside_mac}});
  CHECK_EQ(pods.lab.Commit(change).error().code, base::hr::ERROR_NOT_FOUND);
  change.remotes.clear();
  change.set_port_layers.push_back({77, {}});
  CHECK_EQ(pods.lab.Commit(change).error().code, base::hr::HCN_E_PORT_NOT_FOUND);
  change.set_port_layers.pop_back();
  change.remove_shared_rules.push_back({group, "nobody"});
  CHECK_EQ(pods.lab.Commit(change).error().code, base::hr::ERROR_NOT_FOUND);
  change.remove_shared_rules.clear();
  change.set_shared_rules.push_back({group, MakeRule("six", 1, Balance({"[fd00::5]:80"}))});
  CHECK_EQ(pods.lab.Commit(change).error().code, base::hr::ERROR_INVALID_PARAMETER);
  change.set_shared_rules.pop_back();
  change.set_port_layers.push_back(
      {pods.b, {Acl({MakeRule("same", 1, vfp::Allow{}), MakeRule("same", 2, vfp::Allow{})}, {})}});
  CHECK_EQ(pods.lab.Commit(change).error().code, base::hr::ERROR_ALREADY_EXISTS);

  CHECK_EQ(pods.lab.Dump(), before);
  CHECK(pods.lab.engine.RemoveSharedGroup(group).ok());
}

TEST("a shared rule is seen by every port at once, and goes for all") {
  TwoPods pods;
  const auto group = pods.lab.engine.AddSharedGroup(pods.lab.segment, Group(kOut, {})).value();
  vfp::LayerSpec layer = Layer("LB_DSR", 200, {});
  layer.shared_groups = {group};
  pods.lab.Policy(pods.a, {layer});
  pods.lab.Policy(pods.b, {layer});
  CHECK_EQ(pods.lab.engine.RemoveSharedGroup(group).error().code, base::hr::HCN_E_ENTITY_HAS_REFERENCES);
  CHECK_EQ(pods.lab.One(pods.a, "udp 10.1.0.4:1 > 10.96.0.1:53"), "drop no-destination");

  vfp::ChangeSet add;
  add.set_shared_rules.push_back({group, MakeRule("lb", 1, Balance({"10.1.0.5:5353"}), To("10.96.0.1", "53"))});
  CHECK(pods.lab.Commit(add).ok());
  CHECK_EQ(pods.lab.One(pods.a, "udp 10.1.0.4:1 > 10.96.0.1:53"), "b udp 10.1.0.4:1 > 10.1.0.5:5353");

  vfp::ChangeSet replace;
  replace.set_shared_rules.push_back({group, MakeRule("lb", 1, Balance({"10.1.0.4:5353"}), To("10.96.0.1", "53"))});
  CHECK(pods.lab.Commit(replace).ok());
  CHECK_EQ(pods.lab.One(pods.b, "udp 10.1.0.5:1 > 10.96.0.1:53"), "a udp 10.1.0.5:1 > 10.1.0.4:5353");

  vfp::ChangeSet remove;
  remove.remove_shared_rules.push_back({group, "lb"});
  CHECK(pods.lab.Commit(remove).ok());
  CHECK_EQ(pods.lab.One(pods.b, "udp 10.1.0.5:2 > 10.96.0.1:53"), "drop no-destination");
}

TEST("rules count what they matched and dropped") {
  TwoPods pods;
  pods.lab.Policy(pods.b,
                  {Acl({MakeRule("block", 50, vfp::Block{}, From("", "23")), MakeRule("in", 100, vfp::Allow{})}, {})});
  CHECK_EQ(pods.lab.One(pods.a, AToB("S")), "b " + AToB("S"));
  CHECK_EQ(pods.lab.One(pods.a, "tcp 10.1.0.4:1 > 10.1.0.5:23 S"), "drop acl-blocked");
  CHECK_EQ(pods.lab.One(pods.a, "tcp 10.1.0.4:1 > 10.1.0.5:23 S"), "drop acl-blocked");

  const auto layers = pods.lab.engine.Layers(pods.b);
  for (const vfp::GroupInfo& group : layers.value()[0].groups) {
    if (group.direction != kIn) continue;
    CHECK_EQ(group.rules[0].rule.id, "block");
    CHECK_EQ(group.rules[0].matched_packets, 2u);
    CHECK_EQ(group.rules[0].dropped_packets, 2u);
    CHECK_EQ(group.rules[1].matched_packets, 1u);
    CHECK_EQ(group.rules[1].dropped_packets, 0u);
  }
}

TEST("pings have state: a reply nobody asked for needs a rule") {
  TwoPods pods;
  pods.lab.Policy(pods.a, {Acl({}, {MakeRule("out", 100, vfp::Allow{})})});

  CHECK_EQ(pods.lab.One(pods.b, "pong 10.1.0.5 > 10.1.0.4 id 7"), "drop acl-default");
  CHECK_EQ(pods.lab.One(pods.a, "ping 10.1.0.4 > 10.1.0.5 id 7"), "b ping 10.1.0.4 > 10.1.0.5 id 7");
  CHECK_EQ(pods.lab.One(pods.b, "pong 10.1.0.5 > 10.1.0.4 id 7"), "a pong 10.1.0.5 > 10.1.0.4 id 7");
  CHECK_EQ(pods.lab.One(pods.b, "ping 10.1.0.5 > 10.1.0.4 id 7"), "drop acl-default");
}
