// VLANs: access ports, and the uplink as their trunk.
#include "native/engine_lab.h"
#include "wire/checksum.h"
#include "wire/vlan.h"

using namespace engine_test;

namespace {

Bytes Question(const Lab& lab, std::string_view who, std::string_view from) {
  const wire::FrameFields fields{.source_mac = lab.outside_mac,
                                 .destination_mac = base::MacAddress::Broadcast(),
                                 .source = Ip(from),
                                 .destination = Ip(who)};
  return wire::BuildArp(fields, 1, lab.outside_mac, {});
}

}  // namespace

TEST("what a port of a VLAN sends has its tag on the uplink, and answers with that tag reach it without") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"}, 100);
  const auto uplink = lab.Uplink();

  CHECK_EQ(lab.One(a, "tcp 10.1.0.4:1000 > 8.8.8.8:80 S"), "uplink vlan 100 tcp 10.1.0.4:1000 > 8.8.8.8:80 S");
  CHECK_EQ(wire::LoadMac(lab.delivered[0].second.data() + 6), lab.host_mac);
  CHECK_EQ(lab.One(uplink, "vlan 100 tcp 8.8.8.8:80 > 10.1.0.4:1000 SA"), "a tcp 8.8.8.8:80 > 10.1.0.4:1000 SA");
  CHECK_EQ(lab.One(a, "tcp 10.1.0.4:1000 > 8.8.8.8:80 A"), "uplink vlan 100 tcp 10.1.0.4:1000 > 8.8.8.8:80 A");
  CHECK_EQ(lab.One(a, "tcp 10.1.0.4:1000 > 8.8.8.8:80 PA"), "uplink vlan 100 tcp 10.1.0.4:1000 > 8.8.8.8:80 PA");
}

TEST("a frame is put behind a tag in place where there is room, and owes what it owed") {
  std::array<std::uint8_t, 64 + 1600> room{};
  const Bytes packet = Packet("tcp 10.1.0.4:1 > 10.1.0.5:2 A", Mac("02-00-00-00-00-01"), Mac("02-00-00-00-00-02"));
  std::copy(packet.begin(), packet.end(), room.begin() + 64);
  wire::Frame frame{.data = room.data() + 64, .length = static_cast<std::uint32_t>(packet.size()), .offload = {}};
  frame.headroom = 64;
  frame.offload.flags = wire::Offload::kNeedsChecksum;
  frame.offload.checksum_start = 34;
  frame.offload.header_length = 54;

  wire::PushTag(4094, &frame);

  std::uint16_t vlan = 0;
  CHECK(wire::ReadTag(frame, &vlan) == wire::Tagging::kTagged);
  CHECK_EQ(vlan, 4094);
  CHECK_EQ(frame.headroom, 60);
  CHECK_EQ(frame.offload.checksum_start, 38);
  CHECK_EQ(frame.offload.header_length, 58);
  wire::PopTag(&frame);
  CHECK(Bytes(frame.data, frame.data + frame.length) == packet);
  CHECK_EQ(frame.headroom, 64);
  CHECK_EQ(frame.offload.checksum_start, 34);
  CHECK_EQ(frame.offload.header_length, 54);
}

TEST("ports of different VLANs do not reach each other, ports of one do") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"}, 100);
  lab.Pod("b", {"10.1.0.5"}, 100);
  const auto c = lab.Pod("c", {"10.1.0.6"}, 200);
  const auto plain = lab.Pod("plain", {"10.1.0.7"});

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "b udp 10.1.0.4:1 > 10.1.0.5:2");
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.6:2"), "drop vlan");
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.7:2"), "drop vlan");
  CHECK_EQ(lab.One(c, "udp 10.1.0.6:1 > 10.1.0.4:2"), "drop vlan");
  CHECK_EQ(lab.One(plain, "udp 10.1.0.7:1 > 10.1.0.4:2"), "drop vlan");
}

TEST("where there is an uplink, a router outside may lead from one VLAN to another") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"}, 100);
  lab.Pod("b", {"10.1.0.5"}, 200);
  const auto uplink = lab.Uplink();
  const Bytes frame = Packet("udp 10.1.0.4:1 > 10.1.0.5:2", Mac("00-15-5D-11-00-00"), lab.outside_mac);

  CHECK_EQ(lab.OneFrame(a, frame), "uplink vlan 100 udp 10.1.0.4:1 > 10.1.0.5:2");
  CHECK_EQ(lab.One(uplink, "vlan 200 udp 10.1.0.4:1 > 10.1.0.5:2"), "b udp 10.1.0.4:1 > 10.1.0.5:2");
}

TEST("a frame from outside reaches ports of its own VLAN only, one without a tag those without a VLAN") {
  Lab lab;
  lab.Pod("a", {"10.1.0.4"}, 100);
  lab.Pod("b", {"10.1.0.5"}, 200);
  lab.Pod("plain", {"10.1.0.7"});
  const auto uplink = lab.Uplink();

  CHECK_EQ(lab.One(uplink, "vlan 100 udp 9.9.9.9:1 > 10.1.0.4:2"), "a udp 9.9.9.9:1 > 10.1.0.4:2");
  CHECK_EQ(lab.One(uplink, "vlan 200 udp 9.9.9.9:1 > 10.1.0.4:2"), "drop vlan");
  CHECK_EQ(lab.One(uplink, "udp 9.9.9.9:1 > 10.1.0.4:2"), "drop vlan");
  CHECK_EQ(lab.One(uplink, "vlan 100 udp 9.9.9.9:1 > 10.1.0.7:2"), "drop vlan");
  CHECK_EQ(lab.One(uplink, "udp 9.9.9.9:1 > 10.1.0.7:2"), "plain udp 9.9.9.9:1 > 10.1.0.7:2");
  CHECK_EQ(lab.One(uplink, "vlan 300 udp 9.9.9.9:1 > 10.1.0.4:2"), "drop vlan");
}

TEST("the host's port is of a VLAN like any other") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"}, 100);
  lab.Host({"10.0.0.1"});
  const auto uplink = lab.Uplink();

  const Bytes to_host = Packet("udp 10.1.0.4:1 > 8.8.8.8:2", Mac("00-15-5D-11-00-00"), lab.host_mac);
  CHECK_EQ(lab.OneFrame(a, to_host), "drop no-destination");

  CHECK_EQ(lab.One(uplink, "vlan 100 udp 9.9.9.9:1 > 10.0.0.1:2"), "drop vlan");
  CHECK_EQ(lab.One(uplink, "udp 9.9.9.9:1 > 10.0.0.1:2"), "host udp 9.9.9.9:1 > 10.0.0.1:2");
}

TEST("a tag that names no VLAN is as none, with whatever priority") {
  Lab lab;
  const auto plain = lab.Pod("plain", {"10.1.0.7"});
  const auto uplink = lab.Uplink();

  CHECK_EQ(lab.OneFrame(uplink, Tagged(0xa000, Packet("udp 9.9.9.9:1 > 10.1.0.7:2", lab.outside_mac, lab.host_mac))),
           "plain udp 9.9.9.9:1 > 10.1.0.7:2");
  CHECK_EQ(lab.One(plain, "vlan 0 udp 10.1.0.7:2 > 9.9.9.9:1"), "uplink udp 10.1.0.7:2 > 9.9.9.9:1");
}

TEST("an access port takes no frame of a VLAN, not even of its own") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"}, 100);
  lab.Uplink();

  CHECK_EQ(lab.One(a, "vlan 100 udp 10.1.0.4:1 > 8.8.8.8:2"), "drop vlan");
  CHECK_EQ(lab.One(a, "vlan 200 udp 10.1.0.4:1 > 8.8.8.8:2"), "drop vlan");
}

TEST("a second tag and a provider's tag are dropped, and counted for what they are") {
  Lab lab;
  lab.Pod("a", {"10.1.0.4"}, 100);
  const auto uplink = lab.Uplink();
  const Bytes frame = Packet("udp 9.9.9.9:1 > 10.1.0.4:2", lab.outside_mac, lab.host_mac);

  CHECK_EQ(lab.OneFrame(uplink, Tagged(100, Tagged(100, frame))), "drop nested-vlan");
  Bytes provider = Tagged(100, frame);
  wire::Store16(provider.data() + 12, 0x88a8);
  CHECK_EQ(lab.OneFrame(uplink, provider), "drop nested-vlan");
  Bytes both = Tagged(100, Tagged(100, frame));
  wire::Store16(both.data() + 12, 0x88a8);
  CHECK_EQ(lab.OneFrame(uplink, both), "drop nested-vlan");
}

TEST("questions for addresses stay in their VLAN, inside and outside") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"}, 100);
  const auto b = lab.Pod("b", {"10.1.0.5"}, 100);
  lab.Pod("c", {"10.1.0.6"}, 200);
  const auto uplink = lab.Uplink();
  const auto ask = [&](vfp::PortIndex from, std::string_view mac, std::string_view own, std::string_view who) {
    const wire::FrameFields fields{.source_mac = Mac(mac),
                                   .destination_mac = base::MacAddress::Broadcast(),
                                   .source = Ip(own),
                                   .destination = Ip(who)};
    return lab.OneFrame(from, wire::BuildArp(fields, 1, Mac(mac), {}));
  };

  CHECK_EQ(ask(a, "00-15-5D-11-00-00", "10.1.0.4", "10.1.0.5"), "a arp is-at 10.1.0.5 00-15-5D-11-00-01");
  CHECK_EQ(ask(b, "00-15-5D-11-00-01", "10.1.0.5", "10.1.0.6"),
           "uplink vlan 100 arp who-has 10.1.0.6 00-15-5D-00-00-FE");
  CHECK_EQ(lab.OneFrame(uplink, Tagged(100, Question(lab, "10.1.0.4", "10.1.0.99"))),
           "uplink vlan 100 arp is-at 10.1.0.4 00-15-5D-00-00-FE");
  CHECK_EQ(lab.OneFrame(uplink, Tagged(200, Question(lab, "10.1.0.4", "10.1.0.99"))), "drop no-destination");
  CHECK_EQ(lab.OneFrame(uplink, Question(lab, "10.1.0.4", "10.1.0.99")), "drop no-destination");
}

TEST("a broadcast reaches the ports of its VLAN and, with its tag, the uplink") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"}, 100);
  lab.Pod("b", {"10.1.0.5"}, 100);
  lab.Pod("c", {"10.1.0.6"}, 200);
  const auto uplink = lab.Uplink();

  CHECK_EQ(lab.Send(a, "udp 10.1.0.4:1 > 255.255.255.255:2"),
           (Texts{"b udp 10.1.0.4:1 > 255.255.255.255:2", "uplink vlan 100 udp 10.1.0.4:1 > 255.255.255.255:2"}));
  CHECK_EQ(lab.Send(uplink, "vlan 200 udp 9.9.9.9:1 > 255.255.255.255:2"),
           (Texts{"c udp 9.9.9.9:1 > 255.255.255.255:2"}));
  CHECK_EQ(lab.Send(uplink, "udp 9.9.9.9:1 > 255.255.255.255:2"), (Texts{"drop no-destination-broadcast"}));
}

TEST("a router is known in the VLAN it was seen in") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"}, 100);
  const auto b = lab.Pod("b", {"10.1.0.5"}, 200);
  const auto uplink = lab.Uplink();
  lab.OneFrame(uplink, Tagged(100, Packet("udp 9.9.9.9:1 > 10.1.0.4:2", Mac("52-54-00-00-01-00"), lab.host_mac)));
  lab.OneFrame(uplink, Tagged(200, Packet("udp 9.9.9.9:1 > 10.1.0.5:2", Mac("52-54-00-00-02-00"), lab.host_mac)));

  // As of a translated reply: sent to somebody here, and turned out to be for outside.
  lab.OneFrame(a, Packet("udp 10.1.0.4:7 > 8.8.8.8:2", Mac("00-15-5D-11-00-00"), Mac("00-15-5D-11-00-01")));
  CHECK_EQ(wire::LoadMac(lab.delivered[0].second.data()), Mac("52-54-00-00-01-00"));
  lab.OneFrame(b, Packet("udp 10.1.0.5:7 > 8.8.8.8:2", Mac("00-15-5D-11-00-01"), Mac("00-15-5D-11-00-00")));
  CHECK_EQ(wire::LoadMac(lab.delivered[0].second.data()), Mac("52-54-00-00-02-00"));
}

TEST("a connection whose port moves to another VLAN is not carried on into the old one") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"}, 100);
  lab.Pod("b", {"10.1.0.5"}, 100);
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "b udp 10.1.0.4:1 > 10.1.0.5:2");

  vfp::PortSpec spec = lab.engine.Port(a).value().spec;
  spec.vlan = 200;
  spec.sink = &lab;
  CHECK(lab.engine.UpdatePort(a, spec).ok());

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "drop vlan");
}

TEST("explain tells of tags that are taken off and put on") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"}, 100);
  const auto uplink = lab.Uplink();

  const auto said = lab.Explain(a, "udp 10.1.0.4:1 > 8.8.8.8:2");
  CHECK_EQ(said.steps.back().action, "vlan");
  CHECK_EQ(said.steps.back().detail, "gets the tag of VLAN 100");
  const auto back = lab.Explain(uplink, "vlan 100 udp 8.8.8.8:2 > 10.1.0.4:1");
  CHECK_EQ(back.steps.front().action, "vlan");
  CHECK_EQ(back.steps.front().detail, "the tag of VLAN 100 is taken off");
}

TEST("a VLAN that cannot be is refused") {
  Lab lab;
  vfp::PortSpec spec;
  spec.segment = lab.segment;
  spec.id = "x";
  spec.vlan = 4095;
  CHECK_EQ(lab.engine.AddPort(spec).error().code, base::hr::ERROR_INVALID_PARAMETER);
  spec.vlan = 100;
  spec.kind = vfp::PortKind::kUplink;
  CHECK_EQ(lab.engine.AddPort(spec).error().code, base::hr::ERROR_INVALID_PARAMETER);
  Lab overlay({}, LabOverlay());
  spec.segment = overlay.segment;
  spec.kind = vfp::PortKind::kEndpoint;
  CHECK_EQ(overlay.engine.AddPort(spec).error().code, base::hr::ERROR_INVALID_PARAMETER);
}
