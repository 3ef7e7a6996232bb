// Memory in pieces of whole cache lines for a structure of many small parts that
// live and die together: pieces come from chunks and go back to lists by size.
#pragma once

#include <cstddef>
#include <vector>

#include "base/large_pages.h"

namespace vfp {

class BlockArena {
 public:
  static constexpr std::size_t kLine = 64;

  BlockArena() = default;
  BlockArena(const BlockArena&) = delete;
  BlockArena& operator=(const BlockArena&) = delete;

  // Aligned to a cache line; not zeroed. Aborts when memory is exhausted, as `new` does.
  void* Take(std::size_t bytes);
  void Give(void* piece, std::size_t bytes);  // The size it was taken with.
  // All pieces at once.
  void Clear();

  std::size_t used() const { return used_; }       // By pieces.
  std::size_t bytes() const { return reserved_; }  // From the system.

 private:
  static constexpr std::size_t kFirstChunk = 16 << 10;
  // Sizes in lines up to kExact have a list each; above, sizes are powers of two.
  static constexpr std::size_t kExact = 64;
  static std::size_t LinesOf(std::size_t bytes);
  static std::size_t ListOf(std::size_t lines);

  std::vector<base::LargeBlock> chunks_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t used_ = 0, reserved_ = 0;
  std::vector<void*> free_;  // By ListOf; each piece points to the next.
};

}  // namespace vfp
