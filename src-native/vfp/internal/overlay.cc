// An overlay: subnets that reach over several hosts, in VXLAN (vfp.md 3.4).
//
// One router, with one MAC, is present on every host (a distributed router): it
// answers for the gateways and for everybody who is on another host, and passes
// packets on between subnets. A packet for another host goes into the tunnel with
// that host's router for destination, and the last port writes the receiver's MAC:
// what is asked of the other host is to route, so a MAC of a remote endpoint is
// never needed nor seen on the wire (but where no subnet route names a router).
//
// The address of an announced endpoint decides before the subnet it is in. What is
// of no subnet of the overlay is for the host's own network: it leaves as the host,
// when its source has been translated; an address of the overlay does not leave
// without a tunnel.
#include "vfp/internal/segment_type.h"

namespace vfp {
namespace {

using HT = HeaderTransposition;

HT ByRouter(const SegmentState& segment, bool passes_router) {
  HT change;
  change.modify = HT::kSourceMac;
  change.source_mac = segment.spec.gateway_mac;
  if (passes_router) {
    change.modify |= HT::kDecrementTtl;
    change.ttl_decrement = 1;
  }
  return change;
}

Route IntoTunnel(const RouteRequest& request, const base::IpAddress& provider, std::uint32_t vsid,
                 const base::MacAddress& mac, bool passes_router, const char* why) {
  const SegmentState& segment = *request.segment;
  const OverlaySpec& overlay = segment.overlay->spec();
  if (segment.uplink == nullptr) return Nowhere("on another host, and there is no uplink");
  if (overlay.provider.IsUnspecified()) return Nowhere("on another host, and this one has no provider address");
  Route route;
  route.egress = Egress::kTunnel;
  route.change = ByRouter(segment, passes_router);
  route.change.modify |= HT::kDestinationMac;
  route.change.destination_mac = mac;
  route.push =
      Encapsulation{.source = overlay.provider, .destination = provider, .vsid = vsid, .udp_port = overlay.udp_port};
  route.why = why;
  return route;
}

class OverlayType final : public SegmentType {
 public:
  Route ToLocal(const RouteRequest& request, PortIndex port, const char* why) const override {
    const OverlayState& overlay = *request.segment->overlay;
    Route route = ToPort(port, why);
    const base::IpAddress& to = request.reach.value_or(request.tuple.destination);
    // What came in by a tunnel has passed the router at the other end.
    const bool routed = request.ingress == Ingress::kPort && request.from->kind != PortKind::kUplink &&
                        overlay.SubnetOf(request.tuple.source) != overlay.SubnetOf(to);
    if (routed) route.change = ByRouter(*request.segment, /*passes_router=*/true);
    return route;
  }

  std::optional<Route> ToRemote(const RouteRequest& request, const AddressEntry& remote) const override {
    const OverlayState& overlay = *request.segment->overlay;
    if (!remote.provider || *remote.provider == overlay.spec().provider) return std::nullopt;
    const base::IpAddress& to = request.reach.value_or(request.tuple.destination);
    const OverlaySubnet* here = overlay.SubnetOf(to);
    const RemoteSubnet* there = overlay.RemoteSubnetOf(to);
    const bool routed = here == nullptr || here != overlay.SubnetOf(request.tuple.source);
    const bool has_router = there != nullptr && there->provider == *remote.provider;
    std::uint32_t vsid = 0;
    if (there != nullptr) {
      vsid = there->vsid;
    } else if (here != nullptr) {
      vsid = here->vsid;
    } else if (const OverlaySubnet* own = overlay.SubnetOf(request.tuple.source)) {
      vsid = own->vsid;
    } else {
      return Nowhere("a remote endpoint of no subnet that has a VSID", DropReason::kNoMapping);
    }
    return IntoTunnel(request, *remote.provider, vsid, has_router ? there->router_mac : remote.mac, routed,
                      "a remote endpoint: into the tunnel to its host");
  }

  Route Onward(const RouteRequest& request) const override {
    const SegmentState& segment = *request.segment;
    const OverlayState& overlay = *segment.overlay;
    const PortState& from = *request.from;
    const PortState* host = segment.host;
    if (request.ingress == Ingress::kTunnel && from.kind == PortKind::kUplink) {
      return Nowhere("from a tunnel, and nobody here has the address");
    }
    if (from.kind == PortKind::kUplink) {
      if (host == nullptr) return Nowhere("nobody here has the address");
      return ToPort(host->index, "not for the overlay; the host gets what is left");
    }
    const base::IpAddress& to = request.reach.value_or(request.tuple.destination);
    const OverlaySubnet* here = overlay.SubnetOf(to);
    const RemoteSubnet* there = overlay.RemoteSubnetOf(to);
    // The longer prefix knows better; a cluster's own may hold all of its hosts'.
    if (there != nullptr && (here == nullptr || there->prefix.length >= here->prefix.length)) {
      return IntoTunnel(request, there->provider, there->vsid, there->router_mac, /*passes_router=*/true,
                        "a subnet of another host: into the tunnel to it");
    }
    if (here != nullptr) {
      return Nowhere("an address of the overlay that is on no known host", DropReason::kNoMapping);
    }
    return ByMac(Outside(request), request);
  }

  std::optional<Route> OnwardBy(const RouteRequest& request, const PortRoute& route) const override {
    const OverlayState& overlay = *request.segment->overlay;
    const base::IpAddress& to = request.reach.value_or(request.tuple.destination);
    if (overlay.RemoteSubnetOf(to) != nullptr || overlay.SubnetOf(to) != nullptr) return Onward(request);
    if (!route.encapsulate) return route.next_hop ? std::optional(Onward(request)) : std::nullopt;
    const OverlaySubnet* own = overlay.SubnetOf(request.tuple.source);
    if (!route.next_hop || !route.next_hop->IsV4() || own == nullptr) {
      return Nowhere("its route says into a tunnel, and no host is known to have it", DropReason::kNoMapping);
    }
    base::MacAddress router = request.segment->spec.gateway_mac;
    for (const RemoteSubnet& subnet : overlay.spec().remote_subnets) {
      if (subnet.provider == *route.next_hop) router = subnet.router_mac;
    }
    return IntoTunnel(request, *route.next_hop, own->vsid, router, /*passes_router=*/true,
                      "the next hop is a host: into the tunnel to it");
  }

  // For what is not of the overlay.
  Route Outside(const RouteRequest& request) const {
    const SegmentState& segment = *request.segment;
    const OverlayState& overlay = *segment.overlay;
    const PortState& from = *request.from;
    const PortState* host = segment.host;
    if (host != nullptr && host != &from && request.destination_mac == host->mac) {
      return ToPort(host->index, "sent to the host's MAC");
    }
    if (segment.uplink == nullptr) return Nowhere("outside the overlay, and there is no uplink");
    const bool sent_here = segment.macs.contains(request.destination_mac.ToUint64()) ||
                           request.destination_mac == segment.spec.gateway_mac;
    if (from.kind == PortKind::kHost && !sent_here) {
      return ByUplink(segment, nullptr, "outside the overlay: by the uplink, as the host");
    }
    if (overlay.IsCustomer(request.tuple.source)) {
      return Nowhere("outside the overlay, where its addresses do not go; OutBoundNAT would translate it");
    }
    if (segment.router_mac.IsZero()) {
      Route route =
          Nowhere("outside the overlay, but the router's MAC is not known yet", DropReason::kDestinationNotReady);
      route.ask_for = overlay.spec().gateway;
      return route;
    }
    return ByUplink(segment, &segment.router_mac, "outside the overlay: by the uplink, to the router");
  }

  NeighborPlan FromInside(const Datapath& path, const PortState& from, const NeighborMessage& message) const override {
    const SegmentState& segment = *from.segment;
    const OverlayState& overlay = *segment.overlay;
    const AddressEntry* entry = segment.Find(message.asks ? message.target : message.destination);
    if (entry != nullptr && entry->port == from.index) return {.why = "its own address: nobody else has it"};
    const bool local = entry != nullptr && entry->port != kNoPort;
    if (!message.asks) {
      if (local && !message.to_everybody) return NeighborToPort(*path.net.port(entry->port), "the port that asked");
      return {.why = "announcements do not go beyond the port: the switch knows who has which address"};
    }
    if (segment.IsGateway(message.target)) {
      return NeighborAnswer(segment.spec.gateway_mac, "the gateway: the distributed router answers", true);
    }
    if (local) return NeighborAnswer(path.net.port(entry->port)->mac, "the MAC of the port with that address");
    if (entry != nullptr || overlay.RemoteSubnetOf(message.target) != nullptr) {
      return NeighborAnswer(segment.spec.gateway_mac, "on another host: the distributed router stands for it");
    }
    if (from.kind == PortKind::kHost && segment.uplink != nullptr && !overlay.IsCustomer(message.target)) {
      return {.action = NeighborAction::kToUplink, .why = "asked outside, as the host"};
    }
    return {.why = "no host is known to have the address, and nobody is asked through tunnels"};
  }

  NeighborPlan FromOutside(const Datapath& path, const PortState& uplink,
                           const NeighborMessage& message) const override {
    const SegmentState& segment = *uplink.segment;
    const base::IpAddress& provider = segment.overlay->spec().provider;
    const bool announces = message.to_everybody || (message.asks && message.sender == message.target);
    const base::IpAddress& about = message.asks ? message.target : message.destination;
    const bool ours = !about.IsUnspecified() && (about == provider || path.bindings.UsesAddress(about));
    if (message.asks && !announces && ours) {
      return NeighborAnswer(segment.spec.host_mac, "the provider address, or one that sources are translated to");
    }
    if (!message.asks && about == provider && segment.overlay->underlay.WasAsked(message.sender)) {
      return {.action = NeighborAction::kTaken, .why = "the answer to a question of the tunnel's own"};
    }
    if (segment.host != nullptr)
      return NeighborToPort(*segment.host, "not for the overlay; the host gets what is left");
    return {.why = "nobody here has the address"};
  }

  bool FloodsTo(const PortState& from, const PortState& to) const override {
    if (from.kind == PortKind::kUplink) return to.kind == PortKind::kHost;
    if (to.kind == PortKind::kUplink) return from.kind == PortKind::kHost;
    // A subnet is what a broadcast reaches.
    const OverlayState& overlay = *from.segment->overlay;
    const auto subnet = [&](const PortState& port) {
      return port.spec.addresses.empty() ? nullptr : overlay.SubnetOf(port.spec.addresses.front());
    };
    return subnet(from) == subnet(to);
  }

  bool MayBeRouter(const SegmentState& segment, const base::MacAddress& known,
                   const base::IpAddress& sender) const override {
    const OverlayState& overlay = *segment.overlay;
    if (overlay.spec().gateway) return sender == *overlay.spec().gateway;
    return known.IsZero() && !sender.IsUnspecified() && !sender.IsLinkLocal() && !overlay.IsRemoteProvider(sender) &&
           !overlay.IsCustomer(sender);
  }
};

}  // namespace

const SegmentType& Overlay() {
  static const OverlayType type;
  return type;
}

}  // namespace vfp
