// The key of a flow: the packet as it *entered* a port in one direction, before
// any transposition. Under NAT the two keys of a connection are not mirror
// images; never derive one from the other.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/ip_address.h"
#include "wire/fast_view.h"
#include "wire/frame.h"
#include "wire/parsed_frame.h"

namespace vfp {

using PortIndex = std::uint32_t;  // Dense, reused after removal.
inline constexpr PortIndex kNoPort = 0xffffffff;

enum class Direction : std::uint8_t { kOutbound = 0, kInbound = 1 };
constexpr Direction Reverse(Direction d) {
  return d == Direction::kOutbound ? Direction::kInbound : Direction::kOutbound;
}

// 48 bytes without padding, compared and hashed as six words.
struct FlowKey {
  std::uint8_t source[16] = {};  // Network order; IPv4 in the first four bytes.
  std::uint8_t destination[16] = {};
  std::uint16_t source_port = 0;  // Host order; ICMP echo: the identifier.
  std::uint16_t destination_port = 0;
  PortIndex port = kNoPort;  // The VFP port.
  std::uint8_t protocol = 0;
  std::uint8_t family = 4;        // 4 or 6.
  std::uint8_t direction = 0;     // vfp::Direction.
  std::uint8_t reserved[5] = {};  // Zero.

  bool operator==(const FlowKey& other) const { return std::memcmp(this, &other, sizeof(*this)) == 0; }
};
static_assert(sizeof(FlowKey) == 48);

namespace detail {

// A key is hashed and compared as words right after it is made. Filled field by
// field, each word would be read back before its parts have left the store
// buffer, which stalls; so it is put together in registers.
inline FlowKey MakeKey(const std::uint64_t (&addresses)[4], std::uint16_t source_port, std::uint16_t destination_port,
                       PortIndex port, std::uint8_t protocol, std::uint8_t family, Direction direction) {
  const auto pack = [](std::uint64_t a, std::uint64_t b, std::uint64_t c, int b_at, int c_at, int bits) {
    if (std::endian::native == std::endian::little) return a | b << b_at | c << c_at;
    return a << (64 - b_at) | b << (64 - c_at) | c << (64 - bits);
  };
  const std::array<std::uint64_t, 6> words = {addresses[0],
                                              addresses[1],
                                              addresses[2],
                                              addresses[3],
                                              pack(source_port, destination_port, port, 16, 32, 64),
                                              pack(protocol, family, static_cast<std::uint8_t>(direction), 8, 16, 24)};
  return std::bit_cast<FlowKey>(words);
}

inline std::uint64_t Word(const std::uint8_t* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}
// Four bytes, and four zeros behind them.
inline std::uint64_t HalfWord(const std::uint8_t* at) {
  std::uint32_t half;
  std::memcpy(&half, at, sizeof half);
  return std::endian::native == std::endian::little ? half : std::uint64_t{half} << 32;
}

}  // namespace detail

// REQUIRES: parsed.IsIp().
inline FlowKey MakeFlowKey(const wire::ParsedFrame& parsed, PortIndex port, Direction direction) {
  const std::uint8_t* source = parsed.source.bytes.data();
  const std::uint8_t* destination = parsed.destination.bytes.data();
  const bool v4 = parsed.kind == wire::EtherKind::kIpv4;
  const std::uint64_t addresses[4] = {
      v4 ? detail::HalfWord(source) : detail::Word(source), v4 ? 0 : detail::Word(source + 8),
      v4 ? detail::HalfWord(destination) : detail::Word(destination), v4 ? 0 : detail::Word(destination + 8)};
  return detail::MakeKey(addresses, parsed.source_port, parsed.destination_port, port, parsed.protocol, v4 ? 4 : 6,
                         direction);
}

// The same for a frame ParseFast has accepted.
inline FlowKey MakeFlowKey(const wire::FastView& view, const std::uint8_t* data, PortIndex port, Direction direction) {
  const std::uint8_t* ip = data + wire::kFastL3Offset;
  if (view.family == 4) {
    return detail::MakeKey({detail::HalfWord(ip + 12), 0, detail::HalfWord(ip + 16), 0}, view.source_port,
                           view.destination_port, port, view.protocol, 4, direction);
  }
  return detail::MakeKey({detail::Word(ip + 8), detail::Word(ip + 16), detail::Word(ip + 24), detail::Word(ip + 32)},
                         view.source_port, view.destination_port, port, view.protocol, 6, direction);
}

namespace detail {

// Both halves of the 128-bit product: every input bit reaches every output bit.
inline std::uint64_t MultiplyFold(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace detail

// Hashes any 48 bytes. The seed is part of both factors of each product, so
// that nobody without it can make one factor zero and cancel the other.
inline std::uint64_t Hash48(const void* bytes, std::uint64_t seed) {
  std::uint64_t w[6];
  std::memcpy(w, bytes, sizeof w);
  const std::uint64_t other = (seed << 32 | seed >> 32) ^ 0x9e3779b97f4a7c15;
  std::uint64_t h = detail::MultiplyFold(w[0] ^ seed ^ 0xd6e8feb86659fd93, w[1] ^ other ^ 0xa0761d6478bd642f);
  h ^= detail::MultiplyFold(w[2] ^ seed ^ 0xe7037ed1a0b428db, w[3] ^ other ^ 0x8ebc6af09c88c6e3);
  h ^= detail::MultiplyFold(w[4] ^ seed ^ 0x589965cc75374cc3, w[5] ^ other ^ 0x1d8e4e27c47d124f);
  return detail::MultiplyFold(h ^ other, 0xeb44accab455d165 ^ seed);
}

// Seeded, so that a peer cannot aim at one bucket.
inline std::uint64_t HashFlowKey(const FlowKey& key, std::uint64_t seed) { return Hash48(&key, seed); }

}  // namespace vfp
