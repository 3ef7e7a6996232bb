// A transparent segment: a switch as one would buy it. Frames keep both MACs, inside
// and on the wire, and go where their destination MAC is: to the port that has it,
// else by the uplink. What comes from outside for a MAC that no port has is dropped.
//
// Nothing is learned, and nothing has to be: the MAC of each port is known, guards
// let it send from no other, and all the rest is behind the one uplink. So an unknown
// MAC has one way, and there is no table to age or to fill up.
//
// Where there is no uplink the gateway is the switch's own, and packets sent to it
// find the port that has their address.
#include "vfp/internal/segment_type.h"

namespace vfp {
namespace {

std::optional<Route> Switched(const RouteRequest& request) {
  const SegmentState& segment = *request.segment;
  const PortState* owner = segment.FindMac(request.vlan, request.destination_mac);
  if (owner != nullptr && owner != request.from) return ToPort(owner->index, "the port with the destination MAC");
  if (request.from->kind == PortKind::kUplink) return Nowhere("no port has the destination MAC");
  if (segment.uplink == nullptr) return std::nullopt;
  Route route;
  route.egress = Egress::kUplink;
  route.port = segment.uplink->index;
  route.why = "no port has the destination MAC: by the uplink, as it is";
  return route;
}

class TransparentType final : public SegmentType {
 public:
  Route ToLocal(const RouteRequest& request, PortIndex port, const char* why) const override {
    return ByMac(Switched(request).value_or(ToPort(port, why)), request);
  }
  std::optional<Route> ToRemote(const RouteRequest& request, const AddressEntry&) const override {
    return Onward(request);
  }
  Route Onward(const RouteRequest& request) const override {
    return ByMac(Switched(request).value_or(Nowhere("nobody here has the address and there is no uplink")), request);
  }

  NeighborPlan FromInside(const Datapath&, const PortState& from, const NeighborMessage& message) const override {
    const SegmentState& segment = *from.segment;
    if (segment.uplink == nullptr && message.asks && segment.IsGateway(message.target)) {
      return NeighborAnswer(segment.spec.gateway_mac, "the gateway, for which the switch answers without an uplink",
                            true);
    }
    return Onward(segment, from, from.vlan, message);
  }
  NeighborPlan FromOutside(const Datapath&, const PortState& uplink, const NeighborMessage& message) const override {
    return Onward(*uplink.segment, uplink, message.vlan, message);
  }

  bool FloodsTo(const PortState&, const PortState&) const override { return true; }
  bool MayBeRouter(const SegmentState&, const base::MacAddress&, const base::IpAddress&) const override {
    return false;
  }
  bool KeepsMacs() const override { return true; }

 private:
  static NeighborPlan Onward(const SegmentState& segment, const PortState& from, std::uint16_t vlan,
                             const NeighborMessage& message) {
    if (message.to_mac.IsGroup()) return {.action = NeighborAction::kToAllPorts, .why = "to everybody, as it is"};
    const PortState* owner = segment.FindMac(vlan, message.to_mac);
    if (owner != nullptr && owner != &from) return NeighborToPort(*owner, "the port with the destination MAC");
    if (from.kind != PortKind::kUplink && segment.uplink != nullptr) {
      return {.action = NeighborAction::kToUplink, .why = "no port has the destination MAC: by the uplink, as it is"};
    }
    return {.why = "no port has the destination MAC"};
  }
};

}  // namespace

const SegmentType& Transparent() {
  static const TransparentType type;
  return type;
}

}  // namespace vfp
