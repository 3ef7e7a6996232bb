// The pools of free numbers. A pool's key begins with its kind, and keys of one
// kind have one length, so that no two pools meet (free_ranges.h).
#pragma once

#include <cstdint>

namespace hns::pools {

inline constexpr std::uint8_t kAddresses = 1;  // + network + IP subnet
inline constexpr std::uint8_t kMacs = 2;       // + network
inline constexpr std::uint8_t kMacBlocks = 3;  // Blocks of 4096 MACs that no network was given by default.

}  // namespace hns::pools
