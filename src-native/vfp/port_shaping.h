// How fast a port may send and receive: what HNS's QOS policy asks for (vfp.md
// 3.11), and, which HNS has not, the same for the other direction.
//
// A token bucket holds what may leave at once and fills at the rate. What comes
// faster waits in a backlog, where flows take turns, and leaves when there are
// tokens for it; nothing overtakes within its flow. Bytes are counted as they
// will be on the wire: with a tunnel's headers, and a large segment as its
// pieces. A frame that the layers drop costs nothing; neither does what the
// switch says for itself, nor ARP and Neighbor Discovery. Broadcasts and
// multicasts take tokens or are dropped: their copies do not wait.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace vfp {

struct RateLimit {
  // Faster than this is as good as no limit.
  static constexpr std::uint64_t kMaxBytesPerSecond = 100'000'000'000;
  static constexpr std::uint64_t kLeastBurst = 64 * 1024;
  static constexpr std::uint64_t kMostBacklog = 4 * 1024 * 1024;

  std::uint64_t bytes_per_second = 0;  // Not zero.

  // The bucket's size: what may leave at once after a silence. 50 ms of the rate,
  // and 64 KiB at least. (One frame that is larger leaves when the bucket is
  // full, and the next ones wait until it has been paid for.) Unverified.
  std::uint64_t burst() const { return std::max(kLeastBurst, std::min(bytes_per_second, kMaxBytesPerSecond) / 20); }
  // As much may wait; and one frame, whatever its size.
  std::uint64_t backlog() const { return std::min(burst(), kMostBacklog); }
  bool operator==(const RateLimit&) const = default;
};

struct PortShaping {
  std::optional<RateLimit> outbound;  // What the port sends, after its layers.
  std::optional<RateLimit> inbound;   // What is delivered to it.
  bool operator==(const PortShaping&) const = default;
};

}  // namespace vfp
