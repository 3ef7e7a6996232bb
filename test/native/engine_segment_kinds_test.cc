// What sets l2tunnel, transparent and private segments apart from a bridge.
#include "native/engine_lab.h"
#include "wire/checksum.h"

using namespace engine_test;

namespace {

constexpr std::string_view kMacA = "00-15-5D-11-00-00";
constexpr std::string_view kMacB = "00-15-5D-11-00-01";

std::string Macs(const Bytes& frame) {
  return wire::LoadMac(frame.data() + 6).ToString() + ">" + wire::LoadMac(frame.data()).ToString();
}

Bytes Arp(std::uint16_t operation, std::string_view mac, std::string_view to_mac, std::string_view from,
          std::string_view to) {
  const wire::FrameFields fields{
      .source_mac = Mac(mac), .destination_mac = Mac(to_mac), .source = Ip(from), .destination = Ip(to)};
  return wire::BuildArp(fields, operation, Mac(mac), operation == 1 ? base::MacAddress{} : Mac(to_mac));
}
constexpr std::string_view kAll = "FF-FF-FF-FF-FF-FF";

}  // namespace

TEST("l2tunnel: what one endpoint sends to another leaves by the uplink, and enters once it comes back") {
  Lab lab({}, {}, vfp::SegmentKind::kL2Tunnel);
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto b = lab.Pod("b", {"10.1.0.5"});
  const auto uplink = lab.Uplink();

  CHECK_EQ(lab.One(a, "tcp 10.1.0.4:1000 > 10.1.0.5:80 S"), "uplink tcp 10.1.0.4:1000 > 10.1.0.5:80 S");
  Bytes out = lab.delivered[0].second;
  CHECK_EQ(Macs(out), lab.host_mac.ToString() + ">" + lab.host_mac.ToString());
  const std::uint8_t hops = out[14 + 8];
  CHECK_EQ(lab.OneFrame(uplink, out), "b tcp 10.1.0.4:1000 > 10.1.0.5:80 S");
  CHECK_EQ(lab.delivered[0].second[14 + 8], hops);
  CHECK_EQ(wire::LoadMac(lab.delivered[0].second.data()), Mac(kMacB));

  CHECK_EQ(lab.One(b, "tcp 10.1.0.5:80 > 10.1.0.4:1000 SA"), "uplink tcp 10.1.0.5:80 > 10.1.0.4:1000 SA");
  CHECK_EQ(lab.One(uplink, "tcp 10.1.0.5:80 > 10.1.0.4:1000 SA"), "a tcp 10.1.0.5:80 > 10.1.0.4:1000 SA");
  CHECK_EQ(lab.One(a, "tcp 10.1.0.4:1000 > 10.1.0.5:80 A"), "uplink tcp 10.1.0.4:1000 > 10.1.0.5:80 A");
}

TEST("l2tunnel: the fabric's router is the next hop of what was sent to a MAC of this switch, once it was seen") {
  Lab lab({}, {}, vfp::SegmentKind::kL2Tunnel);
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  const auto uplink = lab.Uplink();
  lab.One(uplink, "udp 9.9.9.9:1 > 10.1.0.4:2");

  lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2");

  CHECK_EQ(Macs(lab.delivered[0].second), lab.host_mac.ToString() + ">" + lab.outside_mac.ToString());
}

TEST("l2tunnel: a next hop outside that the endpoint has chosen itself stays") {
  Lab lab({}, {}, vfp::SegmentKind::kL2Tunnel);
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  lab.Uplink();

  lab.OneFrame(a, Packet("udp 10.1.0.4:1 > 10.1.0.5:2", Mac(kMacA), Mac("12-34-56-78-9A-BC")));

  CHECK_EQ(Macs(lab.delivered[0].second), lab.host_mac.ToString() + ">12-34-56-78-9A-BC");
}

TEST("l2tunnel: who has another endpoint's address is asked of the fabric, in the host's name") {
  Lab lab({}, {}, vfp::SegmentKind::kL2Tunnel);
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  lab.Uplink();

  CHECK_EQ(lab.OneFrame(a, Arp(1, kMacA, kAll, "10.1.0.4", "10.1.0.5")),
           "uplink arp who-has 10.1.0.5 " + lab.host_mac.ToString());
}

TEST("l2tunnel: a broadcast goes to the fabric and to the host, and to endpoints from the fabric alone") {
  Lab lab({}, {}, vfp::SegmentKind::kL2Tunnel);
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  lab.Host({"10.0.0.1"});
  const auto uplink = lab.Uplink();

  CHECK_EQ(lab.Send(a, "udp 10.1.0.4:1 > 255.255.255.255:2"),
           (Texts{"host udp 10.1.0.4:1 > 255.255.255.255:2", "uplink udp 10.1.0.4:1 > 255.255.255.255:2"}));
  CHECK_EQ(lab.Send(uplink, "udp 9.9.9.9:1 > 255.255.255.255:2").size(), 3u);
}

TEST("l2tunnel: the host is reached directly, and without an uplink endpoints are, too") {
  Lab lab({}, {}, vfp::SegmentKind::kL2Tunnel);
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  const auto host = lab.Host({"10.0.0.1"});

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "b udp 10.1.0.4:1 > 10.1.0.5:2");
  lab.Uplink();
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.0.0.1:2"), "host udp 10.1.0.4:1 > 10.0.0.1:2");
  CHECK_EQ(lab.One(host, "udp 10.0.0.1:2 > 10.1.0.4:1"), "a udp 10.0.0.1:2 > 10.1.0.4:1");
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "uplink udp 10.1.0.4:1 > 10.1.0.5:2");
}

TEST("l2tunnel: policy at both endpoints has its say, at the way out and at the way in") {
  Lab lab({}, {}, vfp::SegmentKind::kL2Tunnel);
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto b = lab.Pod("b", {"10.1.0.5"});
  const auto uplink = lab.Uplink();
  lab.Policy(b, {Acl({}, {})});

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "uplink udp 10.1.0.4:1 > 10.1.0.5:2");
  CHECK_EQ(lab.One(uplink, "udp 10.1.0.4:1 > 10.1.0.5:2"), "drop acl-default");
}

TEST("transparent: frames keep their MACs on the wire, out and in") {
  Lab lab({}, {}, vfp::SegmentKind::kTransparent);
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto uplink = lab.Uplink();

  CHECK_EQ(lab.One(a, "tcp 10.1.0.4:1000 > 8.8.8.8:80 S"), "uplink tcp 10.1.0.4:1000 > 8.8.8.8:80 S");
  CHECK_EQ(Macs(lab.delivered[0].second), std::string(kMacA) + ">" + lab.gateway_mac.ToString());
  CHECK_EQ(lab.OneFrame(uplink, Packet("tcp 8.8.8.8:80 > 10.1.0.4:1000 SA", lab.outside_mac, Mac(kMacA))),
           "a tcp 8.8.8.8:80 > 10.1.0.4:1000 SA");
  CHECK_EQ(Macs(lab.delivered[0].second), lab.outside_mac.ToString() + ">" + std::string(kMacA));
  CHECK_EQ(lab.One(a, "tcp 10.1.0.4:1000 > 8.8.8.8:80 A"), "uplink tcp 10.1.0.4:1000 > 8.8.8.8:80 A");
  CHECK_EQ(Macs(lab.delivered[0].second), std::string(kMacA) + ">" + lab.gateway_mac.ToString());
}

TEST("transparent: the MAC says where a frame goes, not the address, in a cached flow too") {
  Lab lab({}, {}, vfp::SegmentKind::kTransparent);
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  const auto uplink = lab.Uplink();
  const auto to = [&](const base::MacAddress& mac) {
    return lab.OneFrame(a, Packet("udp 10.1.0.4:1 > 10.1.0.5:2", Mac(kMacA), mac));
  };

  CHECK_EQ(to(Mac(kMacB)), "b udp 10.1.0.4:1 > 10.1.0.5:2");
  CHECK_EQ(to(lab.outside_mac), "uplink udp 10.1.0.4:1 > 10.1.0.5:2");
  CHECK_EQ(to(Mac(kMacB)), "b udp 10.1.0.4:1 > 10.1.0.5:2");
  CHECK_EQ(lab.OneFrame(uplink, Packet("udp 9.9.9.9:1 > 10.1.0.4:2", lab.outside_mac, Mac(kMacB))),
           "b udp 9.9.9.9:1 > 10.1.0.4:2");
}

TEST("transparent: from outside only what is for a port's MAC is taken, and nothing goes back") {
  Lab lab({}, {}, vfp::SegmentKind::kTransparent);
  lab.Pod("a", {"10.1.0.4"});
  const auto uplink = lab.Uplink();

  CHECK_EQ(lab.One(uplink, "udp 9.9.9.9:1 > 10.1.0.4:2"),
           "drop no-destination");  // For the host's MAC, and it is not on.
  CHECK_EQ(lab.OneFrame(uplink, Packet("udp 9.9.9.9:1 > 10.1.0.4:2", lab.outside_mac, Mac("02-00-00-00-00-77"))),
           "drop no-destination");
}

TEST("transparent: questions and announcements go to everybody with the MAC of who asks, answers to who asked") {
  Lab lab({}, {}, vfp::SegmentKind::kTransparent);
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto b = lab.Pod("b", {"10.1.0.5"});
  const auto uplink = lab.Uplink();

  CHECK_EQ(
      lab.SendFrame(a, Arp(1, kMacA, kAll, "10.1.0.4", "10.1.0.5")),
      (Texts{"b arp who-has 10.1.0.5 " + std::string(kMacA), "uplink arp who-has 10.1.0.5 " + std::string(kMacA)}));
  CHECK_EQ(lab.OneFrame(b, Arp(2, kMacB, kMacA, "10.1.0.5", "10.1.0.4")), "a arp is-at 10.1.0.5 " + std::string(kMacB));
  CHECK_EQ(lab.OneFrame(a, Arp(2, kMacA, "52-54-00-AA-BB-CC", "10.1.0.4", "10.1.0.99")),
           "uplink arp is-at 10.1.0.4 " + std::string(kMacA));
  CHECK_EQ(lab.SendFrame(uplink, Arp(1, "52-54-00-AA-BB-CC", kAll, "10.1.0.99", "10.1.0.4")).size(), 2u);
  CHECK_EQ(lab.OneFrame(uplink, Arp(2, "52-54-00-AA-BB-CC", kMacB, "10.1.0.99", "10.1.0.5")),
           "b arp is-at 10.1.0.99 52-54-00-AA-BB-CC");
}

TEST("transparent: a broadcast leaves with the sender's MAC") {
  Lab lab({}, {}, vfp::SegmentKind::kTransparent);
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Uplink();

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 255.255.255.255:2"), "uplink udp 10.1.0.4:1 > 255.255.255.255:2");
  CHECK_EQ(wire::LoadMac(lab.delivered[0].second.data() + 6), Mac(kMacA));
}

TEST("transparent: VLANs are kept apart as elsewhere, and tags are all that changes") {
  Lab lab({}, {}, vfp::SegmentKind::kTransparent);
  const auto a = lab.Pod("a", {"10.1.0.4"}, 100);
  lab.Pod("b", {"10.1.0.5"}, 200);
  const auto uplink = lab.Uplink();

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "uplink vlan 100 udp 10.1.0.4:1 > 10.1.0.5:2");
  CHECK_EQ(Macs(lab.delivered[0].second), std::string(kMacA) + ">" + std::string(kMacB));
  CHECK_EQ(lab.OneFrame(uplink, Tagged(200, Packet("udp 9.9.9.9:1 > 10.1.0.4:2", lab.outside_mac, Mac(kMacA)))),
           "drop vlan");
  CHECK_EQ(lab.OneFrame(a, Arp(1, kMacA, kAll, "10.1.0.4", "10.1.0.5")),
           "uplink vlan 100 arp who-has 10.1.0.5 " + std::string(kMacA));
}

TEST("transparent: of ports with one MAC another has it when one goes") {
  Lab lab({}, {}, vfp::SegmentKind::kTransparent);
  lab.Pod("a", {"10.1.0.4"});
  const auto b = lab.Pod("b", {"10.1.0.5"});
  const auto uplink = lab.Uplink();
  vfp::PortSpec spec = lab.engine.Port(b).value().spec;
  spec.mac = Mac(kMacA);
  spec.sink = &lab;
  CHECK(lab.engine.UpdatePort(b, spec).ok());
  const Bytes frame = Packet("udp 9.9.9.9:1 > 10.1.0.4:2", lab.outside_mac, Mac(kMacA));
  CHECK_EQ(lab.OneFrame(uplink, frame), "b udp 9.9.9.9:1 > 10.1.0.4:2");

  CHECK(lab.engine.RemovePort(b).ok());

  CHECK_EQ(lab.OneFrame(uplink, frame), "a udp 9.9.9.9:1 > 10.1.0.4:2");
}

TEST("private: endpoints reach each other, and neither the host nor anybody else") {
  Lab lab({}, {}, vfp::SegmentKind::kPrivate);
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  lab.Host({"10.0.0.1"});

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "b udp 10.1.0.4:1 > 10.1.0.5:2");
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.0.0.1:2"), "drop no-destination");
  CHECK_EQ(lab.OneFrame(a, Packet("udp 10.1.0.4:1 > 8.8.8.8:2", Mac(kMacA), lab.host_mac)), "drop no-destination");
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 255.255.255.255:2"), "b udp 10.1.0.4:1 > 255.255.255.255:2");
}
