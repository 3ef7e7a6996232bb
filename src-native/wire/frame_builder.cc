#include "wire/frame_builder.h"

#include <cassert>

#include "wire/arp.h"
#include "wire/bytes.h"
#include "wire/checksum.h"
#include "wire/ethernet.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/ipv6.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace wire {
namespace {

void WriteEthernet(std::uint8_t* at, const base::MacAddress& destination, const base::MacAddress& source,
                   std::uint16_t ether_type) {
  StoreMac(at, destination);
  StoreMac(at + 6, source);
  Store16(at + 12, ether_type);
}

struct ArpFields {
  std::uint16_t operation;
  base::MacAddress sender_mac;
  base::IpAddress sender;
  base::MacAddress target_mac;
  base::IpAddress target;
};

void WriteArpBody(std::uint8_t* at, const ArpFields& fields) {
  Store32(at, 0x00010800);
  Store16(at + 4, 0x0604);
  Store16(at + 6, fields.operation);
  StoreMac(at + 8, fields.sender_mac);
  StoreIp(at + 14, fields.sender);
  StoreMac(at + 18, fields.target_mac);
  StoreIp(at + 24, fields.target);
}

void WriteIpv6(std::uint8_t* at, std::uint32_t payload_bytes, std::uint8_t next_header, std::uint8_t hop_limit,
               const base::IpAddress& source, const base::IpAddress& destination) {
  Store32(at, 0x60000000);
  Store16(at + 4, static_cast<std::uint16_t>(payload_bytes));
  at[6] = next_header;
  at[7] = hop_limit;
  StoreIp(at + 8, source);
  StoreIp(at + 24, destination);
}

void WriteIpv4(std::uint8_t* at, std::uint32_t payload_bytes, std::uint8_t protocol, const FrameFields& fields) {
  at[0] = 0x45;
  Store16(at + 2, static_cast<std::uint16_t>(Ipv4View::kMinBytes + payload_bytes));
  Store16(at + 4, fields.identification);
  at[8] = fields.ttl;
  at[9] = protocol;
  StoreIp(at + 12, fields.source);
  StoreIp(at + 16, fields.destination);
}

// Everything but the L4 header, which `write_l4` fills; then the checksums.
template <typename WriteL4>
FrameBytes BuildL4(const FrameFields& fields, std::uint8_t protocol, std::uint32_t l4_header_bytes, WriteL4 write_l4) {
  assert(fields.source.family == fields.destination.family);
  const bool v4 = fields.source.IsV4();
  const std::uint32_t l3 = kEthernetHeaderBytes + (fields.vlan ? kVlanTagBytes : 0);
  const std::uint32_t l4 = l3 + (v4 ? Ipv4View::kMinBytes : Ipv6View::kBytes);
  const auto l4_bytes = static_cast<std::uint32_t>(l4_header_bytes + fields.payload.size());
  FrameBytes bytes(l4 + l4_bytes);
  const std::uint16_t ether_type = v4 ? kEtherTypeIpv4 : kEtherTypeIpv6;
  WriteEthernet(bytes.data(), fields.destination_mac, fields.source_mac, fields.vlan ? kEtherTypeVlan : ether_type);
  if (fields.vlan) {
    Store16(bytes.data() + 14, *fields.vlan);
    Store16(bytes.data() + 16, ether_type);
  }
  if (v4) {
    WriteIpv4(bytes.data() + l3, l4_bytes, protocol, fields);
  } else {
    WriteIpv6(bytes.data() + l3, l4_bytes, protocol, fields.ttl, fields.source, fields.destination);
  }
  write_l4(bytes.data() + l4, l4_bytes);
  if (!fields.payload.empty())
    std::memcpy(bytes.data() + l4 + l4_header_bytes, fields.payload.data(), fields.payload.size());
  Frame frame{bytes.data(), static_cast<std::uint32_t>(bytes.size()), {}};
  FillChecksums(&frame);
  return bytes;
}

}  // namespace

std::size_t WriteArpReply(const ParsedFrame& request, const base::MacAddress& mac, std::span<std::uint8_t> out) {
  assert(out.size() >= kArpFrameBytes);
  WriteEthernet(out.data(), request.arp_sender_mac, mac, kEtherTypeArp);
  WriteArpBody(out.data() + kEthernetHeaderBytes, {.operation = ArpView::kReply,
                                                   .sender_mac = mac,
                                                   .sender = request.destination,
                                                   .target_mac = request.arp_sender_mac,
                                                   .target = request.source});
  return kArpFrameBytes;
}

std::size_t WriteArpRequest(const base::MacAddress& mac, const base::IpAddress& sender, const base::IpAddress& target,
                            std::span<std::uint8_t> out) {
  assert(out.size() >= kArpFrameBytes);
  WriteEthernet(out.data(), base::MacAddress::Broadcast(), mac, kEtherTypeArp);
  WriteArpBody(
      out.data() + kEthernetHeaderBytes,
      {.operation = ArpView::kRequest, .sender_mac = mac, .sender = sender, .target_mac = {}, .target = target});
  return kArpFrameBytes;
}

std::size_t WriteNeighborAdvertisement(const ParsedFrame& solicitation, const NdView& view, const base::MacAddress& mac,
                                       bool is_router, std::span<std::uint8_t> out) {
  assert(out.size() >= kNeighborAdvertisementBytes);
  const bool probe = solicitation.source.IsUnspecified();
  base::IpAddress destination = solicitation.source;
  if (probe) destination.bytes = {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};  // All nodes.
  const std::uint32_t body_bytes = 32;
  WriteEthernet(out.data(), probe ? MulticastMac(destination) : solicitation.source_mac, mac, kEtherTypeIpv6);
  WriteIpv6(out.data() + kEthernetHeaderBytes, body_bytes, kProtoIcmpV6, 255, view.target(), destination);
  std::uint8_t* body = out.data() + kEthernetHeaderBytes + Ipv6View::kBytes;
  std::memset(body, 0, body_bytes);
  body[0] = kNdNeighborAdvertisement;
  body[4] =
      static_cast<std::uint8_t>(kNdFlagOverride | (is_router ? kNdFlagRouter : 0) | (probe ? 0 : kNdFlagSolicited));
  StoreIp(body + 8, view.target());
  body[24] = 2;  // Target link-layer address, one unit of eight bytes.
  body[25] = 1;
  StoreMac(body + 26, mac);
  Frame frame{out.data(), kNeighborAdvertisementBytes, {}};
  FillChecksums(&frame);
  return kNeighborAdvertisementBytes;
}

base::MacAddress MulticastMac(const base::IpAddress& group) {
  const auto& b = group.bytes;
  if (group.IsV6()) return {{0x33, 0x33, b[12], b[13], b[14], b[15]}};
  return {{0x01, 0x00, 0x5e, static_cast<std::uint8_t>(b[1] & 0x7f), b[2], b[3]}};
}

base::IpAddress SolicitedNodeAddress(const base::IpAddress& target) {
  base::IpAddress group;
  group.family = base::IpFamily::kIpv6;
  group.bytes = {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, target.bytes[13], target.bytes[14], target.bytes[15]};
  return group;
}

FrameBytes BuildTcp(const FrameFields& fields) {
  return BuildL4(fields, kProtoTcp, TcpView::kMinBytes, [&](std::uint8_t* l4, std::uint32_t) {
    Store16(l4, fields.source_port);
    Store16(l4 + 2, fields.destination_port);
    Store32(l4 + 4, fields.tcp_sequence);
    Store32(l4 + 8, fields.tcp_acknowledgment);
    l4[12] = 0x50;
    l4[13] = fields.tcp_flags;
    Store16(l4 + 14, 0xffff);  // Window.
  });
}

FrameBytes BuildUdp(const FrameFields& fields) {
  return BuildL4(fields, kProtoUdp, UdpView::kBytes, [&](std::uint8_t* l4, std::uint32_t l4_bytes) {
    Store16(l4, fields.source_port);
    Store16(l4 + 2, fields.destination_port);
    Store16(l4 + 4, static_cast<std::uint16_t>(l4_bytes));
  });
}

FrameBytes BuildIcmpEcho(const FrameFields& fields, bool is_reply) {
  const bool v4 = fields.source.IsV4();
  return BuildL4(fields, v4 ? kProtoIcmp : kProtoIcmpV6, IcmpView::kBytes, [&](std::uint8_t* l4, std::uint32_t) {
    l4[0] = is_reply ? (v4 ? kIcmpEchoReply : kIcmpV6EchoReply) : (v4 ? kIcmpEchoRequest : kIcmpV6EchoRequest);
    Store16(l4 + IcmpView::kIdentifierOffset, fields.source_port);
    Store16(l4 + 6, static_cast<std::uint16_t>(fields.tcp_sequence));
  });
}

FrameBytes BuildIp(const FrameFields& fields, std::uint8_t protocol) {
  return BuildL4(fields, protocol, 0, [](std::uint8_t*, std::uint32_t) {});
}

FrameBytes BuildArp(const FrameFields& fields, std::uint16_t operation, const base::MacAddress& sender_mac,
                    const base::MacAddress& target_mac) {
  FrameBytes bytes(kArpFrameBytes);
  WriteEthernet(bytes.data(), fields.destination_mac, fields.source_mac, kEtherTypeArp);
  WriteArpBody(bytes.data() + kEthernetHeaderBytes, {.operation = operation,
                                                     .sender_mac = sender_mac,
                                                     .sender = fields.source,
                                                     .target_mac = target_mac,
                                                     .target = fields.destination});
  return bytes;
}

FrameBytes BuildNeighborSolicitation(const FrameFields& fields, const base::IpAddress& target,
                                     const std::optional<base::MacAddress>& link_layer_address) {
  std::array<std::uint8_t, 32> body{};
  body[0] = kNdNeighborSolicitation;
  StoreIp(body.data() + 8, target);
  if (link_layer_address) {
    body[24] = 1;  // Source link-layer address, one unit of eight bytes.
    body[25] = 1;
    StoreMac(body.data() + 26, *link_layer_address);
  }
  FrameFields sent = fields;
  sent.destination = SolicitedNodeAddress(target);
  sent.destination_mac = MulticastMac(sent.destination);
  sent.ttl = 255;
  sent.payload = std::span(body).first(link_layer_address ? 32 : 24);
  return BuildIp(sent, kProtoIcmpV6);
}

bool OweChecksum(Frame* frame) {
  ParsedFrame parsed;
  if (Parse(*frame, &parsed) != ParseError::kNone || parsed.is_fragment || parsed.l4_offset == 0) return false;
  if (parsed.protocol != kProtoTcp && parsed.protocol != kProtoUdp) return false;
  frame->offload.flags |= Offload::kNeedsChecksum;
  frame->offload.checksum_start = parsed.l4_offset;
  frame->offload.checksum_offset = parsed.protocol == kProtoTcp ? TcpView::kChecksumOffset : UdpView::kChecksumOffset;
  return FillChecksums(frame);
}

}  // namespace wire
