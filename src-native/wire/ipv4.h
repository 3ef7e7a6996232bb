// The IPv4 header (RFC 791) as a checked view.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "wire/bytes.h"

namespace wire {

class Ipv4View {
 public:
  static constexpr std::uint32_t kMinBytes = 20;

  // Version, and a header length that fits into `bytes`. The total length is
  // not looked at: a segment to be cut up later may say zero.
  static std::optional<Ipv4View> Parse(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < kMinBytes || (bytes[0] >> 4) != 4) return std::nullopt;
    Ipv4View view(bytes.data());
    if (view.header_bytes() < kMinBytes || view.header_bytes() > bytes.size()) return std::nullopt;
    return view;
  }

  std::uint32_t header_bytes() const { return (at_[0] & 0x0f) * 4u; }
  std::uint16_t total_length() const { return Load16(at_ + 2); }
  std::uint16_t identification() const { return Load16(at_ + 4); }
  bool more_fragments() const { return (at_[6] & 0x20) != 0; }
  std::uint32_t fragment_offset() const { return (Load16(at_ + 6) & 0x1fffu) * 8; }  // Bytes.
  std::uint8_t ttl() const { return at_[8]; }
  std::uint8_t protocol() const { return at_[9]; }
  const std::uint8_t* source() const { return at_ + 12; }  // Four bytes each.
  const std::uint8_t* destination() const { return at_ + 16; }
  std::span<const std::uint8_t> header() const { return {at_, header_bytes()}; }
  std::span<const std::uint8_t> options() const { return header().subspan(kMinBytes); }

 private:
  explicit Ipv4View(const std::uint8_t* at) : at_(at) {}
  const std::uint8_t* at_;
};

}  // namespace wire
