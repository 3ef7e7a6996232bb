// The bits of a word that a mask picks, moved together (what `pext` does).
#pragma once

#include <cstdint>

namespace vfp {

// Masks have few bits here: at most a node's.
inline std::uint32_t ExtractBits(std::uint64_t word, std::uint64_t mask) {
  std::uint32_t bits = 0;
  for (int at = 0; mask != 0; ++at, mask &= mask - 1) {
    bits |= static_cast<std::uint32_t>((word & mask & (0 - mask)) != 0) << at;
  }
  return bits;
}

}  // namespace vfp
