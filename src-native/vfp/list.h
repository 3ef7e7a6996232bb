// Lists that copies share: the conditions of rules. A service is a rule at each
// of its backends, and all say the same; what they say is in memory once.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace vfp {

// As a vector of plain values, without changing members in place. A change ends
// the sharing. Threads may share copies. Empty, it takes no memory.
template <typename T>
class List {
 public:
  using value_type = T;

  List() noexcept = default;
  List(std::initializer_list<T> items) : List(items.begin(), items.size()) {}
  List(const std::vector<T>& items) : List(items.data(), items.size()) {}  // NOLINT: implicit by design
  List(const List& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
  }
  List(List&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  List& operator=(List other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~List() { Release(); }

  std::size_t size() const { return block_ == nullptr ? 0 : block_->size; }
  bool empty() const { return size() == 0; }
  const T* data() const { return block_ == nullptr ? nullptr : Items(block_); }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size(); }
  const T& operator[](std::size_t at) const { return data()[at]; }
  const T& front() const { return *begin(); }
  const T& back() const { return *(end() - 1); }

  void push_back(const T& item) {
    const T copy = item;  // It may be one of ours.
    MakeOwn(size() + 1);
    new (Items(block_) + block_->size) T(copy);
    ++block_->size;
  }
  // REQUIRES: not empty.
  void pop_back() {
    MakeOwn(size());
    --block_->size;
  }
  void clear() { *this = List(); }

  friend bool operator==(const List& a, const List& b) {
    return a.block_ == b.block_ || std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T> && alignof(T) <= 8);
  struct alignas(8) Block {
    std::atomic<std::uint32_t> references;
    std::uint32_t size;
    std::uint32_t room;  // For so many; they follow.
  };

  static T* Items(Block* block) { return reinterpret_cast<T*>(block + 1); }
  static Block* NewBlock(const T* items, std::size_t size, std::size_t room) {
    void* const memory = ::operator new(sizeof(Block) + room * sizeof(T));
    Block* const block = new (memory) Block{1, static_cast<std::uint32_t>(size), static_cast<std::uint32_t>(room)};
    std::uninitialized_copy_n(items, size, Items(block));
    return block;
  }
  List(const T* items, std::size_t size) : block_(size == 0 ? nullptr : NewBlock(items, size, size)) {}

  void MakeOwn(std::size_t least) {
    const bool is_own = block_ != nullptr && block_->references.load(std::memory_order_acquire) == 1;
    if (is_own && block_->room >= least) return;
    Block* const own = NewBlock(data(), size(), std::max(least, is_own ? 2 * size() : least));
    Release();
    block_ = own;
  }
  void Release() {
    if (block_ == nullptr || block_->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    block_->~Block();
    ::operator delete(block_);
  }

  Block* block_ = nullptr;
};

}  // namespace vfp
