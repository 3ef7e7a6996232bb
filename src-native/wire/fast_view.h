// The commonest frames at the least cost: untagged, IPv4 without options or
// IPv6 without extension headers, no fragment, TCP or UDP, all of it in order.
//
// ParseFast says yes to nothing Parse would refuse, and then tells the same
// values; on "no" ask Parse, which also knows what was wrong. What policy does
// not need on a cached flow (MACs, sequence numbers) stays in the bytes.
#pragma once

#include <cstdint>
#include <cstring>

#include "wire/bytes.h"
#include "wire/frame.h"
#include "wire/parsed_frame.h"

namespace wire {

inline constexpr std::uint16_t kFastL3Offset = 14;

struct FastView {
  std::uint16_t source_port = 0;  // Host order.
  std::uint16_t destination_port = 0;
  std::uint16_t l4_offset = 0;  // From the start of the frame; l3 is at kFastL3Offset.
  std::uint8_t family = 0;      // 4 or 6.
  std::uint8_t protocol = 0;    // TCP or UDP.
  std::uint8_t ttl = 0;         // Or hop limit.
  std::uint8_t tcp_flags = 0;
};

namespace detail {

// REQUIRES: 20 readable bytes. Sums in the machine's own byte order: whether
// the fold is all ones does not depend on it (RFC 1071, section 2 (B)).
inline bool Ipv4Header20Valid(const std::uint8_t* header) {
  std::uint32_t w[5];
  std::memcpy(w, header, sizeof w);
  std::uint64_t sum = std::uint64_t{w[0]} + w[1] + w[2] + w[3] + w[4];
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return ((sum & 0xffff) + (sum >> 16)) == 0xffff;
}

// REQUIRES: `l4_length` readable bytes at `l4`, and the view's protocol set.
inline bool FinishFast(const std::uint8_t* l4, std::uint32_t l4_length, FastView* out) {
  if (out->protocol == kProtoTcp) {
    if (l4_length < 20) return false;
    const std::uint32_t header_bytes = (l4[12] >> 4) * 4u;
    if (header_bytes < 20 || header_bytes > l4_length) return false;
    out->tcp_flags = l4[13] & 0x3f;
  } else if (out->protocol == kProtoUdp) {
    if (l4_length < 8) return false;
    const std::uint32_t udp_length = Load16(l4 + 4);
    if (udp_length < 8 || udp_length > l4_length) return false;
    out->tcp_flags = 0;
  } else {
    return false;
  }
  out->source_port = Load16(l4);
  out->destination_port = Load16(l4 + 2);
  return true;
}

}  // namespace detail

inline bool ParseFast(const Frame& frame, FastView* out) noexcept {
  const std::uint8_t* data = frame.data;
  if (frame.length < kFastL3Offset + 20u) return false;
  const std::uint32_t after_ethernet = frame.length - kFastL3Offset;
  const std::uint8_t* ip = data + kFastL3Offset;
  const std::uint16_t ether_type = Load16(data + 12);
  if (ether_type == 0x0800) {
    const std::uint32_t total = Load16(ip + 2);
    // 0x3fff: more-fragments and the offset; don't-fragment may be set.
    if (ip[0] != 0x45 || (Load16(ip + 6) & 0x3fff) != 0 || total < 20 || total > after_ethernet ||
        !detail::Ipv4Header20Valid(ip)) {
      return false;
    }
    out->family = 4;
    out->protocol = ip[9];
    out->ttl = ip[8];
    out->l4_offset = kFastL3Offset + 20;
    return detail::FinishFast(ip + 20, total - 20, out);
  }
  if (ether_type == 0x86dd) {
    if (after_ethernet < 40 || (ip[0] >> 4) != 6) return false;
    const std::uint32_t payload = Load16(ip + 4);
    if (payload > after_ethernet - 40) return false;
    out->family = 6;
    out->protocol = ip[6];
    out->ttl = ip[7];
    out->l4_offset = kFastL3Offset + 40;
    return detail::FinishFast(ip + 40, payload, out);
  }
  return false;
}

}  // namespace wire
