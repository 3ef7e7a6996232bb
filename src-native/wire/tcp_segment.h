// What a TCP segment takes of the sequence space and offers of its own.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/frame.h"

namespace wire {

struct TcpSegment {
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;  // Counts with kTcpAck.
  std::uint32_t length = 0;          // Payload, and one each for SYN and FIN.
  std::uint16_t window = 0;          // As it stands there.
  std::uint8_t flags = 0;
  std::optional<std::uint8_t> scale;  // Of the window scale option; at most 14 (RFC 7323).

  std::uint32_t end() const { return sequence + length; }
};

// nullopt for a fragment, whose length nobody knows, and where there are
// extension headers, behind which there may be one. REQUIRES: a TCP packet that
// Parse or ParseFast has accepted; `l4_offset` is 0 for a later fragment.
std::optional<TcpSegment> ReadTcpSegment(const Frame& frame, std::uint32_t l3_offset, std::uint32_t l4_offset);

}  // namespace wire
