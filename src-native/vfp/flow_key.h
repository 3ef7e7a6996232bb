// The key of a flow: the packet as it *entered* a port in one direction, before
// any transposition. Under NAT the two keys of a connection are not mirror
// images; never derive one from the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/ip_address.h"

namespace vfp {

using PortIndex = std::uint32_t;  // Dense, reused after removal.
inline constexpr PortIndex kNoPort = 0xffffffff;

enum class Direction : std::uint8_t { kOutbound = 0, kInbound = 1 };
constexpr Direction Reverse(Direction d) {
  return d == Direction::kOutbound ? Direction::kInbound : Direction::kOutbound;
}

// 48 bytes without padding, compared and hashed as six words.
struct FlowKey {
  std::uint8_t source[16] = {};       // Network order; IPv4 in the first four bytes.
  std::uint8_t destination[16] = {};
  std::uint16_t source_port = 0;      // Host order; ICMP echo: the identifier.
  std::uint16_t destination_port = 0;
  PortIndex port = kNoPort;           // The VFP port.
  std::uint8_t protocol = 0;
  std::uint8_t family = 4;            // 4 or 6.
  std::uint8_t direction = 0;         // vfp::Direction.
  std::uint8_t reserved[5] = {};      // Zero.

  bool operator==(const FlowKey& other) const { return std::memcmp(this, &other, sizeof(*this)) == 0; }
};
static_assert(sizeof(FlowKey) == 48);

// Seeded, so that a peer cannot aim at one bucket.
std::uint64_t HashFlowKey(const FlowKey& key, std::uint64_t seed);

}  // namespace vfp
