// An array that grows in chunks of one large page, so that elements never move
// and growing never copies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <vector>

#include "base/large_pages.h"

namespace vfp {

// T is trivially destructible and all zeroes is its first state.
template <typename T>
class Slab {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  static constexpr std::uint32_t LogPerChunk() {
    std::uint32_t log = 0;
    while ((sizeof(T) << (log + 1)) <= base::LargeBlock::kPageBytes) ++log;
    return log;
  }
  static constexpr std::uint32_t kLog = LogPerChunk();
  static constexpr std::uint32_t kPerChunk = std::uint32_t{1} << kLog;

  T& operator[](std::uint32_t index) const { return pointers_[index >> kLog][index & (kPerChunk - 1)]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(pointers_.size()) << kLog; }
  // One chunk more; false when memory is exhausted.
  bool Grow() {
    base::LargeBlock block(sizeof(T) << kLog);
    if (!block) return false;
    pointers_.push_back(static_cast<T*>(block.data()));
    blocks_.push_back(std::move(block));
    return true;
  }

 private:
  std::vector<T*> pointers_;
  std::vector<base::LargeBlock> blocks_;
};

}  // namespace vfp
