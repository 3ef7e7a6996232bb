// VXLAN's bytes (RFC 7348), segmentation, and a router's errors, by themselves.
#include <algorithm>
#include <vector>

#include "native/test.h"
#include "vfp/encapsulation.h"
#include "wire/checksum.h"
#include "wire/frame_builder.h"
#include "wire/icmp_error.h"
#include "wire/segmentation.h"
#include "wire/vxlan.h"

namespace {

using Bytes = std::vector<std::uint8_t>;

base::IpAddress Ip(std::string_view text) { return base::IpAddress::Parse(text).value(); }
base::MacAddress Mac(std::string_view text) { return base::MacAddress::Parse(text).value(); }

wire::Frame ViewOf(Bytes& bytes) {
  return {.data = bytes.data(), .length = static_cast<std::uint32_t>(bytes.size()), .offload = {}};
}

Bytes Udp(std::string_view from, std::string_view to, std::uint16_t source_port, std::size_t payload_bytes = 20) {
  const Bytes payload(payload_bytes, 'p');
  wire::FrameFields fields{.source_mac = Mac("02-00-00-00-00-01"),
                           .destination_mac = Mac("02-00-00-00-00-02"),
                           .source = Ip(from),
                           .destination = Ip(to),
                           .source_port = source_port,
                           .destination_port = 53};
  fields.payload = payload;
  return wire::BuildUdp(fields);
}

// The frame with room in front of it.
struct Roomy {
  explicit Roomy(const Bytes& bytes) : buffer(wire::kVxlanPushBytes) {
    buffer.insert(buffer.end(), bytes.begin(), bytes.end());
    frame.data = buffer.data() + wire::kVxlanPushBytes;
    frame.length = static_cast<std::uint32_t>(bytes.size());
    frame.headroom = wire::kVxlanPushBytes;
  }
  Bytes buffer;
  wire::Frame frame;
};

const vfp::Encapsulation kPush{.source = Ip("192.168.0.1"),
                               .destination = Ip("192.168.0.2"),
                               .vsid = 0x123456,
                               .source_mac = Mac("02-00-00-00-00-03"),
                               .destination_mac = Mac("02-00-00-00-00-04")};

wire::VxlanError Read(const wire::Frame& frame, wire::VxlanPacket* packet) {
  wire::ParsedFrame parsed;
  wire::Parse(frame, &parsed);
  if (parsed.error != wire::ParseError::kNone || parsed.l4_offset == 0) return wire::VxlanError::kNoHeader;
  return wire::ReadVxlan(frame, parsed, packet);
}

}  // namespace

TEST("what is pushed is read back, and popping it gives the very frame") {
  for (const std::string_view family : {"v4", "v6"}) {
    const bool v4 = family == "v4";
    for (std::size_t size = 0; size < 1400; size += 7) {
      const Bytes inner = Udp(v4 ? "10.1.0.4" : "fd00::4", v4 ? "10.2.0.4" : "fd02::4", 7, size);
      Roomy roomy(inner);
      vfp::Push(vfp::Prepare(kPush), &roomy.frame);
      CHECK_EQ(roomy.frame.length, inner.size() + 50);
      CHECK(wire::ChecksumsValid(roomy.frame));
      wire::VxlanPacket packet;
      CHECK(Read(roomy.frame, &packet) == wire::VxlanError::kNone);
      CHECK_EQ(packet.vni, 0x123456u);
      CHECK_EQ(packet.source, kPush.source);
      CHECK_EQ(packet.destination, kPush.destination);
      wire::PopVxlan(packet, &roomy.frame);
      CHECK(Bytes(roomy.frame.data, roomy.frame.data + roomy.frame.length) == inner);
      CHECK_EQ(roomy.frame.headroom, wire::kVxlanPushBytes);
    }
  }
}

TEST("the outer header is as RFC 7348 draws it, byte for byte") {
  Bytes inner = Udp("10.1.0.4", "10.2.0.4", 7, 0);
  inner[15] = 0xb8 | 2;  // DSCP EF, ECN-capable: both are copied.
  Roomy roomy(inner);
  vfp::Push(vfp::Prepare(kPush), &roomy.frame);
  Bytes outer(roomy.frame.data, roomy.frame.data + 50);
  const std::uint16_t port = wire::Load16(outer.data() + 34);
  Bytes expected = {0x02,
                    0,
                    0,
                    0,
                    0,
                    0x04,
                    0x02,
                    0,
                    0,
                    0,
                    0,
                    0x03,
                    0x08,
                    0x00,  // Ethernet
                    0x45,
                    0xba,
                    0,
                    78,
                    0,
                    0,
                    0x40,
                    0,
                    64,
                    17,
                    0,
                    0,  // IPv4
                    192,
                    168,
                    0,
                    1,
                    192,
                    168,
                    0,
                    2,  //
                    static_cast<std::uint8_t>(port >> 8),
                    static_cast<std::uint8_t>(port),
                    0x12,
                    0xb5,
                    0,
                    58,
                    0,
                    0,
                    0x08,
                    0,
                    0,
                    0,
                    0x12,
                    0x34,
                    0x56,
                    0};  // VXLAN
  const std::uint16_t sum =
      static_cast<std::uint16_t>(~wire::ChecksumFold(wire::ChecksumAdd({expected.data() + 14, 20})));
  wire::Store16(expected.data() + 24, sum);
  CHECK(outer == expected);
}

TEST("a tunnel's source port depends on what the inner flow is, and on nothing else") {
  const Bytes first = Udp("10.1.0.4", "10.2.0.4", 7, 10);
  Bytes later = Udp("10.1.0.4", "10.2.0.4", 7, 500);
  later[14 + 8] = 12;  // TTL, MACs, and length do not count.
  later[0] ^= 0xff;
  CHECK_EQ(wire::VxlanSourcePort(first), wire::VxlanSourcePort(later));
  CHECK(wire::VxlanSourcePort(first) != wire::VxlanSourcePort(Udp("10.1.0.4", "10.2.0.4", 8)));
  CHECK(wire::VxlanSourcePort(first) != wire::VxlanSourcePort(Udp("10.1.0.5", "10.2.0.4", 7)));
  // All fragments of a packet go one way, though only the first has ports.
  Bytes a = Udp("10.1.0.4", "10.2.0.4", 7), b = a;
  wire::Store16(a.data() + 20, 0x2000);
  wire::Store16(b.data() + 20, 0x0005);
  b[34] ^= 0x55;
  CHECK_EQ(wire::VxlanSourcePort(a), wire::VxlanSourcePort(b));
  CHECK_EQ(wire::VxlanSourcePort(Bytes(14)), 49152);
  CHECK_EQ(wire::VxlanSourcePort(Bytes(3)), 49152);
}

TEST("no bytes whatever in a VXLAN packet are read past their end") {
  const Bytes inner = Udp("10.1.0.4", "10.2.0.4", 7);
  Roomy roomy(inner);
  vfp::Push(vfp::Prepare(kPush), &roomy.frame);
  const Bytes good(roomy.frame.data, roomy.frame.data + roomy.frame.length);
  std::uint64_t state = 1;
  const auto random = [&](std::uint32_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>(state >> 33) % below;
  };
  for (int i = 0; i < 20'000; ++i) {
    // On the heap and of exactly that size, so that a sanitizer sees one byte too many.
    Bytes bytes(good.begin(), good.begin() + random(static_cast<std::uint32_t>(good.size()) + 1));
    for (std::uint32_t n = random(4); n-- > 0 && !bytes.empty();) {
      bytes[random(static_cast<std::uint32_t>(bytes.size()))] ^= static_cast<std::uint8_t>(1 << random(8));
    }
    wire::Frame frame = ViewOf(bytes);
    wire::ParsedFrame parsed;
    if (wire::Parse(frame, &parsed) != wire::ParseError::kNone || parsed.l4_offset == 0 ||
        parsed.protocol != wire::kProtoUdp || parsed.kind != wire::EtherKind::kIpv4) {
      continue;
    }
    wire::VxlanPacket packet;
    if (wire::ReadVxlan(frame, parsed, &packet) != wire::VxlanError::kNone) continue;
    CHECK(packet.inner_offset + packet.inner_length <= bytes.size());
    wire::PopVxlan(packet, &frame);
    wire::Parse(frame, &parsed);
  }
}

TEST("datagrams that were glued together come apart with their lengths and checksums") {
  Bytes bytes = Udp("fd00::4", "fd02::4", 7, 2500);
  wire::Frame frame = ViewOf(bytes);
  frame.offload.gso_type = wire::Offload::kGsoUdpL4;
  frame.offload.gso_size = 1000;
  wire::ParsedFrame parsed;
  CHECK(wire::Parse(frame, &parsed) == wire::ParseError::kNone);
  auto pieces = wire::Segmenter::OfSegments(frame, parsed);
  CHECK(pieces.has_value());
  CHECK_EQ(pieces->longest_packet(), 1048u);
  Bytes out(14 + 1048);
  std::vector<std::uint32_t> lengths;
  while (const std::uint32_t length = pieces->Next(out.data())) {
    lengths.push_back(length);
    CHECK(wire::ChecksumsValid({.data = out.data(), .length = length, .offload = {}}));
  }
  CHECK((lengths == std::vector<std::uint32_t>{1062, 1062, 562}));
  frame.offload.gso_type = wire::Offload::kGsoTcpV6;  // Not what the packet is.
  CHECK(!wire::Segmenter::OfSegments(frame, parsed));
  frame.offload.gso_type = wire::Offload::kGsoUdp;
  CHECK(!wire::Segmenter::OfSegments(frame, parsed));
}

TEST("an error quotes the packet, and none is sent about errors, groups and later fragments") {
  Bytes bytes = Udp("10.1.0.4", "10.2.0.4", 7, 1000);
  wire::Frame frame = ViewOf(bytes);
  wire::ParsedFrame parsed;
  wire::Parse(frame, &parsed);
  CHECK(wire::MayCauseIcmpError(parsed));
  Bytes out(wire::kMaxIcmpErrorBytes);
  const std::size_t length = wire::WriteIcmpError(wire::IcmpErrorKind::kPacketTooBig, 900, frame, parsed,
                                                  Ip("10.1.0.1"), Mac("02-00-00-00-00-09"), out);
  CHECK_EQ(length, 14u + 576u);
  wire::Frame error{.data = out.data(), .length = static_cast<std::uint32_t>(length), .offload = {}};
  CHECK(wire::ChecksumsValid(error));
  wire::ParsedFrame told;
  CHECK(wire::Parse(error, &told) == wire::ParseError::kNone);
  CHECK_EQ(told.destination, Ip("10.1.0.4"));
  CHECK_EQ(int{told.icmp_type}, 3);
  CHECK(std::equal(bytes.begin() + 14, bytes.begin() + 14 + 548, out.begin() + 14 + 28));
  CHECK(!wire::MayCauseIcmpError(told));
  parsed.is_later_fragment = true;
  CHECK(!wire::MayCauseIcmpError(parsed));
  wire::ParsedFrame group;
  Bytes to_group = Udp("10.1.0.4", "224.0.0.5", 7);
  wire::Parse(ViewOf(to_group), &group);
  CHECK(!wire::MayCauseIcmpError(group));
}
