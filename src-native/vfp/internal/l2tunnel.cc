// An l2tunnel: a bridge whose endpoints meet nowhere but in the fabric behind the
// uplink, where policy of its own applies. What one endpoint sends to another
// leaves by the uplink, also where both are here, and comes back if the fabric lets
// it (vfp.md 3.3): each frame leaves once and enters once, its hops as they were.
//
// The fabric decides by addresses, so a MAC of somebody here, which would not leave,
// is replaced by that of the router that was seen outside, or by the host's.
//
// Unverified: that the host is reached directly, and that questions for another
// endpoint are asked of the fabric. Differs from HNS: without an uplink, which there
// always is on Windows, this is a bridge.
#include "vfp/internal/bridge.h"

namespace vfp {
namespace {

bool IsEndpointOf(const SegmentState& segment, const AddressEntry* entry) {
  return entry != nullptr && entry->port != kNoPort && (segment.host == nullptr || entry->port != segment.host->index);
}

class L2TunnelType final : public BridgeType {
 public:
  Route ToLocal(const RouteRequest& request, PortIndex port, const char* why) const override {
    const SegmentState& segment = *request.segment;
    const bool by_fabric = request.from->kind == PortKind::kEndpoint && segment.uplink != nullptr &&
                           (segment.host == nullptr || port != segment.host->index);
    if (!by_fabric) return BridgeType::ToLocal(request, port, why);
    const char* reason = "to another endpoint: by the uplink, through the fabric";
    if (!segment.macs.contains(request.destination_mac.ToUint64())) {
      return ByMac(ByUplink(segment, nullptr, reason), request);
    }
    const base::MacAddress& router = segment.RouterIn(request.vlan);
    return ByMac(ByUplink(segment, router.IsZero() ? &segment.spec.host_mac : &router, reason), request);
  }

  NeighborPlan FromInside(const Datapath& path, const PortState& from, const NeighborMessage& message) const override {
    const SegmentState& segment = *from.segment;
    const base::IpAddress& about = message.asks ? message.target : message.destination;
    const bool by_fabric = from.kind == PortKind::kEndpoint && segment.uplink != nullptr &&
                           IsEndpointOf(segment, segment.FindIn(from.vlan, about));
    return by_fabric ? OutsideOrNowhere(segment) : BridgeType::FromInside(path, from, message);
  }

  bool FloodsTo(const PortState& from, const PortState& to) const override {
    return from.kind != PortKind::kEndpoint || to.kind != PortKind::kEndpoint || from.segment->uplink == nullptr;
  }
};

}  // namespace

const SegmentType& L2Tunnel() {
  static const L2TunnelType type;
  return type;
}

}  // namespace vfp
