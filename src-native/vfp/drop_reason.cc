#include "vfp/drop_reason.h"

namespace vfp {

std::string_view DropReasonName(DropReason reason) {
  switch (reason) {
    case DropReason::kArpGuard: return "arp-guard";
    case DropReason::kDhcpGuard: return "dhcp-guard";
    case DropReason::kBlockNonIp: return "block-non-ip";
    case DropReason::kIpv4Guard: return "ipv4-guard";
    case DropReason::kIpv6Guard: return "ipv6-guard";
    case DropReason::kMacGuard: return "mac-guard";
    case DropReason::kRouterGuard: return "router-guard";
    case DropReason::kNoDestinationBroadcast: return "no-destination-broadcast";
    case DropReason::kNoDestination: return "no-destination";
    case DropReason::kDestinationNotReady: return "destination-not-ready";
    case DropReason::kInvalidPacket: return "invalid-packet";
    case DropReason::kAclBlocked: return "acl-blocked";
    case DropReason::kAclDefault: return "acl-default";
    case DropReason::kNoBackend: return "no-backend";
    case DropReason::kNatPoolExhausted: return "nat-pool-exhausted";
    case DropReason::kFlowLimit: return "flow-limit";
    case DropReason::kInvalidState: return "invalid-state";
    case DropReason::kFragment: return "fragment";
    case DropReason::kVlan: return "vlan";
    case DropReason::kTtlExceeded: return "ttl-exceeded";
    case DropReason::kHairpinLoop: return "hairpin-loop";
    case DropReason::kConnectionBlocked: return "connection-blocked";
    case DropReason::kPortRemoved: return "port-removed";
    case DropReason::kDriverBusy: return "driver-busy";
    case DropReason::kIcmpUnrelated: return "icmp-unrelated";
    case DropReason::kIcmpRedirect: return "icmp-redirect";
    case DropReason::kOutOfWindow: return "out-of-window";
    case DropReason::kHalfOpenLimit: return "half-open-limit";
    case DropReason::kPortFlowLimit: return "port-flow-limit";
    case DropReason::kMtuExceeded: return "mtu-exceeded";
    case DropReason::kNoMapping: return "no-mapping";
    case DropReason::kUnknownVsid: return "unknown-vsid";
    case DropReason::kInvalidTunnel: return "invalid-tunnel";
    case DropReason::kTunnelCongestion: return "tunnel-congestion";
    case DropReason::kNestedVlan: return "nested-vlan";
    case DropReason::kRateLimit: return "rate-limit";
  }
  return {};
}

}  // namespace vfp
