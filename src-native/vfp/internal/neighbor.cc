#include "vfp/internal/neighbor.h"

namespace vfp {
namespace {

NeighborPlan Answer(const base::MacAddress& mac, const char* why, bool is_router = false) {
  return {.action = NeighborAction::kAnswer, .mac = mac, .is_router = is_router, .why = why};
}
NeighborPlan ToPort(const PortState& port, const char* why) {
  return {.action = NeighborAction::kToPort, .port = port.index, .why = why};
}

NeighborPlan OutsideOrNowhere(const SegmentState& segment) {
  if (segment.uplink == nullptr) return {.why = "nobody here has the address and there is no uplink"};
  return {.action = NeighborAction::kToUplink, .why = "asked outside, as the host"};
}

NeighborPlan FromInside(const Datapath& path, const PortState& from, const NeighborMessage& message) {
  const SegmentState& segment = *from.segment;
  if (!message.asks) {
    const AddressEntry* asker = segment.Find(message.destination);
    if (!message.to_everybody && asker != nullptr && asker->port != kNoPort && asker->port != from.index) {
      return ToPort(*path.net.port(asker->port), "the port that asked");
    }
    return OutsideOrNowhere(segment);
  }
  const AddressEntry* entry = segment.Find(message.target);
  if (entry != nullptr && entry->port == from.index) return OutsideOrNowhere(segment);  // Its own, or a probe for it.
  if (entry != nullptr && entry->port != kNoPort) {
    return Answer(path.net.port(entry->port)->mac, "the MAC of the port with that address");
  }
  if (entry != nullptr) return Answer(entry->mac, "the MAC of the remote endpoint");
  if (segment.uplink == nullptr && segment.IsGateway(message.target)) {
    return Answer(segment.spec.gateway_mac, "the gateway, for which the switch answers without an uplink", true);
  }
  return OutsideOrNowhere(segment);
}

NeighborPlan FromOutside(const Datapath& path, const PortState& uplink, const NeighborMessage& message) {
  const SegmentState& segment = *uplink.segment;
  const bool announces = message.to_everybody || (message.asks && message.sender == message.target);
  if (announces) return {.action = NeighborAction::kToAllPorts, .why = "an announcement"};
  const base::IpAddress& about = message.asks ? message.target : message.destination;
  const AddressEntry* entry = segment.Find(about);
  const bool local = entry != nullptr && entry->port != kNoPort;
  if (message.asks && (local || path.bindings.UsesAddress(about))) {
    return Answer(segment.spec.host_mac, "local: the host's MAC stands for it outside");
  }
  if (message.asks && message.sender.IsUnspecified()) {
    return {.action = NeighborAction::kToAllPorts, .why = "a probe for a duplicate address"};
  }
  if (local) return ToPort(*path.net.port(entry->port), "the port that asked");
  if (segment.host != nullptr) return ToPort(*segment.host, "nobody here has the address; the host gets what is left");
  return {.why = "nobody here has the address"};
}

}  // namespace

NeighborMessage ReadNeighbor(const wire::ParsedFrame& parsed, const std::optional<wire::NdView>& nd) {
  NeighborMessage message;
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
  return from.kind == PortKind::kUplink ? FromOutside(path, from, message) : FromInside(path, from, message);
}

}  // namespace vfp
