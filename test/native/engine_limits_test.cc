// What a port may have of connections, and that floods harm nobody who is
// connected already.
#include "native/engine_lab.h"

using namespace engine_test;

namespace {

std::string Tcp(int client, int port, const char* flags) {
  return "tcp 10.1.0.4:" + std::to_string(client) + " > 10.1.0.5:" + std::to_string(port) + " " + flags;
}
std::string TcpBack(int client, int port, const char* flags) {
  return "tcp 10.1.0.5:" + std::to_string(port) + " > 10.1.0.4:" + std::to_string(client) + " " + flags;
}

struct Pods {
  Lab lab;
  vfp::PortIndex a = lab.Pod("a", {"10.1.0.4"});
  vfp::PortIndex b = lab.Pod("b", {"10.1.0.5"});

  explicit Pods(vfp::EngineOptions options) : lab(options) {}
  void Establish(int client, int port) {
    CHECK_EQ(lab.One(a, Tcp(client, port, "S")), "b " + Tcp(client, port, "S"));
    CHECK_EQ(lab.One(b, TcpBack(client, port, "SA")), "a " + TcpBack(client, port, "SA"));
    CHECK_EQ(lab.One(a, Tcp(client, port, "A")), "b " + Tcp(client, port, "A"));
  }
  vfp::FlowCounts Counts(vfp::PortIndex port) { return lab.engine.Port(port).value().flows; }
};

}  // namespace

TEST("a port counts its connections by kind, as they begin, open and end") {
  Pods p({});
  p.Establish(1000, 80);
  p.lab.Send(p.a, Tcp(1001, 80, "S"));
  p.lab.Send(p.a, "udp 10.1.0.4:1 > 10.1.0.5:2");
  p.lab.Send(p.a, "ping 10.1.0.4 > 10.1.0.5 id 7");
  p.lab.Send(p.a, "gre 10.1.0.4 > 10.1.0.5");
  CHECK(p.Counts(p.a) == (vfp::FlowCounts{.tcp_half_open = 1, .tcp = 2, .udp = 1, .icmp = 1, .other = 1}));

  p.lab.Send(p.a, Tcp(1001, 80, "R"));
  CHECK_EQ(p.Counts(p.a).tcp_half_open, 0u);
  p.lab.Wait(std::chrono::seconds(500));
  p.lab.engine.ExpireIdle();
  CHECK(p.Counts(p.a) == vfp::FlowCounts{});
  CHECK(p.Counts(p.b) == vfp::FlowCounts{});
}

TEST("past each limit a new connection's packet is dropped, and other kinds are not concerned") {
  Pods p({.limits = {.tcp = 2, .udp = 1, .icmp = 1, .other = 1}});
  p.Establish(1000, 80);
  p.Establish(1001, 80);
  CHECK_EQ(p.lab.One(p.a, Tcp(1002, 80, "S")), "drop port-flow-limit");
  CHECK_EQ(p.lab.One(p.a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "b udp 10.1.0.4:1 > 10.1.0.5:2");
  CHECK_EQ(p.lab.One(p.a, "udp 10.1.0.4:3 > 10.1.0.5:2"), "drop port-flow-limit");
  CHECK_EQ(p.lab.One(p.a, "ping 10.1.0.4 > 10.1.0.5 id 7"), "b ping 10.1.0.4 > 10.1.0.5 id 7");
  CHECK_EQ(p.lab.One(p.a, "ping 10.1.0.4 > 10.1.0.5 id 8"), "drop port-flow-limit");
  CHECK_EQ(p.lab.One(p.a, "gre 10.1.0.4 > 10.1.0.5"), "b protocol-47 10.1.0.4 > 10.1.0.5");

  CHECK_EQ(p.lab.One(p.a, Tcp(1000, 80, "A")), "b " + Tcp(1000, 80, "A"));
  CHECK_EQ(p.lab.One(p.a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "b udp 10.1.0.4:1 > 10.1.0.5:2");
}

TEST("a connection that has ended makes room, and one that replaces its predecessor needs none") {
  Pods p({.limits = {.tcp = 1}});
  p.Establish(1000, 80);
  p.lab.Send(p.b, TcpBack(1000, 80, "R"));
  CHECK_EQ(p.lab.One(p.a, Tcp(1000, 80, "S")), "b " + Tcp(1000, 80, "S"));
  CHECK_EQ(p.lab.One(p.a, Tcp(1001, 80, "S")), "drop port-flow-limit");

  p.lab.Wait(std::chrono::seconds(240));
  CHECK_EQ(p.lab.One(p.a, Tcp(1001, 80, "S")), "b " + Tcp(1001, 80, "S"));
}

TEST("a SYN flood meets the half-open limit, and who is connected goes on undisturbed") {
  Pods p({.max_connections = 10'000, .limits = {.tcp_half_open = 100}});
  for (int client = 1000; client < 1010; ++client) p.Establish(client, 80);
  p.lab.explains = false;
  int dropped = 0;
  for (int client = 2000; client < 22'000; ++client) {
    dropped += p.lab.One(p.a, Tcp(client, 80, "S")) == "drop half-open-limit";
  }

  CHECK_EQ(dropped, 20'000 - 100);
  CHECK_EQ(p.Counts(p.b).tcp_half_open, 100u);
  for (int client = 1000; client < 1010; ++client) {
    CHECK_EQ(p.lab.One(p.a, Tcp(client, 80, "A")), "b " + Tcp(client, 80, "A"));
    CHECK_EQ(p.lab.One(p.b, TcpBack(client, 80, "A")), "a " + TcpBack(client, 80, "A"));
  }
}

TEST("by itself, a flood at one port leaves half of the table to the others") {
  Pods p({.max_connections = 1000});
  p.lab.explains = false;
  const auto outside = p.lab.Uplink();
  for (int client = 1000; client < 6000; ++client) {
    p.lab.Send(outside, "tcp 8.8.8.8:" + std::to_string(client) + " > 10.1.0.5:80 S");
  }
  CHECK_EQ(p.Counts(p.b).tcp_half_open, 500u);

  p.lab.explains = true;
  CHECK_EQ(p.lab.One(p.a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "b udp 10.1.0.4:1 > 10.1.0.5:2");
}

TEST("a port scan leaves nothing behind once its refusals have gone by") {
  Pods p({.max_connections = 5000});
  p.Establish(1000, 80);
  p.lab.explains = false;
  for (int port = 1; port <= 20'000; ++port) {
    if (port == 80) continue;
    p.lab.Send(p.a, Tcp(5000, port, "S"));
    p.lab.Send(p.b, TcpBack(5000, port, "R"));
    if (port % 100 == 0) p.lab.Wait(std::chrono::milliseconds(200));
  }
  CHECK(p.Counts(p.a).tcp <= 5000u);
  p.lab.Wait(std::chrono::seconds(4));
  p.lab.engine.ExpireIdle();

  CHECK_EQ(p.Counts(p.a).total(), 1u);
  CHECK_EQ(p.lab.One(p.a, Tcp(1000, 80, "A")), "b " + Tcp(1000, 80, "A"));
}

TEST("a thousand flows a millisecond to a VIP without backends make no connection and harm none") {
  Pods p({.max_connections = 1000});
  p.Establish(1000, 80);
  p.lab.Policy(p.a, {LoadBalancer("10.96.0.10", "80", Balance({}))});
  p.lab.explains = false;
  for (int flow = 0; flow < 30'000; ++flow) {
    CHECK_EQ(p.lab.One(p.a, "tcp 10.1.0.4:" + std::to_string(2000 + flow) + " > 10.96.0.10:80 S"), "drop no-backend");
    if (flow % 1000 == 0) p.lab.Wait(std::chrono::milliseconds(1));
  }

  CHECK_EQ(p.Counts(p.a).total(), 1u);
  CHECK_EQ(p.lab.One(p.a, Tcp(1000, 80, "A")), "b " + Tcp(1000, 80, "A"));
  CHECK_EQ(p.lab.One(p.b, TcpBack(1000, 80, "A")), "a " + TcpBack(1000, 80, "A"));
}
