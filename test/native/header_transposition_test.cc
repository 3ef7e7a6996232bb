#include "vfp/header_transposition.h"

#include "native/test.h"
#include "native/wire_support.h"
#include "vfp/drop_reason.h"
#include "vfp/prepared_transposition.h"
#include "wire/checksum.h"

namespace {

using native_test::HeapFrame;
using native_test::Ip;
using native_test::Mac;
using native_test::PacketKind;
using native_test::Random;
using vfp::HeaderTransposition;
using HT = HeaderTransposition;

constexpr PacketKind kKinds[] = {PacketKind::kTcp, PacketKind::kUdp, PacketKind::kEchoRequest, PacketKind::kEchoReply,
                                 PacketKind::kOther};

// Every field is filled, named or not, so that an unnamed one that leaks is seen.
HT RandomTransposition(Random& random, bool v4) {
  HT t;
  t.modify = static_cast<std::uint16_t>(random.Below(128));
  t.source_mac = native_test::RandomMac(random);
  t.destination_mac = native_test::RandomMac(random);
  t.source = native_test::RandomAddress(random, v4);
  t.destination = native_test::RandomAddress(random, v4);
  // Words that are zero or all ones are where one's complement arithmetic errs.
  const auto port = [&] {
    return random.OneIn(4) ? static_cast<std::uint16_t>(random.OneIn(2) ? 0 : 0xffff) : random.Word();
  };
  t.source_port = port();
  t.destination_port = port();
  t.ttl_decrement = random.OneIn(3) ? static_cast<std::uint8_t>(random.Next()) : 1;
  return t;
}

wire::ParsedFrame ParseOf(HeapFrame& bytes) {
  wire::ParsedFrame parsed;
  wire::Parse(bytes.frame(), &parsed);
  return parsed;
}

void ApplyOnce(const HT& t, HeapFrame* bytes) {
  wire::Frame frame = bytes->frame();
  vfp::ApplyToFrame(t, ParseOf(*bytes), &frame);
}

// What a policy sees. Two views are the same when all of these are.
bool SameView(const wire::ParsedFrame& a, const wire::ParsedFrame& b) {
  return a.error == b.error && a.kind == b.kind && a.source_mac == b.source_mac &&
         a.destination_mac == b.destination_mac && a.source == b.source && a.destination == b.destination &&
         a.protocol == b.protocol && a.ttl == b.ttl && a.source_port == b.source_port &&
         a.destination_port == b.destination_port && a.tcp_flags == b.tcp_flags && a.tcp_sequence == b.tcp_sequence &&
         a.icmp_type == b.icmp_type && a.ip_length == b.ip_length && a.l4_offset == b.l4_offset;
}

// A packet in the state the switch meets it: sometimes with its checksum owed,
// sometimes UDP without any.
HeapFrame RandomFrame(Random& random, bool v4, PacketKind kind) {
  HeapFrame bytes(native_test::RandomPacket(random, v4, kind));
  wire::Frame frame = bytes.frame();
  if ((kind == PacketKind::kTcp || kind == PacketKind::kUdp) && random.OneIn(3)) {
    wire::OweChecksum(&frame);
    bytes.offload() = frame.offload;
  } else if (kind == PacketKind::kUdp && v4 && random.OneIn(4)) {
    const auto parsed = ParseOf(bytes);
    bytes.data()[parsed.l4_offset + 6] = bytes.data()[parsed.l4_offset + 7] = 0;
  }
  return bytes;
}

template <typename Body>
void ForRandomFrames(std::uint64_t seed, int rounds, Body body) {
  Random random(seed);
  for (int i = 0; i < rounds && !native_test::Failed(); ++i) {
    for (const bool v4 : {true, false}) {
      for (const PacketKind kind : kKinds) {
        body(random, v4, RandomFrame(random, v4, kind));
        if (native_test::Failed()) return;
      }
    }
  }
}

TEST("composing transpositions is associative and the empty one changes nothing") {
  Random random(11);
  for (int i = 0; i < 5000; ++i) {
    const HT a = RandomTransposition(random, true), b = RandomTransposition(random, true),
             c = RandomTransposition(random, true);
    CHECK(vfp::Compose(vfp::Compose(a, b), c) == vfp::Compose(a, vfp::Compose(b, c)));
    CHECK(vfp::Compose(a, HT{}) == a);
    CHECK(vfp::Compose(HT{}, a) == a);
  }
}

TEST("applying one transposition and then another equals applying their composition, byte for byte") {
  ForRandomFrames(12, 1500, [](Random& random, bool v4, const HeapFrame& original) {
    const HT a = RandomTransposition(random, v4), b = RandomTransposition(random, v4);
    HeapFrame in_turn(original), at_once(original);
    ApplyOnce(a, &in_turn);
    ApplyOnce(b, &in_turn);
    ApplyOnce(vfp::Compose(a, b), &at_once);
    CHECK(in_turn == at_once);
  });
}

TEST("a rewritten packet has the checksums a full computation gives") {
  ForRandomFrames(13, 1500, [](Random& random, bool v4, const HeapFrame& original) {
    HeapFrame rewritten(original);
    const HT t = RandomTransposition(random, v4);
    ApplyOnce(t, &rewritten);
    CHECK(wire::ChecksumsValid(rewritten.frame()));
    const auto parsed = ParseOf(rewritten);
    const bool no_udp_checksum = parsed.protocol == wire::kProtoUdp && !rewritten.offload().NeedsChecksum() &&
                                 rewritten.data()[parsed.l4_offset + 6] == 0 &&
                                 rewritten.data()[parsed.l4_offset + 7] == 0;
    if (no_udp_checksum) return;
    HeapFrame recomputed(rewritten);
    wire::Frame frame = recomputed.frame();
    CHECK(wire::FillChecksums(&frame));
    if (v4 && parsed.is_icmp_echo && parsed.icmp_type == 0) return;  // May carry either zero.
    CHECK(rewritten == recomputed);
  });
}

TEST("a checksum still owed is right when it is completed after the rewrite") {
  ForRandomFrames(14, 800, [](Random& random, bool v4, const HeapFrame& original) {
    HeapFrame bytes(original);
    if (!bytes.offload().NeedsChecksum()) return;
    ApplyOnce(RandomTransposition(random, v4), &bytes);
    wire::Frame frame = bytes.frame();
    CHECK(wire::CompleteChecksum(&frame));
    CHECK(wire::ChecksumsValid(frame));
  });
}

TEST("the metadata view after a rewrite is what a parse of the rewritten bytes says") {
  ForRandomFrames(15, 1500, [](Random& random, bool v4, const HeapFrame& original) {
    HeapFrame bytes(original);
    const HT t = RandomTransposition(random, v4);
    wire::ParsedFrame view = ParseOf(bytes);
    vfp::ApplyToMetadata(t, &view);
    ApplyOnce(t, &bytes);
    CHECK(SameView(view, ParseOf(bytes)));
  });
}

TEST("a transposition prepared for a flow rewrites every packet of the flow as the unprepared one does") {
  ForRandomFrames(16, 1000, [](Random& random, bool v4, const HeapFrame& original) {
    HeapFrame first(original);
    const HT t = RandomTransposition(random, v4);
    const auto parsed = ParseOf(first);
    const auto prepared = vfp::Prepare(t, vfp::MakeFlowKey(parsed, 3, vfp::Direction::kInbound));
    // Another packet of the same flow: other MACs, TTL, payload.
    HeapFrame prepared_way(original), plain_way(original);
    for (HeapFrame* bytes : {&prepared_way, &plain_way}) {
      bytes->data()[0] = 2;
      bytes->data()[8] = 7;
      bytes->data()[parsed.l3_offset + (v4 ? 8 : 7)] = 5;
      wire::Frame frame = bytes->frame();
      wire::FillChecksums(&frame);
    }
    vfp::Apply(prepared, prepared_way.data(), parsed.l3_offset, parsed.l4_offset, prepared_way.offload());
    ApplyOnce(t, &plain_way);
    CHECK(prepared_way == plain_way);
  });
}

TEST("translating and translating back restores the packet") {
  ForRandomFrames(17, 800, [](Random& random, bool v4, const HeapFrame& original) {
    HeapFrame bytes(original);
    const auto before = ParseOf(bytes);
    HT there = RandomTransposition(random, v4);
    there.modify &= static_cast<std::uint16_t>(~HT::kDecrementTtl);
    HT back = there;
    back.source_mac = before.source_mac;
    back.destination_mac = before.destination_mac;
    back.source = before.source;
    back.destination = before.destination;
    back.source_port = before.source_port;
    back.destination_port = before.destination_port;
    ApplyOnce(there, &bytes);
    ApplyOnce(back, &bytes);
    CHECK(bytes == original);
  });
}

TEST("a packet that arrives with a wrong checksum leaves with a wrong one") {
  ForRandomFrames(18, 800, [](Random& random, bool v4, const HeapFrame& original) {
    HeapFrame bytes(original);
    if (bytes.offload().NeedsChecksum()) return;
    const auto parsed = ParseOf(bytes);
    if (parsed.protocol == 132) return;  // No checksum we know.
    const std::uint32_t field = parsed.l4_offset + (parsed.protocol == wire::kProtoTcp   ? 16u
                                                    : parsed.protocol == wire::kProtoUdp ? 6u
                                                                                         : 2u);
    if (parsed.protocol == wire::kProtoUdp && bytes.data()[field] == 0 && bytes.data()[field + 1] == 0) return;
    bytes.data()[field] ^= 0x10;
    if (parsed.protocol == wire::kProtoUdp && bytes.data()[field] == 0 && bytes.data()[field + 1] == 0) return;
    CHECK(!wire::ChecksumsValid(bytes.frame()));
    ApplyOnce(RandomTransposition(random, v4), &bytes);
    CHECK(!wire::ChecksumsValid(bytes.frame()));
  });
}

TEST("UDP without a checksum stays without one") {
  auto built = wire::BuildUdp(
      {.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2"), .source_port = 53, .destination_port = 53});
  built[40] = built[41] = 0;
  HeapFrame bytes(built);
  HT t;
  t.modify = HT::kSourceAddress | HT::kSourcePort;
  t.source = Ip("192.0.2.1");
  t.source_port = 4242;
  ApplyOnce(t, &bytes);
  CHECK_EQ(bytes.data()[40], 0);
  CHECK_EQ(bytes.data()[41], 0);
  CHECK_EQ(ParseOf(bytes).source.ToString(), "192.0.2.1");
}

TEST("a UDP checksum that a rewrite brings to zero is written as ffff") {
  // Take the port that makes the sum come out so: found by trying all of them.
  const auto built = wire::BuildUdp(
      {.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2"), .source_port = 53, .destination_port = 53});
  int found = 0;
  for (std::uint32_t port = 0; port < 65536; ++port) {
    HeapFrame bytes(built);
    HT t;
    t.modify = HT::kDestinationPort;
    t.destination_port = static_cast<std::uint16_t>(port);
    ApplyOnce(t, &bytes);
    const unsigned checksum = bytes.data()[40] << 8 | bytes.data()[41];
    CHECK(checksum != 0);
    if (checksum == 0xffff) {
      ++found;
      CHECK(wire::ChecksumsValid(bytes.frame()));
    }
  }
  CHECK(found >= 1);
}

TEST("a later fragment gets new addresses and keeps its payload") {
  auto built = wire::BuildUdp({.source = Ip("10.0.0.1"),
                               .destination = Ip("10.0.0.2"),
                               .source_port = 1,
                               .destination_port = 2,
                               .payload = std::array<std::uint8_t, 16>{}});
  built[20] = 0x00;
  built[21] = 0x10;  // Offset 128 bytes, last fragment.
  HeapFrame bytes(built);
  wire::Frame frame = bytes.frame();
  CHECK(wire::FillChecksums(&frame));
  const auto before = ParseOf(bytes);
  CHECK(before.is_later_fragment);
  HT t;
  t.modify = HT::kSourceAddress | HT::kDestinationAddress | HT::kSourcePort | HT::kDestinationPort;
  t.source = Ip("192.0.2.9");
  t.destination = Ip("198.51.100.7");
  t.source_port = t.destination_port = 0xffff;
  HeapFrame rewritten(bytes);
  ApplyOnce(t, &rewritten);
  CHECK(wire::ChecksumsValid(rewritten.frame()));
  CHECK_EQ(ParseOf(rewritten).source.ToString(), "192.0.2.9");
  for (std::size_t at = 34; at < built.size(); ++at) CHECK_EQ(rewritten.data()[at], bytes.data()[at]);
}

TEST("a first fragment's L4 checksum moves by the difference only") {
  std::array<std::uint8_t, 64> payload;
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<std::uint8_t>(i * 7);
  const wire::FrameFields fields{.source = Ip("10.0.0.1"),
                                 .destination = Ip("10.0.0.2"),
                                 .source_port = 1,
                                 .destination_port = 2,
                                 .payload = payload};
  HT t;
  t.modify = HT::kSourceAddress | HT::kSourcePort;
  t.source = Ip("192.0.2.9");
  t.source_port = 40000;
  // The whole datagram, rewritten, has the checksum its first fragment must carry.
  HeapFrame whole(wire::BuildUdp(fields));
  auto first = wire::BuildUdp(fields);
  first.resize(14 + 20 + 8 + 32);
  first[16] = 0;
  first[17] = 60;    // Total length.
  first[20] = 0x20;  // More fragments.
  HeapFrame fragment(first);
  wire::Frame frame = fragment.frame();
  CHECK(wire::FillChecksums(&frame));
  ApplyOnce(t, &whole);
  ApplyOnce(t, &fragment);
  CHECK(wire::ChecksumsValid(whole.frame()));
  CHECK_EQ(fragment.data()[40] << 8 | fragment.data()[41], whole.data()[40] << 8 | whole.data()[41]);
}

TEST("an echo request's identifier is a source port and a reply's a destination port") {
  for (const bool v4 : {true, false}) {
    const wire::FrameFields fields{
        .source = Ip(v4 ? "10.0.0.1" : "fd00::1"), .destination = Ip(v4 ? "10.0.0.2" : "fd00::2"), .source_port = 77};
    HT t;
    t.modify = HT::kSourcePort | HT::kDestinationPort;
    t.source_port = 1000;
    t.destination_port = 2000;
    HeapFrame request(wire::BuildIcmpEcho(fields)), reply(wire::BuildIcmpEcho(fields, true));
    ApplyOnce(t, &request);
    ApplyOnce(t, &reply);
    CHECK_EQ(ParseOf(request).source_port, 1000);
    CHECK_EQ(ParseOf(reply).destination_port, 2000);
    CHECK(wire::ChecksumsValid(request.frame()));
    CHECK(wire::ChecksumsValid(reply.frame()));
  }
}

TEST("an echo reply of nothing but zeros keeps a right checksum") {
  const std::array<std::uint8_t, 6> zeros{};
  for (const std::uint16_t before : {0, 9}) {
    HeapFrame bytes(wire::BuildIcmpEcho(
        {.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2"), .source_port = before, .payload = zeros}, true));
    CHECK(wire::ChecksumsValid(bytes.frame()));
    HT t;
    t.modify = HT::kDestinationPort;
    ApplyOnce(t, &bytes);
    CHECK_EQ(ParseOf(bytes).destination_port, 0);
    CHECK(wire::ChecksumsValid(bytes.frame()));
  }
}

TEST("a TTL is not lowered below zero") {
  for (const char* address : {"10.0.0.1", "fd00::1"}) {
    HeapFrame bytes(wire::BuildUdp({.source = Ip(address), .destination = Ip(address), .ttl = 3}));
    HT t;
    t.modify = HT::kDecrementTtl;
    t.ttl_decrement = 200;
    ApplyOnce(t, &bytes);
    CHECK_EQ(ParseOf(bytes).ttl, 0);
    CHECK(wire::ChecksumsValid(bytes.frame()));
  }
}

TEST("a checksum owed by an encapsulated packet is not taken for the outer one") {
  std::array<std::uint8_t, 40> inner{};
  HeapFrame bytes(wire::BuildUdp({.source = Ip("10.0.0.1"),
                                  .destination = Ip("10.0.0.2"),
                                  .source_port = 5000,
                                  .destination_port = 4789,
                                  .payload = inner}));
  bytes.offload().flags = wire::Offload::kNeedsChecksum;
  bytes.offload().checksum_start = 14 + 20 + 8 + 8;
  bytes.offload().checksum_offset = 16;
  HT t;
  t.modify = HT::kDestinationAddress;
  t.destination = Ip("10.9.9.9");
  ApplyOnce(t, &bytes);
  CHECK(wire::ChecksumsValid(bytes.frame()));
}

TEST("only MACs are rewritten in a frame that is not IP") {
  HeapFrame bytes(wire::BuildArp({.source_mac = Mac("02-00-00-00-00-01"),
                                  .destination_mac = base::MacAddress::Broadcast(),
                                  .source = Ip("10.0.0.1"),
                                  .destination = Ip("10.0.0.2")},
                                 1, Mac("02-00-00-00-00-01"), base::MacAddress{}));
  const HeapFrame before(bytes);
  HT t;
  t.modify = HT::kSourceMac | HT::kDecrementTtl;
  t.source_mac = Mac("02-00-00-00-00-99");
  t.ttl_decrement = 1;
  ApplyOnce(t, &bytes);
  CHECK_EQ(ParseOf(bytes).source_mac.ToString(), "02-00-00-00-00-99");
  for (std::size_t at = 12; at < before.bytes().size(); ++at) CHECK_EQ(bytes.bytes()[at], before.bytes()[at]);
}

TEST("a transposition is compared and printed by the fields it names") {
  HT a, b;
  CHECK_EQ(a.ToString(), "none");
  a.source = Ip("10.0.0.1");
  CHECK(a == b);
  a.modify = b.modify = HT::kSourceAddress | HT::kDestinationPort | HT::kDecrementTtl;
  CHECK(!(a == b));
  b.source = a.source;
  CHECK(a == b);
  a.ttl_decrement = 1;
  CHECK(!(a == b));
  a.destination_port = 8080;
  CHECK_EQ(a.ToString(), "source -> 10.0.0.1, destination port -> 8080, ttl - 1");
}

TEST("flow keys that differ in one bit hash apart, and another seed hashes otherwise") {
  Random random(19);
  vfp::FlowKey key;
  auto* bytes = reinterpret_cast<std::uint8_t*>(&key);
  for (std::size_t i = 0; i < sizeof key; ++i) bytes[i] = static_cast<std::uint8_t>(random.Next());
  const std::uint64_t hash = vfp::HashFlowKey(key, 42);
  CHECK(hash != vfp::HashFlowKey(key, 43));
  int changed_bits = 0;
  for (int bit = 0; bit < 384; ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const int distance = __builtin_popcountll(hash ^ vfp::HashFlowKey(key, 42));
    // 64 fair coins: fewer than 10 or more than 54 heads is a one in 10^8 event.
    CHECK(distance >= 10 && distance <= 54);
    changed_bits += distance;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
  CHECK(changed_bits > 384 * 31 && changed_bits < 384 * 33);
}

TEST("flow keys of one client's consecutive ports spread evenly over buckets") {
  // Chi-square over 256 buckets for the low and the high bits; 255 degrees of
  // freedom, so above 350 has a chance below 1 in 10^4.
  for (const int shift : {0, 56}) {
    std::array<int, 256> buckets{};
    constexpr int kKeys = 60000;
    for (int i = 0; i < kKeys; ++i) {
      vfp::FlowKey key;
      key.source[0] = 10;
      key.destination[0] = 10;
      key.destination_port = 80;
      key.source_port = static_cast<std::uint16_t>(1024 + i);
      key.protocol = 6;
      ++buckets[vfp::HashFlowKey(key, 7) >> shift & 0xff];
    }
    double chi_square = 0;
    for (const int n : buckets) chi_square += (n - kKeys / 256.0) * (n - kKeys / 256.0) / (kKeys / 256.0);
    CHECK(chi_square < 350);
  }
}

TEST("every drop reason has a name of its own") {
  std::vector<std::string_view> names;
  for (int i = 0; i < vfp::kDropReasonLimit; ++i) {
    const auto name = vfp::DropReasonName(static_cast<vfp::DropReason>(i));
    if (name.empty()) continue;
    for (const auto& other : names) CHECK(other != name);
    names.push_back(name);
  }
  CHECK_EQ(names.size(), 36u);
  CHECK_EQ(std::string(vfp::DropReasonName(vfp::DropReason::kAclBlocked)), "acl-blocked");
  CHECK(vfp::DropReasonName(static_cast<vfp::DropReason>(vfp::kDropReasonLimit)).empty());
}

}  // namespace
