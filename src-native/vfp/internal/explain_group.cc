// ARP, Neighbor Discovery, and packets to groups.
#include <algorithm>

#include "vfp/internal/explainer.h"
#include "vfp/internal/segment_type.h"
#include "vfp/internal/vlan.h"

namespace vfp {

bool Explainer::Neighbor(const std::optional<wire::NdView>& nd) {
  const NeighborPlan plan = PlanNeighbor(path_, *port_, ReadNeighbor(parsed_, nd, vlan_));
  switch (plan.action) {
    case NeighborAction::kDrop: return Drop(DropReason::kNoDestination);
    case NeighborAction::kTaken:
      Step("answer", plan.why);
      result_.verdict = ExplainVerdict::kAnswered;
      return false;
    case NeighborAction::kAnswer:
      Step("answer", plan.mac.ToString() + ": " + plan.why);
      result_.verdict = ExplainVerdict::kAnswered;
      return false;
    case NeighborAction::kToPort: {
      Step("route", plan.why);
      const PortState& to = *path_.net.port(plan.port);
      if (!parsed_.destination_mac.IsGroup()) ChangeMacs(DeliveryMacs(to));
      return Arrive(to);
    }
    case NeighborAction::kToUplink: Step("route", plan.why); return Outside();
    case NeighborAction::kToAllPorts: Step("route", plan.why); return ToOthers(/*through_layers=*/false);
  }
  return false;
}

bool Explainer::Outside() {
  if (!TypeOf(*port_->segment).KeepsMacs()) {
    HT macs;
    macs.modify = HT::kSourceMac;
    macs.source_mac = port_->segment->spec.host_mac;
    ChangeMacs(macs);
  }
  TellTag();
  return Arrive(*port_->segment->uplink);
}

bool Explainer::Flood() {
  if (ingress_ != Ingress::kUplink || entered_) {
    planner_.PlanAlone(parsed_, port_->index, direction_, this, FreshPlan());
    if (plan_->drop) return Drop(*plan_->drop);
    Change(plan_->walk.change);
  }
  const SegmentType& type = TypeOf(*port_->segment);
  const std::vector<PortState*>& ports = port_->segment->ports;
  const auto reaches = [&](const PortState* to) {
    return to != port_ && IsIn(*to, Vlan()) && type.FloodsTo(*port_, *to);
  };
  if (std::none_of(ports.begin(), ports.end(), reaches)) return Drop(DropReason::kNoDestinationBroadcast);
  if (!MayFlood(*port_, direction_)) return Drop(DropReason::kRateLimit);
  Step("route", "to everybody on the segment");
  return ToOthers(/*through_layers=*/true);
}

bool Explainer::ToOthers(bool through_layers) {
  // The frame itself is sent; each copy may meet its own end, told by its steps.
  const PortState* from = port_;
  const wire::ParsedFrame sent = parsed_;
  const std::uint16_t vlan = Vlan();
  const SegmentType& type = TypeOf(*from->segment);
  for (const PortState* to : from->segment->ports) {
    if (to == from || !IsIn(*to, vlan) || !type.FloodsTo(*from, *to)) continue;
    parsed_ = sent;
    port_ = to;
    direction_ = walked_ = Direction::kInbound;
    if (to->kind == PortKind::kUplink) {
      port_ = from;
      direction_ = Direction::kOutbound;
      Outside();
    } else if (through_layers) {
      planner_.PlanAlone(parsed_, to->index, Direction::kInbound, this, FreshPlan());
      if (!plan_->drop && MayFlood(*to, Direction::kInbound)) Arrive(*to);
    } else {
      Arrive(*to);
    }
  }
  parsed_ = sent;
  result_.verdict = ExplainVerdict::kForward;
  result_.reason.reset();
  return false;
}
}  // namespace vfp
