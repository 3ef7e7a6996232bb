// A list that most often has one member, and then takes no memory of its own.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace vfp {

// A list that most often has one member, and then needs no memory.
template <typename T>
class Few {
 public:
  Few() = default;
  Few(std::vector<T> many) : many_(std::move(many)) {}  // NOLINT: implicit by design
  explicit Few(const T& one) : one_(one) {}

  std::size_t size() const { return one_ ? 1 : many_.size(); }
  bool empty() const { return size() == 0; }
  const T* begin() const { return one_ ? &*one_ : many_.data(); }
  const T* end() const { return begin() + size(); }
  const T& operator[](std::size_t at) const { return begin()[at]; }
  const T& front() const { return *begin(); }
  const T& back() const { return *(end() - 1); }

 private:
  std::optional<T> one_;
  std::vector<T> many_;
};

}  // namespace vfp
