// Overlays: into VXLAN tunnels, out of them, and everything that is refused there.
#include <algorithm>
#include <set>

#include "native/engine_lab.h"
#include "vfp/prepared_transposition.h"
#include "wire/checksum.h"
#include "wire/icmp.h"

using namespace engine_test;

namespace {

const auto kPeerMac = Mac("52-54-00-00-00-02");
const auto kPeerRouter = Mac("02-00-00-00-02-00");

struct Overlay {
  explicit Overlay(vfp::EngineOptions options = {}) : lab(options, LabOverlay()) {
    pod = lab.Pod("a", {"10.1.0.4", "fd00::4"});
    uplink = lab.Uplink();
  }
  void Meet() { lab.Meet(pod, uplink); }
  Lab lab;
  vfp::PortIndex pod, uplink;
};

Bytes ArpFrame(std::uint16_t operation, std::string_view sender, std::string_view target, const base::MacAddress& mac) {
  wire::FrameFields fields{.source_mac = mac,
                           .destination_mac = base::MacAddress::Broadcast(),
                           .source = Ip(sender),
                           .destination = Ip(target)};
  return wire::BuildArp(fields, operation, mac, {});
}

wire::ParsedFrame Parse(Bytes frame) {
  wire::ParsedFrame parsed;
  wire::Parse({.data = frame.data(), .length = static_cast<std::uint32_t>(frame.size()), .offload = {}}, &parsed);
  return parsed;
}

// A UDP packet of so many bytes, IP header included.
Bytes Long(const Overlay& world, std::uint32_t ip_bytes, bool dont_fragment) {
  const Bytes payload(ip_bytes - 28, 'x');
  wire::FrameFields fields{.source_mac = Mac("00-15-5D-11-00-00"),
                           .destination_mac = world.lab.gateway_mac,
                           .source = Ip("10.1.0.4"),
                           .destination = Ip("10.2.0.4"),
                           .source_port = 7,
                           .destination_port = 9};
  fields.payload = payload;
  Bytes frame = wire::BuildUdp(fields);
  if (dont_fragment) {
    frame[14 + 6] |= 0x40;
    wire::Store16(frame.data() + 14 + 10, 0);
    const std::uint16_t sum = wire::ChecksumFold(wire::ChecksumAdd({frame.data() + 14, 20}));
    wire::Store16(frame.data() + 14 + 10, static_cast<std::uint16_t>(~sum));
  }
  return frame;
}

}  // namespace

TEST("a packet for another host's subnet leaves in VXLAN, with that host's provider address and router") {
  Overlay world;
  world.Meet();

  CHECK_EQ(world.lab.One(world.pod, "tcp 10.1.0.4:31337 > 10.2.0.4:80 S"),
           "uplink vxlan 4096 192.168.0.1 > 192.168.0.2 [tcp 10.1.0.4:31337 > 10.2.0.4:80 S]");

  const Bytes& frame = world.lab.delivered[0].second;
  CHECK_EQ(wire::LoadMac(frame.data()), kPeerMac);
  CHECK_EQ(wire::LoadMac(frame.data() + 6), world.lab.host_mac);
  const std::uint8_t* ip = frame.data() + 14;
  CHECK_EQ(int{ip[0]}, 0x45);
  CHECK_EQ(wire::Load16(ip + 2), frame.size() - 14);
  CHECK_EQ(wire::Load16(ip + 6), 0x4000);  // Don't fragment.
  CHECK_EQ(int{ip[8]}, 64);
  const std::uint8_t* udp = ip + 20;
  CHECK(wire::Load16(udp) >= 49152);
  CHECK_EQ(wire::Load16(udp + 2), 4789);
  CHECK_EQ(wire::Load16(udp + 4), frame.size() - 34);
  CHECK_EQ(wire::Load16(udp + 6), 0);
  CHECK_EQ(wire::Load32(udp + 8), 0x08000000u);
  const Bytes inner = OutOfTunnel(frame);
  CHECK_EQ(wire::LoadMac(inner.data()), kPeerRouter);
  CHECK_EQ(wire::LoadMac(inner.data() + 6), world.lab.gateway_mac);
  CHECK_EQ(int{Parse(inner).ttl}, 63);  // A router was passed.
}

TEST("a packet out of a tunnel comes to the pod with its MAC, from the router") {
  Overlay world;
  CHECK_EQ(world.lab.One(world.uplink, "vxlan 4096 192.168.0.2 > 192.168.0.1 [udp 10.2.0.4:53 > 10.1.0.4:53]"),
           "a udp 10.2.0.4:53 > 10.1.0.4:53");
  const Bytes& frame = world.lab.delivered[0].second;
  CHECK_EQ(wire::LoadMac(frame.data()), Mac("00-15-5D-11-00-00"));
  CHECK_EQ(wire::LoadMac(frame.data() + 6), world.lab.gateway_mac);
  CHECK_EQ(int{Parse(frame).ttl}, 64);
}

TEST("a connection through the tunnel is cached in both directions") {
  Overlay world;
  world.lab.Policy(world.pod, {Acl({}, {MakeRule("out", 1, vfp::Allow{})})});
  world.Meet();
  const std::string there = "tcp 10.1.0.4:31337 > 10.2.0.4:80 ";
  const std::string back = "vxlan 4096 192.168.0.2 > 192.168.0.1 [tcp 10.2.0.4:80 > 10.1.0.4:31337 ";
  world.lab.One(world.pod, there + "S");
  CHECK_EQ(world.lab.One(world.uplink, back + "SA]"), "a tcp 10.2.0.4:80 > 10.1.0.4:31337 SA");
  world.lab.One(world.pod, there + "A");
  const auto before = world.lab.engine.Port(world.pod).value();
  world.lab.One(world.pod, there + "A");
  world.lab.One(world.uplink, back + "A]");
  const auto after = world.lab.engine.Port(world.pod).value();
  CHECK_EQ(after.outbound.fast_path - before.outbound.fast_path, 1u);
  CHECK_EQ(after.inbound.fast_path - before.inbound.fast_path, 1u);
  for (const vfp::FlowInfo& flow : world.lab.Flows()) {
    if (flow.outbound.protocol != wire::kProtoTcp) continue;
    CHECK(flow.outbound_push.has_value());
    CHECK_EQ(flow.outbound_push->ToString(), "VXLAN 4096 from 192.168.0.1 to 192.168.0.2 port 4789");
    CHECK_EQ(flow.outbound_push->destination_mac, kPeerMac);
  }
  // What nobody asked for meets the pod's policy.
  CHECK_EQ(world.lab.One(world.uplink, "vxlan 4096 192.168.0.2 > 192.168.0.1 [tcp 10.2.0.4:81 > 10.1.0.4:22 S]"),
           "drop acl-default");
}

TEST("explain tells what is pushed, and what is taken away") {
  Overlay world;
  world.Meet();
  vfp::Explanation out = world.lab.Explain(world.pod, "tcp 10.1.0.4:31337 > 10.2.0.4:80 S");
  CHECK_EQ(out.deliver_to, "uplink");
  const vfp::ExplainStep& encap = out.steps.back();
  CHECK_EQ(encap.action, "encap");
  CHECK_EQ(encap.push->vsid, 4096u);
  CHECK(encap.detail.starts_with("VXLAN 4096 from 192.168.0.1 to 192.168.0.2 port 4789, UDP source port "));
  vfp::Explanation in =
      world.lab.Explain(world.uplink, "vxlan 4096 192.168.0.2 > 192.168.0.1 [udp 10.2.0.4:53 > 10.1.0.4:53]");
  CHECK_EQ(in.deliver_to, "a");
  CHECK_EQ(in.steps.front().action, "decap");
}

TEST("all packets of a flow have one outer source port, and flows have many") {
  Overlay world;
  world.Meet();
  std::set<std::uint16_t> ports;
  for (int i = 0; i < 64; ++i) {
    const std::string packet = "udp 10.1.0.4:" + std::to_string(1000 + i) + " > 10.2.0.4:53";
    world.lab.One(world.pod, packet);
    const std::uint16_t first = wire::Load16(world.lab.delivered[0].second.data() + 34);
    world.lab.One(world.pod, packet);
    CHECK_EQ(wire::Load16(world.lab.delivered[0].second.data() + 34), first);
    CHECK(first >= 49152);
    ports.insert(first);
  }
  CHECK(ports.size() > 56);  // Of 16384, 64 draws hit 63.9 on average.
}

TEST("an announced endpoint decides before the subnet it is in, and its MAC counts where no router does") {
  Overlay world;
  world.Meet();
  world.lab.Remote("10.2.0.9", "02-11-0A-02-00-09", "192.168.0.2");
  world.lab.Remote("10.1.0.77", "02-11-0A-01-00-4D", "192.168.0.2");

  world.lab.One(world.pod, "udp 10.1.0.4:1 > 10.2.0.9:2");
  CHECK_EQ(wire::LoadMac(OutOfTunnel(world.lab.delivered[0].second).data()), kPeerRouter);

  CHECK_EQ(world.lab.One(world.pod, "udp 10.1.0.4:1 > 10.1.0.77:2"),
           "uplink vxlan 4096 192.168.0.1 > 192.168.0.2 [udp 10.1.0.4:1 > 10.1.0.77:2]");
  const Bytes inner = OutOfTunnel(world.lab.delivered[0].second);
  CHECK_EQ(wire::LoadMac(inner.data()), Mac("02-11-0A-01-00-4D"));
  CHECK_EQ(int{Parse(inner).ttl}, 64);  // Of the sender's own subnet: nobody routes.
}

TEST("of a subnet here and one elsewhere, one inside the other, the longer prefix counts") {
  Overlay world;
  world.Meet();
  vfp::SegmentSpec spec;
  spec.id = "pods";
  spec.host_mac = world.lab.host_mac;
  spec.gateway_mac = world.lab.gateway_mac;
  spec.overlay = LabOverlay();
  spec.overlay->subnets[0].prefix = base::IpPrefix::Parse("10.0.0.0/8").value();
  CHECK(world.lab.engine.UpdateSegment(world.lab.segment, spec).ok());
  CHECK(world.lab.One(world.pod, "udp 10.1.0.4:1 > 10.2.0.4:2").starts_with("uplink vxlan"));
  CHECK_EQ(world.lab.One(world.pod, "udp 10.1.0.4:1 > 10.9.0.4:2"), "drop no-mapping");
  spec.overlay = LabOverlay();
  spec.overlay->remote_subnets[0].prefix = base::IpPrefix::Parse("10.0.0.0/8").value();
  CHECK(world.lab.engine.UpdateSegment(world.lab.segment, spec).ok());
  CHECK_EQ(world.lab.One(world.pod, "udp 10.1.0.4:1 > 10.1.0.9:2"), "drop no-mapping");
  CHECK(world.lab.One(world.pod, "udp 10.1.0.4:1 > 10.9.0.4:2").starts_with("uplink vxlan"));
}

TEST("ports of two subnets reach each other by the router, which takes a hop") {
  Overlay world;
  const auto other = world.lab.Pod("b", {"10.3.0.4"});
  CHECK_EQ(world.lab.One(world.pod, "udp 10.1.0.4:1 > 10.3.0.4:2"), "b udp 10.1.0.4:1 > 10.3.0.4:2");
  const Bytes& frame = world.lab.delivered[0].second;
  CHECK_EQ(wire::LoadMac(frame.data() + 6), world.lab.gateway_mac);
  CHECK_EQ(int{Parse(frame).ttl}, 63);
  const auto near = world.lab.Pod("c", {"10.3.0.5"});
  world.lab.One(near, "udp 10.3.0.5:1 > 10.3.0.4:2");
  CHECK_EQ(int{Parse(world.lab.delivered[0].second).ttl}, 64);
  (void)other;
}

TEST("a packet without hops left ends at the router, and its sender is told") {
  Overlay world;
  world.Meet();
  for (int round = 0; round < 2; ++round) {  // The second time a cached flow is there.
    Bytes frame = Packet("udp 10.1.0.4:7 > 10.2.0.4:9", Mac("00-15-5D-11-00-00"), world.lab.gateway_mac);
    if (round == 1) CHECK(world.lab.OneFrame(world.pod, frame).starts_with("uplink vxlan"));
    frame[14 + 8] = 1;
    wire::Store16(frame.data() + 24, 0);
    wire::Store16(frame.data() + 24,
                  static_cast<std::uint16_t>(~wire::ChecksumFold(wire::ChecksumAdd({frame.data() + 14, 20}))));
    const Texts texts = world.lab.SendFrame(world.pod, frame);
    CHECK_EQ(texts.size(), 2u);
    CHECK_EQ(texts[0], "a icmp 10.1.0.1 > 10.1.0.4 type 11 about udp 10.1.0.4:7 > 10.2.0.4:9");
    CHECK_EQ(texts[1], "drop ttl-exceeded");
  }
}

TEST("what is longer than the tunnel takes is refused, and the sender told what fits") {
  Overlay world;
  world.Meet();
  CHECK(world.lab.OneFrame(world.pod, Long(world, 1450, true)).starts_with("uplink vxlan"));
  CHECK_EQ(world.lab.delivered[0].second.size(), 1514u);

  const Texts texts = world.lab.SendFrame(world.pod, Long(world, 1451, true));
  CHECK_EQ(texts.size(), 2u);
  CHECK_EQ(texts[0], "a icmp 10.1.0.1 > 10.1.0.4 type 3");
  CHECK_EQ(texts[1], "drop mtu-exceeded");
  const Bytes& error = world.lab.delivered[0].second;
  CHECK_EQ(int{error[14 + 21]}, 4);                          // Fragmentation needed...
  CHECK_EQ(wire::Load16(error.data() + 14 + 20 + 6), 1450);  // ... by this MTU.
  CHECK_EQ(wire::Load16(error.data() + 14 + 28 + 2), 1451);  // The quoted packet is the sender's own.
  CHECK(error.size() <= 14 + 576);
}

TEST("an IPv6 packet that is too long is answered with Packet Too Big") {
  Overlay world;
  world.Meet();
  const Bytes payload(1451 - 48, 'x');
  wire::FrameFields fields{.source_mac = Mac("00-15-5D-11-00-00"),
                           .destination_mac = world.lab.gateway_mac,
                           .source = Ip("fd00::4"),
                           .destination = Ip("fd02::4"),
                           .source_port = 7,
                           .destination_port = 9};
  fields.payload = payload;
  const Texts texts = world.lab.SendFrame(world.pod, wire::BuildUdp(fields));
  CHECK_EQ(texts.size(), 2u);
  CHECK_EQ(texts[0], "a icmp fd00::1 > fd00::4 type 2");
  CHECK_EQ(texts[1], "drop mtu-exceeded");
  CHECK_EQ(wire::Load32(world.lab.delivered[0].second.data() + 14 + 40 + 4), 1450u);
}

TEST("a packet that may be fragmented leaves in fragments that fit, and nothing of it is lost") {
  Overlay world;
  world.Meet();
  const Bytes sent = Long(world, 3000, false);
  const Texts texts = world.lab.SendFrame(world.pod, sent);
  CHECK_EQ(texts.size(), 3u);
  Bytes payload(sent.begin() + 34, sent.end()), got(payload.size());
  std::size_t total = 0;
  for (const auto& [port, frame] : world.lab.delivered) {
    CHECK(frame.size() <= 1514);
    const Bytes inner = OutOfTunnel(frame);
    const std::size_t offset = (wire::Load16(inner.data() + 20) & 0x1fff) * 8u;
    std::copy(inner.begin() + 34, inner.end(), got.begin() + static_cast<std::ptrdiff_t>(offset));
    total += inner.size() - 34;
  }
  CHECK_EQ(total, payload.size());
  CHECK(got == payload);
}

TEST("a segment larger than the MTU leaves as segments, each with its own checksums") {
  Overlay world;
  world.Meet();
  world.lab.explains = false;
  const Bytes payload(10'000, 'y');
  wire::FrameFields fields{.source_mac = Mac("00-15-5D-11-00-00"),
                           .destination_mac = world.lab.gateway_mac,
                           .source = Ip("10.1.0.4"),
                           .destination = Ip("10.2.0.4"),
                           .source_port = 7,
                           .destination_port = 80,
                           .tcp_flags = wire::kTcpAck | wire::kTcpPsh,
                           .tcp_sequence = 1000};
  fields.payload = payload;
  Bytes bytes = wire::BuildTcp(fields);
  wire::Frame frame{.data = bytes.data(), .length = static_cast<std::uint32_t>(bytes.size()), .offload = {}};
  CHECK(wire::OweChecksum(&frame));
  frame.offload.gso_type = wire::Offload::kGsoTcpV4;
  frame.offload.gso_size = 1400;
  world.lab.delivered.clear();
  world.lab.engine.OnFrames(world.pod, {&frame, 1});
  CHECK_EQ(world.lab.delivered.size(), 8u);
  std::uint32_t sequence = 1000;
  for (std::size_t i = 0; i < 8; ++i) {
    Bytes inner = OutOfTunnel(world.lab.delivered[i].second);
    CHECK(wire::ChecksumsValid(
        {.data = inner.data(), .length = static_cast<std::uint32_t>(inner.size()), .offload = {}}));
    const wire::ParsedFrame parsed = Parse(inner);
    CHECK_EQ(parsed.tcp_sequence, sequence);
    CHECK_EQ((parsed.tcp_flags & wire::kTcpPsh) != 0, i == 7);
    sequence += static_cast<std::uint32_t>(inner.size()) - parsed.payload_offset;
  }
  CHECK_EQ(sequence, 11'000u);

  // Segments that would not fit are refused as one.
  Bytes again = wire::BuildTcp(fields);
  wire::Frame large{.data = again.data(), .length = static_cast<std::uint32_t>(again.size()), .offload = {}};
  CHECK(wire::OweChecksum(&large));
  large.offload.gso_type = wire::Offload::kGsoTcpV4;
  large.offload.gso_size = 1460;
  world.lab.delivered.clear();
  world.lab.engine.OnFrames(world.pod, {&large, 1});
  CHECK_EQ(world.lab.delivered.size(), 1u);
  CHECK_EQ(Describe(world.lab.delivered[0].second), "icmp 10.1.0.1 > 10.1.0.4 type 3");
}

TEST("a frame to be segmented later comes out of the tunnel whole, and what it owes is the inner packet's") {
  Overlay world;
  world.lab.explains = false;
  class Catcher final : public vfp::PacketSink {
   public:
    void OnFrames(vfp::PortIndex, std::span<wire::Frame> frames) noexcept override { last = frames[0]; }
    wire::Frame last;
  } catcher;
  vfp::PortSpec spec = world.lab.engine.Port(world.pod).value().spec;
  spec.sink = &catcher;
  CHECK(world.lab.engine.UpdatePort(world.pod, spec).ok());
  Bytes bytes =
      Packet("vxlan 4096 192.168.0.2 > 192.168.0.1 [tcp 10.2.0.4:80 > 10.1.0.4:7 A]", kPeerMac, world.lab.host_mac);
  wire::Frame frame{.data = bytes.data(), .length = static_cast<std::uint32_t>(bytes.size()), .offload = {}};
  frame.offload = {.flags = wire::Offload::kNeedsChecksum,
                   .gso_type = wire::Offload::kGsoTcpV4,
                   .header_length = 104,
                   .gso_size = 8,
                   .checksum_start = 84,
                   .checksum_offset = 16};
  world.lab.engine.OnFrames(world.uplink, {&frame, 1});
  CHECK_EQ(catcher.last.length, bytes.size() - 50);
  CHECK_EQ(catcher.last.offload.checksum_start, 34);
  CHECK_EQ(catcher.last.offload.header_length, 54);
  CHECK_EQ(int{catcher.last.offload.gso_type}, int{wire::Offload::kGsoTcpV4});
  CHECK_EQ(catcher.last.headroom, 50);
}

TEST("the first packets wait for the next hop's MAC, which is asked for once a second") {
  Overlay world;
  CHECK_EQ(world.lab.One(world.pod, "udp 10.1.0.4:1 > 10.2.0.4:1"), "uplink arp who-has 192.168.0.2 00-15-5D-00-00-FE");
  CHECK(world.lab.Send(world.pod, "udp 10.1.0.4:2 > 10.2.0.4:1").empty());
  world.lab.Wait(std::chrono::milliseconds(1001));
  CHECK_EQ(world.lab.One(world.pod, "udp 10.1.0.4:3 > 10.2.0.4:1"), "uplink arp who-has 192.168.0.2 00-15-5D-00-00-FE");

  Texts texts = world.lab.SendFrame(world.uplink, ArpFrame(2, "192.168.0.2", "192.168.0.1", kPeerMac));
  CHECK_EQ(texts.size(), 3u);
  CHECK_EQ(texts[0], "uplink vxlan 4096 192.168.0.1 > 192.168.0.2 [udp 10.1.0.4:1 > 10.2.0.4:1]");
  CHECK_EQ(texts[2], "uplink vxlan 4096 192.168.0.1 > 192.168.0.2 [udp 10.1.0.4:3 > 10.2.0.4:1]");

  // An old answer is used on, and asked for again; another MAC is taken over.
  world.lab.Wait(std::chrono::seconds(31));
  texts = world.lab.Send(world.pod, "udp 10.1.0.4:1 > 10.2.0.4:1");
  CHECK_EQ(texts.size(), 2u);
  const auto moved = Mac("52-54-00-00-00-99");
  world.lab.SendFrame(world.uplink, ArpFrame(2, "192.168.0.2", "192.168.0.1", moved));
  world.lab.One(world.pod, "udp 10.1.0.4:1 > 10.2.0.4:1");
  CHECK_EQ(wire::LoadMac(world.lab.delivered[0].second.data()), moved);
}

TEST("waiting is bounded: the oldest gives way, and nothing waits longer than fifteen seconds") {
  Overlay world;
  for (int i = 0; i < 9; ++i) world.lab.Send(world.pod, "udp 10.1.0.4:" + std::to_string(100 + i) + " > 10.2.0.4:1");
  CHECK_EQ(world.lab.engine.Port(world.uplink)
               .value()
               .inbound.drops[static_cast<std::size_t>(vfp::DropReason::kDestinationNotReady)],
           1u);
  world.lab.Wait(std::chrono::seconds(16));
  const Texts texts = world.lab.SendFrame(world.uplink, ArpFrame(2, "192.168.0.2", "192.168.0.1", kPeerMac));
  CHECK_EQ(texts.size(), 1u);
  CHECK_EQ(texts[0], "drop destination-not-ready");
}

TEST("a MAC that nobody asked for is not believed") {
  Overlay world;
  CHECK_EQ(world.lab.OneFrame(world.uplink, ArpFrame(2, "192.168.0.2", "192.168.0.1", kPeerMac)),
           "drop no-destination");
  CHECK_EQ(world.lab.One(world.pod, "udp 10.1.0.4:1 > 10.2.0.4:1"), "uplink arp who-has 192.168.0.2 00-15-5D-00-00-FE");
}

TEST("an address of the overlay that no host has is named as such, and nobody is asked through tunnels") {
  Overlay world;
  world.Meet();
  CHECK_EQ(world.lab.One(world.pod, "udp 10.1.0.4:1 > 10.1.0.99:1"), "drop no-mapping");
  CHECK_EQ(world.lab.OneFrame(world.pod, ArpFrame(1, "10.1.0.4", "10.1.0.99", Mac("00-15-5D-11-00-00"))),
           "drop no-destination");
}

TEST("the router answers for the gateway and for everybody on another host; a port here for itself") {
  Overlay world;
  const auto pod_mac = Mac("00-15-5D-11-00-00");
  world.lab.Pod("b", {"10.1.0.5"});
  world.lab.Remote("10.1.0.77", "02-11-0A-01-00-4D", "192.168.0.2");
  const auto ask = [&](std::string_view target) {
    return world.lab.OneFrame(world.pod, ArpFrame(1, "10.1.0.4", target, pod_mac));
  };
  CHECK_EQ(ask("10.1.0.1"), "a arp is-at 10.1.0.1 00-15-5D-00-00-01");
  CHECK_EQ(ask("10.2.0.4"), "a arp is-at 10.2.0.4 00-15-5D-00-00-01");
  CHECK_EQ(ask("10.1.0.77"), "a arp is-at 10.1.0.77 00-15-5D-00-00-01");
  CHECK_EQ(ask("10.1.0.5"), "a arp is-at 10.1.0.5 00-15-5D-11-00-02");
  CHECK_EQ(ask("10.1.0.4"), "drop no-destination");
}

TEST("the wire is told the host's MAC for the provider address, and nothing of pods") {
  Overlay world;
  CHECK_EQ(world.lab.OneFrame(world.uplink, ArpFrame(1, "192.168.0.2", "192.168.0.1", kPeerMac)),
           "uplink arp is-at 192.168.0.1 00-15-5D-00-00-FE");
  CHECK_EQ(world.lab.OneFrame(world.uplink, ArpFrame(1, "192.168.0.2", "10.1.0.4", kPeerMac)), "drop no-destination");
}

TEST("what comes out of a tunnel must be of this overlay, for somebody here, and of his VSID") {
  Overlay world;
  world.lab.Pod("b", {"10.3.0.4"});
  const auto from = [&](const std::string& packet) { return world.lab.One(world.uplink, packet); };
  CHECK_EQ(from("vxlan 5000 192.168.0.2 > 192.168.0.1 [udp 10.2.0.4:1 > 10.1.0.4:1]"), "drop unknown-vsid");
  CHECK_EQ(from("vxlan 4096 192.168.0.2 > 192.168.0.1 [udp 10.2.0.4:1 > 10.3.0.4:1]"), "drop unknown-vsid");
  CHECK_EQ(from("vxlan 4097 192.168.0.2 > 192.168.0.1 [udp 10.2.0.4:1 > 10.3.0.4:1]"), "b udp 10.2.0.4:1 > 10.3.0.4:1");
  CHECK_EQ(from("vxlan 4096 192.168.0.2 > 192.168.0.1 [udp 10.2.0.4:1 > 10.1.0.9:1]"), "drop no-destination");
  CHECK_EQ(from("vxlan 4096 192.168.0.2 > 192.168.0.1 [udp 10.2.0.4:1 > 10.2.0.9:1]"), "drop unknown-vsid");
  // To another provider address it is no tunnel of ours.
  CHECK_EQ(from("vxlan 4096 192.168.0.2 > 192.168.0.7 [udp 10.2.0.4:1 > 10.1.0.4:1]"), "drop no-destination");
}

TEST("a tunnel in the tunnel is a packet like any other") {
  Overlay world;
  CHECK_EQ(world.lab.Send(world.uplink,
                          "vxlan 4096 192.168.0.2 > 192.168.0.1 [vxlan 4096 10.2.0.4 > 10.1.0.4 [udp "
                          "10.9.0.1:1 > 10.9.0.2:2]]")[0],
           "a vxlan 4096 10.2.0.4 > 10.1.0.4 [udp 10.9.0.1:1 > 10.9.0.2:2]");
}

TEST("headers that are cut off, lie or have no VSID are counted as an invalid tunnel") {
  Overlay world;
  world.lab.explains = false;
  const Bytes good =
      Packet("vxlan 4096 192.168.0.2 > 192.168.0.1 [udp 10.2.0.4:1 > 10.1.0.4:1]", kPeerMac, world.lab.host_mac);
  Bytes no_flag = good;
  no_flag[42] = 0;
  CHECK_EQ(world.lab.OneFrame(world.uplink, no_flag), "drop invalid-tunnel");
  Bytes reserved = good;  // Reserved bits are not looked at.
  reserved[42] = 0xff;
  reserved[43] = reserved[49] = 0x55;
  CHECK_EQ(world.lab.OneFrame(world.uplink, reserved), "a udp 10.2.0.4:1 > 10.1.0.4:1");
  Bytes wrong_sum = good;
  wire::Store16(wrong_sum.data() + 40, 0x1234);
  CHECK_EQ(world.lab.OneFrame(world.uplink, wrong_sum), "drop invalid-tunnel");
  for (std::size_t length = 34; length < good.size(); ++length) {
    Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK_EQ(world.lab.OneFrame(world.uplink, cut), "drop invalid-packet");  // The IP length lies.
    if (length < 42) continue;
    wire::Store16(cut.data() + 16, static_cast<std::uint16_t>(length - 14));
    wire::Store16(cut.data() + 38, static_cast<std::uint16_t>(length - 34));
    wire::Store16(cut.data() + 24, 0);
    wire::Store16(cut.data() + 24,
                  static_cast<std::uint16_t>(~wire::ChecksumFold(wire::ChecksumAdd({cut.data() + 14, 20}))));
    const std::string got = world.lab.OneFrame(world.uplink, cut);
    CHECK_EQ(got, length < 64 ? "drop invalid-tunnel" : "drop invalid-packet");
  }
}

TEST("a congestion mark put on by a router in between reaches the inner packet, or ends it") {
  Overlay world;
  world.lab.explains = false;
  const auto with = [&](std::uint8_t outer, std::uint8_t inner) {
    Bytes in = Packet("udp 10.2.0.4:1 > 10.1.0.4:1", kPeerRouter, world.lab.gateway_mac);
    in[15] = inner;
    wire::Store16(in.data() + 24, 0);
    wire::Store16(in.data() + 24,
                  static_cast<std::uint16_t>(~wire::ChecksumFold(wire::ChecksumAdd({in.data() + 14, 20}))));
    Bytes out = InTunnel(4096, "192.168.0.2", "192.168.0.1", in, kPeerMac, world.lab.host_mac);
    out[15] = outer;
    wire::Store16(out.data() + 24, 0);
    wire::Store16(out.data() + 24,
                  static_cast<std::uint16_t>(~wire::ChecksumFold(wire::ChecksumAdd({out.data() + 14, 20}))));
    const std::string text = world.lab.OneFrame(world.uplink, out);
    return world.lab.delivered.empty() ? text : std::to_string(world.lab.delivered[0].second[15]);
  };
  // RFC 6040, figure 4; DSCP 10 (the upper six bits) of the inner packet stays.
  CHECK_EQ(with(3, 0x28 | 2), std::to_string(0x28 | 3));
  CHECK_EQ(with(3, 0x28 | 1), std::to_string(0x28 | 3));
  CHECK_EQ(with(1, 0x28 | 2), std::to_string(0x28 | 1));
  CHECK_EQ(with(0, 0x28 | 2), std::to_string(0x28 | 2));
  CHECK_EQ(with(1, 0x28 | 0), std::to_string(0x28));
  CHECK_EQ(with(3, 0x28 | 0), "drop tunnel-congestion");
}

TEST("an address of the overlay does not leave without a tunnel; a translated source does, by the router") {
  Overlay world;
  CHECK_EQ(world.lab.One(world.pod, "udp 10.1.0.4:1 > 8.8.8.8:53"), "drop no-destination");
  world.lab.Policy(world.pod,
                   {Layer("SLB_NAT_LAYER", 300,
                          {Group(kOut, {MakeRule("snat", 1, vfp::DynamicNat{Ip("192.168.0.1"), {2000, 2999}})})})});
  CHECK_EQ(world.lab.One(world.pod, "udp 10.1.0.4:1 > 8.8.8.8:53"), "drop destination-not-ready");
  // A frame from beyond tells who the router is.
  world.lab.Send(world.uplink, "udp 8.8.4.4:1 > 192.168.0.1:1");
  const std::string sent = world.lab.One(world.pod, "udp 10.1.0.4:1 > 8.8.8.8:53");
  CHECK(sent.starts_with("uplink udp 192.168.0.1:2") && sent.ends_with(" > 8.8.8.8:53"));
  CHECK_EQ(wire::LoadMac(world.lab.delivered[0].second.data()), world.lab.outside_mac);
  const std::string translated = sent.substr(11, sent.find(" > ") - 11);
  CHECK_EQ(world.lab.One(world.uplink, "udp 8.8.8.8:53 > " + translated), "a udp 8.8.8.8:53 > 10.1.0.4:1");
}

TEST("a load balancer's remote backend is reached through the tunnel, and its answers undone") {
  Overlay world;
  world.Meet();
  world.lab.Policy(world.pod, {LoadBalancer("10.96.0.10", "80", Balance({"10.2.0.7:8080"}))});
  CHECK_EQ(world.lab.One(world.pod, "tcp 10.1.0.4:31337 > 10.96.0.10:80 S"),
           "uplink vxlan 4096 192.168.0.1 > 192.168.0.2 [tcp 10.1.0.4:31337 > 10.2.0.7:8080 S]");
  CHECK_EQ(world.lab.One(world.uplink, "vxlan 4096 192.168.0.2 > 192.168.0.1 [tcp 10.2.0.7:8080 > 10.1.0.4:31337 SA]"),
           "a tcp 10.96.0.10:80 > 10.1.0.4:31337 SA");
}

TEST("a broadcast reaches its own subnet here, and goes into no tunnel") {
  Overlay world;
  world.lab.Pod("b", {"10.1.0.5"});
  world.lab.Pod("c", {"10.3.0.4"});
  world.lab.Host({"10.1.0.2"});
  const Texts texts = world.lab.Send(world.pod, "udp 10.1.0.4:1 > 10.1.0.255:1");
  CHECK_EQ(texts.size(), 2u);
  CHECK_EQ(texts[0], "b udp 10.1.0.4:1 > 10.1.0.255:1");
  CHECK_EQ(texts[1], "host udp 10.1.0.4:1 > 10.1.0.255:1");
  CHECK_EQ(world.lab.One(world.uplink, "udp 192.168.0.9:1 > 255.255.255.255:1"),
           "host udp 192.168.0.9:1 > 255.255.255.255:1");
  CHECK_EQ(world.lab.One(world.uplink, "vxlan 4096 192.168.0.2 > 192.168.0.1 [udp 10.2.0.4:1 > 10.1.0.255:1]"),
           "drop no-destination-broadcast");
}

TEST("what comes from a tunnel for a VIP at the host goes on to another host's backend only by a source VIP's flow") {
  Overlay world;
  world.Meet();
  const auto host = world.lab.Host({"10.1.0.2"});
  vfp::LoadBalance action = Balance({"10.2.0.7:8080"});
  action.source_address = Ip("10.1.0.2");
  vfp::Rule hairpin = MakeRule("hp", 1, vfp::Allow{}, To("192.168.0.1/32", "30080"));
  world.lab.Policy(
      host, {Layer(std::string(vfp::kHairpinLayer), 400, {Group(kIn, {hairpin})}),
             Layer("SLB_LB_LAYER", 410, {Group(kOut, {MakeRule("np", 1, action, To("192.168.0.1/32", "30080"))})})});
  // A node port: from outside, un-encapsulated, to a backend on the other host and back.
  const std::string sent = world.lab.One(world.uplink, "tcp 172.16.0.9:5000 > 192.168.0.1:30080 S");
  CHECK_EQ(sent, "uplink vxlan 4096 192.168.0.1 > 192.168.0.2 [tcp 10.1.0.2:5000 > 10.2.0.7:8080 S]");
  const std::string back =
      world.lab.One(world.uplink, "vxlan 4096 192.168.0.2 > 192.168.0.1 [tcp 10.2.0.7:8080 > 10.1.0.2:5000 SA]");
  CHECK_EQ(back, "uplink tcp 192.168.0.1:30080 > 172.16.0.9:5000 SA");
}

TEST("what a changed overlay says counts from the next packet on") {
  Overlay world;
  world.Meet();
  CHECK(world.lab.One(world.pod, "udp 10.1.0.4:1 > 10.2.0.4:2").starts_with("uplink vxlan 4096 "));
  vfp::SegmentSpec spec;
  spec.id = "pods";
  spec.host_mac = world.lab.host_mac;
  spec.gateway_mac = world.lab.gateway_mac;
  spec.overlay = LabOverlay();
  spec.overlay->remote_subnets[0].vsid = 7777;
  spec.overlay->udp_port = 8472;
  CHECK(world.lab.engine.UpdateSegment(world.lab.segment, spec).ok());
  world.lab.explains = false;
  CHECK_EQ(world.lab.One(world.pod, "udp 10.1.0.4:1 > 10.2.0.4:2").substr(0, 14), "uplink udp 192");
  const Bytes& frame = world.lab.delivered[0].second;
  CHECK_EQ(wire::Load16(frame.data() + 36), 8472);
  CHECK_EQ(wire::Load32(frame.data() + 46) >> 8, 7777u);
  spec.overlay->remote_subnets[0].vsid = 1 << 24;
  CHECK(!world.lab.engine.UpdateSegment(world.lab.segment, spec).ok());
  spec.overlay = LabOverlay();
  spec.overlay->provider = Ip("fd00::1");
  CHECK(!world.lab.engine.UpdateSegment(world.lab.segment, spec).ok());
}
