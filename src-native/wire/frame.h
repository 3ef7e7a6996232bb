// A frame in somebody's buffer: Ethernet header first, no FCS.
#pragma once

#include <cstdint>
#include <span>

#include "wire/offload.h"

namespace wire {

// Borrows the bytes for the call it is passed to. The bytes may be rewritten in
// place; the length does not change on an l2bridge.
struct Frame {
  std::uint8_t* data = nullptr;
  std::uint32_t length = 0;
  Offload offload;

  std::span<const std::uint8_t> bytes() const { return {data, length}; }
};

inline constexpr std::uint32_t kMaxFrameBytes = 65536 + 64;  // A GSO segment and its headers.

}  // namespace wire
