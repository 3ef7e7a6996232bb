#include "native/test.h"
#include "native/wire_support.h"
#include "wire/bytes.h"
#include "wire/checksum.h"

namespace {

using native_test::FromHex;
using native_test::HeapFrame;
using native_test::Ip;
using native_test::Random;

// The definition, a byte at a time: RFC 1071 section 1.
std::uint16_t SumByDefinition(std::span<const std::uint8_t> bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    sum += i % 2 == 0 ? static_cast<std::uint32_t>(bytes[i]) << 8 : bytes[i];
    if (sum > 0xffff) sum = sum - 0x10000 + 1;
  }
  return static_cast<std::uint16_t>(sum);
}

TEST("the checksum of RFC 1071's example is ddf2, before the complement") {
  const auto bytes = FromHex("0001 f203 f4f5 f6f7");
  CHECK_EQ(wire::ChecksumFold(wire::ChecksumAdd(bytes)), 0xddf2);
}

TEST("a checksum equals its definition for every length and alignment") {
  Random random(1);
  for (std::size_t length = 0; length < 300; ++length) {
    for (std::size_t skip = 0; skip < 3; ++skip) {
      std::vector<std::uint8_t> bytes(length + skip);
      for (auto& byte : bytes) byte = random.OneIn(3) ? 0xff : static_cast<std::uint8_t>(random.Next());
      const HeapFrame exact(bytes);
      const auto range = exact.bytes().subspan(skip);
      CHECK_EQ(wire::ChecksumFold(wire::ChecksumAdd(range)), SumByDefinition(range));
    }
  }
}

TEST("a checksum over two ranges of even length equals that of the whole") {
  Random random(2);
  for (int i = 0; i < 500; ++i) {
    std::vector<std::uint8_t> bytes(random.Below(2000));
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.Next());
    const std::size_t split = random.Below(static_cast<std::uint32_t>(bytes.size() + 1)) & ~std::size_t{1};
    const auto whole = std::span<const std::uint8_t>(bytes);
    const std::uint32_t first = wire::ChecksumAdd(whole.first(split));
    CHECK_EQ(wire::ChecksumFold(wire::ChecksumAdd(whole.subspan(split), first)), SumByDefinition(bytes));
  }
}

TEST("a sum that starts near its limit keeps every carry") {
  const auto bytes = FromHex("ffff");
  // 0xfffffffe = 0xfffe + 0xffff * 0x10000; adding 0xffff changes nothing modulo 0xffff.
  CHECK_EQ(wire::ChecksumFold(wire::ChecksumAdd(bytes, 0xfffffffe)), wire::ChecksumFold(0xfffffffe));
}

TEST("RFC 1624's example, where older equations gave ffff, gives 0000") {
  wire::ChecksumDelta delta;
  delta.Word(0x5555, 0x3285);
  CHECK_EQ(wire::ApplyDelta(0xdd2f, delta.value()), 0x0000);
}

TEST("a difference of nothing keeps a checksum and is never 0000") {
  wire::ChecksumDelta delta;
  CHECK_EQ(delta.value(), 0xffff);
  delta.Word(0xffff, 0);  // Both are zero in one's complement.
  CHECK_EQ(delta.value(), 0xffff);
  for (std::uint32_t checksum = 0; checksum < 0xffff; ++checksum) {
    CHECK_EQ(wire::ApplyDelta(static_cast<std::uint16_t>(checksum), delta.value()), checksum);
  }
  CHECK_EQ(wire::ApplyDelta(0xffff, delta.value()), 0x0000);
}

TEST("an update by difference equals a recomputation") {
  Random random(3);
  for (int i = 0; i < 20000; ++i) {
    std::array<std::uint8_t, 24> bytes;
    for (auto& byte : bytes)
      byte = random.OneIn(4) ? (random.OneIn(2) ? 0x00 : 0xff) : static_cast<std::uint8_t>(random.Next());
    bytes[0] |= 1;  // No header is all zeros.
    const auto before = static_cast<std::uint16_t>(~wire::ChecksumFold(wire::ChecksumAdd(bytes)));
    wire::ChecksumDelta delta;
    for (int change = 0; change < 3; ++change) {
      std::uint8_t* at = bytes.data() + 2 + 2 * random.Below(11);
      const std::uint16_t value = random.OneIn(4) ? (random.OneIn(2) ? 0 : 0xffff) : random.Word();
      delta.Word(wire::Load16(at), value);
      wire::Store16(at, value);
    }
    const auto after = static_cast<std::uint16_t>(~wire::ChecksumFold(wire::ChecksumAdd(bytes)));
    CHECK_EQ(wire::ApplyDelta(before, delta.value()), after);
  }
}

// Bytes captured nowhere: headers of RFC-style documentation addresses whose
// sums were done by hand with the definition above.
TEST("a pseudo-header's sum counts addresses, protocol and length") {
  // c000 + 0201 + c633 + 6402 + 0011 + 000c
  CHECK_EQ(wire::ChecksumFold(wire::PseudoHeaderSum(Ip("192.0.2.1"), Ip("198.51.100.2"), 17, 12)),
           SumByDefinition(FromHex("c0000201 c6336402 0011 000c")));
  CHECK_EQ(
      wire::ChecksumFold(wire::PseudoHeaderSum(Ip("2001:db8::1"), Ip("2001:db8::2"), 58, 0x12345)),
      SumByDefinition(FromHex("20010db8000000000000000000000001 20010db8000000000000000000000002 00012345 0000003a")));
}

TEST("what a guest owes is completed to the checksum a full computation gives") {
  Random random(4);
  for (int i = 0; i < 400; ++i) {
    const auto kind = random.OneIn(2) ? native_test::PacketKind::kTcp : native_test::PacketKind::kUdp;
    const auto whole = native_test::RandomPacket(random, random.OneIn(2), kind);
    HeapFrame owing(whole);
    wire::Frame frame = owing.frame();
    CHECK(wire::OweChecksum(&frame));
    CHECK(frame.offload.NeedsChecksum());
    CHECK(wire::ChecksumsValid(frame));
    CHECK(wire::CompleteChecksum(&frame));
    CHECK(!frame.offload.NeedsChecksum());
    CHECK(wire::ChecksumsValid(frame));
    CHECK(owing == HeapFrame(whole));
  }
}

TEST("padding behind the IP packet is not summed into an owed checksum") {
  auto padded = wire::BuildTcp(
      {.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2"), .source_port = 1, .destination_port = 2});
  padded.resize(padded.size() + 6, 0xab);
  HeapFrame owing(padded);
  wire::Frame frame = owing.frame();
  CHECK(wire::OweChecksum(&frame));
  CHECK(wire::CompleteChecksum(&frame));
  CHECK(owing == HeapFrame(padded));
}

TEST("a frame too short for its own checksum offsets is left alone") {
  Random random(5);
  const auto bytes = native_test::RandomPacket(random, true, native_test::PacketKind::kUdp);
  HeapFrame copy(bytes);
  wire::Frame frame = copy.frame();
  frame.offload.flags = wire::Offload::kNeedsChecksum;
  for (const std::uint32_t start : {frame.length - 1, frame.length, 65535u}) {
    frame.offload.checksum_start = static_cast<std::uint16_t>(start);
    frame.offload.checksum_offset = 0;
    CHECK(!wire::CompleteChecksum(&frame));
    CHECK(frame.offload.NeedsChecksum());
    CHECK(copy == HeapFrame(bytes));
  }
  frame.offload.checksum_start = 65535;
  frame.offload.checksum_offset = 65535;
  CHECK(!wire::CompleteChecksum(&frame));
}

TEST("one flipped bit anywhere under a checksum is noticed") {
  Random random(6);
  for (const bool v4 : {true, false}) {
    for (const auto kind : {native_test::PacketKind::kTcp, native_test::PacketKind::kUdp,
                            native_test::PacketKind::kEchoRequest, native_test::PacketKind::kEchoReply}) {
      const auto bytes = native_test::RandomPacket(random, v4, kind);
      HeapFrame good(bytes);
      wire::ParsedFrame parsed;
      wire::Frame frame = good.frame();
      CHECK_EQ(wire::Parse(frame, &parsed), wire::ParseError::kNone);
      CHECK(wire::ChecksumsValid(frame));
      // Every byte of the L4 part, and the addresses where a pseudo-header covers them.
      for (std::size_t at = parsed.l4_offset; at < bytes.size(); ++at) {
        if (kind == native_test::PacketKind::kUdp && at / 2 == (parsed.l4_offset + 4u) / 2) continue;  // Its length.
        HeapFrame bad(bytes);
        bad.data()[at] ^= static_cast<std::uint8_t>(1 << random.Below(8));
        CHECK(!wire::ChecksumsValid(bad.frame()));
      }
      if (v4) {
        for (std::size_t at = parsed.l3_offset; at < parsed.l4_offset; ++at) {
          HeapFrame bad(bytes);
          bad.data()[at] ^= 0x01;
          CHECK(!wire::ChecksumsValid(bad.frame()));
        }
      }
    }
  }
}

TEST("UDP without a checksum is right over IPv4 and wrong over IPv6") {
  for (const bool v4 : {true, false}) {
    auto bytes =
        wire::BuildUdp({.source = Ip(v4 ? "10.0.0.1" : "fd00::1"), .destination = Ip(v4 ? "10.0.0.2" : "fd00::2")});
    bytes[bytes.size() - 2] = bytes[bytes.size() - 1] = 0;
    HeapFrame frame(bytes);
    CHECK_EQ(wire::ChecksumsValid(frame.frame()), v4);
  }
}

TEST("a UDP checksum that comes out as zero is sent as ffff") {
  // Choose the payload so that everything else sums to ffff.
  std::array<std::uint8_t, 2> payload{};
  wire::FrameFields fields{
      .source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2"), .source_port = 7, .destination_port = 9};
  fields.payload = payload;
  auto bytes = wire::BuildUdp(fields);
  const std::uint16_t checksum = wire::Load16(bytes.data() + 40);
  wire::Store16(payload.data(), checksum);  // Adds exactly what was missing.
  bytes = wire::BuildUdp(fields);
  CHECK_EQ(wire::Load16(bytes.data() + 40), 0xffff);
  CHECK(wire::ChecksumsValid(HeapFrame(bytes).frame()));
  // Also when it is a guest's that is completed here.
  HeapFrame owing(bytes);
  wire::Frame frame = owing.frame();
  CHECK(wire::OweChecksum(&frame));
  CHECK(wire::CompleteChecksum(&frame));
  CHECK(owing == HeapFrame(bytes));
}

}  // namespace
