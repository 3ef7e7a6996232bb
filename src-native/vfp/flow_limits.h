// How many connections a port may have, by kind (VFP's flow limit classes,
// vfp.md 1.4), and how many it has.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vfp {

// For each port. 0: as many as the engine takes; half-open ones: half of that,
// so that a SYN flood at one port leaves room for everybody else. A limit that
// is reached drops the packet that would begin another connection; connections
// that are there are never cut for it.
struct FlowLimits {
  std::size_t total = 0;
  std::size_t tcp_half_open = 0;  // The handshake is not complete; they count as TCP too.
  std::size_t tcp = 0;
  std::size_t udp = 0;
  std::size_t icmp = 0;  // Echo, either family.
  std::size_t other = 0;
};

struct FlowCounts {
  std::uint32_t tcp_half_open = 0;
  std::uint32_t tcp = 0;
  std::uint32_t udp = 0;
  std::uint32_t icmp = 0;
  std::uint32_t other = 0;

  std::size_t total() const { return std::size_t{tcp} + udp + icmp + other; }
  bool operator==(const FlowCounts&) const = default;
};

}  // namespace vfp
