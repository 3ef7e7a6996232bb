#include "vfp/internal/describe.h"

namespace vfp {
namespace {

using HT = HeaderTransposition;

std::string_view AffinityName(Affinity affinity) {
  switch (affinity) {
    case Affinity::kFiveTuple: return "5-tuple";
    case Affinity::kSourceAddressAndProtocol: return "source address and protocol";
    case Affinity::kSourceAddress: return "source address";
  }
  return "";
}

std::string Becomes(const base::IpAddress& before, std::uint16_t before_port, const base::IpAddress& after,
                    std::uint16_t after_port, bool has_port) {
  return DescribeAddress(before, before_port, has_port) + " becomes " + DescribeAddress(after, after_port, has_port);
}

std::string DescribeBackend(const LayerOutcome& outcome, const LoadBalance& action, const Tuple& after) {
  const Translation& translation = outcome.translation;
  const bool has_port = translation.port != 0 && outcome.before.has_ports;
  const base::IpAddress& backend = outcome.translates ? translation.address : after.destination;
  std::string text = "backend " + DescribeAddress(backend, translation.port, has_port) + " of " +
                     std::to_string(action.backends.size());
  text += outcome.kept ? ", as the connection began" : ", by " + std::string(AffinityName(action.affinity)) + " hash";
  if (action.preserve_destination) text += "; the destination stays";
  if (outcome.change.modify & HT::kSourceAddress) {
    text += "; " + Becomes(outcome.before.source, outcome.before.source_port, after.source, after.source_port,
                           outcome.before.has_ports);
  }
  return text;
}

}  // namespace

std::string_view ActionName(const Rule& rule) {
  switch (rule.action.index()) {
    case 0: return "allow";
    case 1: return "block";
    case 2: return "nat";
    case 3: return "dynnat";
    default: return "lbnat";
  }
}

std::string DescribeAddress(const base::IpAddress& address, std::uint16_t port, bool has_port) {
  if (!has_port) return address.ToString();
  if (address.IsV6()) return "[" + address.ToString() + "]:" + std::to_string(port);
  return address.ToString() + ":" + std::to_string(port);
}

std::string DescribeOutcome(const LayerOutcome& outcome, const Tuple& after) {
  const Tuple& before = outcome.before;
  if (const auto* balance = std::get_if<LoadBalance>(&outcome.rule->rule.action)) {
    return DescribeBackend(outcome, *balance, after);
  }
  std::string text;
  const bool has_number = before.has_ports || (outcome.change.modify & HT::kSourcePort) != 0;
  if (outcome.change.modify & (HT::kSourceAddress | HT::kSourcePort)) {
    text = Becomes(before.source, before.source_port, after.source, after.source_port, has_number);
  } else if (outcome.change.modify & (HT::kDestinationAddress | HT::kDestinationPort)) {
    text = Becomes(before.destination, before.destination_port, after.destination, after.destination_port,
                   before.has_ports);
  }
  if (outcome.kept && !text.empty()) text += ", as the connection began";
  return text;
}

std::string_view DescribeDrop(DropReason reason) {
  switch (reason) {
    case DropReason::kNoBackend: return "the load balancer has no backend";
    case DropReason::kNatPoolExhausted: return "every translated tuple towards this destination is in use";
    case DropReason::kFlowLimit: return "the flow table is full, and no connection in it is idle";
    case DropReason::kInvalidState:
      return "policy needs state here, and this TCP packet belongs to no connection that could send it";
    case DropReason::kConnectionBlocked: return "the connection was cut by a policy change";
    case DropReason::kFragment: return "a later fragment whose first one was not seen";
    case DropReason::kHairpinLoop: return "passed too many ports";
    case DropReason::kDestinationNotReady: return "nothing is attached to the port";
    case DropReason::kVlan: return "a VLAN that nobody here is in, or not the destination's";
    case DropReason::kNestedVlan: return "more than one VLAN tag";
    case DropReason::kBlockNonIp: return "neither IP nor ARP";
    case DropReason::kInvalidPacket: return "headers that make no sense";
    case DropReason::kNoDestination: return "nobody has the destination";
    case DropReason::kTtlExceeded: return "no hops are left; the sender is told so";
    case DropReason::kMtuExceeded: return "longer than the tunnel takes, and not to be fragmented";
    case DropReason::kNoMapping: return "no host is known to have the destination";
    case DropReason::kUnknownVsid: return "the VSID is not the destination's";
    case DropReason::kInvalidTunnel: return "a VXLAN header that makes no sense";
    case DropReason::kTunnelCongestion:
      return "marked as congested on its way, and its sender does not know such marks";
    case DropReason::kNoDestinationBroadcast: return "nobody else is on the segment";
    case DropReason::kIcmpUnrelated:
      return "an ICMP error about a packet of no connection here, where connections are translated";
    case DropReason::kArpGuard: return "the ARP message is not from the port's own MAC and one of its addresses";
    case DropReason::kDhcpGuard: return "a DHCP server's answer, from an endpoint";
    case DropReason::kIpv4Guard: return "the source is none of the port's addresses";
    case DropReason::kIpv6Guard: return "the source, or what Neighbor Discovery says of it, is none of the port's";
    case DropReason::kMacGuard: return "the source MAC is not the port's";
    case DropReason::kRouterGuard: return "a router's message, from an endpoint";
    case DropReason::kOutOfWindow:
      return "outside the window its receiver has offered, or an acknowledgement of what was never sent";
    case DropReason::kHalfOpenLimit: return "the port has as many half-open TCP connections as it may have";
    case DropReason::kPortFlowLimit: return "the port has as many connections of this kind, or at all, as it may have";
    case DropReason::kIcmpRedirect: return "an ICMP redirect towards a port";
    case DropReason::kRateLimit: return "faster than the port's bandwidth, and no room to wait";
    default: return "";
  }
}

}  // namespace vfp
