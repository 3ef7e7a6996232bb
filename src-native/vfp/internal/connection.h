// What is remembered of a connection besides its two flow entries, and how TCP
// packets move it from state to state.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "vfp/engine.h"

namespace vfp {

using ConnectionIndex = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xffffffff;

// Milliseconds in 32 bits: differences are right up to 49 days, and an idle
// connection is long gone by then.
using Tick = std::uint32_t;
constexpr Tick ToTick(base::MonotonicTime time) {
  return static_cast<Tick>(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}
constexpr Tick ToTicks(std::chrono::seconds time) { return static_cast<Tick>(time.count() * 1000); }

struct Connection {
  static constexpr std::uint8_t kLive = 1;
  // A stateful rule made it, so TCP packets out of state are dropped.
  static constexpr std::uint8_t kTracksTcp = 2;
  static constexpr std::uint8_t kBlocked = 4;
  // A stateless layer or rule took part: replies are asked about in those layers.
  static constexpr std::uint8_t kRepliesAsk = 8;
  // Sequence numbers are checked: see tcp_window.h.
  static constexpr std::uint8_t kTracksWindow = 16;
  // After a reset: the initiator, the other side has sent something else since.
  static constexpr std::uint8_t kInitiatorWentOn = 32;
  static constexpr std::uint8_t kOtherWentOn = 64;

  ConnectionIndex next;           // Of the same port; or of the free list.
  ConnectionIndex previous;       // kNone at the head.
  std::uint32_t translations;     // The first node (see translation_pool.h), or kNone.
  std::uint32_t serial;           // Raised when the slot is given out again.
  std::uint16_t packets_high[2];  // By Direction: what does not fit FlowEntry::packets.
  ConnectionState state;
  Direction initiator;
  std::uint8_t flags;
  std::uint8_t protocol;

  bool live() const { return (flags & kLive) != 0; }
  bool tracks_tcp() const { return (flags & kTracksTcp) != 0; }
  bool blocked() const { return (flags & kBlocked) != 0; }
  bool tracks_window() const { return (flags & kTracksWindow) != 0; }
};
static_assert(sizeof(Connection) == 24);

// A SYN that opens: nothing else set that would make it something different.
bool OpensTcp(std::uint8_t tcp_flags);
// The state of a connection whose first packet this is. Not a SYN: it was there
// before us, so it counts as established.
ConnectionState FirstState(std::uint8_t protocol, std::uint8_t tcp_flags);
// False: no TCP sends this packet in this state. Only the handshake is checked
// here (Unverified: how deep VFP looks); sequence numbers see tcp_window.h.
bool IsLegal(ConnectionState state, std::uint8_t tcp_flags);
ConnectionState NextState(ConnectionState state, std::uint8_t protocol, std::uint8_t tcp_flags, bool from_initiator);
// A SYN in one of these is a new connection with the old one's ports.
bool MayStartAnew(ConnectionState state);
// Packets without SYN, FIN and RST, from either side, change nothing any more.
bool IsSettled(ConnectionState state);

// Idle times by state, in ticks.
struct IdleLimits {
  explicit IdleLimits(const Timeouts& timeouts);
  Tick Of(ConnectionState state, std::uint8_t protocol) const;
  Tick smallest() const { return smallest_; }

 private:
  Tick half_open_, established_, time_wait_, reset_, udp_, icmp_, other_, smallest_;
};

}  // namespace vfp
