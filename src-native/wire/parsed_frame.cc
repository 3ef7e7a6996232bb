#include "wire/parsed_frame.h"

#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/ethernet.h"
#include "wire/fast_view.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/ipv6.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace wire {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr int kMaxExtensionHeaders = 8;
constexpr ParsedFrame kNothing;

bool IsGso(const Frame& frame) { return frame.offload.gso_type != Offload::kGsoNone; }

// A header that does not fit: in a first fragment it is a known way around
// filters, elsewhere the packet is merely short.
ParseError TooShort(const ParsedFrame& out) {
  return out.is_fragment ? ParseError::kBadL4Header : ParseError::kTruncated;
}

ParseError ParseTcp(Bytes l4, ParsedFrame* out) {
  const auto tcp = TcpView::Parse(l4);
  if (!tcp) return l4.size() < TcpView::kMinBytes ? TooShort(*out) : ParseError::kBadL4Header;
  out->source_port = tcp->source_port();
  out->destination_port = tcp->destination_port();
  out->tcp_flags = tcp->flags();
  out->tcp_sequence = tcp->sequence();
  out->payload_offset = static_cast<std::uint16_t>(out->l4_offset + tcp->header_bytes());
  return ParseError::kNone;
}

ParseError ParseUdp(Bytes l4, bool gso, ParsedFrame* out) {
  const auto udp = UdpView::Parse(l4);
  if (!udp) return TooShort(*out);
  const bool rest_of_packet = udp->length() == 0 && gso;
  if (!rest_of_packet && udp->length() < UdpView::kBytes) return ParseError::kBadL4Header;
  if (!out->is_fragment && udp->length() > l4.size()) return ParseError::kBadL4Header;
  out->source_port = udp->source_port();
  out->destination_port = udp->destination_port();
  out->payload_offset = static_cast<std::uint16_t>(out->l4_offset + UdpView::kBytes);
  return ParseError::kNone;
}

ParseError ParseIcmp(Bytes l4, base::IpFamily family, ParsedFrame* out) {
  const auto icmp = IcmpView::Parse(l4, family);
  if (!icmp) return TooShort(*out);
  out->icmp_type = icmp->type();
  out->icmp_code = icmp->code();
  out->is_icmp_echo = icmp->IsEchoRequest() || icmp->IsEchoReply();
  out->is_icmp_error = icmp->IsError();
  if (out->is_icmp_echo) out->source_port = out->destination_port = icmp->identifier();
  out->payload_offset = static_cast<std::uint16_t>(out->l4_offset + IcmpView::kBytes);
  return ParseError::kNone;
}

// `l4` begins behind the last IP header and ends with the IP packet.
ParseError ParseL4(Bytes l4, std::uint32_t offset, bool gso, ParsedFrame* out) {
  out->payload_offset = static_cast<std::uint16_t>(offset);
  if (out->is_later_fragment) return ParseError::kNone;
  out->l4_offset = static_cast<std::uint16_t>(offset);
  switch (out->protocol) {
    case kProtoTcp: return ParseTcp(l4, out);
    case kProtoUdp: return ParseUdp(l4, gso, out);
    case kProtoIcmp:
      return out->kind == EtherKind::kIpv4 ? ParseIcmp(l4, base::IpFamily::kIpv4, out) : ParseError::kNone;
    case kProtoIcmpV6:
      return out->kind == EtherKind::kIpv6 ? ParseIcmp(l4, base::IpFamily::kIpv6, out) : ParseError::kNone;
    default: return ParseError::kNone;
  }
}

// `offset` and `more` as the fragment's header says; `payload_bytes` of it follow.
ParseError NoteFragment(std::uint32_t id, std::uint32_t offset, bool more, std::size_t payload_bytes,
                        ParsedFrame* out) {
  out->fragment_id = id;
  out->fragment_offset = offset;
  out->fragment_end = static_cast<std::uint32_t>(offset + payload_bytes);
  out->is_fragment = more || offset != 0;
  out->is_later_fragment = offset != 0;
  if (out->is_fragment && offset + payload_bytes > 65535) return ParseError::kBadIpHeader;
  if (out->is_later_fragment && out->protocol == kProtoTcp && offset < TcpView::kMinBytes) {
    return ParseError::kBadL4Header;
  }
  return ParseError::kNone;
}

// False when malformed or when a source route is among them.
bool Ipv4OptionsAcceptable(Bytes options) {
  constexpr std::uint8_t kEnd = 0, kNoOperation = 1, kLooseSourceRoute = 131, kStrictSourceRoute = 137;
  while (!options.empty() && options[0] != kEnd) {
    if (options[0] == kNoOperation) {
      options = options.subspan(1);
      continue;
    }
    if (options[0] == kLooseSourceRoute || options[0] == kStrictSourceRoute) return false;
    if (options.size() < 2 || options[1] < 2 || options[1] > options.size()) return false;
    options = options.subspan(options[1]);
  }
  return true;
}

ParseError ParseIpv4(const Frame& frame, ParsedFrame* out) {
  const Bytes rest = frame.bytes().subspan(out->l3_offset);
  const auto ip = Ipv4View::Parse(rest);
  if (!ip) {
    if (rest.size() < Ipv4View::kMinBytes) return ParseError::kTruncated;
    const std::uint32_t claimed = (rest[0] & 0x0fu) * 4;
    const bool possible = (rest[0] >> 4) == 4 && claimed >= Ipv4View::kMinBytes;
    return possible ? ParseError::kTruncated : ParseError::kBadIpHeader;
  }
  const std::uint32_t header_bytes = ip->header_bytes();
  std::size_t length = ip->total_length();
  if (length == 0 && IsGso(frame)) length = rest.size();
  if (length < header_bytes) return ParseError::kBadIpHeader;
  if (length > rest.size()) return ParseError::kTruncated;
  ReadIpv4(ip->source(), &out->source);
  ReadIpv4(ip->destination(), &out->destination);
  out->protocol = ip->protocol();
  out->ttl = ip->ttl();
  out->ip_length = static_cast<std::uint32_t>(length);
  if (header_bytes == Ipv4View::kMinBytes) {
    if (!detail::Ipv4Header20Valid(rest.data())) return ParseError::kBadChecksum;
  } else {
    out->has_options = true;
    if (ChecksumFold(ChecksumAdd(ip->header())) != 0xffff) return ParseError::kBadChecksum;
    if (!Ipv4OptionsAcceptable(ip->options())) return ParseError::kBadIpHeader;
  }
  const ParseError error =
      NoteFragment(ip->identification(), ip->fragment_offset(), ip->more_fragments(), length - header_bytes, out);
  if (error != ParseError::kNone) return error;
  return ParseL4(rest.first(length).subspan(header_bytes), out->l3_offset + header_bytes, IsGso(frame), out);
}

ParseError ParseIpv6(const Frame& frame, ParsedFrame* out) {
  Bytes rest = frame.bytes().subspan(out->l3_offset);
  const auto ip = Ipv6View::Parse(rest);
  if (!ip) return rest.size() < Ipv6View::kBytes ? ParseError::kTruncated : ParseError::kBadIpHeader;
  std::size_t length = Ipv6View::kBytes + std::size_t{ip->payload_length()};
  if (ip->payload_length() == 0 && IsGso(frame)) length = rest.size();
  if (length > rest.size()) return ParseError::kTruncated;
  ReadIpv6(ip->source(), &out->source);
  ReadIpv6(ip->destination(), &out->destination);
  out->protocol = ip->next_header();
  out->ttl = ip->hop_limit();
  out->ip_length = static_cast<std::uint32_t>(length);

  rest = rest.first(length).subspan(Ipv6View::kBytes);
  bool fragment_seen = false;
  for (int seen = 0; !out->is_later_fragment && Ipv6ExtensionView::IsExtension(out->protocol); ++seen) {
    if (seen == kMaxExtensionHeaders) return ParseError::kTooManyHeaders;
    const auto extension = Ipv6ExtensionView::Parse(out->protocol, rest);
    if (!extension) return ParseError::kTruncated;
    out->has_options = true;
    if (extension->protocol() == kProtoHopByHop && seen != 0) return ParseError::kBadIpHeader;
    if (extension->segments_left() != 0) return ParseError::kBadIpHeader;
    out->protocol = extension->next_header();
    rest = rest.subspan(extension->header_bytes());
    if (extension->protocol() == kProtoFragment) {
      if (fragment_seen) return ParseError::kBadIpHeader;
      fragment_seen = true;
      const ParseError error = NoteFragment(extension->identification(), extension->fragment_offset(),
                                            extension->more_fragments(), rest.size(), out);
      if (error != ParseError::kNone) return error;
    }
  }
  const auto l4_offset = static_cast<std::uint32_t>(out->l3_offset + length - rest.size());
  return ParseL4(rest, l4_offset, IsGso(frame), out);
}

ParseError ParseArp(const Frame& frame, ParsedFrame* out) {
  const Bytes rest = frame.bytes().subspan(out->l3_offset);
  const auto arp = ArpView::Parse(rest);
  if (!arp) return rest.size() < ArpView::kBytes ? ParseError::kTruncated : ParseError::kBadArp;
  out->arp_operation = arp->operation();
  out->arp_sender_mac = arp->sender_mac();
  out->arp_target_mac = arp->target_mac();
  out->source = arp->sender();
  out->destination = arp->target();
  return ParseError::kNone;
}

ParseError ParseAll(const Frame& frame, ParsedFrame* out) {
  const auto ethernet = EthernetView::Parse(frame.bytes());
  if (!ethernet) return ParseError::kTruncated;
  out->destination_mac = ethernet->destination();
  out->source_mac = ethernet->source();
  out->tagged = ethernet->tagged();
  out->vlan = ethernet->vlan();
  out->ether_type = ethernet->ether_type();
  out->l3_offset = static_cast<std::uint16_t>(ethernet->header_bytes());
  switch (out->ether_type) {
    case kEtherTypeIpv4: out->kind = EtherKind::kIpv4; return ParseIpv4(frame, out);
    case kEtherTypeIpv6: out->kind = EtherKind::kIpv6; return ParseIpv6(frame, out);
    case kEtherTypeArp: out->kind = EtherKind::kArp; return ParseArp(frame, out);
    default: return ParseError::kNone;
  }
}

}  // namespace

ParseError Parse(const Frame& frame, ParsedFrame* out) {
  // Not `*out = {}`: compilers clear a struct of this size with a string
  // instruction, which costs more than all the rest.
  std::memcpy(out, &kNothing, sizeof *out);
  out->error = ParseAll(frame, out);
  return out->error;
}

}  // namespace wire
