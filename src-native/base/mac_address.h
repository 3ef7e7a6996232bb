// An Ethernet address as a value.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace base {

struct MacAddress {
  std::array<std::uint8_t, 6> bytes{};

  auto operator<=>(const MacAddress&) const = default;

  // Six hex pairs separated by '-' or ':', either case. Else nullopt.
  static std::optional<MacAddress> Parse(std::string_view text);
  static MacAddress FromUint64(std::uint64_t value);  // The low 48 bits.
  static constexpr MacAddress Broadcast() { return {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}; }
  std::uint64_t ToUint64() const;
  std::string ToString() const;                         // "00-15-5D-AB-CD-EF", as Windows prints it.
  bool IsGroup() const { return (bytes[0] & 1) != 0; }  // Multicast or broadcast.
  bool IsZero() const { return *this == MacAddress{}; }
};

}  // namespace base
