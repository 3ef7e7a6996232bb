// A set of 16-bit ports with a fast search for the next one that is not in it.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>

namespace vfp {

// 8 KiB and a summary: bit i of the summary says that word i is full, so that
// a search reads at most 17 + 1 words however full the set is.
class PortSet {
 public:
  bool Contains(std::uint16_t port) const { return (words_[port >> 6] >> (port & 63) & 1) != 0; }
  void Insert(std::uint16_t port) {
    std::uint64_t& word = words_[port >> 6];
    word |= std::uint64_t{1} << (port & 63);
    if (~word == 0) full_[port >> 12] |= std::uint64_t{1} << (port >> 6 & 63);
  }
  void Erase(std::uint16_t port) {
    words_[port >> 6] &= ~(std::uint64_t{1} << (port & 63));
    full_[port >> 12] &= ~(std::uint64_t{1} << (port >> 6 & 63));
  }

  // The lowest port in [first, last] that is not in the set.
  std::optional<std::uint16_t> FirstFree(std::uint16_t first, std::uint16_t last) const {
    const std::uint32_t first_word = first >> 6;
    const std::uint64_t head = ~words_[first_word] & (~std::uint64_t{0} << (first & 63));
    if (head != 0) return Within(first_word, head, last);
    for (std::uint32_t next = first_word + 1; next <= (last >> 6u);) {
      const std::uint64_t not_full = ~full_[next >> 6] & (~std::uint64_t{0} << (next & 63));
      if (not_full == 0) {
        next = (next | 63) + 1;
        continue;
      }
      const std::uint32_t word = (next & ~63u) + static_cast<std::uint32_t>(std::countr_zero(not_full));
      return Within(word, ~words_[word], last);
    }
    return std::nullopt;
  }

 private:
  static std::optional<std::uint16_t> Within(std::uint32_t word, std::uint64_t free_bits, std::uint16_t last) {
    const std::uint32_t port = word * 64 + static_cast<std::uint32_t>(std::countr_zero(free_bits));
    if (port > last) return std::nullopt;
    return static_cast<std::uint16_t>(port);
  }

  std::array<std::uint64_t, 1024> words_{};
  std::array<std::uint64_t, 16> full_{};
};

}  // namespace vfp
