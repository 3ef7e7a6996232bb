#include "wire/vxlan.h"

#include "wire/checksum.h"
#include "wire/ipv6.h"

namespace wire {
namespace {

std::uint32_t Mix(std::uint32_t hash, std::uint32_t word) {  // MurmurHash3's step.
  word *= 0xcc9e2d51;
  word = word << 15 | word >> 17;
  word *= 0x1b873593;
  hash ^= word;
  hash = hash << 13 | hash >> 19;
  return hash * 5 + 0xe6546b64;
}

std::uint32_t Finish(std::uint32_t hash) {
  hash ^= hash >> 16;
  hash *= 0x85ebca6b;
  hash ^= hash >> 13;
  hash *= 0xc2b2ae35;
  return hash ^ hash >> 16;
}

std::uint32_t MixWords(std::uint32_t hash, const std::uint8_t* at, int words) {
  for (int i = 0; i < words; ++i) hash = Mix(hash, Load32(at + 4 * i));
  return hash;
}

bool NamesPorts(std::uint8_t protocol) { return protocol == kProtoTcp || protocol == kProtoUdp; }

}  // namespace

std::uint16_t VxlanSourcePort(std::span<const std::uint8_t> inner) {
  constexpr std::uint16_t kFirst = 49152;
  const auto of_hash = [](std::uint32_t hash) { return static_cast<std::uint16_t>(kFirst + (Finish(hash) & 0x3fff)); };
  if (inner.size() < kEthernetHeaderBytes) return kFirst;
  const std::span<const std::uint8_t> l3 = inner.subspan(kEthernetHeaderBytes);
  const std::uint16_t type = Load16(inner.data() + 12);
  if (type == kEtherTypeIpv4) {
    const auto ip = Ipv4View::Parse(l3);
    if (!ip) return kFirst;
    std::uint32_t hash = Mix(MixWords(0, ip->source(), 2), ip->protocol());
    const bool whole = !ip->more_fragments() && ip->fragment_offset() == 0;
    if (whole && NamesPorts(ip->protocol()) && l3.size() >= ip->header_bytes() + 4) {
      hash = MixWords(hash, l3.data() + ip->header_bytes(), 1);
    }
    return of_hash(hash);
  }
  if (type == kEtherTypeIpv6) {
    const auto ip = Ipv6View::Parse(l3);
    if (!ip) return kFirst;
    // Behind extension headers nobody looks for ports.
    std::uint32_t hash = Mix(MixWords(0, l3.data() + 8, 8), ip->next_header());
    if (NamesPorts(ip->next_header()) && l3.size() >= Ipv6View::kBytes + 4) {
      hash = MixWords(hash, l3.data() + Ipv6View::kBytes, 1);
    }
    return of_hash(hash);
  }
  return kFirst;
}

VxlanError ReadVxlan(const Frame& frame, const ParsedFrame& parsed, VxlanPacket* out) {
  if (parsed.is_fragment) return VxlanError::kFragment;
  const std::uint8_t* udp = frame.data + parsed.l4_offset;
  std::uint32_t length = Load16(udp + 4);
  // To be segmented later: the rest of the packet.
  if (length == 0) length = parsed.l3_offset + parsed.ip_length - parsed.l4_offset;
  constexpr std::uint32_t kHeaders = UdpView::kBytes + VxlanView::kBytes;
  if (length < kHeaders + kEthernetHeaderBytes) return VxlanError::kNoHeader;
  const auto vxlan = VxlanView::Parse({udp + UdpView::kBytes, VxlanView::kBytes});
  if (!vxlan->has_vni()) return VxlanError::kNoVni;
  if (Load16(udp + UdpView::kChecksumOffset) != 0) {
    const Offload& offload = frame.offload;
    const bool vouched = (offload.flags & Offload::kDataValid) != 0 || offload.NeedsChecksum();
    if (!vouched && !ChecksumsValid(frame)) return VxlanError::kBadChecksum;
  }
  out->source = parsed.source;
  out->destination = parsed.destination;
  out->vni = vxlan->vni();
  out->inner_offset = parsed.l4_offset + kHeaders;
  out->inner_length = length - kHeaders;
  out->outer_tos = frame.data[parsed.l3_offset + 1];
  return VxlanError::kNone;
}

void PopVxlan(const VxlanPacket& packet, Frame* frame) {
  const std::uint32_t bytes = packet.inner_offset;
  frame->data += bytes;
  frame->length = packet.inner_length;
  frame->headroom = static_cast<std::uint16_t>(frame->headroom + bytes);
  Offload& offload = frame->offload;
  if (offload.NeedsChecksum()) {
    if (offload.checksum_start >= bytes) {
      offload.checksum_start = static_cast<std::uint16_t>(offload.checksum_start - bytes);
    } else {
      offload.flags &= static_cast<std::uint8_t>(~Offload::kNeedsChecksum);  // The outer one's.
    }
  }
  offload.header_length = static_cast<std::uint16_t>(offload.header_length > bytes ? offload.header_length - bytes : 0);
}

}  // namespace wire
