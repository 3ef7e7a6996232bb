// Anti-spoofing: what an endpoint may not say it is.
#include "native/engine_lab.h"
#include "wire/bytes.h"
#include "wire/checksum.h"

using namespace engine_test;

namespace {

struct Guarded {  // One pod under guard, another one and the outside beside it.
  Lab lab;
  vfp::PortIndex pod = lab.Pod("pod", {"10.1.0.4", "fd00::4"});
  vfp::PortIndex other = lab.Pod("other", {"10.1.0.5", "fd00::5"});
  vfp::PortIndex uplink = lab.Uplink();
  base::MacAddress mac = Mac("00-15-5D-11-00-00");
  base::MacAddress other_mac = Mac("00-15-5D-11-00-01");

  Guarded() { Guard(vfp::PortGuards::All()); }
  void Guard(vfp::PortGuards guards) {
    vfp::PortSpec spec = lab.engine.Port(pod).value().spec;
    spec.guards = guards;
    spec.sink = &lab;
    CHECK(lab.engine.UpdatePort(pod, spec).ok());
  }
  std::string From(const base::MacAddress& source, std::string_view packet) {
    return lab.OneFrame(pod, Packet(packet, source, other_mac));
  }
  std::string Arp(std::uint16_t operation, const base::MacAddress& sender, std::string_view says) {
    return lab.OneFrame(pod, wire::BuildArp({.source_mac = mac,
                                             .destination_mac = base::MacAddress::Broadcast(),
                                             .source = Ip(says),
                                             .destination = Ip("10.1.0.5")},
                                            operation, sender, {}));
  }
  std::string Solicit(std::string_view source, const std::optional<base::MacAddress>& link) {
    return lab.OneFrame(pod, wire::BuildNeighborSolicitation({.source_mac = mac, .source = Ip(source), .ttl = 255},
                                                             Ip("fd00::5"), link));
  }
};

}  // namespace

TEST("a frame from another MAC is dropped, on a cached flow too") {
  Guarded g;
  CHECK_EQ(g.From(g.mac, "udp 10.1.0.4:1 > 10.1.0.5:2"), "other udp 10.1.0.4:1 > 10.1.0.5:2");
  CHECK_EQ(g.From(g.mac, "udp 10.1.0.4:1 > 10.1.0.5:2"), "other udp 10.1.0.4:1 > 10.1.0.5:2");

  CHECK_EQ(g.From(g.other_mac, "udp 10.1.0.4:1 > 10.1.0.5:2"), "drop mac-guard");
  CHECK_EQ(g.From(g.other_mac, "ping 10.1.0.4 > 10.1.0.5 id 7"), "drop mac-guard");
  CHECK_EQ(g.From(g.other_mac, "udp 10.1.0.4:1 > 239.1.1.1:2"), "drop mac-guard");
}

TEST("an address that is not the port's begins nothing, in either family, to one or to all") {
  Guarded g;
  CHECK_EQ(g.From(g.mac, "tcp 10.1.0.5:1 > 10.1.0.5:2 S"), "drop ipv4-guard");
  CHECK_EQ(g.From(g.mac, "udp 8.8.8.8:1 > 10.1.0.5:2"), "drop ipv4-guard");
  CHECK_EQ(g.From(g.mac, "udp 10.1.0.77:1 > 239.1.1.1:2"), "drop ipv4-guard");
  CHECK_EQ(g.From(g.mac, "pong 10.1.0.77 > 10.1.0.5 id 7"), "drop ipv4-guard");
  CHECK_EQ(g.From(g.mac, "udp [fd00::77]:1 > [fd00::5]:2"), "drop ipv6-guard");
  CHECK_EQ(g.From(g.mac, "udp [fe80::1]:1 > [fd00::5]:2"), "drop ipv6-guard");

  CHECK_EQ(g.From(g.mac, "udp [fd00::4]:1 > [fd00::5]:2"), "other udp [fd00::4]:1 > [fd00::5]:2");
  // The MAC's own link-local address: 00-15-5D-11-00-00.
  CHECK_EQ(g.From(g.mac, "udp [fe80::215:5dff:fe11:0]:1 > [fd00::5]:2"),
           "other udp [fe80::215:5dff:fe11:0]:1 > [fd00::5]:2");
}

TEST("a backend answers for a VIP that was sent to it") {
  Guarded g;
  vfp::LoadBalance action = Balance({"10.1.0.4:80"});
  action.preserve_destination = true;
  g.lab.Policy(g.other, {LoadBalancer("10.96.0.10", "80", action)});
  CHECK_EQ(g.lab.One(g.other, "tcp 10.1.0.5:1000 > 10.96.0.10:80 S"), "pod tcp 10.1.0.5:1000 > 10.96.0.10:80 S");

  CHECK_EQ(g.lab.One(g.pod, "tcp 10.96.0.10:80 > 10.1.0.5:1000 SA"), "other tcp 10.96.0.10:80 > 10.1.0.5:1000 SA");
  CHECK_EQ(g.lab.One(g.pod, "tcp 10.96.0.10:80 > 10.1.0.5:1001 SA"), "drop ipv4-guard");
}

TEST("ARP speaks of the port itself") {
  Guarded g;
  CHECK_EQ(g.Arp(1, g.mac, "10.1.0.4"), "pod arp is-at 10.1.0.5 00-15-5D-11-00-01");
  CHECK_EQ(g.Arp(1, g.mac, "0.0.0.0"), "pod arp is-at 10.1.0.5 00-15-5D-11-00-01");

  CHECK_EQ(g.Arp(1, g.mac, "10.1.0.1"), "drop arp-guard");
  CHECK_EQ(g.Arp(1, g.other_mac, "10.1.0.4"), "drop arp-guard");
  CHECK_EQ(g.Arp(2, g.mac, "10.1.0.1"), "drop arp-guard");
  CHECK_EQ(g.Arp(2, g.mac, "0.0.0.0"), "drop arp-guard");
}

TEST("Neighbor Discovery speaks of the port itself, and of no router") {
  Guarded g;
  CHECK(g.Solicit("fd00::4", g.mac).starts_with("pod icmp fd00::5 > fd00::4 type 136"));
  CHECK_EQ(g.Solicit("fd00::77", g.mac), "drop ipv6-guard");
  CHECK_EQ(g.Solicit("fd00::4", g.other_mac), "drop ipv6-guard");

  std::vector<std::uint8_t> advertisement(16);
  advertisement[0] = 134;
  CHECK_EQ(g.lab.OneFrame(g.pod, wire::BuildIp({.source_mac = g.mac,
                                                .destination_mac = Mac("33-33-00-00-00-01"),
                                                .source = Ip("fe80::215:5dff:fe11:0"),
                                                .destination = Ip("ff02::1"),
                                                .ttl = 255,
                                                .payload = advertisement},
                                               wire::kProtoIcmpV6)),
           "drop router-guard");
}

TEST("an endpoint asks for addresses by DHCP, and gives none") {
  Guarded g;
  g.lab.explains = false;
  const Texts asked =
      g.lab.SendFrame(g.pod, Packet("udp 0.0.0.0:68 > 255.255.255.255:67", g.mac, base::MacAddress::Broadcast()));
  CHECK_EQ(asked.size(), 2u);
  CHECK_EQ(g.From(g.mac, "udp 10.1.0.4:67 > 10.1.0.5:53"), "other udp 10.1.0.4:67 > 10.1.0.5:53");
  CHECK_EQ(g.From(g.mac, "udp 10.1.0.4:67 > 10.1.0.5:68"), "drop dhcp-guard");
  CHECK_EQ(g.From(g.mac, "udp [fd00::4]:547 > [fd00::5]:546"), "drop dhcp-guard");
}

TEST("each guard stands alone, and without any a port may say what it likes") {
  Guarded g;
  g.Guard({.mac = true});
  CHECK_EQ(g.From(g.mac, "udp 8.8.8.8:1 > 10.1.0.5:2"), "other udp 8.8.8.8:1 > 10.1.0.5:2");
  CHECK_EQ(g.From(g.other_mac, "udp 8.8.8.8:1 > 10.1.0.5:2"), "drop mac-guard");

  g.Guard({});
  CHECK_EQ(g.From(g.other_mac, "udp 8.8.8.8:1 > 10.1.0.5:2"), "other udp 8.8.8.8:1 > 10.1.0.5:2");
}

TEST("a guard that is set forgets what the port was allowed before") {
  Guarded g;
  g.Guard({});
  CHECK_EQ(g.From(g.mac, "udp 8.8.8.8:1 > 10.1.0.5:2"), "other udp 8.8.8.8:1 > 10.1.0.5:2");
  g.Guard(vfp::PortGuards::All());

  CHECK_EQ(g.From(g.mac, "udp 8.8.8.8:1 > 10.1.0.5:2"), "drop ipv4-guard");
}

TEST("what comes in to a guarded port is not its own saying") {
  Guarded g;
  CHECK_EQ(g.lab.One(g.uplink, "udp 8.8.8.8:67 > 10.1.0.4:68"), "pod udp 8.8.8.8:67 > 10.1.0.4:68");
}
