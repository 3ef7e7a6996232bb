// The wire below an overlay: which MAC the next hop towards a provider address
// has, and what waits for one that is not known yet.
//
// ARP (RFC 826) as an ordinary host does it. Who is not known is asked for, once
// a second while packets want him; what is known is used on, and asked for again
// when it is older than kFresh. Only who was asked for is believed.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/ip_address.h"
#include "base/mac_address.h"
#include "vfp/internal/connection.h"
#include "wire/frame.h"

namespace vfp {

// A frame that waits, without what the tunnel puts in front.
struct WaitingFrame {
  std::vector<std::uint8_t> bytes;
  wire::Offload offload;
  std::uint32_t adjacency = 0;
  Tick since = 0;
};

class Underlay {
 public:
  static constexpr Tick kFresh = 30'000;  // Milliseconds.
  static constexpr Tick kAskAgain = 1'000;
  static constexpr Tick kWait = 15'000;       // Longer than this nothing waits (vfp.md 3.13, pending).
  static constexpr std::size_t kWaiting = 8;  // Frames for one next hop; the oldest gives way.
  static constexpr std::size_t kNeighbors = 16'384;

  // Null: not known.
  const base::MacAddress* Find(const base::IpAddress& next_hop) const;
  // True: a question is due, and counts as sent.
  bool ShouldAsk(const base::IpAddress& next_hop, Tick now);
  bool WasAsked(const base::IpAddress& next_hop) const;
  Tick confirmed(const base::IpAddress& next_hop) const;

  // Returns how many frames had to give way.
  std::size_t Park(const base::IpAddress& next_hop, WaitingFrame frame);
  // `mac` was told for `address`. True when it is believed: what waited and is not
  // too old is in `waiting` then, and how many were is in `stale`.
  bool Learn(const base::IpAddress& address, const base::MacAddress& mac, Tick now, std::vector<WaitingFrame>* waiting,
             std::size_t* stale);

 private:
  struct Neighbor {
    base::MacAddress mac{};  // Zero: not known.
    Tick confirmed = 0;
    Tick asked = 0;
    bool was_asked = false;
    std::vector<WaitingFrame> waiting;
  };
  std::unordered_map<base::IpAddress, Neighbor, base::IpAddressHash> neighbors_;
};

}  // namespace vfp
