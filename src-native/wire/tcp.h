// The TCP header (RFC 9293) as a checked view.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "wire/bytes.h"

namespace wire {

class TcpView {
 public:
  static constexpr std::uint32_t kMinBytes = 20;
  static constexpr std::uint32_t kChecksumOffset = 16;

  // `bytes` ends with the segment (or the first fragment of it).
  static std::optional<TcpView> Parse(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < kMinBytes) return std::nullopt;
    TcpView view(bytes.data());
    if (view.header_bytes() < kMinBytes || view.header_bytes() > bytes.size()) return std::nullopt;
    return view;
  }

  std::uint16_t source_port() const { return Load16(at_); }
  std::uint16_t destination_port() const { return Load16(at_ + 2); }
  std::uint32_t sequence() const { return Load32(at_ + 4); }
  std::uint32_t acknowledgment() const { return Load32(at_ + 8); }
  std::uint32_t header_bytes() const { return (at_[12] >> 4) * 4u; }
  std::uint8_t flags() const { return at_[13] & 0x3f; }
  std::uint16_t window() const { return Load16(at_ + 14); }
  std::span<const std::uint8_t> options() const { return {at_ + kMinBytes, header_bytes() - kMinBytes}; }
  std::uint16_t checksum() const { return Load16(at_ + kChecksumOffset); }

 private:
  explicit TcpView(const std::uint8_t* at) : at_(at) {}
  const std::uint8_t* at_;
};

}  // namespace wire
