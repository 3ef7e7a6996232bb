// The UDP header (RFC 768) as a checked view.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "wire/bytes.h"

namespace wire {

class UdpView {
 public:
  static constexpr std::uint32_t kBytes = 8;
  static constexpr std::uint32_t kChecksumOffset = 6;

  // The length field is checked by whoever knows whether `bytes` is all of the
  // datagram: it is not in a first fragment.
  static std::optional<UdpView> Parse(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < kBytes) return std::nullopt;
    return UdpView(bytes.data());
  }

  std::uint16_t source_port() const { return Load16(at_); }
  std::uint16_t destination_port() const { return Load16(at_ + 2); }
  std::uint16_t length() const { return Load16(at_ + 4); }  // Header included.
  std::uint16_t checksum() const { return Load16(at_ + kChecksumOffset); }

 private:
  explicit UdpView(const std::uint8_t* at) : at_(at) {}
  const std::uint8_t* at_;
};

}  // namespace wire
