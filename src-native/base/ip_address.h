// IP addresses, prefixes and port ranges as values.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace base {

enum class IpFamily : std::uint8_t { kIpv4 = 4, kIpv6 = 6 };

// Network byte order in `bytes`; an IPv4 address uses the first four and leaves
// the rest zero, so that values compare and hash as a whole.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  IpFamily family = IpFamily::kIpv4;

  auto operator<=>(const IpAddress&) const = default;

  static IpAddress V4(std::uint32_t host_order);
  static IpAddress V4FromBytes(const std::uint8_t* four);
  static IpAddress V6FromBytes(const std::uint8_t* sixteen);
  // Dotted quad without leading zeros, or RFC 4291 text (no zone). Else nullopt.
  static std::optional<IpAddress> Parse(std::string_view text);
  // Canonical: dotted quad, or RFC 5952.
  std::string ToString() const;

  bool IsV4() const { return family == IpFamily::kIpv4; }
  bool IsV6() const { return family == IpFamily::kIpv6; }
  std::uint32_t V4HostOrder() const;
  bool IsUnspecified() const;
  bool IsMulticast() const;
  bool IsV4Broadcast() const;
  bool IsLinkLocal() const;
  int BitLength() const { return IsV4() ? 32 : 128; }
  // The address `offset` further on; nullopt past the end of the family.
  std::optional<IpAddress> Plus(std::uint64_t offset) const;
};

struct IpAddressHash {
  std::size_t operator()(const IpAddress& address) const noexcept;
};

struct IpPrefix {
  IpAddress address;  // As given: host bits may be set. Masked() clears them.
  std::uint8_t length = 0;

  auto operator<=>(const IpPrefix&) const = default;

  // "10.1.0.0/16", or a bare address as /32 or /128. Else nullopt.
  static std::optional<IpPrefix> Parse(std::string_view text);
  static IpPrefix Host(const IpAddress& address);
  std::string ToString() const;
  IpPrefix Masked() const;
  bool HasHostBits() const { return Masked().address != address; }
  bool Contains(const IpAddress& candidate) const;  // False across families.
  bool Overlaps(const IpPrefix& other) const;
  IpAddress First() const;  // The network address.
  IpAddress Last() const;   // The broadcast address of an IPv4 subnet.
};

// Inclusive at both ends.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 65535;

  auto operator<=>(const PortRange&) const = default;
  // "80" or "8000-8099". Else nullopt.
  static std::optional<PortRange> Parse(std::string_view text);
  std::string ToString() const;
  bool Contains(std::uint16_t port) const { return first <= port && port <= last; }
};

}  // namespace base
