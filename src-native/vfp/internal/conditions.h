// Whether a packet meets a rule's conditions, one by one. Inline, because a
// scan over a group asks this for every rule.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "vfp/internal/rule_table.h"
#include "vfp/rule.h"

namespace vfp {

namespace detail {

inline std::uint64_t BigEndian64(const std::uint8_t* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return std::endian::native == std::endian::little ? __builtin_bswap64(word) : word;
}

// Whether the first `bits` (at most 64) agree.
inline bool AgreeIn(std::uint64_t a, std::uint64_t b, int bits) { return bits <= 0 || (a ^ b) >> (64 - bits) == 0; }

}  // namespace detail

inline bool PrefixContains(const base::IpPrefix& prefix, const base::IpAddress& address) {
  if (prefix.address.family != address.family) return false;
  const int bits = std::min<int>(prefix.length, address.BitLength());
  const std::uint8_t* a = prefix.address.bytes.data();
  const std::uint8_t* b = address.bytes.data();
  return detail::AgreeIn(detail::BigEndian64(a), detail::BigEndian64(b), std::min(bits, 64)) &&
         detail::AgreeIn(detail::BigEndian64(a + 8), detail::BigEndian64(b + 8), bits - 64);
}

// Of each: an empty list means any.
inline bool AnyPrefixContains(const List<base::IpPrefix>& prefixes, const base::IpAddress& address) {
  if (prefixes.empty()) return true;
  for (const auto& prefix : prefixes) {
    if (PrefixContains(prefix, address)) return true;
  }
  return false;
}

inline bool AnyProtocolIs(const List<std::uint8_t>& protocols, std::uint8_t protocol) {
  return protocols.empty() || std::find(protocols.begin(), protocols.end(), protocol) != protocols.end();
}

inline bool AnyRangeContains(const List<base::PortRange>& ranges, std::uint16_t port, bool has_ports) {
  if (ranges.empty()) return true;
  if (!has_ports) return false;
  for (const auto& range : ranges) {
    if (range.Contains(port)) return true;
  }
  return false;
}

inline bool PortsMatch(const Conditions& conditions, const Tuple& tuple) {
  return AnyRangeContains(conditions.destination_ports, tuple.destination_port, tuple.has_ports) &&
         AnyRangeContains(conditions.source_ports, tuple.source_port, tuple.has_ports);
}

}  // namespace vfp
