#include "vfp/internal/block_arena.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace vfp {

std::size_t BlockArena::LinesOf(std::size_t bytes) {
  const std::size_t lines = std::max<std::size_t>(1, (bytes + kLine - 1) / kLine);
  return lines <= kExact ? lines : std::bit_ceil(lines);
}

std::size_t BlockArena::ListOf(std::size_t lines) {
  return lines <= kExact ? lines : kExact + static_cast<std::size_t>(std::countr_zero(lines / kExact));
}

void* BlockArena::Take(std::size_t bytes) {
  const std::size_t lines = LinesOf(bytes), list = ListOf(lines);
  used_ += lines * kLine;
  if (list < free_.size() && free_[list] != nullptr) {
    void* piece = free_[list];
    std::memcpy(&free_[list], piece, sizeof(void*));
    return piece;
  }
  if (left_ < lines * kLine) {
    // As much again as there is, so that little is left over: up to a large page at a time.
    const std::size_t chunk = std::max(lines * kLine, std::clamp(reserved_, kFirstChunk, base::LargeBlock::kPageBytes));
    base::LargeBlock block(chunk);
    if (!block) std::abort();
    next_ = static_cast<std::byte*>(block.data());
    left_ = block.size();
    reserved_ += left_;
    chunks_.push_back(std::move(block));
  }
  void* piece = next_;
  next_ += lines * kLine;
  left_ -= lines * kLine;
  return piece;
}

void BlockArena::Give(void* piece, std::size_t bytes) {
  const std::size_t lines = LinesOf(bytes), list = ListOf(lines);
  used_ -= lines * kLine;
  if (list >= free_.size()) free_.resize(list + 1, nullptr);
  std::memcpy(piece, &free_[list], sizeof(void*));
  free_[list] = piece;
}

void BlockArena::Clear() {
  chunks_.clear();
  free_.clear();
  next_ = nullptr;
  left_ = used_ = reserved_ = 0;
}

}  // namespace vfp
