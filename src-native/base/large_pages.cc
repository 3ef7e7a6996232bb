#include "base/large_pages.h"

#include <cstdint>
#include <cstring>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace base {
namespace {

constexpr std::size_t kCacheLine = 64;

#if defined(__linux__)
std::size_t RoundUp(std::size_t bytes) { return (bytes + LargeBlock::kPageBytes - 1) & ~(LargeBlock::kPageBytes - 1); }

// mmap aligns to small pages only: map one large page more and cut the ends off.
void* MapAligned(std::size_t bytes) {
  const std::size_t mapped = bytes + LargeBlock::kPageBytes;
  void* base = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return nullptr;
  const auto start = reinterpret_cast<std::uintptr_t>(base);
  const std::uintptr_t aligned = (start + LargeBlock::kPageBytes - 1) & ~(LargeBlock::kPageBytes - 1);
  const std::size_t head = aligned - start;
  const std::size_t tail = mapped - head - bytes;
  if (head != 0) munmap(base, head);
  auto* data = reinterpret_cast<std::uint8_t*>(aligned);
  if (tail != 0) munmap(data + bytes, tail);
#if defined(MADV_HUGEPAGE)
  // Advice: where it is refused, small pages do the same at less speed.
  madvise(data, bytes, MADV_HUGEPAGE);
#endif
  return data;
}
#endif

}  // namespace

LargeBlock::LargeBlock(std::size_t bytes) : bytes_(bytes) {
  if (bytes == 0) return;
#if defined(__linux__)
  if (bytes >= kPageBytes) {
    bytes_ = RoundUp(bytes);
    data_ = MapAligned(bytes_);
    if (data_ == nullptr) bytes_ = 0;
    return;
  }
#endif
  const std::size_t alignment = bytes >= kPageBytes ? kPageBytes : kCacheLine;
  data_ = ::operator new (bytes, std::align_val_t{alignment}, std::nothrow);
  if (data_ == nullptr) {
    bytes_ = 0;
    return;
  }
  std::memset(data_, 0, bytes);
}

LargeBlock::~LargeBlock() {
  if (data_ == nullptr) return;
#if defined(__linux__)
  if (bytes_ >= kPageBytes) {
    munmap(data_, bytes_);
    return;
  }
#endif
  const std::size_t alignment = bytes_ >= kPageBytes ? kPageBytes : kCacheLine;
  ::operator delete (data_, std::align_val_t{alignment});
}

}  // namespace base
