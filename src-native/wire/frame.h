// A frame in somebody's buffer: Ethernet header first, no FCS.
#pragma once

#include <cstdint>
#include <span>

#include "wire/offload.h"

namespace wire {

// Borrows the bytes for the call it is passed to. The bytes may be rewritten in
// place, and a tunnel's headers put in front or taken away: `data` and `length`
// are then others.
struct Frame {
  std::uint8_t* data = nullptr;
  std::uint32_t length = 0;
  Offload offload;
  // Bytes in front of `data` that may be written. What has to be put in front
  // and finds no room costs a copy.
  std::uint16_t headroom = 0;

  std::span<const std::uint8_t> bytes() const { return {data, length}; }
};

inline constexpr std::uint32_t kMaxFrameBytes = 65536 + 64;  // A GSO segment and its headers.
// What a driver leaves free in front of each frame it reads, so that no tunnel
// needs a copy.
inline constexpr std::uint16_t kFrameHeadroom = 64;

}  // namespace wire
