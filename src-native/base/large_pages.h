// Big tables in large pages where the system has them: a flow table of a
// million entries touched at random spends a third of its time on address
// translation when it lives in 4 KiB pages.
#pragma once

#include <cstddef>
#include <utility>

namespace base {

// Zeroed memory, given back when the block goes. The system provides it page by
// page on first touch, so an untouched part costs address space only.
class LargeBlock {
 public:
  static constexpr std::size_t kPageBytes = std::size_t{2} << 20;

  LargeBlock() = default;
  // Aligned to kPageBytes when that large, else to a cache line. `bytes` of 0
  // and exhausted memory give an empty block.
  explicit LargeBlock(std::size_t bytes);
  ~LargeBlock();
  LargeBlock(LargeBlock&& other) noexcept { *this = std::move(other); }
  LargeBlock& operator=(LargeBlock&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  void* data() const { return data_; }
  std::size_t size() const { return bytes_; }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace base
