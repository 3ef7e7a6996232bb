// Why a frame was dropped. Numbers below 64 are VFP's (its public trace
// schema); from 64 on they are ours, for reasons that schema does not name.
#pragma once

#include <cstdint>
#include <string_view>

namespace vfp {

enum class DropReason : std::uint8_t {
  kArpGuard = 0,
  kDhcpGuard = 2,
  kBlockNonIp = 5,
  kIpv4Guard = 7,
  kIpv6Guard = 8,  // Neighbor Discovery too: the schema has no number of its own for it.
  kMacGuard = 9,
  kNoDestinationBroadcast = 10,
  kNoDestination = 11,
  kDestinationNotReady = 12,
  kInvalidPacket = 32,
  kAclBlocked = 64,  // A rule said block.
  kAclDefault = 65,  // No rule matched and the layer denies by default.
  kNoBackend = 66,   // A load balancer without backends.
  kNatPoolExhausted = 67,
  kFlowLimit = 68,     // The flow table is full; nothing live is evicted.
  kInvalidState = 69,  // TCP packet of no known connection, where policy needs state.
  kFragment = 70,      // A later fragment whose first one is not known.
  kVlan = 71,          // A tag of a VLAN that nobody here is in, or a destination in another VLAN.
  kTtlExceeded = 72,
  kHairpinLoop = 73,        // Passed too many ports.
  kConnectionBlocked = 74,  // The connection was cut by a policy change.
  kPortRemoved = 75,
  kDriverBusy = 76,     // The port's driver had no room.
  kIcmpUnrelated = 77,  // An ICMP error about a connection nobody knows, where one is translated.
  kIcmpRedirect = 78,   // Towards a port: nobody else says where its packets go.
  kOutOfWindow = 79,    // A TCP segment its receiver has not asked for.
  kHalfOpenLimit = 80,  // The port has as many half-open TCP connections as it may.
  kPortFlowLimit = 81,  // ... or connections of this kind, or at all.
  kRouterGuard = 82,    // An endpoint that says it is a router.
  kMtuExceeded = 83,    // Longer than the tunnel takes, and not to be fragmented; its sender is told.
  kNoMapping = 84,      // An address of the overlay that is on no host we know.
  // From a tunnel:
  kUnknownVsid = 85,       // A VSID that is not of this overlay, or not the destination's.
  kInvalidTunnel = 86,     // A header that is cut off, without VSID, or with a wrong checksum.
  kTunnelCongestion = 87,  // Marked as congested, and its sender cannot be told (RFC 6040).
  kNestedVlan = 88,        // More than one VLAN tag, or a service provider's (QinQ).
  kRateLimit = 89,         // Faster than the port may send or receive, and no room to wait.
};
inline constexpr std::uint8_t kDropReasonLimit = 90;

// "acl-blocked": stable, used in JSON. Empty for numbers without a name.
std::string_view DropReasonName(DropReason reason);

}  // namespace vfp
