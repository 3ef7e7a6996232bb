#include "vfp/internal/neighbor.h"

#include "vfp/internal/segment_type.h"

namespace vfp {
NeighborPlan NeighborAnswer(const base::MacAddress& mac, const char* why, bool is_router) {
  return {.action = NeighborAction::kAnswer, .mac = mac, .is_router = is_router, .why = why};
}

NeighborPlan NeighborToPort(const PortState& port, const char* why) {
  return {.action = NeighborAction::kToPort, .port = port.index, .why = why};
}

NeighborMessage ReadNeighbor(const wire::ParsedFrame& parsed, const std::optional<wire::NdView>& nd,
                             std::uint16_t vlan) {
  NeighborMessage message;
  message.vlan = vlan;
  message.to_mac = parsed.destination_mac;
  message.sender = parsed.source;
  message.destination = parsed.destination;
  if (parsed.kind == wire::EtherKind::kArp) {
    message.asks = parsed.arp_operation == 1;
    message.target = message.asks ? parsed.destination : parsed.source;
    message.to_everybody = !message.asks && parsed.source == parsed.destination;
    return message;
  }
  message.asks = nd->IsSolicitation();
  message.target = nd->target();
  message.to_everybody = !message.asks && parsed.destination.IsMulticast();
  return message;
}

NeighborPlan PlanNeighbor(const Datapath& path, const PortState& from, const NeighborMessage& message) {
  const SegmentType& type = TypeOf(*from.segment);
  return from.kind == PortKind::kUplink ? type.FromOutside(path, from, message) : type.FromInside(path, from, message);
}

}  // namespace vfp
