// Where frames go when no policy speaks.
#include "native/engine_lab.h"
#include "wire/checksum.h"

using namespace engine_test;

TEST("a packet goes to the port that has its destination address, with that port's MAC") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  Bytes frame = Packet("udp 10.1.0.4:1000 > 10.1.0.5:53", Mac("00-15-5D-11-00-00"), lab.gateway_mac);

  CHECK_EQ(lab.OneFrame(a, frame), "b udp 10.1.0.4:1000 > 10.1.0.5:53");

  CHECK_EQ(wire::LoadMac(lab.delivered[0].second.data()), Mac("00-15-5D-11-00-01"));
  CHECK_EQ(wire::LoadMac(lab.delivered[0].second.data() + 6), Mac("00-15-5D-11-00-00"));
}

TEST("IPv6 goes the same way as IPv4") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4", "fd00::4"});
  const auto b = lab.Pod("b", {"10.1.0.5", "fd00::5"});

  CHECK_EQ(lab.One(a, "tcp [fd00::4]:1000 > [fd00::5]:80 S"), "b tcp [fd00::4]:1000 > [fd00::5]:80 S");
  CHECK_EQ(lab.One(b, "tcp [fd00::5]:80 > [fd00::4]:1000 SA"), "a tcp [fd00::5]:80 > [fd00::4]:1000 SA");
}

TEST("a packet for an address nobody has is dropped where there is no uplink") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1000 > 8.8.8.8:53"), "drop no-destination");
  CHECK_EQ(lab.Flows().size(), 0u);
}

TEST("a packet for outside leaves by the uplink with the host's MAC and its own next hop") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Uplink();

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1000 > 8.8.8.8:53"), "uplink udp 10.1.0.4:1000 > 8.8.8.8:53");

  CHECK_EQ(wire::LoadMac(lab.delivered[0].second.data()), lab.gateway_mac);
  CHECK_EQ(wire::LoadMac(lab.delivered[0].second.data() + 6), lab.host_mac);
}

TEST("a packet for a remote endpoint leaves with that endpoint's MAC, and with the new one once it changes") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Uplink();
  lab.Remote("10.1.0.99", "00-15-5D-99-00-01");

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1000 > 10.1.0.99:53"), "uplink udp 10.1.0.4:1000 > 10.1.0.99:53");
  CHECK_EQ(wire::LoadMac(lab.delivered[0].second.data()), Mac("00-15-5D-99-00-01"));

  lab.Remote("10.1.0.99", "00-15-5D-99-00-02");
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1000 > 10.1.0.99:53"), "uplink udp 10.1.0.4:1000 > 10.1.0.99:53");
  CHECK_EQ(wire::LoadMac(lab.delivered[0].second.data()), Mac("00-15-5D-99-00-02"));
}

TEST("a frame from outside reaches the port with its destination address, whose MAC it gets") {
  Lab lab;
  lab.Pod("a", {"10.1.0.4"});
  const auto uplink = lab.Uplink();

  CHECK_EQ(lab.One(uplink, "tcp 192.0.2.1:999 > 10.1.0.4:80 S"), "a tcp 192.0.2.1:999 > 10.1.0.4:80 S");

  CHECK_EQ(wire::LoadMac(lab.delivered[0].second.data()), Mac("00-15-5D-11-00-00"));
  CHECK_EQ(wire::LoadMac(lab.delivered[0].second.data() + 6), lab.outside_mac);
}

TEST("a frame from outside for nobody here goes to the host, or nowhere, never back") {
  Lab lab;
  const auto uplink = lab.Uplink();
  lab.Remote("10.1.0.99", "00-15-5D-99-00-01");
  CHECK_EQ(lab.One(uplink, "udp 192.0.2.1:1 > 10.1.0.77:2"), "drop no-destination");
  CHECK_EQ(lab.One(uplink, "udp 192.0.2.1:1 > 10.1.0.99:2"), "drop no-destination");

  lab.Host({"10.0.0.1"});

  CHECK_EQ(lab.One(uplink, "udp 192.0.2.1:1 > 10.1.0.77:2"), "host udp 192.0.2.1:1 > 10.1.0.77:2");
  CHECK_EQ(lab.One(uplink, "udp 192.0.2.1:1 > 10.0.0.1:2"), "host udp 192.0.2.1:1 > 10.0.0.1:2");
}

TEST("a frame from outside for somebody else's MAC is not for us") {
  Lab lab;
  lab.Pod("a", {"10.1.0.4"});
  const auto uplink = lab.Uplink();

  CHECK_EQ(lab.OneFrame(uplink, Packet("udp 192.0.2.1:1 > 10.1.0.4:2", lab.outside_mac, Mac("52-54-00-00-00-77"))),
           "drop no-destination");
}

TEST("a pod reaches the host by its address, and what it sends to the host's MAC") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Uplink();
  lab.Host({"10.0.0.1"});

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.0.0.1:2"), "host udp 10.1.0.4:1 > 10.0.0.1:2");

  const Bytes to_host = Packet("udp 10.1.0.4:1 > 192.0.2.9:2", Mac("00-15-5D-11-00-00"), lab.host_mac);
  const Bytes to_router = Packet("udp 10.1.0.4:1 > 192.0.2.9:2", Mac("00-15-5D-11-00-00"), lab.outside_mac);
  CHECK_EQ(lab.OneFrame(a, to_router), "uplink udp 10.1.0.4:1 > 192.0.2.9:2");
  CHECK_EQ(lab.OneFrame(a, to_host), "host udp 10.1.0.4:1 > 192.0.2.9:2");
  CHECK_EQ(lab.OneFrame(a, to_router), "uplink udp 10.1.0.4:1 > 192.0.2.9:2");
}

TEST("what the host called from an address that no endpoint has is answered") {
  Lab lab;
  lab.Pod("a", {"10.1.0.4"});
  const auto uplink = lab.Uplink();
  const auto host = lab.Host({});

  CHECK_EQ(lab.One(host, "udp 10.0.0.5:1 > 192.0.2.9:53"), "uplink udp 10.0.0.5:1 > 192.0.2.9:53");
  CHECK_EQ(lab.One(uplink, "udp 192.0.2.9:53 > 10.0.0.5:1"), "host udp 192.0.2.9:53 > 10.0.0.5:1");
  CHECK_EQ(lab.One(uplink, "udp 192.0.2.9:53 > 10.0.0.5:1"), "host udp 192.0.2.9:53 > 10.0.0.5:1");
  CHECK_EQ(lab.One(host, "tcp 10.0.0.5:1 > 192.0.2.9:443 S"), "uplink tcp 10.0.0.5:1 > 192.0.2.9:443 S");
  CHECK_EQ(lab.One(uplink, "tcp 192.0.2.9:443 > 10.0.0.5:1 SA"), "host tcp 192.0.2.9:443 > 10.0.0.5:1 SA");
}

TEST("a broadcast reaches everybody else once, and outside as the host") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  const auto uplink = lab.Uplink();
  const auto everybody = base::MacAddress::Broadcast();

  const Bytes frame = Packet("udp 10.1.0.4:68 > 255.255.255.255:67", Mac("00-15-5D-11-00-00"), everybody);
  CHECK_EQ(lab.SendFrame(a, frame),
           (Texts{"b udp 10.1.0.4:68 > 255.255.255.255:67", "uplink udp 10.1.0.4:68 > 255.255.255.255:67"}));
  CHECK_EQ(lab.SendFrame(a, Packet("udp 10.1.0.4:68 > 10.1.0.255:67", Mac("00-15-5D-11-00-00"), everybody)).size(), 2u);
  CHECK_EQ(lab.SendFrame(uplink, Packet("udp 192.0.2.1:1 > 224.0.0.5:2", lab.outside_mac, everybody)),
           (Texts{"a udp 192.0.2.1:1 > 224.0.0.5:2", "b udp 192.0.2.1:1 > 224.0.0.5:2"}));
  CHECK_EQ(lab.Flows().size(), 0u);
}

TEST("a broadcast on a segment with one port is dropped") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:68 > 255.255.255.255:67"), "drop no-destination-broadcast");
}

TEST("garbage, tags and foreign protocols are dropped, each by its name") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  Bytes truncated = Packet("udp 10.1.0.4:1 > 10.1.0.5:2", lab.outside_mac, lab.host_mac);
  truncated.resize(30);
  Bytes bad_sum = Packet("udp 10.1.0.4:1 > 10.1.0.5:2", lab.outside_mac, lab.host_mac);
  bad_sum[24] ^= 1;
  Bytes foreign = Packet("udp 10.1.0.4:1 > 10.1.0.5:2", lab.outside_mac, lab.host_mac);
  foreign[12] = 0x88;
  foreign[13] = 0xcc;
  wire::FrameFields tagged{.source_mac = lab.outside_mac,
                           .destination_mac = lab.host_mac,
                           .vlan = 7,
                           .source = Ip("10.1.0.4"),
                           .destination = Ip("10.1.0.5"),
                           .payload = {}};

  CHECK_EQ(lab.OneFrame(a, {}), "drop invalid-packet");
  CHECK_EQ(lab.OneFrame(a, truncated), "drop invalid-packet");
  CHECK_EQ(lab.OneFrame(a, bad_sum), "drop invalid-packet");
  CHECK_EQ(lab.OneFrame(a, foreign), "drop block-non-ip");
  CHECK_EQ(lab.OneFrame(a, wire::BuildUdp(tagged)), "drop vlan");
}

TEST("other protocols and pings are carried both ways") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4", "fd00::4"});
  const auto b = lab.Pod("b", {"10.1.0.5", "fd00::5"});

  CHECK_EQ(lab.One(a, "gre 10.1.0.4 > 10.1.0.5"), "b protocol-47 10.1.0.4 > 10.1.0.5");
  CHECK_EQ(lab.One(a, "ping 10.1.0.4 > 10.1.0.5 id 7"), "b ping 10.1.0.4 > 10.1.0.5 id 7");
  CHECK_EQ(lab.One(b, "pong 10.1.0.5 > 10.1.0.4 id 7"), "a pong 10.1.0.5 > 10.1.0.4 id 7");
  CHECK_EQ(lab.One(a, "ping fd00::4 > fd00::5 id 7"), "b ping fd00::4 > fd00::5 id 7");
}

TEST("a port without any policy never asks for TCP state") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});

  CHECK_EQ(lab.One(a, "tcp 10.1.0.4:1000 > 10.1.0.5:80 A"), "b tcp 10.1.0.4:1000 > 10.1.0.5:80 A");
  CHECK_EQ(lab.One(a, "tcp 10.1.0.4:1001 > 10.1.0.5:80 R"), "b tcp 10.1.0.4:1001 > 10.1.0.5:80 R");
  CHECK_EQ(lab.One(a, "tcp 10.1.0.4:1002 > 10.1.0.5:80 FA"), "b tcp 10.1.0.4:1002 > 10.1.0.5:80 FA");
}

TEST("an address belongs to one port, and is free again when the port goes") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto b = lab.Pod("b", {"10.1.0.5"});
  vfp::PortSpec spec;
  spec.id = "c";
  spec.segment = lab.segment;
  spec.addresses = {Ip("10.1.0.5")};
  CHECK_EQ(lab.engine.AddPort(spec).error().code, base::hr::ERROR_ALREADY_EXISTS);
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "b udp 10.1.0.4:1 > 10.1.0.5:2");

  CHECK(lab.engine.RemovePort(b).ok());

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "drop no-destination");
  CHECK_EQ(lab.engine.RemovePort(b).error().code, base::hr::HCN_E_PORT_NOT_FOUND);
  const auto c = lab.Pod("c", {"10.1.0.5"});
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "c udp 10.1.0.4:1 > 10.1.0.5:2");
  CHECK_EQ(lab.Flows(c).size(), 1u);
}

TEST("a port whose address changes loses its flows and is found under the new one") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto b = lab.Pod("b", {"10.1.0.5"});
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "b udp 10.1.0.4:1 > 10.1.0.5:2");

  vfp::PortSpec spec = lab.engine.Port(b).value().spec;
  spec.addresses = {Ip("10.1.0.6")};
  spec.sink = &lab;
  CHECK(lab.engine.UpdatePort(b, spec).ok());

  CHECK_EQ(lab.Flows(b).size(), 0u);
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "drop no-destination");
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.6:2"), "b udp 10.1.0.4:1 > 10.1.0.6:2");
}

TEST("a port with nothing attached drops what it is given") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto b = lab.Pod("b", {"10.1.0.5"});
  vfp::PortSpec spec = lab.engine.Port(b).value().spec;
  CHECK(lab.engine.UpdatePort(b, spec).ok());

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "drop destination-not-ready");
}

TEST("segments do not see each other") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  vfp::SegmentSpec other;
  other.id = "other";
  const auto segment = lab.engine.AddSegment(other).value();
  vfp::PortSpec spec;
  spec.id = "stranger";
  spec.segment = segment;
  spec.addresses = {Ip("10.1.0.5")};
  spec.sink = &lab;
  CHECK(lab.engine.AddPort(spec).ok());

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "drop no-destination");
  CHECK_EQ(lab.engine.RemoveSegment(segment).error().code, base::hr::HCN_E_ENTITY_HAS_REFERENCES);
}

TEST("frames of one batch for several ports arrive in their order") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto b = lab.Pod("b", {"10.1.0.5"});
  const auto c = lab.Pod("c", {"10.1.0.6"});
  std::vector<Bytes> bytes;
  std::vector<wire::Frame> frames;
  for (int i = 0; i < 100; ++i) {
    const std::string to = i % 3 == 0 ? "10.1.0.5" : "10.1.0.6";
    bytes.push_back(Packet("udp 10.1.0.4:1000 > " + to + ":" + std::to_string(1 + i / 40), Mac("00-15-5D-11-00-00"),
                           lab.gateway_mac));
    bytes.back().back() = static_cast<std::uint8_t>(i);
    wire::Frame frame{
        .data = bytes.back().data(), .length = static_cast<std::uint32_t>(bytes.back().size()), .offload = {}};
    CHECK(wire::FillChecksums(&frame));
  }
  for (Bytes& each : bytes) {
    frames.push_back({.data = each.data(), .length = static_cast<std::uint32_t>(each.size()), .offload = {}});
  }
  lab.engine.OnFrames(a, frames);

  int last_b = -1, last_c = -1;
  std::size_t to_b = 0;
  for (const auto& [port, frame] : lab.delivered) {
    int& last = port == b ? last_b : last_c;
    CHECK(port == b || port == c);
    CHECK(last < frame.back());
    last = frame.back();
    to_b += port == b;
  }
  CHECK_EQ(lab.delivered.size(), 100u);
  CHECK_EQ(to_b, 34u);
}
