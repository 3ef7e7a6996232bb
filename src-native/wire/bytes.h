// Big-endian fields in raw bytes. Nothing here checks lengths: callers hold a
// checked view, or have looked at the frame's length themselves.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/ip_address.h"
#include "base/mac_address.h"

namespace wire {

inline std::uint16_t SwapIfLittle(std::uint16_t v) {
  return std::endian::native == std::endian::little ? __builtin_bswap16(v) : v;
}
inline std::uint32_t SwapIfLittle(std::uint32_t v) {
  return std::endian::native == std::endian::little ? __builtin_bswap32(v) : v;
}

inline std::uint16_t Load16(const std::uint8_t* at) {
  std::uint16_t v;
  std::memcpy(&v, at, sizeof v);
  return SwapIfLittle(v);
}
inline std::uint32_t Load32(const std::uint8_t* at) {
  std::uint32_t v;
  std::memcpy(&v, at, sizeof v);
  return SwapIfLittle(v);
}
inline void Store16(std::uint8_t* at, std::uint16_t value) {
  value = SwapIfLittle(value);
  std::memcpy(at, &value, sizeof value);
}
inline void Store32(std::uint8_t* at, std::uint32_t value) {
  value = SwapIfLittle(value);
  std::memcpy(at, &value, sizeof value);
}

inline base::MacAddress LoadMac(const std::uint8_t* at) {
  base::MacAddress mac;
  std::memcpy(mac.bytes.data(), at, 6);
  return mac;
}
inline void StoreMac(std::uint8_t* at, const base::MacAddress& mac) { std::memcpy(at, mac.bytes.data(), 6); }

// Into an address that is all zeros, as a fresh one is: storing the bytes where
// they stay spares a copy of what has only just been written.
inline void ReadIpv4(const std::uint8_t* at, base::IpAddress* out) { std::memcpy(out->bytes.data(), at, 4); }
inline void ReadIpv6(const std::uint8_t* at, base::IpAddress* out) {
  out->family = base::IpFamily::kIpv6;
  std::memcpy(out->bytes.data(), at, 16);
}
inline base::IpAddress LoadIpv4(const std::uint8_t* at) {
  base::IpAddress address;
  ReadIpv4(at, &address);
  return address;
}
inline base::IpAddress LoadIpv6(const std::uint8_t* at) {
  base::IpAddress address;
  ReadIpv6(at, &address);
  return address;
}
// 4 or 16 bytes, by the family.
inline void StoreIp(std::uint8_t* at, const base::IpAddress& address) {
  std::memcpy(at, address.bytes.data(), address.IsV4() ? 4 : 16);
}

}  // namespace wire
