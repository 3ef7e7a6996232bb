// Ethernet II, with at most one 802.1Q tag, as a checked view.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "wire/bytes.h"

namespace wire {

inline constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
inline constexpr std::uint16_t kEtherTypeArp = 0x0806;
inline constexpr std::uint16_t kEtherTypeVlan = 0x8100;
inline constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;
inline constexpr std::uint32_t kEthernetHeaderBytes = 14;
inline constexpr std::uint32_t kVlanTagBytes = 4;

class EthernetView {
 public:
  static std::optional<EthernetView> Parse(std::span<const std::uint8_t> frame) {
    if (frame.size() < kEthernetHeaderBytes) return std::nullopt;
    EthernetView view(frame.data());
    if (view.tagged() && frame.size() < kEthernetHeaderBytes + kVlanTagBytes) return std::nullopt;
    return view;
  }

  base::MacAddress destination() const { return LoadMac(at_); }
  base::MacAddress source() const { return LoadMac(at_ + 6); }
  bool tagged() const { return Load16(at_ + 12) == kEtherTypeVlan; }
  std::uint16_t vlan() const { return tagged() ? Load16(at_ + 14) & 0x0fff : 0; }
  std::uint16_t ether_type() const { return Load16(at_ + (tagged() ? 16 : 12)); }
  std::uint32_t header_bytes() const { return kEthernetHeaderBytes + (tagged() ? kVlanTagBytes : 0); }

 private:
  explicit EthernetView(const std::uint8_t* at) : at_(at) {}
  const std::uint8_t* at_;
};

}  // namespace wire
