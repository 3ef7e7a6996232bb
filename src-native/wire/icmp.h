// ICMP (RFC 792) and ICMPv6 (RFC 4443) as one checked view: the two differ in
// the numbers of their types, not in their layout.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "wire/bytes.h"

namespace wire {

inline constexpr std::uint8_t kIcmpEchoReply = 0;
inline constexpr std::uint8_t kIcmpEchoRequest = 8;
inline constexpr std::uint8_t kIcmpV6EchoRequest = 128;
inline constexpr std::uint8_t kIcmpV6EchoReply = 129;

class IcmpView {
 public:
  static constexpr std::uint32_t kBytes = 8;
  static constexpr std::uint32_t kChecksumOffset = 2;
  static constexpr std::uint32_t kIdentifierOffset = 4;

  static std::optional<IcmpView> Parse(std::span<const std::uint8_t> bytes, base::IpFamily family) {
    if (bytes.size() < kBytes) return std::nullopt;
    return IcmpView(bytes.data(), family);
  }

  std::uint8_t type() const { return at_[0]; }
  std::uint8_t code() const { return at_[1]; }
  std::uint16_t checksum() const { return Load16(at_ + kChecksumOffset); }
  std::uint16_t identifier() const { return Load16(at_ + kIdentifierOffset); }  // Of an echo.
  bool IsEchoRequest() const { return type() == (v6_ ? kIcmpV6EchoRequest : kIcmpEchoRequest); }
  bool IsEchoReply() const { return type() == (v6_ ? kIcmpV6EchoReply : kIcmpEchoReply); }
  // Quotes the packet it is about: unreachable, source quench, redirect, time
  // exceeded, parameter problem; in ICMPv6 all types below 128.
  bool IsError() const {
    if (v6_) return type() < 128;
    return type() == 3 || type() == 4 || type() == 5 || type() == 11 || type() == 12;
  }

 private:
  IcmpView(const std::uint8_t* at, base::IpFamily family) : at_(at), v6_(family == base::IpFamily::kIpv6) {}
  const std::uint8_t* at_;
  bool v6_;
};

}  // namespace wire
