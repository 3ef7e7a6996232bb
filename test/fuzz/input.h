// A fuzz target's bytes as choices; zeros when they are used up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace fuzz {

inline void Require(bool holds) {
  if (!holds) std::abort();
}

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : left_(data, size) {}

  bool empty() const { return left_.empty(); }
  std::uint8_t Byte() {
    if (left_.empty()) return 0;
    const std::uint8_t byte = left_.front();
    left_ = left_.subspan(1);
    return byte;
  }
  std::uint16_t Word() {
    const std::uint8_t high = Byte();
    return static_cast<std::uint16_t>(high << 8 | Byte());
  }
  // 0 to limit - 1, limit at most 256.
  std::uint32_t Below(std::uint32_t limit) { return Byte() % limit; }
  bool OneIn(std::uint32_t n) { return Below(n) == 0; }

 private:
  std::span<const std::uint8_t> left_;
};

}  // namespace fuzz
