// A GUID in Windows' memory layout: the first three fields are integers.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace base {

struct Guid {
  std::uint32_t data1 = 0;
  std::uint16_t data2 = 0;
  std::uint16_t data3 = 0;
  std::array<std::uint8_t, 8> data4{};

  auto operator<=>(const Guid&) const = default;
  bool IsZero() const { return *this == Guid{}; }

  // 36 characters, either case, optionally in braces. Anything else: nullopt.
  static std::optional<Guid> Parse(std::string_view text);
  // A version 4 (random) GUID from the system's entropy source.
  static Guid Random();
  // 36 characters, no braces.
  std::string ToString() const;       // lower case
  std::string ToUpperString() const;  // as HNS prints ids inside load balancers
};

static_assert(sizeof(Guid) == 16);

struct GuidHash {
  std::size_t operator()(const Guid& guid) const noexcept;
};

}  // namespace base
