// ICMP errors: they find the connection of the packet they quote, and its
// sender gets its own packet back. (The lab checks the checksums of errors and
// of what they quote, and that explain says the same.)
#include "native/engine_lab.h"
#include "wire/bytes.h"
#include "wire/checksum.h"

using namespace engine_test;

namespace {

struct Service {  // A client whose VIP is translated at its own port, and the backend.
  Lab lab;
  vfp::PortIndex client = lab.Pod("client", {"10.1.0.4"});
  vfp::PortIndex backend = lab.Pod("backend", {"10.1.0.7"});
  vfp::PortIndex uplink = lab.Uplink();

  Service() {
    lab.Policy(client, {LoadBalancer("10.96.0.10", "80", Balance({"10.1.0.7:8080"}))});
    CHECK_EQ(lab.One(client, "udp 10.1.0.4:1000 > 10.96.0.10:80"), "backend udp 10.1.0.4:1000 > 10.1.0.7:8080");
  }
};

struct Behind {  // Two pods behind one address, both have sent from the same port.
  Lab lab;
  vfp::PortIndex a = lab.Pod("a", {"10.1.0.4"});
  vfp::PortIndex b = lab.Pod("b", {"10.1.0.5"});
  vfp::PortIndex uplink = lab.Uplink();

  Behind() {
    for (const auto pod : {a, b}) {
      lab.Policy(pod,
                 {Layer("SLB_NAT_LAYER", 300,
                        {Group(kOut, {MakeRule("snat", 1,
                                               vfp::DynamicNat{.address = Ip("10.0.0.1"), .ports = {2000, 2001}})})})});
    }
    CHECK_EQ(lab.One(a, "udp 10.1.0.4:2000 > 8.8.8.8:53"), "uplink udp 10.0.0.1:2000 > 8.8.8.8:53");
    CHECK_EQ(lab.One(b, "udp 10.1.0.5:2000 > 8.8.8.8:53"), "uplink udp 10.0.0.1:2001 > 8.8.8.8:53");
    CHECK_EQ(lab.One(b, "ping 10.1.0.5 > 8.8.8.8 id 2000"), "uplink ping 10.0.0.1 > 8.8.8.8 id 2000");
    CHECK_EQ(lab.One(a, "ping 10.1.0.4 > 8.8.8.8 id 2000"), "uplink ping 10.0.0.1 > 8.8.8.8 id 2001");
  }
};

// The error without the last `bytes` of what it quotes.
Bytes Shortened(Bytes frame, std::size_t bytes) {
  frame.resize(frame.size() - bytes);
  wire::Store16(frame.data() + 16, static_cast<std::uint16_t>(frame.size() - 14));
  wire::Frame view{.data = frame.data(), .length = static_cast<std::uint32_t>(frame.size()), .offload = {}};
  wire::Store16(frame.data() + 24, 0);
  wire::Store16(frame.data() + 24,
                static_cast<std::uint16_t>(~wire::ChecksumFold(wire::ChecksumAdd({frame.data() + 14, 20}))));
  wire::FillChecksums(&view);
  return frame;
}

}  // namespace

TEST("a backend's refusal reaches the client as the VIP's, about the packet the client sent") {
  Service s;

  CHECK_EQ(s.lab.One(s.backend, "unreachable 10.1.0.7 > 10.1.0.4 about udp 10.1.0.4:1000 > 10.1.0.7:8080"),
           "client icmp 10.96.0.10 > 10.1.0.4 type 3 about udp 10.1.0.4:1000 > 10.96.0.10:80");
}

TEST("an error from a router on the way keeps the router's address") {
  Service s;

  CHECK_EQ(s.lab.One(s.uplink, "time-exceeded 192.0.2.9 > 10.1.0.4 about udp 10.1.0.4:1000 > 10.1.0.7:8080"),
           "client icmp 192.0.2.9 > 10.1.0.4 type 11 about udp 10.1.0.4:1000 > 10.96.0.10:80");
}

TEST("an error about a reply reaches the backend, about the packet the backend sent") {
  Service s;
  CHECK_EQ(s.lab.One(s.backend, "udp 10.1.0.7:8080 > 10.1.0.4:1000"), "client udp 10.96.0.10:80 > 10.1.0.4:1000");

  CHECK_EQ(s.lab.One(s.client, "unreachable 10.1.0.4 > 10.96.0.10 about udp 10.96.0.10:80 > 10.1.0.4:1000"),
           "backend icmp 10.1.0.4 > 10.1.0.7 type 3 about udp 10.1.0.7:8080 > 10.1.0.4:1000");
}

TEST("errors from outside find the pod behind the NAT by what they quote, ports and identifiers alike") {
  Behind n;

  CHECK_EQ(n.lab.One(n.uplink, "unreachable 8.8.8.8 > 10.0.0.1 about udp 10.0.0.1:2000 > 8.8.8.8:53"),
           "a icmp 8.8.8.8 > 10.1.0.4 type 3 about udp 10.1.0.4:2000 > 8.8.8.8:53");
  CHECK_EQ(n.lab.One(n.uplink, "too-big 192.0.2.9 > 10.0.0.1 about udp 10.0.0.1:2001 > 8.8.8.8:53"),
           "b icmp 192.0.2.9 > 10.1.0.5 type 3 about udp 10.1.0.5:2000 > 8.8.8.8:53");
  CHECK_EQ(n.lab.One(n.uplink, "time-exceeded 192.0.2.9 > 10.0.0.1 about ping 10.0.0.1 > 8.8.8.8 id 2001"),
           "a icmp 192.0.2.9 > 10.1.0.4 type 11 about ping 10.1.0.4 > 8.8.8.8 id 2000");
  CHECK_EQ(n.lab.One(n.uplink, "parameter-problem 8.8.8.8 > 10.0.0.1 about ping 10.0.0.1 > 8.8.8.8 id 2000"),
           "b icmp 8.8.8.8 > 10.1.0.5 type 12 about ping 10.1.0.5 > 8.8.8.8 id 2000");
}

TEST("an error that leaves a pod shows the address and port the pod has outside") {
  Behind n;
  CHECK_EQ(n.lab.One(n.uplink, "udp 8.8.8.8:53 > 10.0.0.1:2001"), "b udp 8.8.8.8:53 > 10.1.0.5:2000");

  CHECK_EQ(n.lab.One(n.b, "unreachable 10.1.0.5 > 8.8.8.8 about udp 8.8.8.8:53 > 10.1.0.5:2000"),
           "uplink icmp 10.0.0.1 > 8.8.8.8 type 3 about udp 8.8.8.8:53 > 10.0.0.1:2001");
  CHECK_EQ(n.lab.One(n.b, "unreachable 10.1.0.77 > 8.8.8.8 about udp 8.8.8.8:53 > 10.1.0.5:2000"),
           "uplink icmp 10.0.0.1 > 8.8.8.8 type 3 about udp 8.8.8.8:53 > 10.0.0.1:2001");
}

TEST("an error through a load balancer and the backend's own NAT is undone at both") {
  Service s;
  s.lab.Policy(
      s.backend,
      {Layer(
          "SLB_NAT_LAYER", 300,
          {Group(kIn, {MakeRule("dnat", 1,
                                vfp::StaticNat{.source = false, .address = Ip("10.1.0.7"), .port = std::uint16_t{9090}},
                                To("10.1.0.7/32", "8080"))})})});
  CHECK_EQ(s.lab.One(s.client, "tcp 10.1.0.4:1001 > 10.96.0.10:80 S"), "backend tcp 10.1.0.4:1001 > 10.1.0.7:9090 S");

  CHECK_EQ(s.lab.One(s.backend, "unreachable 10.1.0.7 > 10.1.0.4 about tcp 10.1.0.4:1001 > 10.1.0.7:9090 S"),
           "client icmp 10.96.0.10 > 10.1.0.4 type 3 about tcp 10.1.0.4:1001 > 10.96.0.10:80 S");
}

TEST("a node port turned around at the host port: errors of the backend come back the same way") {
  Lab lab;
  const auto backend = lab.Pod("backend", {"10.1.0.7"});
  const auto uplink = lab.Uplink();
  const auto host = lab.Host({"10.0.0.1"});
  vfp::LoadBalance action = Balance({"10.1.0.7:8080"});
  action.source_address = Ip("10.1.0.2");
  lab.Policy(host,
             {Layer(std::string(vfp::kHairpinLayer), 50,
                    {Group(kIn, {MakeRule("hp", 1, vfp::Allow{}, To("10.0.0.1/32", "30080"))})}),
              Layer("SLB_LB_LAYER", 200, {Group(kOut, {MakeRule("lb", 1, action, To("10.0.0.1/32", "30080"))})})});
  CHECK_EQ(lab.One(uplink, "tcp 8.8.8.8:5000 > 10.0.0.1:30080 S"), "backend tcp 10.1.0.2:5000 > 10.1.0.7:8080 S");

  CHECK_EQ(lab.One(backend, "unreachable 10.1.0.7 > 10.1.0.2 about tcp 10.1.0.2:5000 > 10.1.0.7:8080 S"),
           "uplink icmp 10.0.0.1 > 8.8.8.8 type 3 about tcp 8.8.8.8:5000 > 10.0.0.1:30080 S");
  CHECK_EQ(lab.One(backend, "tcp 10.1.0.7:8080 > 10.1.0.2:5000 SA"), "uplink tcp 10.0.0.1:30080 > 8.8.8.8:5000 SA");
  CHECK_EQ(lab.One(uplink, "too-big 192.0.2.9 > 10.0.0.1 about tcp 10.0.0.1:30080 > 8.8.8.8:5000 SA"),
           "backend icmp 192.0.2.9 > 10.1.0.7 type 3 about tcp 10.1.0.7:8080 > 10.1.0.2:5000 SA");
}

TEST("IPv6 errors are translated too, pseudo-header and all") {
  Lab lab;
  const auto client = lab.Pod("client", {"fd00::4"});
  const auto backend = lab.Pod("backend", {"fd00::7"});
  lab.Policy(client, {Layer("LB_DSR", 200,
                            {Group(kOut, {MakeRule("lb", 1, Balance({"[fd00::7]:8080"}), To("fd00:96::a/128", "80"))},
                                   base::IpFamily::kIpv6)})});
  CHECK_EQ(lab.One(client, "udp [fd00::4]:1000 > [fd00:96::a]:80"), "backend udp [fd00::4]:1000 > [fd00::7]:8080");

  for (const auto& [kind, type] :
       {std::pair("unreachable", "1"), {"too-big", "2"}, {"time-exceeded", "3"}, {"parameter-problem", "4"}}) {
    CHECK_EQ(
        lab.One(backend, std::string(kind) + " fd00::7 > fd00::4 about udp [fd00::4]:1000 > [fd00::7]:8080"),
        "client icmp fd00:96::a > fd00::4 type " + std::string(type) + " about udp [fd00::4]:1000 > [fd00:96::a]:80");
  }
}

TEST("a stateful allow lets the errors of its connection pass, and only those") {
  Service s;
  s.lab.Policy(s.client, {Acl({}, {MakeRule("out", 1, vfp::Allow{})})});
  CHECK_EQ(s.lab.One(s.client, "udp 10.1.0.4:3000 > 10.1.0.7:53"), "backend udp 10.1.0.4:3000 > 10.1.0.7:53");

  CHECK_EQ(s.lab.One(s.backend, "unreachable 10.1.0.7 > 10.1.0.4 about udp 10.1.0.4:3000 > 10.1.0.7:53"),
           "client icmp 10.1.0.7 > 10.1.0.4 type 3 about udp 10.1.0.4:3000 > 10.1.0.7:53");
  CHECK_EQ(s.lab.One(s.backend, "unreachable 10.1.0.7 > 10.1.0.4 about udp 10.1.0.4:3001 > 10.1.0.7:53"),
           "drop acl-default");
  CHECK_EQ(s.lab.One(s.backend, "unreachable 10.1.0.7 > 10.1.0.4 about udp 10.1.0.9:3000 > 10.1.0.7:53"),
           "drop acl-default");
}

TEST("errors of a connection that policy has cut are cut too") {
  Service s;
  s.lab.Policy(s.client, {Acl({}, {MakeRule("no", 1, vfp::Block{})})});

  CHECK_EQ(s.lab.One(s.backend, "unreachable 10.1.0.7 > 10.1.0.4 about udp 10.1.0.4:1000 > 10.1.0.7:8080"),
           "drop connection-blocked");
}

TEST("an error about no connection is what the ACLs say, and dropped where a translation would be needed") {
  Behind n;
  CHECK_EQ(n.lab.One(n.uplink, "unreachable 8.8.8.8 > 10.1.0.4 about udp 10.1.0.4:7 > 8.8.8.8:53"),
           "a icmp 8.8.8.8 > 10.1.0.4 type 3 about udp 10.1.0.4:7 > 8.8.8.8:53");
  CHECK_EQ(n.lab.One(n.a, "unreachable 10.1.0.4 > 8.8.8.8 about udp 8.8.8.8:53 > 10.1.0.4:7"), "drop icmp-unrelated");
  CHECK_EQ(n.lab.One(n.uplink, "unreachable 8.8.8.8 > 10.0.0.1 about udp 10.0.0.1:2003 > 8.8.8.8:53"),
           "drop no-destination");
}

TEST("an error about the other side's ping with the same identifier is not this one's") {
  Behind n;

  CHECK_EQ(n.lab.One(n.a, "unreachable 10.1.0.4 > 8.8.8.8 about ping 8.8.8.8 > 10.1.0.4 id 2000"),
           "drop icmp-unrelated");
}

TEST("errors make no connection and keep none alive") {
  Service s;
  s.lab.Wait(std::chrono::seconds(200));
  CHECK_EQ(s.lab.One(s.backend, "unreachable 10.1.0.7 > 10.1.0.4 about udp 10.1.0.4:1000 > 10.1.0.7:8080"),
           "client icmp 10.96.0.10 > 10.1.0.4 type 3 about udp 10.1.0.4:1000 > 10.96.0.10:80");
  s.lab.Wait(std::chrono::seconds(41));

  CHECK_EQ(s.lab.engine.ExpireIdle(), 2u);
  CHECK_EQ(s.lab.Flows().size(), 0u);
}

TEST("a quote that ends behind the ports is translated as far as it goes") {
  Service s;
  s.lab.explains = false;
  CHECK_EQ(s.lab.One(s.client, "tcp 10.1.0.4:1001 > 10.96.0.10:80 S"), "backend tcp 10.1.0.4:1001 > 10.1.0.7:8080 S");
  const Bytes whole = Packet("unreachable 10.1.0.7 > 10.1.0.4 about tcp 10.1.0.4:1001 > 10.1.0.7:8080 S",
                             Mac("00-15-5D-11-00-01"), Mac("00-15-5D-11-00-00"));
  const std::size_t beyond = whole.size() - (14 + 20 + 8 + 20 + 8);  // Eight bytes of TCP stay.
  CHECK_EQ(s.lab.OneFrame(s.backend, Shortened(whole, beyond)), "client icmp 10.96.0.10 > 10.1.0.4 type 3");

  const Bytes& got = s.lab.delivered[0].second;
  const std::uint8_t* quote = got.data() + 14 + 20 + 8;
  CHECK_EQ(wire::LoadIpv4(quote + 16), Ip("10.96.0.10"));
  CHECK_EQ(wire::Load16(quote + 22), 80);
  CHECK_EQ(wire::ChecksumFold(wire::ChecksumAdd({quote, 20})), 0xffff);
}

TEST("a quote without ports belongs to no connection") {
  Service s;
  s.lab.explains = false;
  const Bytes whole = Packet("unreachable 10.1.0.7 > 10.1.0.4 about udp 10.1.0.4:1000 > 10.1.0.7:8080",
                             Mac("00-15-5D-11-00-01"), Mac("00-15-5D-11-00-00"));
  for (std::size_t left = 0; left < 28; ++left) {
    const std::size_t quoted = whole.size() - (14 + 20 + 8);
    CHECK_EQ(s.lab.OneFrame(s.backend, Shortened(whole, quoted - left)), "client icmp 10.1.0.7 > 10.1.0.4 type 3");
  }
}

TEST("nobody redirects a port's packets") {
  Service s;

  CHECK_EQ(s.lab.One(s.backend, "redirect 10.1.0.7 > 10.1.0.4 about udp 10.1.0.4:1000 > 10.1.0.7:8080"),
           "drop icmp-redirect");
}
