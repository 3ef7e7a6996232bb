// The IPv6 header and the extension headers in front of the upper layer
// (RFC 8200) as checked views.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "wire/bytes.h"

namespace wire {

inline constexpr std::uint8_t kProtoHopByHop = 0;
inline constexpr std::uint8_t kProtoRouting = 43;
inline constexpr std::uint8_t kProtoFragment = 44;
inline constexpr std::uint8_t kProtoNoNextHeader = 59;
inline constexpr std::uint8_t kProtoDestinationOptions = 60;

class Ipv6View {
 public:
  static constexpr std::uint32_t kBytes = 40;

  static std::optional<Ipv6View> Parse(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < kBytes || (bytes[0] >> 4) != 6) return std::nullopt;
    return Ipv6View(bytes.data());
  }

  std::uint16_t payload_length() const { return Load16(at_ + 4); }  // Extension headers included.
  std::uint8_t next_header() const { return at_[6]; }
  std::uint8_t hop_limit() const { return at_[7]; }
  const std::uint8_t* source() const { return at_ + 8; }  // Sixteen bytes each.
  const std::uint8_t* destination() const { return at_ + 24; }

 private:
  explicit Ipv6View(const std::uint8_t* at) : at_(at) {}
  const std::uint8_t* at_;
};

class Ipv6ExtensionView {
 public:
  static bool IsExtension(std::uint8_t protocol) {
    return protocol == kProtoHopByHop || protocol == kProtoRouting || protocol == kProtoFragment ||
           protocol == kProtoDestinationOptions;
  }

  // `protocol`: which extension header `bytes` begins with. REQUIRES: IsExtension.
  static std::optional<Ipv6ExtensionView> Parse(std::uint8_t protocol, std::span<const std::uint8_t> bytes) {
    if (bytes.size() < 8) return std::nullopt;
    Ipv6ExtensionView view(protocol, bytes.data());
    if (view.header_bytes() > bytes.size()) return std::nullopt;
    return view;
  }

  std::uint8_t protocol() const { return protocol_; }
  std::uint8_t next_header() const { return at_[0]; }
  // A fragment header has eight bytes; its second one is reserved.
  std::uint32_t header_bytes() const { return protocol_ == kProtoFragment ? 8u : (at_[1] + 1u) * 8; }
  // Routing header only.
  std::uint8_t segments_left() const { return protocol_ == kProtoRouting ? at_[3] : 0; }
  // Fragment header only.
  std::uint32_t fragment_offset() const {
    return protocol_ == kProtoFragment ? Load16(at_ + 2) & 0xfff8u : 0;
  }  // Bytes.
  bool more_fragments() const { return protocol_ == kProtoFragment && (at_[3] & 1) != 0; }
  std::uint32_t identification() const { return protocol_ == kProtoFragment ? Load32(at_ + 4) : 0; }

 private:
  Ipv6ExtensionView(std::uint8_t protocol, const std::uint8_t* at) : at_(at), protocol_(protocol) {}
  const std::uint8_t* at_;
  std::uint8_t protocol_;
};

}  // namespace wire
