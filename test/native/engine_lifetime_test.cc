// How long connections live, and what is left of them.
#include "native/engine_lab.h"

using namespace engine_test;
using vfp::ConnectionState;

namespace {

struct Tcp {  // One connection between two pods, policy at the client.
  Lab lab;
  vfp::PortIndex a = lab.Pod("a", {"10.1.0.4"});
  vfp::PortIndex b = lab.Pod("b", {"10.1.0.5"});

  Tcp() { lab.Policy(a, {Acl({}, {MakeRule("out", 100, vfp::Allow{})})}); }
  bool Client(const std::string& flags) { return lab.One(a, "tcp 10.1.0.4:1000 > 10.1.0.5:80 " + flags)[0] == 'b'; }
  bool Server(const std::string& flags) { return lab.One(b, "tcp 10.1.0.5:80 > 10.1.0.4:1000 " + flags)[0] == 'a'; }
  std::string State() const {
    const auto flows = lab.Flows(a);
    return flows.empty() ? "none" : std::string(vfp::ConnectionStateName(flows[0].state));
  }
};

}  // namespace

TEST("TCP goes through its states as both sides open and close") {
  Tcp c;
  CHECK(c.Client("S"));
  CHECK_EQ(c.State(), "syn-sent");
  CHECK(c.Server("SA"));
  CHECK_EQ(c.State(), "syn-received");
  CHECK(c.Client("A"));
  CHECK_EQ(c.State(), "established");
  CHECK(c.Client("FA"));
  CHECK_EQ(c.State(), "fin-wait");
  CHECK(c.Server("A"));
  CHECK_EQ(c.State(), "fin-wait");
  CHECK(c.Server("FA"));
  CHECK_EQ(c.State(), "closing");
  CHECK(c.Client("A"));
  CHECK_EQ(c.State(), "time-wait");
}

TEST("the other side may close first") {
  Tcp c;
  CHECK(c.Client("S") && c.Server("SA") && c.Client("A"));
  CHECK(c.Server("FA"));
  CHECK_EQ(c.State(), "close-wait");
  CHECK(c.Client("FA"));
  CHECK_EQ(c.State(), "last-ack");
  CHECK(c.Server("A"));
  CHECK_EQ(c.State(), "time-wait");
}

TEST("a new SYN on a connection that is over starts a new one") {
  Tcp c;
  CHECK(c.Client("S") && c.Server("SA") && c.Client("A"));
  CHECK(c.Server("R"));
  CHECK_EQ(c.State(), "reset");

  CHECK(c.Client("S"));

  CHECK_EQ(c.State(), "syn-sent");
  CHECK_EQ(c.lab.Flows(c.a).size(), 1u);
}

TEST("a connection is forgotten when it has been idle for the time of its state, and not before") {
  Tcp c;
  CHECK(c.Client("S") && c.Server("SA") && c.Client("A"));
  c.lab.Wait(std::chrono::milliseconds(239'999));
  CHECK_EQ(c.lab.engine.ExpireIdle(), 0u);
  CHECK(c.Server("A"));
  c.lab.Wait(std::chrono::milliseconds(239'999));
  CHECK(c.Client("A"));
  c.lab.Wait(std::chrono::seconds(240));

  CHECK_EQ(c.lab.engine.ExpireIdle(), 2u);

  CHECK_EQ(c.lab.Flows().size(), 0u);
  CHECK(!c.Client("A"));
}

TEST("a reset connection is kept for seconds only") {
  Tcp c;
  CHECK(c.Client("S") && c.Server("SA") && c.Client("A") && c.Client("R"));
  c.lab.Wait(std::chrono::seconds(3));
  CHECK(c.Server("A"));
  c.lab.Wait(std::chrono::seconds(4));
  CHECK(!c.Server("A"));
}

TEST("idle connections go while other frames pass, without being asked") {
  Lab lab;
  lab.explains = false;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  for (int i = 0; i < 100; ++i) lab.Send(a, "udp 10.1.0.4:" + std::to_string(1000 + i) + " > 10.1.0.5:53");
  CHECK_EQ(lab.engine.Port(a).value().connections, 100u);
  lab.Wait(std::chrono::seconds(240));
  for (int i = 0; i < 100; ++i) lab.Send(a, "udp 10.1.0.4:1 > 10.1.0.5:53");

  CHECK_EQ(lab.engine.Port(a).value().connections, 1u);
}

TEST("a full table refuses new connections and never gives up a live one") {
  vfp::EngineOptions options;
  options.max_connections = 4;
  Lab lab(options);
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Uplink();
  for (int i = 1; i <= 4; ++i)
    CHECK_EQ(lab.Send(a, "udp 10.1.0.4:" + std::to_string(i) + " > 8.8.8.8:53")[0].substr(0, 6), "uplink");

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:5 > 8.8.8.8:53"), "drop flow-limit");
  for (int i = 1; i <= 4; ++i)
    CHECK_EQ(lab.Send(a, "udp 10.1.0.4:" + std::to_string(i) + " > 8.8.8.8:53")[0].substr(0, 6), "uplink");

  lab.Wait(std::chrono::seconds(239));
  for (int i = 1; i <= 3; ++i)
    CHECK_EQ(lab.Send(a, "udp 10.1.0.4:" + std::to_string(i) + " > 8.8.8.8:53")[0].substr(0, 6), "uplink");
  lab.Wait(std::chrono::seconds(1));
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:5 > 8.8.8.8:53"), "uplink udp 10.1.0.4:5 > 8.8.8.8:53");
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:6 > 8.8.8.8:53"), "drop flow-limit");
}

TEST("a blocked connection is forgotten by the time since a packet of it last passed") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  lab.Send(a, "udp 10.1.0.4:1 > 10.1.0.5:53");
  lab.Policy(a, {Acl({}, {})});
  for (int i = 0; i < 4; ++i) {
    CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:53"), "drop connection-blocked");
    lab.Wait(std::chrono::seconds(60));
  }
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:53"), "drop acl-default");
}

TEST("flows tell both directions, their counts, and what was decided") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto b = lab.Pod("b", {"10.1.0.5"});
  lab.Policy(
      a, {Acl({}, {MakeRule("out", 100, vfp::Allow{})}), LoadBalancer("10.96.0.10", "53", Balance({"10.1.0.5:5353"}))});
  lab.Send(a, "udp 10.1.0.4:1000 > 10.96.0.10:53");
  lab.Send(a, "udp 10.1.0.4:1000 > 10.96.0.10:53");
  lab.Send(b, "udp 10.1.0.5:5353 > 10.1.0.4:1000");
  lab.Wait(std::chrono::seconds(7));

  const auto flows = lab.Flows(a);
  CHECK_EQ(flows.size(), 1u);
  const vfp::FlowInfo& flow = flows[0];
  CHECK_EQ(flow.port, "a");
  CHECK(flow.initiator == kOut);
  CHECK(flow.state == ConnectionState::kReplied);
  CHECK_EQ(flow.outbound.destination_port, 53);
  CHECK_EQ(flow.inbound.source_port, 5353);
  CHECK_EQ(flow.outbound_packets, 2u);
  CHECK_EQ(flow.inbound_packets, 1u);
  CHECK(flow.idle == std::chrono::seconds(7));
  CHECK(flow.expires_in == std::chrono::seconds(233));
  CHECK_EQ(flow.outbound_change.ToString(), "destination -> 10.1.0.5, destination port -> 5353");
  CHECK_EQ(flow.inbound_change.ToString(),
           "destination mac -> 00-15-5D-11-00-00, source -> 10.96.0.10, source port -> 53");
  CHECK_EQ(flow.decisions.size(), 2u);
  CHECK_EQ(flow.decisions[0].rule_id, "out");
  CHECK_EQ(flow.decisions[1].action, "lbnat");
  CHECK_EQ(flow.decisions[1].detail, "backend 10.1.0.5:5353 of 1, as the connection began");
}

TEST("a removed port leaves nothing behind") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Uplink();
  lab.Policy(
      a,
      {Layer("NAT", 1,
             {Group(kOut, {MakeRule("nat", 1, vfp::DynamicNat{.address = Ip("10.0.0.1"), .ports = {5000, 5000}})})})});
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 8.8.8.8:53"), "uplink udp 10.0.0.1:5000 > 8.8.8.8:53");

  CHECK(lab.engine.RemovePort(a).ok());

  CHECK_EQ(lab.Flows().size(), 0u);
  const auto again = lab.Pod("again", {"10.1.0.4"});
  lab.Policy(
      again,
      {Layer("NAT", 1,
             {Group(kOut, {MakeRule("nat", 1, vfp::DynamicNat{.address = Ip("10.0.0.1"), .ports = {5000, 5000}})})})});
  CHECK_EQ(lab.One(again, "udp 10.1.0.4:2 > 8.8.8.8:53"), "uplink udp 10.0.0.1:5000 > 8.8.8.8:53");
}
