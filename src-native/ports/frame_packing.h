// Little-endian integers and packed frames ({ uint32 length, bytes }*), as they
// cross the ABI, on processors of either byte order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "wire/frame.h"

namespace ports {

template <typename Integer>
void StoreLittleEndian(std::uint8_t* to, Integer value) {
  for (std::size_t i = 0; i < sizeof(value); ++i) to[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

inline std::uint32_t LoadLittleEndian32(const std::uint8_t* from) {
  return static_cast<std::uint32_t>(from[0]) | static_cast<std::uint32_t>(from[1]) << 8 |
         static_cast<std::uint32_t>(from[2]) << 16 | static_cast<std::uint32_t>(from[3]) << 24;
}

// Appends the frame's bytes, completing a checksum that is owed in the copy:
// the frame itself may be on its way to others.
void AppendFrameBytes(const wire::Frame& frame, std::vector<std::uint8_t>* out);

}  // namespace ports
