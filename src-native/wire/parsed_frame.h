// One look at a frame: where its headers are and what policy can see of them.
//
// Parse never reads past `length`, whatever the bytes. It accepts Ethernet II
// with at most one 802.1Q tag, ARP for IPv4 over Ethernet, IPv4, IPv6 with
// extension headers (hop-by-hop, routing, destination options, fragment, at
// most eight), TCP, UDP, ICMP, ICMPv6 and any other protocol without ports.
//
// Refused, because policy could not see what the receiver will:
//   - source routing not yet used up (IPv4 options, IPv6 routing header): it
//     hides the final destination, which also is the one in the pseudo-header;
//   - first fragments that do not hold the whole L4 header, and later fragments
//     of TCP that would overwrite it (RFC 1858, RFC 3128).
//
// Padding behind the IP packet is fine. A frame to be segmented later
// (offload.gso_type) may be longer than any MTU, and an IP length of zero then
// means "the rest of the frame".
#pragma once

#include <cstdint>

#include "base/ip_address.h"
#include "base/mac_address.h"
#include "wire/frame.h"

namespace wire {

enum class EtherKind : std::uint8_t { kOther, kArp, kIpv4, kIpv6 };

enum class ParseError : std::uint8_t {
  kNone,
  kTruncated,       // A header or the IP total length reaches past the frame, or L4 past the IP packet.
  kBadIpHeader,     // Version, header length, total length, options or their order impossible.
  kBadChecksum,     // IPv4 header checksum wrong.
  kBadL4Header,     // TCP data offset, UDP length impossible; a first fragment too small.
  kTooManyHeaders,  // IPv6 extension headers.
  kBadArp,
};

inline constexpr std::uint8_t kProtoIcmp = 1;
inline constexpr std::uint8_t kProtoTcp = 6;
inline constexpr std::uint8_t kProtoUdp = 17;
inline constexpr std::uint8_t kProtoIcmpV6 = 58;

inline constexpr std::uint8_t kTcpFin = 0x01;
inline constexpr std::uint8_t kTcpSyn = 0x02;
inline constexpr std::uint8_t kTcpRst = 0x04;
inline constexpr std::uint8_t kTcpPsh = 0x08;
inline constexpr std::uint8_t kTcpAck = 0x10;
inline constexpr std::uint8_t kTcpUrg = 0x20;

struct ParsedFrame {
  base::MacAddress destination_mac;
  base::MacAddress source_mac;
  EtherKind kind = EtherKind::kOther;
  ParseError error = ParseError::kNone;
  std::uint16_t ether_type = 0;  // After the tag, if any.
  std::uint16_t vlan = 0;        // The 12-bit id; valid with `tagged`.
  bool tagged = false;

  // IP. `source`/`destination` also hold ARP's sender and target addresses.
  base::IpAddress source;
  base::IpAddress destination;
  std::uint8_t protocol = 0;       // The upper layer's, behind extension headers.
  std::uint8_t ttl = 0;            // Or hop limit.
  bool has_options = false;        // IPv4 options or IPv6 extension headers.
  bool is_fragment = false;        // Either more-fragments or an offset.
  bool is_later_fragment = false;  // Offset above zero: carries no L4 header.
  std::uint32_t fragment_id = 0;
  std::uint32_t fragment_offset = 0;  // Bytes of the datagram before this fragment...
  std::uint32_t fragment_end = 0;     // ... and with it.

  // L4. Ports of TCP and UDP in host order. For ICMP echo both ports are the
  // identifier, so that request and reply mirror each other.
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint8_t tcp_flags = 0;
  std::uint32_t tcp_sequence = 0;
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  bool is_icmp_echo = false;  // Echo request or reply, either family.
  bool is_icmp_error = false;

  // Bytes of the IP packet, from l3_offset on: the frame without its padding.
  std::uint32_t ip_length = 0;

  // Offsets from the start of the frame; zero when absent. A protocol without
  // a header we know has its payload at both of the last two.
  std::uint16_t l3_offset = 0;
  std::uint16_t l4_offset = 0;
  std::uint16_t payload_offset = 0;
  // ARP.
  std::uint16_t arp_operation = 0;  // 1 request, 2 reply.
  base::MacAddress arp_sender_mac;
  base::MacAddress arp_target_mac;

  bool IsIp() const { return kind == EtherKind::kIpv4 || kind == EtherKind::kIpv6; }
};

// `out` is filled as far as the frame made sense. Returns out->error.
ParseError Parse(const Frame& frame, ParsedFrame* out);

}  // namespace wire
