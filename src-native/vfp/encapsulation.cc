#include "vfp/encapsulation.h"

#include <cstring>

#include "wire/bytes.h"
#include "wire/checksum.h"

namespace vfp {
namespace {

constexpr std::uint32_t kIp = wire::kEthernetHeaderBytes;
constexpr std::uint32_t kUdp = kIp + wire::Ipv4View::kMinBytes;
constexpr std::uint32_t kVxlan = kUdp + wire::UdpView::kBytes;
constexpr std::uint8_t kEcnMask = 3, kNotEct = 0, kEct1 = 1, kEct0 = 2, kCongested = 3;

// The byte that is called type of service or traffic class.
std::uint8_t TosOf(const std::uint8_t* inner, std::uint32_t length) {
  if (length < kIp + 2) return 0;
  const std::uint16_t type = wire::Load16(inner + 12);
  if (type == wire::kEtherTypeIpv4) return inner[kIp + 1];
  if (type == wire::kEtherTypeIpv6) return static_cast<std::uint8_t>(wire::Load16(inner + kIp) >> 4);
  return 0;
}

}  // namespace

std::string Encapsulation::ToString() const {
  return "VXLAN " + std::to_string(vsid) + " from " + source.ToString() + " to " + destination.ToString() + " port " +
         std::to_string(udp_port);
}

PreparedEncapsulation Prepare(const Encapsulation& encapsulation) {
  PreparedEncapsulation prepared;
  std::uint8_t* at = prepared.bytes;
  wire::StoreMac(at, encapsulation.destination_mac);
  wire::StoreMac(at + 6, encapsulation.source_mac);
  wire::Store16(at + 12, wire::kEtherTypeIpv4);
  at[kIp] = 0x45;
  // An identification of zero: what must not be fragmented needs none (RFC 6864).
  wire::Store16(at + kIp + 6, 0x4000);
  at[kIp + 8] = encapsulation.ttl;
  at[kIp + 9] = wire::kProtoUdp;
  wire::StoreIp(at + kIp + 12, encapsulation.source);
  wire::StoreIp(at + kIp + 16, encapsulation.destination);
  wire::Store16(at + kUdp + 2, encapsulation.udp_port);
  at[kVxlan] = wire::VxlanView::kFlagVni;
  wire::Store32(at + kVxlan + 4, encapsulation.vsid << 8);
  prepared.ip_sum = wire::ChecksumFold(wire::ChecksumAdd({at + kIp, wire::Ipv4View::kMinBytes}));
  return prepared;
}

void Push(const PreparedEncapsulation& prepared, wire::Frame* frame) {
  const std::uint8_t tos = TosOf(frame->data, frame->length);
  const std::uint16_t source_port = wire::VxlanSourcePort(frame->bytes());
  frame->data -= wire::kVxlanPushBytes;
  frame->length += wire::kVxlanPushBytes;
  frame->headroom = static_cast<std::uint16_t>(frame->headroom - wire::kVxlanPushBytes);
  std::uint8_t* at = frame->data;
  std::memcpy(at, prepared.bytes, wire::kVxlanPushBytes);
  const auto ip_length = static_cast<std::uint16_t>(frame->length - kIp);
  at[kIp + 1] = tos;
  wire::Store16(at + kIp + 2, ip_length);
  wire::Store16(at + kIp + 10,
                static_cast<std::uint16_t>(~wire::ChecksumFold(std::uint32_t{prepared.ip_sum} + tos + ip_length)));
  wire::Store16(at + kUdp, source_port);
  wire::Store16(at + kUdp + 4, static_cast<std::uint16_t>(frame->length - kUdp));
}

bool CombineEcn(std::uint8_t outer_tos, wire::Frame* frame) {
  const std::uint8_t outer = outer_tos & kEcnMask;
  if (outer != kCongested && outer != kEct1) return true;
  if (frame->length < kIp + 12) return true;
  const std::uint16_t type = wire::Load16(frame->data + 12);
  if (type != wire::kEtherTypeIpv4 && type != wire::kEtherTypeIpv6) return true;
  const std::uint8_t inner = TosOf(frame->data, frame->length) & kEcnMask;
  if (inner == kNotEct) return outer != kCongested;
  if (inner == kCongested || inner == outer || (outer == kEct1 && inner != kEct0)) return true;
  std::uint8_t* ip = frame->data + kIp;
  const std::uint16_t before = wire::Load16(ip);
  const bool v4 = type == wire::kEtherTypeIpv4;
  const int shift = v4 ? 0 : 4;
  const auto after = static_cast<std::uint16_t>((before & ~(kEcnMask << shift)) | (outer << shift));
  wire::Store16(ip, after);
  if (v4) {
    wire::ChecksumDelta delta;
    delta.Word(before, after);
    wire::Store16(ip + 10, wire::ApplyDelta(wire::Load16(ip + 10), delta.value()));
  }
  return true;
}

}  // namespace vfp
