// Load balancing and address translation.
#include <set>

#include "native/engine_lab.h"

using namespace engine_test;

namespace {

constexpr auto kVip = "10.96.0.10";

struct Service {  // A client, two backends and a VIP in front of them.
  Lab lab;
  vfp::PortIndex client = lab.Pod("client", {"10.1.0.4"});
  vfp::PortIndex one = lab.Pod("one", {"10.1.0.7"});
  vfp::PortIndex two = lab.Pod("two", {"10.1.0.8"});

  Service() { Balance({"10.1.0.7:8080", "10.1.0.8:8080"}); }
  void Balance(std::vector<std::string_view> backends) {
    lab.Policy(client, {LoadBalancer(kVip, "80", engine_test::Balance(std::move(backends)))});
  }
  vfp::PortIndex PortOf(const std::string& backend) const { return backend == "one" ? one : two; }
};

std::string ToVip(int port, const std::string& flags) {
  return "tcp 10.1.0.4:" + std::to_string(port) + " > 10.96.0.10:80 " + flags;
}
std::string FromVip(int port, const std::string& flags) {
  return "tcp 10.96.0.10:80 > 10.1.0.4:" + std::to_string(port) + " " + flags;
}
std::string Address(const std::string& backend) { return backend == "one" ? "10.1.0.7" : "10.1.0.8"; }
std::string NameOf(const std::string& delivery) { return delivery.substr(0, delivery.find(' ')); }

vfp::LayerSpec SourceNat(vfp::DynamicNat nat, std::vector<std::string_view> exceptions = {},
                         std::vector<std::string_view> destinations = {}) {
  std::vector<vfp::Rule> rules;
  for (const std::string_view exception : exceptions) {
    rules.push_back(MakeRule("except-" + std::string(exception), 100, vfp::Allow{}, To(exception)));
  }
  if (destinations.empty()) rules.push_back(MakeRule("snat", 200, nat));
  for (const std::string_view destination : destinations) {
    rules.push_back(MakeRule("only-" + std::string(destination), 50, nat, To(destination)));
  }
  return Layer("SLB_NAT_LAYER", 300, {Group(kOut, std::move(rules))});
}

}  // namespace

TEST("a VIP becomes one of its backends, and the reply comes from the VIP") {
  Service s;
  const std::string backend = NameOf(s.lab.One(s.client, ToVip(1000, "S")));

  CHECK(backend == "one" || backend == "two");
  CHECK_EQ(s.lab.One(s.client, ToVip(1000, "A")), "drop invalid-state");
  CHECK_EQ(s.lab.One(s.client, ToVip(1000, "S")), backend + " tcp 10.1.0.4:1000 > " + Address(backend) + ":8080 S");
  CHECK_EQ(s.lab.One(s.PortOf(backend), "tcp " + Address(backend) + ":8080 > 10.1.0.4:1000 SA"),
           "client " + FromVip(1000, "SA"));
  CHECK_EQ(s.lab.One(s.client, ToVip(1000, "A")), backend + " tcp 10.1.0.4:1000 > " + Address(backend) + ":8080 A");
}

TEST("connections are spread over all backends") {
  Service s;
  s.lab.explains = false;
  int to_one = 0;
  for (int port = 1000; port < 2000; ++port) to_one += NameOf(s.lab.One(s.client, ToVip(port, "S"))) == "one";

  // Fair to four standard deviations of a binomial of 1000 tries.
  CHECK(to_one > 500 - 64 && to_one < 500 + 64);
}

TEST("with affinity to the source address all connections of a client meet one backend") {
  Service s;
  vfp::LoadBalance action = Balance({"10.1.0.7:8080", "10.1.0.8:8080"});
  action.affinity = vfp::Affinity::kSourceAddress;
  s.lab.Policy(s.client, {LoadBalancer(kVip, "80", action)});
  std::set<std::string> met;
  for (int port = 1000; port < 1050; ++port) met.insert(NameOf(s.lab.One(s.client, ToVip(port, "S"))));

  CHECK_EQ(met.size(), 1u);
}

TEST("a connection stays with its backend when another backend is added") {
  Service s;
  s.Balance({"10.1.0.7:8080"});
  s.lab.One(s.client, ToVip(1000, "S"));
  s.lab.One(s.one, "tcp 10.1.0.7:8080 > 10.1.0.4:1000 SA");

  for (int i = 0; i < 20; ++i) {
    s.Balance({"10.1.0.7:8080", "10.1.0.8:" + std::string(i % 2 == 0 ? "8080" : "8081")});
    CHECK_EQ(s.lab.One(s.client, ToVip(1000, "A")), "one tcp 10.1.0.4:1000 > 10.1.0.7:8080 A");
  }
}

TEST("a connection whose backend is removed goes to a live one") {
  Service s;
  s.Balance({"10.1.0.7:8080"});
  CHECK_EQ(s.lab.One(s.client, ToVip(1000, "S")), "one tcp 10.1.0.4:1000 > 10.1.0.7:8080 S");
  s.Balance({"10.1.0.8:8080"});

  CHECK_EQ(s.lab.One(s.client, ToVip(1000, "S")), "two tcp 10.1.0.4:1000 > 10.1.0.8:8080 S");
  CHECK_EQ(s.lab.One(s.two, "tcp 10.1.0.8:8080 > 10.1.0.4:1000 SA"), "client " + FromVip(1000, "SA"));
  CHECK_EQ(s.lab.One(s.one, "tcp 10.1.0.7:8080 > 10.1.0.4:1000 A"), "client tcp 10.1.0.7:8080 > 10.1.0.4:1000 A");
}

TEST("a VIP that is removed is no longer translated, for living connections either") {
  Service s;
  s.lab.One(s.client, ToVip(1000, "S"));
  s.lab.Policy(s.client, {});

  CHECK_EQ(s.lab.One(s.client, ToVip(1000, "S")), "drop no-destination");
}

TEST("a load balancer without backends drops") {
  Service s;
  s.Balance({});

  CHECK_EQ(s.lab.One(s.client, ToVip(1000, "S")), "drop no-backend");
}

TEST("two connections never look the same to a backend") {
  Service s;
  vfp::LayerSpec layer =
      Layer("LB_DSR", 200,
            {Group(kOut, {MakeRule("a", 1, Balance({"10.1.0.7:8080"}), To("10.96.0.10", "80")),
                          MakeRule("b", 2, Balance({"10.1.0.7:8080"}), To("10.96.0.11", "80")),
                          MakeRule("c", 3, Balance({"10.1.0.7:8080", "10.1.0.8:8080"}), To("10.96.0.12", "80"))})});
  s.lab.Policy(s.client, {layer});

  CHECK_EQ(s.lab.One(s.client, "tcp 10.1.0.4:1000 > 10.96.0.10:80 S"), "one tcp 10.1.0.4:1000 > 10.1.0.7:8080 S");
  CHECK_EQ(s.lab.One(s.client, "tcp 10.1.0.4:1000 > 10.96.0.11:80 S"), "drop nat-pool-exhausted");
  CHECK_EQ(s.lab.One(s.client, "tcp 10.1.0.4:1000 > 10.96.0.12:80 S"), "two tcp 10.1.0.4:1000 > 10.1.0.8:8080 S");
}

TEST("outbound NAT hides the pod behind another address, and brings replies back from outside") {
  Lab lab;
  const auto pod = lab.Pod("pod", {"10.1.0.4"});
  const auto uplink = lab.Uplink();
  lab.Policy(pod, {SourceNat({.address = Ip("10.0.0.1")})});

  CHECK_EQ(lab.One(pod, "tcp 10.1.0.4:31337 > 8.8.8.8:53 S"), "uplink tcp 10.0.0.1:31337 > 8.8.8.8:53 S");
  CHECK_EQ(lab.One(uplink, "tcp 8.8.8.8:53 > 10.0.0.1:31337 SA"), "pod tcp 8.8.8.8:53 > 10.1.0.4:31337 SA");
  CHECK_EQ(lab.One(pod, "tcp 10.1.0.4:31337 > 8.8.8.8:53 A"), "uplink tcp 10.0.0.1:31337 > 8.8.8.8:53 A");
  CHECK_EQ(lab.One(uplink, "tcp 8.8.4.4:53 > 10.0.0.1:31337 SA"), "drop no-destination");
}

TEST("two pods behind one address get different ports towards the same remote") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto b = lab.Pod("b", {"10.1.0.5"});
  const auto uplink = lab.Uplink();
  const vfp::DynamicNat nat{.address = Ip("10.0.0.1"), .ports = {5000, 5001}};
  lab.Policy(a, {SourceNat(nat)});
  lab.Policy(b, {SourceNat(nat)});

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:5000 > 8.8.8.8:53"), "uplink udp 10.0.0.1:5000 > 8.8.8.8:53");
  CHECK_EQ(lab.One(b, "udp 10.1.0.5:5000 > 8.8.8.8:53"), "uplink udp 10.0.0.1:5001 > 8.8.8.8:53");
  CHECK_EQ(lab.One(b, "udp 10.1.0.5:5000 > 8.8.4.4:53"), "uplink udp 10.0.0.1:5000 > 8.8.4.4:53");
  CHECK_EQ(lab.One(uplink, "udp 8.8.8.8:53 > 10.0.0.1:5000"), "a udp 8.8.8.8:53 > 10.1.0.4:5000");
  CHECK_EQ(lab.One(uplink, "udp 8.8.8.8:53 > 10.0.0.1:5001"), "b udp 8.8.8.8:53 > 10.1.0.5:5000");
}

TEST("an exhausted pool drops the new connection, and serves again when an old one ends") {
  Lab lab;
  const auto pod = lab.Pod("pod", {"10.1.0.4"});
  lab.Uplink();
  lab.Policy(pod, {SourceNat({.address = Ip("10.0.0.1"), .ports = {5000, 5000}})});

  CHECK_EQ(lab.One(pod, "udp 10.1.0.4:1 > 8.8.8.8:53"), "uplink udp 10.0.0.1:5000 > 8.8.8.8:53");
  CHECK_EQ(lab.One(pod, "udp 10.1.0.4:2 > 8.8.8.8:53"), "drop nat-pool-exhausted");
  lab.Wait(std::chrono::seconds(240));
  lab.engine.ExpireIdle();
  CHECK_EQ(lab.One(pod, "udp 10.1.0.4:2 > 8.8.8.8:53"), "uplink udp 10.0.0.1:5000 > 8.8.8.8:53");
}

TEST("destinations that are excepted are never translated") {
  Lab lab;
  const auto pod = lab.Pod("pod", {"10.1.0.4"});
  lab.Uplink();
  lab.Policy(pod, {SourceNat({.address = Ip("10.0.0.1")}, {"10.0.0.0/8"})});

  CHECK_EQ(lab.One(pod, "udp 10.1.0.4:1 > 10.9.9.9:53"), "uplink udp 10.1.0.4:1 > 10.9.9.9:53");
  CHECK_EQ(lab.One(pod, "udp 10.1.0.4:1 > 8.8.8.8:53").substr(0, 19), "uplink udp 10.0.0.1");
}

TEST("a living translation survives a new exception; new connections see it") {
  Lab lab;
  const auto pod = lab.Pod("pod", {"10.1.0.4"});
  const auto uplink = lab.Uplink();
  lab.Policy(pod, {SourceNat({.address = Ip("10.0.0.1")})});
  const std::string first = lab.One(pod, "udp 10.1.0.4:2000 > 8.8.8.8:53");
  lab.Policy(pod, {SourceNat({.address = Ip("10.0.0.1")}, {"8.8.8.8/32"})});

  CHECK_EQ(lab.One(pod, "udp 10.1.0.4:2000 > 8.8.8.8:53"), first);
  CHECK_EQ(lab.One(uplink, "udp 8.8.8.8:53 > 10.0.0.1:2000"), "pod udp 8.8.8.8:53 > 10.1.0.4:2000");
  CHECK_EQ(lab.One(pod, "udp 10.1.0.4:2001 > 8.8.8.8:53"), "uplink udp 10.1.0.4:2001 > 8.8.8.8:53");
}

TEST("a living translation follows its NAT to another rule with the same address, and ends with the address") {
  Lab lab;
  const auto pod = lab.Pod("pod", {"10.1.0.4"});
  const auto uplink = lab.Uplink();
  lab.Policy(pod, {SourceNat({.address = Ip("10.0.0.1")})});
  CHECK_EQ(lab.One(pod, "udp 10.1.0.4:2000 > 8.8.8.8:53"), "uplink udp 10.0.0.1:2000 > 8.8.8.8:53");

  lab.Policy(pod, {SourceNat({.address = Ip("10.0.0.1")}, {}, {"9.9.9.9/32"})});
  CHECK_EQ(lab.One(pod, "udp 10.1.0.4:2000 > 8.8.8.8:53"), "uplink udp 10.0.0.1:2000 > 8.8.8.8:53");

  lab.Policy(pod, {SourceNat({.address = Ip("10.0.0.2")})});
  CHECK_EQ(lab.One(pod, "udp 10.1.0.4:2000 > 8.8.8.8:53"), "uplink udp 10.0.0.2:2000 > 8.8.8.8:53");
  CHECK_EQ(lab.One(uplink, "udp 8.8.8.8:53 > 10.0.0.2:2000"), "pod udp 8.8.8.8:53 > 10.1.0.4:2000");
  CHECK_EQ(lab.One(uplink, "udp 8.8.8.8:53 > 10.0.0.1:2000"), "drop no-destination");
}

TEST("a ping is translated by its identifier") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto b = lab.Pod("b", {"10.1.0.5"});
  const auto uplink = lab.Uplink();
  lab.Policy(a, {SourceNat({.address = Ip("10.0.0.1"), .ports = {5000, 5009}})});
  lab.Policy(b, {SourceNat({.address = Ip("10.0.0.1"), .ports = {5001, 5001}})});

  CHECK_EQ(lab.One(b, "ping 10.1.0.5 > 8.8.8.8 id 7"), "uplink ping 10.0.0.1 > 8.8.8.8 id 5001");
  CHECK_EQ(lab.One(uplink, "pong 8.8.8.8 > 10.0.0.1 id 5001"), "b pong 8.8.8.8 > 10.1.0.5 id 7");
  CHECK_EQ(lab.One(a, "ping 10.1.0.4 > 8.8.8.8 id 5002"), "uplink ping 10.0.0.1 > 8.8.8.8 id 5002");
  CHECK_EQ(lab.One(uplink, "pong 8.8.8.8 > 10.0.0.1 id 5002"), "a pong 8.8.8.8 > 10.1.0.4 id 5002");
}

TEST("a protocol without ports is translated by address, one connection a remote") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto b = lab.Pod("b", {"10.1.0.5"});
  const auto uplink = lab.Uplink();
  lab.Policy(a, {SourceNat({.address = Ip("10.0.0.1")})});
  lab.Policy(b, {SourceNat({.address = Ip("10.0.0.1")})});

  CHECK_EQ(lab.One(a, "gre 10.1.0.4 > 8.8.8.8"), "uplink protocol-47 10.0.0.1 > 8.8.8.8");
  CHECK_EQ(lab.One(b, "gre 10.1.0.5 > 8.8.8.8"), "drop nat-pool-exhausted");
  CHECK_EQ(lab.One(uplink, "gre 8.8.8.8 > 10.0.0.1"), "a protocol-47 8.8.8.8 > 10.1.0.4");
}

TEST("a mapped port leads from outside to the pod, and replies come from the mapped port") {
  Lab lab;
  lab.Pod("pod", {"10.1.0.4"});
  const auto uplink = lab.Uplink();
  const auto host = lab.Host({"10.0.0.1"});
  vfp::LayerSpec hairpin = Layer(std::string(vfp::kHairpinLayer), 100,
                                 {Group(kIn, {MakeRule("hp", 1, vfp::Allow{}, To("10.0.0.1", "8080", 6))})});
  vfp::LayerSpec mapping =
      Layer("SLB_LB_LAYER", 200,
            {Group(kOut, {MakeRule("map", 1, vfp::StaticNat{.source = false, .address = Ip("10.1.0.4"), .port = 80},
                                   To("10.0.0.1", "8080", 6))})});
  lab.Policy(host, {hairpin, mapping});

  CHECK_EQ(lab.One(uplink, "tcp 192.0.2.1:999 > 10.0.0.1:8080 S"), "pod tcp 192.0.2.1:999 > 10.1.0.4:80 S");
  CHECK_EQ(lab.One(uplink, "tcp 192.0.2.1:999 > 10.0.0.1:22 S"), "host tcp 192.0.2.1:999 > 10.0.0.1:22 S");
}

TEST("a static translation at the pod's own port works both ways and stays while the rule is the same") {
  Lab lab;
  const auto client = lab.Pod("client", {"10.1.0.4"});
  const auto pod = lab.Pod("pod", {"10.1.0.5"});
  const auto mapping = [](std::uint16_t port) {
    return Layer("SLB_NAT_LAYER", 300,
                 {Group(kIn, {MakeRule("map", 1, vfp::StaticNat{.source = false, .address = std::nullopt, .port = port},
                                       To("10.1.0.5", "8080", 6))})});
  };
  lab.Policy(pod, {mapping(80)});
  CHECK_EQ(lab.One(client, "tcp 10.1.0.4:999 > 10.1.0.5:8080 S"), "pod tcp 10.1.0.4:999 > 10.1.0.5:80 S");
  CHECK_EQ(lab.One(pod, "tcp 10.1.0.5:80 > 10.1.0.4:999 SA"), "client tcp 10.1.0.5:8080 > 10.1.0.4:999 SA");

  lab.Policy(pod, {mapping(81)});
  CHECK_EQ(lab.One(client, "tcp 10.1.0.4:999 > 10.1.0.5:8080 A"), "pod tcp 10.1.0.4:999 > 10.1.0.5:81 A");
}

namespace {

// A VIP that passes through the host port, where a source VIP hides the client.
struct HostBalanced {
  Lab lab;
  vfp::PortIndex client = lab.Pod("client", {"10.1.0.4"});
  vfp::PortIndex web = lab.Pod("web", {"10.1.0.7"});
  vfp::PortIndex uplink = lab.Uplink();
  vfp::PortIndex host = lab.Host({"10.0.0.1"});

  void Serve(vfp::LoadBalance action, std::string_view vip = kVip) {
    lab.Policy(
        host,
        {Layer(std::string(vfp::kHairpinLayer), 100, {Group(kIn, {MakeRule("hp", 1, vfp::Allow{}, To(vip, "80", 6))})}),
         Layer("SLB_LB_LAYER", 200, {Group(kOut, {MakeRule("lb", 1, std::move(action), To(vip, "80", 6))})})});
  }
};

}  // namespace

TEST("with a source VIP the backend sees the source VIP, and the client the VIP") {
  HostBalanced s;
  vfp::LoadBalance action = Balance({"10.1.0.7:8080"});
  action.source_address = Ip("10.1.0.2");
  s.Serve(action);

  CHECK_EQ(s.lab.One(s.client, "tcp 10.1.0.4:2000 > 10.96.0.10:80 S"), "web tcp 10.1.0.2:2000 > 10.1.0.7:8080 S");
  CHECK_EQ(s.lab.One(s.web, "tcp 10.1.0.7:8080 > 10.1.0.2:2000 SA"), "client tcp 10.96.0.10:80 > 10.1.0.4:2000 SA");
  CHECK_EQ(s.lab.One(s.client, "tcp 10.1.0.4:2000 > 10.96.0.10:80 A"), "web tcp 10.1.0.2:2000 > 10.1.0.7:8080 A");
  CHECK_EQ(s.lab.One(s.client, "tcp 10.1.0.4:2000 > 10.96.0.10:81 S"), "uplink tcp 10.1.0.4:2000 > 10.96.0.10:81 S");
}

TEST("a source VIP serves a pod that calls itself, and clients from outside") {
  HostBalanced s;
  vfp::LoadBalance action = Balance({"10.1.0.7:8080"});
  action.source_address = Ip("10.1.0.2");
  s.Serve(action);

  CHECK_EQ(s.lab.One(s.web, "tcp 10.1.0.7:2000 > 10.96.0.10:80 S"), "web tcp 10.1.0.2:2000 > 10.1.0.7:8080 S");
  CHECK_EQ(s.lab.One(s.web, "tcp 10.1.0.7:8080 > 10.1.0.2:2000 SA"), "web tcp 10.96.0.10:80 > 10.1.0.7:2000 SA");
  CHECK_EQ(s.lab.One(s.uplink, "tcp 192.0.2.1:999 > 10.96.0.10:80 S").substr(0, 17), "web tcp 10.1.0.2:");
}

TEST("a node port on the host's own address is balanced, the host's other ports are not") {
  HostBalanced s;
  vfp::LoadBalance action = Balance({"10.1.0.7:8080"});
  action.source_address = Ip("10.1.0.2");
  s.Serve(action, "10.0.0.1");

  CHECK_EQ(s.lab.One(s.uplink, "tcp 192.0.2.1:2000 > 10.0.0.1:80 S"), "web tcp 10.1.0.2:2000 > 10.1.0.7:8080 S");
  CHECK_EQ(s.lab.One(s.web, "tcp 10.1.0.7:8080 > 10.1.0.2:2000 SA"), "uplink tcp 10.0.0.1:80 > 192.0.2.1:2000 SA");
  CHECK_EQ(s.lab.One(s.uplink, "tcp 192.0.2.1:2000 > 10.0.0.1:22 S"), "host tcp 192.0.2.1:2000 > 10.0.0.1:22 S");
}

TEST("a backend reached with the VIP preserved translates it at its own port") {
  HostBalanced s;
  vfp::LoadBalance action = Balance({"10.1.0.7:0"});
  action.preserve_destination = true;
  s.Serve(action);
  CHECK_EQ(s.lab.One(s.uplink, "tcp 192.0.2.1:999 > 10.96.0.10:80 S"), "web tcp 192.0.2.1:999 > 10.96.0.10:80 S");

  s.lab.Policy(
      s.web,
      {Layer("SLB_NAT_LAYER", 300,
             {Group(kIn, {MakeRule("nat", 1, vfp::StaticNat{.source = false, .address = Ip("10.1.0.7"), .port = 8080},
                                   To(kVip, "80", 6))})})});
  CHECK_EQ(s.lab.One(s.uplink, "tcp 192.0.2.1:1000 > 10.96.0.10:80 S"), "web tcp 192.0.2.1:1000 > 10.1.0.7:8080 S");
  CHECK_EQ(s.lab.One(s.web, "tcp 10.1.0.7:8080 > 192.0.2.1:1000 SA"), "uplink tcp 10.96.0.10:80 > 192.0.2.1:1000 SA");
  CHECK_EQ(s.lab.One(s.uplink, "tcp 192.0.2.1:1000 > 10.96.0.10:80 A"), "web tcp 192.0.2.1:1000 > 10.1.0.7:8080 A");
}

TEST("a load balancer that chooses another VIP does not turn in circles") {
  HostBalanced s;
  s.lab.Policy(
      s.host,
      {Layer(std::string(vfp::kHairpinLayer), 100, {Group(kIn, {MakeRule("hp", 1, vfp::Allow{}, To("10.96.0.0/16"))})}),
       Layer("SLB_LB_LAYER", 200, {Group(kOut, {MakeRule("lb", 1, Balance({"10.96.0.11:80"}), To("10.96.0.0/16"))})})});

  CHECK_EQ(s.lab.One(s.client, "tcp 10.1.0.4:2000 > 10.96.0.10:80 S"), "uplink tcp 10.1.0.4:2000 > 10.96.0.11:80 S");
}

TEST("a pod that is chosen for its own call meets itself; outbound NAT to itself makes it work") {
  Lab lab;
  const auto pod = lab.Pod("pod", {"10.1.0.4"});
  lab.Policy(pod, {LoadBalancer(kVip, "80", Balance({"10.1.0.4:8080"}))});
  CHECK_EQ(lab.One(pod, "tcp 10.1.0.4:2000 > 10.96.0.10:80 S"), "pod tcp 10.1.0.4:2000 > 10.1.0.4:8080 S");
  CHECK_EQ(lab.One(pod, "tcp 10.1.0.4:8080 > 10.1.0.4:2000 SA"), "pod tcp 10.96.0.10:80 > 10.1.0.4:2000 SA");

  lab.Policy(pod, {LoadBalancer(kVip, "80", Balance({"10.1.0.4:8080"})),
                   SourceNat({.address = Ip("10.1.0.2")}, {}, {"10.1.0.4/32"})});
  CHECK_EQ(lab.One(pod, "tcp 10.1.0.4:2001 > 10.96.0.10:80 S"), "pod tcp 10.1.0.2:2001 > 10.1.0.4:8080 S");
  CHECK_EQ(lab.One(pod, "tcp 10.1.0.4:8080 > 10.1.0.2:2001 SA"), "pod tcp 10.96.0.10:80 > 10.1.0.4:2001 SA");
  CHECK_EQ(lab.One(pod, "tcp 10.1.0.4:2001 > 10.96.0.10:80 A"), "pod tcp 10.1.0.2:2001 > 10.1.0.4:8080 A");
}

TEST("IPv6 is balanced and translated like IPv4") {
  Lab lab;
  const auto client = lab.Pod("client", {"fd00::4"});
  const auto web = lab.Pod("web", {"fd00::7"});
  vfp::LayerSpec lb = Layer(
      "LB_DSR", 200,
      {Group(kOut, {MakeRule("lb", 1, Balance({"[fd00::7]:8080"}), To("fd96::10", "80"))}, base::IpFamily::kIpv6)});
  vfp::LayerSpec nat =
      Layer("SLB_NAT_LAYER", 300,
            {Group(kOut, {MakeRule("nat", 1, vfp::DynamicNat{.address = Ip("fd00::2")})}, base::IpFamily::kIpv6)});
  lab.Policy(client, {lb, nat});

  CHECK_EQ(lab.One(client, "udp [fd00::4]:2000 > [fd96::10]:80"), "web udp [fd00::2]:2000 > [fd00::7]:8080");
  CHECK_EQ(lab.One(web, "udp [fd00::7]:8080 > [fd00::2]:2000"), "client udp [fd96::10]:80 > [fd00::4]:2000");
}

TEST("policy sees the service outbound and the backend inbound, because ACLs are next to the endpoint") {
  Service s;
  s.lab.Policy(s.client, {Acl({}, {MakeRule("vip", 1, vfp::Allow{}, To("10.96.0.10", "80"))}),
                          LoadBalancer(kVip, "80", Balance({"10.1.0.7:8080"}))});
  s.lab.Policy(s.one, {Acl({MakeRule("in", 1, vfp::Allow{}, From("10.1.0.4/32", "8080"))}, {})});

  CHECK_EQ(s.lab.One(s.client, ToVip(1000, "S")), "one tcp 10.1.0.4:1000 > 10.1.0.7:8080 S");
  CHECK_EQ(s.lab.One(s.one, "tcp 10.1.0.7:8080 > 10.1.0.4:1000 SA"), "client " + FromVip(1000, "SA"));
  CHECK_EQ(s.lab.One(s.client, "tcp 10.1.0.4:1001 > 10.1.0.7:8080 S"), "drop acl-default");
}
