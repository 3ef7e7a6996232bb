// What of the sequence space each side of a TCP connection may send at the
// moment, as a switch in the middle can know it (G. van Rooij, "Real Stateful
// TCP Packet Filtering in IP Filter", 2001): a segment must lie in the window
// its receiver has offered, and acknowledge nothing that was not sent.
//
// The SYNs say where both sides start and how their windows are scaled
// (RFC 7323): a connection whose SYNs were not seen has no window. Segments
// that were lost on the far side of the switch are in the window still, so
// retransmissions pass.
#pragma once

#include <cstdint>

#include "vfp/flow_key.h"
#include "vfp/internal/connection.h"
#include "vfp/internal/slab.h"
#include "wire/tcp_segment.h"

namespace vfp {

struct TcpWindow {
  struct Side {                  // Sequence numbers of what this side sends.
    std::uint32_t end = 0;       // Behind the last byte it has sent.
    std::uint32_t most_end = 0;  // Behind the last byte the other side takes.
    std::uint32_t window = 0;    // The largest it has offered, scaled; 0: nothing seen of it.
    std::uint8_t scale = 0;
    bool scales = false;  // Its SYN had the option.
  };
  Side sides[2];  // By Direction.

  static TcpWindow Begin(Direction initiator, const wire::TcpSegment& syn);
  // Whether `segment`, sent in direction `from`, is one its receiver may take.
  bool Accepts(Direction from, const wire::TcpSegment& segment) const;
  // It passes. REQUIRES: Accepts.
  void Advance(Direction from, const wire::TcpSegment& segment);

 private:
  Side& side(Direction direction) { return sides[static_cast<std::size_t>(direction)]; }
  const Side& side(Direction direction) const { return sides[static_cast<std::size_t>(direction)]; }
};

// Windows by connection. Memory is taken when the first connection has one.
class TcpWindows {
 public:
  // False: memory is exhausted.
  bool Set(ConnectionIndex connection, const TcpWindow& window);
  // REQUIRES: Set for it.
  TcpWindow& at(ConnectionIndex connection) const { return windows_[connection]; }

 private:
  Slab<TcpWindow> windows_;
};

}  // namespace vfp
