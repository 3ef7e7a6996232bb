#include "wire/quoted_packet.h"

#include <span>

#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/ipv6.h"

namespace wire {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kLeastL4Bytes = 8;  // RFC 792: "the first 64 bits".

// `l4` begins behind the quoted IP header and ends with the quote.
bool ReadL4(Bytes l4, QuotedPacket* out) {
  if (l4.size() < kLeastL4Bytes) return false;
  std::size_t checksum = 0;
  if (out->protocol == kProtoTcp || out->protocol == kProtoUdp) {
    out->has_ports = true;
    out->source_port = Load16(l4.data());
    out->destination_port = Load16(l4.data() + 2);
    checksum = out->protocol == kProtoTcp ? 16 : 6;
  } else if (out->protocol == (out->source.IsV4() ? kProtoIcmp : kProtoIcmpV6)) {
    const auto icmp = IcmpView::Parse(l4, out->source.family);
    out->is_echo_request = icmp->IsEchoRequest();
    out->is_echo = icmp->IsEchoRequest() || icmp->IsEchoReply();
    if (!out->is_echo) return false;
    out->source_port = out->destination_port = icmp->identifier();
    checksum = IcmpView::kChecksumOffset;
  }
  if (checksum != 0 && checksum + 2 <= l4.size()) {
    out->checksum_offset = static_cast<std::uint16_t>(out->l4_offset + checksum);
  }
  return true;
}

bool ReadIpv4Quote(Bytes quote, QuotedPacket* out) {
  const auto ip = Ipv4View::Parse(quote);
  if (!ip || ip->fragment_offset() != 0) return false;
  ReadIpv4(ip->source(), &out->source);
  ReadIpv4(ip->destination(), &out->destination);
  out->protocol = ip->protocol();
  out->l4_offset = static_cast<std::uint16_t>(out->l3_offset + ip->header_bytes());
  return ReadL4(quote.subspan(ip->header_bytes()), out);
}

bool ReadIpv6Quote(Bytes quote, QuotedPacket* out) {
  constexpr int kMaxExtensionHeaders = 8;
  const auto ip = Ipv6View::Parse(quote);
  if (!ip) return false;
  ReadIpv6(ip->source(), &out->source);
  ReadIpv6(ip->destination(), &out->destination);
  out->protocol = ip->next_header();
  Bytes rest = quote.subspan(Ipv6View::kBytes);
  for (int seen = 0; Ipv6ExtensionView::IsExtension(out->protocol); ++seen) {
    const auto extension = Ipv6ExtensionView::Parse(out->protocol, rest);
    if (seen == kMaxExtensionHeaders || !extension || extension->fragment_offset() != 0 ||
        extension->segments_left() != 0) {
      return false;
    }
    out->protocol = extension->next_header();
    rest = rest.subspan(extension->header_bytes());
  }
  out->l4_offset = static_cast<std::uint16_t>(out->l3_offset + quote.size() - rest.size());
  return ReadL4(rest, out);
}

}  // namespace

std::optional<QuotedPacket> ParseQuotedPacket(const Frame& frame, const ParsedFrame& error) {
  if (error.is_fragment || error.l4_offset == 0) return std::nullopt;
  const std::size_t begin = std::size_t{error.l4_offset} + IcmpView::kBytes;
  const std::size_t end = std::size_t{error.l3_offset} + error.ip_length;
  if (begin >= end || end > frame.length || begin > 0xffff) return std::nullopt;
  QuotedPacket quote;
  quote.l3_offset = static_cast<std::uint16_t>(begin);
  const Bytes bytes = frame.bytes().subspan(begin, end - begin);
  const bool known = error.kind == EtherKind::kIpv4 ? ReadIpv4Quote(bytes, &quote) : ReadIpv6Quote(bytes, &quote);
  return known ? std::optional(quote) : std::nullopt;
}

}  // namespace wire
