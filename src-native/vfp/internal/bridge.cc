// An l2bridge: one segment with what is behind its uplink.
//
// No frame leaves the uplink with a pod's MAC: the route says which MACs to
// write. The next hop outside is known to whoever sent the frame, so its
// destination MAC stays; but a frame that was sent to somebody here and turned
// out to be for outside (a translated reply) goes to the router that frames from
// outside have come from.
#include "vfp/internal/bridge.h"

namespace vfp {
namespace {

Route Out(const RouteRequest& request) {
  const SegmentState& segment = *request.segment;
  const PortState& from = *request.from;
  const PortState* host = segment.HostIn(request.vlan);
  const bool from_uplink = from.kind == PortKind::kUplink;
  if (host != nullptr && host != &from) {
    if (from_uplink) return ToPort(host->index, "nobody here has the address; the host gets what is left");
    if (request.destination_mac == host->mac) return ToPort(host->index, "sent to the host's MAC");
  }
  if (from_uplink) return Nowhere("nobody here has the address");
  if (segment.uplink == nullptr) return Nowhere("nobody here has the address and there is no uplink");
  const bool sent_here = segment.macs.contains(request.destination_mac.ToUint64());
  if (!sent_here) return ByUplink(segment, nullptr, "not on this switch: by the uplink, as the host");
  const base::MacAddress& router = segment.RouterIn(request.vlan);
  if (router.IsZero()) return Nowhere("for outside, but no router has been seen there");
  return ByUplink(segment, &router, "not on this switch: by the uplink, to the router");
}

}  // namespace

NeighborPlan OutsideOrNowhere(const SegmentState& segment) {
  if (segment.uplink == nullptr) return {.why = "nobody here has the address and there is no uplink"};
  return {.action = NeighborAction::kToUplink, .why = "asked outside, as the host"};
}

Route BridgeType::ToLocal(const RouteRequest&, PortIndex port, const char* why) const { return ToPort(port, why); }

std::optional<Route> BridgeType::ToRemote(const RouteRequest& request, const AddressEntry& remote) const {
  if (request.segment->uplink == nullptr) return Nowhere("the address is elsewhere and there is no uplink");
  return ByUplink(*request.segment, &remote.mac, "a remote endpoint: by the uplink, as the host");
}

Route BridgeType::Onward(const RouteRequest& request) const { return ByMac(Out(request), request); }

// The wire is not asked for next hops: the gateway's MAC is known to the endpoint
// and seen by the switch, others are announced as remotes.
std::optional<Route> BridgeType::OnwardBy(const RouteRequest& request, const PortRoute& route) const {
  const SegmentState& segment = *request.segment;
  if (!route.next_hop) return std::nullopt;
  if (segment.uplink == nullptr) return Nowhere("nobody here is the next hop and there is no uplink");
  if (!segment.IsGateway(*route.next_hop)) {
    return Nowhere("the next hop's MAC is not known", DropReason::kDestinationNotReady);
  }
  const base::MacAddress& router = segment.RouterIn(request.vlan);
  const bool sent_here = segment.macs.contains(request.destination_mac.ToUint64());
  if (router.IsZero() && sent_here) return Nowhere("the gateway has not been seen", DropReason::kDestinationNotReady);
  return ByMac(ByUplink(segment, router.IsZero() ? nullptr : &router, "the gateway: by the uplink, as the host"),
               request);
}

NeighborPlan BridgeType::FromInside(const Datapath& path, const PortState& from, const NeighborMessage& message) const {
  const SegmentState& segment = *from.segment;
  if (!message.asks) {
    const AddressEntry* asker = segment.FindIn(from.vlan, message.destination);
    if (!message.to_everybody && asker != nullptr && asker->port != kNoPort && asker->port != from.index) {
      return NeighborToPort(*path.net.port(asker->port), "the port that asked");
    }
    return OutsideOrNowhere(segment);
  }
  const AddressEntry* entry = segment.FindIn(from.vlan, message.target);
  if (entry != nullptr && entry->port == from.index) return OutsideOrNowhere(segment);  // Its own, or a probe for it.
  if (entry != nullptr && entry->port != kNoPort) {
    return NeighborAnswer(path.net.port(entry->port)->mac, "the MAC of the port with that address");
  }
  if (entry != nullptr) return NeighborAnswer(entry->mac, "the MAC of the remote endpoint");
  if (segment.uplink == nullptr && segment.IsGateway(message.target)) {
    return NeighborAnswer(segment.spec.gateway_mac, "the gateway, for which the switch answers without an uplink",
                          true);
  }
  return OutsideOrNowhere(segment);
}

NeighborPlan BridgeType::FromOutside(const Datapath& path, const PortState& uplink,
                                     const NeighborMessage& message) const {
  const SegmentState& segment = *uplink.segment;
  const bool announces = message.to_everybody || (message.asks && message.sender == message.target);
  if (announces) return {.action = NeighborAction::kToAllPorts, .why = "an announcement"};
  const base::IpAddress& about = message.asks ? message.target : message.destination;
  const AddressEntry* entry = segment.FindIn(message.vlan, about);
  const bool local = entry != nullptr && entry->port != kNoPort;
  if (message.asks && (local || path.bindings.UsesAddress(about))) {
    return NeighborAnswer(segment.spec.host_mac, "local: the host's MAC stands for it outside");
  }
  if (message.asks && message.sender.IsUnspecified()) {
    return {.action = NeighborAction::kToAllPorts, .why = "a probe for a duplicate address"};
  }
  if (local) return NeighborToPort(*path.net.port(entry->port), "the port that asked");
  if (const PortState* host = segment.HostIn(message.vlan)) {
    return NeighborToPort(*host, "nobody here has the address; the host gets what is left");
  }
  return {.why = "nobody here has the address"};
}

bool BridgeType::FloodsTo(const PortState&, const PortState&) const { return true; }

bool BridgeType::MayBeRouter(const SegmentState& segment, const base::MacAddress& known,
                             const base::IpAddress& sender) const {
  // The gateway itself is believed always, a frame from off the link once.
  const bool first = known.IsZero() && !segment.IsOnLink(sender);
  return first || segment.IsGateway(sender);
}

const SegmentType& Bridge() {
  static const BridgeType type;
  return type;
}

}  // namespace vfp
