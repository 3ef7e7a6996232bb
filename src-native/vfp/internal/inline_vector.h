// A vector of at most N trivially destructible elements, inside its owner.
#pragma once

#include <cassert>
#include <cstddef>
#include <new>
#include <span>
#include <type_traits>

namespace vfp {

template <typename T, std::size_t N>
class InlineVector {
  static_assert(std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>);

 public:
  InlineVector() = default;
  InlineVector(const InlineVector&) = delete;
  InlineVector& operator=(const InlineVector&) = delete;

  T& Append(const T& value) {
    assert(size_ < N);
    return *new (storage_ + sizeof(T) * size_++) T(value);
  }
  void Clear() { size_ = 0; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* begin() { return std::launder(reinterpret_cast<T*>(storage_)); }
  T* end() { return begin() + size_; }
  const T* begin() const { return std::launder(reinterpret_cast<const T*>(storage_)); }
  const T* end() const { return begin() + size_; }
  T& operator[](std::size_t i) { return begin()[i]; }
  const T& operator[](std::size_t i) const { return begin()[i]; }
  std::span<const T> span() const { return {begin(), size_}; }

 private:
  std::size_t size_ = 0;
  alignas(T) unsigned char storage_[sizeof(T) * N];
};

}  // namespace vfp
