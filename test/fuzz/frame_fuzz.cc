// Any bytes as a frame: parsed or refused without a look past their end; what
// parses is rewritten by a transposition from the input, and keeps the state of
// its checksums (right stays right, wrong stays wrong). Then it enters an overlay:
// at a pod's port, at the uplink as it is, and there inside a tunnel. What is
// delivered parses as far as what was sent did, and no counter is left behind.
//
// The input: 56 bytes that say how to rewrite and what the frame owes, then the
// frame.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "vfp/engine.h"
#include "vfp/header_transposition.h"
#include "vfp/prepared_transposition.h"
#include "wire/arp.h"
#include "wire/bytes.h"
#include "wire/checksum.h"
#include "wire/fast_view.h"
#include "wire/frame_builder.h"
#include "wire/ndp.h"
#include "wire/parsed_frame.h"

namespace {

using HT = vfp::HeaderTransposition;

constexpr std::size_t kControlBytes = 56;

void Require(bool holds) {
  if (!holds) std::abort();
}

// In a heap buffer of exactly its size, so that the sanitizer sees its end.
class Copy {
 public:
  Copy(std::span<const std::uint8_t> bytes, const wire::Offload& offload)
      : bytes_(std::make_unique<std::uint8_t[]>(bytes.size())),
        frame_{bytes_.get(), static_cast<std::uint32_t>(bytes.size()), offload} {
    if (!bytes.empty()) std::memcpy(bytes_.get(), bytes.data(), bytes.size());
  }
  wire::Frame* frame() { return &frame_; }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_;
  wire::Frame frame_;
};

wire::Offload OffloadFrom(const std::uint8_t* control) {
  wire::Offload offload;
  offload.flags = control[0] & wire::Offload::kNeedsChecksum;
  offload.gso_type = control[1];
  offload.checksum_start = wire::Load16(control + 2);
  offload.checksum_offset = wire::Load16(control + 4);
  return offload;
}

HT TranspositionFrom(const std::uint8_t* control, bool v4) {
  HT t;
  t.modify = control[6] & 0x7f;
  t.ttl_decrement = control[7];
  t.source_mac = wire::LoadMac(control + 8);
  t.destination_mac = wire::LoadMac(control + 14);
  t.source_port = wire::Load16(control + 20);
  t.destination_port = wire::Load16(control + 22);
  t.source = v4 ? wire::LoadIpv4(control + 24) : wire::LoadIpv6(control + 24);
  t.destination = v4 ? wire::LoadIpv4(control + 40) : wire::LoadIpv6(control + 40);
  return t;
}

void CheckShape(const wire::Frame& frame, const wire::ParsedFrame& parsed) {
  Require(parsed.l3_offset <= frame.length);
  if (parsed.error != wire::ParseError::kNone || !parsed.IsIp()) return;
  const std::uint32_t end = parsed.l3_offset + parsed.ip_length;
  Require(end <= frame.length);
  Require(parsed.l4_offset <= end && parsed.payload_offset <= end);
  Require(parsed.l4_offset <= parsed.payload_offset);
  Require((parsed.l4_offset == 0) == parsed.is_later_fragment);
}

void CheckFastParse(const wire::Frame& frame, const wire::ParsedFrame& parsed) {
  wire::FastView view;
  if (!wire::ParseFast(frame, &view)) return;
  Require(parsed.error == wire::ParseError::kNone && parsed.IsIp());
  Require(!parsed.tagged && !parsed.has_options && !parsed.is_fragment);
  const auto slow = vfp::MakeFlowKey(parsed, 1, vfp::Direction::kInbound);
  Require(vfp::MakeFlowKey(view, frame.data, 1, vfp::Direction::kInbound) == slow);
  Require(view.l4_offset == parsed.l4_offset && view.ttl == parsed.ttl && view.tcp_flags == parsed.tcp_flags);
}

// An ICMP message of nothing but zeros, its checksum too: one's complement has
// two zeros, and this is the wrong one. A rewrite may put it right.
bool IsAllZeroIcmp(const wire::Frame& frame, const wire::ParsedFrame& parsed) {
  if (parsed.kind != wire::EtherKind::kIpv4 || parsed.protocol != wire::kProtoIcmp || parsed.l4_offset == 0)
    return false;
  for (std::uint32_t at = parsed.l4_offset; at < parsed.l3_offset + parsed.ip_length; ++at) {
    if (frame.data[at] != 0) return false;
  }
  return true;
}

void CheckRewrite(wire::Frame* frame, const std::uint8_t* control) {
  wire::ParsedFrame parsed;
  if (wire::Parse(*frame, &parsed) != wire::ParseError::kNone) return;
  const HT t = TranspositionFrom(control, parsed.kind != wire::EtherKind::kIpv6);
  const bool was_valid = wire::ChecksumsValid(*frame), either = IsAllZeroIcmp(*frame, parsed);
  vfp::ApplyToFrame(t, parsed, frame);
  Require(either || wire::ChecksumsValid(*frame) == was_valid);
  wire::ParsedFrame after;
  Require(wire::Parse(*frame, &after) == wire::ParseError::kNone);
  vfp::ApplyToMetadata(t, &parsed);
  Require(after.source_mac == parsed.source_mac && after.destination_mac == parsed.destination_mac);
  Require(after.ttl == parsed.ttl && after.protocol == parsed.protocol && after.ip_length == parsed.ip_length);
  if (!parsed.IsIp()) return;
  Require(after.source == parsed.source && after.destination == parsed.destination);
  Require(after.source_port == parsed.source_port && after.destination_port == parsed.destination_port);
}

void CheckNeighbors(wire::Frame* frame, const std::uint8_t* control) {
  wire::ParsedFrame parsed;
  if (wire::Parse(*frame, &parsed) != wire::ParseError::kNone) return;
  const base::MacAddress mac = wire::LoadMac(control + 8);
  std::vector<std::uint8_t> answer(wire::kNeighborAdvertisementBytes);
  if (parsed.kind == wire::EtherKind::kArp) {
    wire::WriteArpReply(parsed, mac, answer);
    wire::RewriteArpSenderMac(parsed, mac, frame);
    wire::RewriteArpTargetMac(parsed, mac, frame);
    Require(wire::Parse(*frame, &parsed) == wire::ParseError::kNone);
    Require(parsed.arp_sender_mac == mac && parsed.arp_target_mac == mac);
    return;
  }
  const auto view = wire::NdView::Parse(*frame, parsed);
  if (!view) return;
  if (view->IsSolicitation()) {
    wire::WriteNeighborAdvertisement(parsed, *view, mac, true, answer);
    Copy sent(answer, {});
    Require(wire::ChecksumsValid(*sent.frame()));
  }
  const bool was_valid = wire::ChecksumsValid(*frame);
  wire::RewriteNdLinkLayerAddresses(parsed, mac, frame);
  Require(wire::ChecksumsValid(*frame) == was_valid);
  const auto after = wire::NdView::Parse(*frame, parsed);
  Require(after.has_value());
  const auto named = after->sender_link_layer_address();
  Require(!named || *named == mac);
}

base::IpAddress Ip(const char* text) { return base::IpAddress::Parse(text).value(); }
base::IpPrefix Prefix(const char* text) { return base::IpPrefix::Parse(text).value(); }

// One host of an overlay with a pod. Lives as long as the process.
class OverlaySwitch final : public vfp::PacketSink {
 public:
  OverlaySwitch() : engine_(clock_, {.max_connections = 1000}) {
    vfp::SegmentSpec segment;
    segment.id = "overlay";
    segment.host_mac = base::MacAddress::FromUint64(0x020000000001);
    segment.gateway_mac = base::MacAddress::FromUint64(0x020000000002);
    segment.gateways = {Ip("10.1.0.1"), Ip("fd00::1")};
    segment.prefixes = {Prefix("10.1.0.0/24"), Prefix("fd00::/64")};
    segment.overlay = vfp::OverlaySpec{};
    segment.overlay->provider = Ip("192.168.0.1");
    segment.overlay->subnets = {{Prefix("10.1.0.0/24"), 4096}, {Prefix("fd00::/64"), 4096}};
    segment.overlay->remote_subnets = {
        {Prefix("0.0.0.0/1"), 4096, Ip("192.168.0.2"), base::MacAddress::FromUint64(0x020000000003)},
        {Prefix("::/0"), 4096, Ip("192.168.0.2"), base::MacAddress::FromUint64(0x020000000003)}};
    vfp::PortSpec port;
    port.segment = engine_.AddSegment(segment).value();
    port.sink = this;
    port.id = "pod";
    port.mac = base::MacAddress::FromUint64(0x020000000004);
    port.addresses = {Ip("10.1.0.4"), Ip("fd00::4")};
    pod_ = engine_.AddPort(port).value();
    port.id = "uplink";
    port.kind = vfp::PortKind::kUplink;
    port.addresses.clear();
    uplink_ = engine_.AddPort(port).value();
  }

  void OnFrames(vfp::PortIndex, std::span<wire::Frame> frames) noexcept override {
    for (const wire::Frame& frame : frames) {
      wire::ParsedFrame parsed;
      Require(wire::Parse(frame, &parsed) == wire::ParseError::kNone);
    }
  }

  void Send(std::span<const std::uint8_t> bytes, const wire::Offload& offload) {
    clock_.Advance(std::chrono::milliseconds(bytes.size()));  // Now and then things grow old.
    Enter(pod_, bytes, offload);
    Enter(uplink_, bytes, offload);
    if (bytes.size() + wire::kVxlanPushBytes > 65535) return;
    std::vector<std::uint8_t> tunnelled(wire::kVxlanPushBytes);
    tunnelled.insert(tunnelled.end(), bytes.begin(), bytes.end());
    wire::Frame frame;
    frame.data = tunnelled.data() + wire::kVxlanPushBytes;
    frame.length = static_cast<std::uint32_t>(bytes.size());
    frame.headroom = wire::kVxlanPushBytes;
    vfp::Push(vfp::Prepare({.source = Ip("192.168.0.2"),
                            .destination = Ip("192.168.0.1"),
                            .vsid = 4096,
                            .source_mac = base::MacAddress::FromUint64(0x020000000005),
                            .destination_mac = base::MacAddress::FromUint64(0x020000000001)}),
              &frame);
    Enter(uplink_, tunnelled, offload);
  }

 private:
  void Enter(vfp::PortIndex port, std::span<const std::uint8_t> bytes, const wire::Offload& offload) {
    Copy copy(bytes, offload);
    (void)engine_.Explain(port, *copy.frame());
    wire::Frame frame = *copy.frame();
    engine_.OnFrames(port, {&frame, 1});
    for (const vfp::PortInfo& info : engine_.Ports()) {
      for (const vfp::DirectionCounters& counters : {info.outbound, info.inbound}) {
        Require(counters.packets == counters.forwarded + counters.dropped + counters.answered);
      }
    }
  }

  base::ManualClock clock_;
  vfp::Engine engine_;
  vfp::PortIndex pod_ = vfp::kNoPort, uplink_ = vfp::kNoPort;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kControlBytes || size > kControlBytes + wire::kMaxFrameBytes) return 0;
  const std::uint8_t* control = data;
  const std::span<const std::uint8_t> bytes(data + kControlBytes, size - kControlBytes);
  const wire::Offload offload = OffloadFrom(control);

  Copy as_given(bytes, offload);
  wire::ParsedFrame parsed;
  Require(wire::Parse(*as_given.frame(), &parsed) == parsed.error);
  CheckShape(*as_given.frame(), parsed);
  CheckFastParse(*as_given.frame(), parsed);
  CheckRewrite(as_given.frame(), control);

  // With right checksums, which random bytes hardly ever have.
  Copy put_right(bytes, offload);
  const bool filled = wire::FillChecksums(put_right.frame());
  Require(!filled || wire::ChecksumsValid(*put_right.frame()));
  wire::Parse(*put_right.frame(), &parsed);
  CheckShape(*put_right.frame(), parsed);
  CheckFastParse(*put_right.frame(), parsed);
  Copy neighbor(put_right.frame()->bytes(), offload);
  CheckNeighbors(neighbor.frame(), control);
  CheckRewrite(put_right.frame(), control);
  static OverlaySwitch overlay;
  overlay.Send(put_right.frame()->bytes(), offload);
  wire::CompleteChecksum(put_right.frame());
  return 0;
}
