// Frames from fields: the switch's own answers, and packets for tests.
//
// The answers are written into the caller's buffer (no allocation: they are
// sent from the packet path); the others are values. Everything built parses
// and has right checksums.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/ip_address.h"
#include "base/mac_address.h"
#include "wire/frame.h"
#include "wire/ndp.h"
#include "wire/parsed_frame.h"

namespace wire {

inline constexpr std::size_t kArpFrameBytes = 42;
inline constexpr std::size_t kNeighborAdvertisementBytes = 86;  // With its link-layer option.

// Answers the ARP request `request`: its target address is at `mac`. Returns
// the bytes written. REQUIRES: request.kind == kArp without error, and room for
// kArpFrameBytes.
std::size_t WriteArpReply(const ParsedFrame& request, const base::MacAddress& mac, std::span<std::uint8_t> out);

// Asks for `target`, as `sender` at `mac`. Returns the bytes written. REQUIRES:
// room for kArpFrameBytes.
std::size_t WriteArpRequest(const base::MacAddress& mac, const base::IpAddress& sender, const base::IpAddress& target,
                            std::span<std::uint8_t> out);

// Answers a neighbor solicitation: its target is at `mac`. The answer to a
// probe from the unspecified address (DAD) goes to all nodes (RFC 4861, 7.2.4).
// Returns the bytes written. REQUIRES: room for kNeighborAdvertisementBytes.
std::size_t WriteNeighborAdvertisement(const ParsedFrame& solicitation, const NdView& view, const base::MacAddress& mac,
                                       bool is_router, std::span<std::uint8_t> out);

// The multicast MAC of an IPv4 or IPv6 group (RFC 1112, RFC 2464).
base::MacAddress MulticastMac(const base::IpAddress& group);
// ff02::1:ffXX:XXXX (RFC 4291, section 2.7.1).
base::IpAddress SolicitedNodeAddress(const base::IpAddress& target);

struct FrameFields {
  base::MacAddress source_mac{};
  base::MacAddress destination_mac{};
  std::optional<std::uint16_t> vlan{};
  base::IpAddress source{};  // Both of one family.
  base::IpAddress destination{};
  std::uint8_t ttl = 64;
  std::uint16_t identification = 0;  // IPv4.
  std::uint16_t source_port = 0;     // ICMP echo: the identifier.
  std::uint16_t destination_port = 0;
  std::uint8_t tcp_flags = 0;
  std::uint32_t tcp_sequence = 0;  // ICMP echo: the low 16 bits.
  std::uint32_t tcp_acknowledgment = 0;
  std::span<const std::uint8_t> payload{};
};

using FrameBytes = std::vector<std::uint8_t>;

FrameBytes BuildTcp(const FrameFields& fields);
FrameBytes BuildUdp(const FrameFields& fields);
FrameBytes BuildIcmpEcho(const FrameFields& fields, bool is_reply = false);
// Any other protocol: the payload follows the IP header.
FrameBytes BuildIp(const FrameFields& fields, std::uint8_t protocol);
// `operation` 1 or 2; sender and target are fields.source and .destination.
FrameBytes BuildArp(const FrameFields& fields, std::uint16_t operation, const base::MacAddress& sender_mac,
                    const base::MacAddress& target_mac);
// fields.destination and destination_mac are not used: it goes to the target's
// solicited-node group. Without `link_layer_address`: a DAD probe.
FrameBytes BuildNeighborSolicitation(const FrameFields& fields, const base::IpAddress& target,
                                     const std::optional<base::MacAddress>& link_layer_address);

// Leaves the L4 checksum to be done later, as a guest with checksum offload
// does: the field holds the pseudo-header's sum and `frame->offload` says where.
// False when the frame has no TCP or UDP checksum to owe.
bool OweChecksum(Frame* frame);

}  // namespace wire
