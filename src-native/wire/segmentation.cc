#include "wire/segmentation.h"

#include <algorithm>
#include <cstring>

#include "wire/bytes.h"
#include "wire/checksum.h"
#include "wire/ethernet.h"
#include "wire/ipv4.h"
#include "wire/ipv6.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace wire {

Segmenter::Segmenter(Kind kind, const Frame& frame, const ParsedFrame& parsed, std::uint32_t headers,
                     std::uint32_t size)
    : kind_(kind),
      v4_(parsed.kind == EtherKind::kIpv4),
      frame_(frame),
      l3_(parsed.l3_offset),
      l4_(parsed.l4_offset),
      headers_(headers),
      size_(size),
      end_(parsed.l3_offset + parsed.ip_length),
      at_(headers),
      longest_packet_(headers - parsed.l3_offset + std::min(size, end_ - headers)) {}

std::optional<Segmenter> Segmenter::OfSegments(const Frame& frame, const ParsedFrame& parsed) {
  const std::uint8_t type = frame.offload.gso_type & static_cast<std::uint8_t>(~Offload::kGsoEcn);
  if (type == Offload::kGsoNone || frame.offload.gso_size == 0 || parsed.is_fragment) return std::nullopt;
  const bool v4 = parsed.kind == EtherKind::kIpv4;
  const bool tcp = type == (v4 ? Offload::kGsoTcpV4 : Offload::kGsoTcpV6) && parsed.protocol == kProtoTcp;
  const bool udp = type == Offload::kGsoUdpL4 && parsed.protocol == kProtoUdp;
  if ((!tcp && !udp) || parsed.l4_offset == 0) return std::nullopt;
  return Segmenter(tcp ? Kind::kTcp : Kind::kUdp, frame, parsed, parsed.payload_offset, frame.offload.gso_size);
}

std::optional<Segmenter> Segmenter::OfFragments(const Frame& frame, const ParsedFrame& parsed, std::uint32_t mtu) {
  if (parsed.kind != EtherKind::kIpv4 || parsed.has_options || frame.offload.gso_type != Offload::kGsoNone) {
    return std::nullopt;
  }
  constexpr std::uint8_t kDontFragment = 0x40;
  if ((frame.data[parsed.l3_offset + 6] & kDontFragment) != 0) return std::nullopt;
  constexpr std::uint32_t kUnit = 8;
  if (mtu < Ipv4View::kMinBytes + kUnit) return std::nullopt;
  const std::uint32_t size = (mtu - Ipv4View::kMinBytes) / kUnit * kUnit;
  return Segmenter(Kind::kFragment, frame, parsed, parsed.l3_offset + Ipv4View::kMinBytes, size);
}

std::uint32_t Segmenter::Next(std::uint8_t* out) {
  // A packet without payload is one piece.
  if (at_ >= end_ && count_ != 0) return 0;
  const std::uint32_t bytes = std::min(size_, end_ - at_);
  const bool last = at_ + bytes >= end_;
  std::memcpy(out, frame_.data, headers_);
  std::memcpy(out + headers_, frame_.data + at_, bytes);
  const std::uint32_t length = headers_ + bytes;
  std::uint8_t* ip = out + l3_;
  if (v4_) {
    Store16(ip + 2, static_cast<std::uint16_t>(length - l3_));
    if (kind_ != Kind::kFragment) Store16(ip + 4, static_cast<std::uint16_t>(Load16(ip + 4) + count_));
  } else {
    Store16(ip + 4, static_cast<std::uint16_t>(length - l3_ - Ipv6View::kBytes));
  }
  if (kind_ == Kind::kFragment) {
    // A fragment may itself have been one: its offset and "more" go on.
    constexpr std::uint16_t kMore = 0x2000;
    const std::uint16_t field = Load16(ip + 6);
    const auto offset = static_cast<std::uint16_t>((field & 0x1fff) + (at_ - headers_) / 8);
    Store16(ip + 6, static_cast<std::uint16_t>((field & 0xe000) | offset | (last ? 0 : kMore)));
    Store16(ip + 10, 0);
    Store16(ip + 10, static_cast<std::uint16_t>(~ChecksumFold(ChecksumAdd({ip, Ipv4View::kMinBytes}))));
  } else {
    std::uint8_t* l4 = out + l4_;
    if (kind_ == Kind::kTcp) {
      Store32(l4 + 4, Load32(l4 + 4) + (at_ - headers_));
      constexpr std::uint8_t kCwr = 0x80;
      if (!last) l4[13] &= static_cast<std::uint8_t>(~(kTcpFin | kTcpPsh));
      if (count_ != 0) l4[13] &= static_cast<std::uint8_t>(~kCwr);
    } else {
      Store16(l4 + 4, static_cast<std::uint16_t>(length - l4_));
    }
    Frame piece;
    piece.data = out;
    piece.length = length;
    FillChecksums(&piece);
  }
  at_ += bytes;
  ++count_;
  return length;
}

}  // namespace wire
