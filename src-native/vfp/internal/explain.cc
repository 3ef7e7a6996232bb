#include "vfp/internal/explain.h"

#include "vfp/internal/describe.h"
#include "vfp/internal/explainer.h"
#include "vfp/internal/guard.h"
#include "vfp/internal/icmp_error.h"
#include "vfp/internal/vlan.h"

namespace vfp {

TupleView ViewOf(const wire::ParsedFrame& parsed) {
  return {.source_mac = parsed.source_mac,
          .destination_mac = parsed.destination_mac,
          .source = parsed.source,
          .destination = parsed.destination,
          .protocol = parsed.protocol,
          .source_port = parsed.source_port,
          .destination_port = parsed.destination_port};
}

Explainer::Explainer(const Datapath& path, const PortState& port, const wire::Frame& frame)
    : path_(path), planner_(path), port_(&port), bytes_(frame.data, frame.data + frame.length), frame_(frame) {
  frame_.data = bytes_.data();
}

Explainer::~Explainer() {
  for (const NatBindingKey& binding : held_) path_.bindings.Release(binding);
  for (const auto& [binding, owner] : given_up_) {
    path_.bindings.Allocate(binding, {binding.nat_port, binding.nat_port}, owner);
  }
}

Explanation Explainer::Run() {
  bool untagged = false;
  const auto refused = Untag(*port_, &frame_, &vlan_, &untagged);
  wire::Parse(frame_, &parsed_);
  if (refused) {
    Drop(*refused);
    result_.final_tuple = ViewOf(parsed_);
    return std::move(result_);
  }
  if (untagged) {
    Step("vlan", vlan_ == port_->vlan ? "a tag that names no VLAN is taken off"
                                      : "the tag of VLAN " + std::to_string(vlan_) + " is taken off");
  }
  if (!CheckFrame(parsed_)) quote_ = QuoteOf(frame_, parsed_);
  if (port_->kind == PortKind::kUplink) ingress_ = Ingress::kUplink;
  while (AtPort()) entered_ = true;
  if (!left_by_tunnel_) result_.final_tuple = ViewOf(parsed_);
  return std::move(result_);
}

void Explainer::OnLayer(const CompiledLayer& layer, const LayerOutcome* outcome, const Tuple& before,
                        const Tuple& after, std::optional<DropReason> drop) {
  ExplainStep step;
  step.port = port_->spec.id;
  step.direction = walked_;
  step.layer = layer.id;
  step.before = ViewOfTuple(before);
  step.after = ViewOfTuple(after);
  if (outcome == nullptr) {
    step.action = drop ? "default-block" : "default-allow";
    step.detail = drop ? "no rule matched; this layer denies by default" : "no rule matched";
  } else {
    const Rule& rule = outcome->rule->rule;
    step.group = outcome->group->id();
    step.rule_id = rule.id;
    step.rule_name = rule.name;
    step.rule_priority = rule.priority;
    step.action = ActionName(rule);
    step.change = outcome->change;
    step.detail =
        drop && *drop != DropReason::kAclBlocked ? std::string(DescribeDrop(*drop)) : DescribeOutcome(*outcome, after);
  }
  result_.steps.push_back(std::move(step));
}

TupleView Explainer::ViewOfTuple(const Tuple& tuple) const {
  TupleView view = ViewOf(parsed_);
  view.source = tuple.source;
  view.destination = tuple.destination;
  view.protocol = tuple.protocol;
  view.source_port = tuple.source_port;
  view.destination_port = tuple.destination_port;
  return view;
}

ExplainStep& Explainer::Step(std::string_view action, std::string detail) {
  ExplainStep step;
  step.port = port_->spec.id;
  step.direction = direction_;
  step.action = action;
  step.detail = std::move(detail);
  step.before = step.after = ViewOf(parsed_);
  return result_.steps.emplace_back(std::move(step));
}

bool Explainer::Drop(DropReason reason) {
  result_.verdict = ExplainVerdict::kDrop;
  result_.reason = reason;
  // A rule or a default has said so itself.
  const bool said =
      reason == DropReason::kAclBlocked || reason == DropReason::kAclDefault || reason == DropReason::kNoBackend;
  if (!said) {
    ExplainStep& step = Step("drop", std::string(DescribeDrop(reason)));
    step.direction = direction_;
  }
  return false;
}

bool Explainer::Arrive(const PortState& port) {
  if (port.sink == nullptr) {
    port_ = &port;
    direction_ = Direction::kInbound;
    return Drop(DropReason::kDestinationNotReady);
  }
  result_.verdict = ExplainVerdict::kForward;
  if (!result_.deliver_to.empty()) result_.deliver_to += ",";
  result_.deliver_to += port.spec.id;
  return false;
}

void Explainer::ChangeMacs(const HT& macs) {
  if (macs.empty()) return;
  ExplainStep& step = Step("l2-rewrite", macs.ToString());
  step.change = macs;
  Change(macs);
  step.after = ViewOf(parsed_);
}

bool Explainer::Advance(Egress egress, PortIndex egress_port) {
  if (!Shape(egress)) return false;
  switch (egress) {
    case Egress::kDeliver: ChangeMacs(DeliveryMacs(*port_)); return Arrive(*port_);
    case Egress::kTurnAround:
      Step("hairpin", "turned around at the host port");
      direction_ = Direction::kOutbound;
      return true;
    case Egress::kPort:
      if (forwarded_ >= Delivery::kMaxForwards) return Drop(DropReason::kHairpinLoop);
      ++forwarded_;
      port_ = path_.net.port(egress_port);
      direction_ = Direction::kInbound;
      return true;
    case Egress::kUplink:
      if (GoesBack(ingress_, egress)) return Drop(DropReason::kNoDestination);
      TellTag();
      return Arrive(*path_.net.port(egress_port));
    case Egress::kTunnel:  // See Route.
    case Egress::kUnresolved: break;
  }
  return false;
}

void Explainer::TellTag() {
  if (port_->vlan != 0) Step("vlan", "gets the tag of VLAN " + std::to_string(port_->vlan));
}

bool Explainer::Route(const Tuple& after, const std::optional<base::IpAddress>& reach) {
  const vfp::Route route = FindRoute(path_, {.segment = port_->segment,
                                             .from = port_,
                                             .tuple = quote_ ? ReplyTupleOf(*quote_) : after,
                                             .is_echo = quote_ ? quote_->is_echo : parsed_.is_icmp_echo,
                                             .reach = reach,
                                             .destination_mac = parsed_.destination_mac,
                                             .vlan = Vlan(),
                                             .ingress = ingress_});
  std::string detail;
  if (route.by != nullptr) {
    detail = "its route to " + route.by->destination.ToString() +
             (route.by->next_hop ? " by " + route.by->next_hop->ToString() : std::string()) + ": ";
  }
  Step("route", detail + route.why);
  if (route.egress == Egress::kUnresolved) return Drop(route.drop);
  if (GoesBack(ingress_, route.egress)) return Drop(DropReason::kNoDestination);
  // Headers that are rewritten are not longer than before.
  if (const auto objection = ObjectionTo(*port_, frame_, parsed_.ttl, route.change.ttl_decrement, route.egress)) {
    return Object(*objection);
  }
  ChangeMacs(route.change);
  return route.push ? IntoTunnel(*route.push) : Advance(route.egress, route.port);
}

bool Explainer::Leave(const HT& change, Egress inbound_egress, const std::optional<base::IpAddress>& reach) {
  Tuple after = TupleOf(parsed_);
  ApplyToTuple(change, parsed_.is_icmp_echo, &after);
  Change(change);
  if (direction_ == Direction::kInbound) return Advance(inbound_egress, port_->index);
  return Route(after, reach);
}

bool Explainer::AtPort() {
  auto reason = CheckFrame(parsed_);
  if (reason) return Drop(*reason);
  walked_ = direction_;
  const bool enters = !entered_;
  if (enters && ingress_ == Ingress::kUplink && !IsForUs(*port_->segment, parsed_.destination_mac)) {
    return Drop(DropReason::kNoDestination);
  }
  std::optional<wire::NdView> nd;
  if (enters && wire::ClaimsNd(parsed_)) {
    nd = wire::NdView::Parse(frame_, parsed_);
    if (!nd) return Drop(DropReason::kInvalidPacket);
  }
  if (enters) reason = CheckGuards(*port_, parsed_, nd);
  const bool to_group = parsed_.IsIp() && port_->segment->IsGroup(parsed_.destination);
  if (!reason && enters && to_group && !nd) reason = CheckSource(*port_, parsed_);
  if (reason) return Drop(*reason);
  if (parsed_.kind == wire::EtherKind::kArp) return Neighbor(std::nullopt);
  if (nd && (nd->IsSolicitation() || nd->IsAdvertisement())) return Neighbor(nd);
  if (enters && IsTunnelPacket(*port_, parsed_)) return OutOfTunnel();
  if (to_group) return Flood();
  if (port_->kind == PortKind::kUplink) return Route(TupleOf(parsed_), std::nullopt);
  if (parsed_.is_later_fragment) {
    reason = CompleteFragment(path_, port_->index, direction_, &parsed_);
    if (reason) return Drop(*reason);
  }
  return Flow();
}

bool Explainer::Flow() {
  if (parsed_.is_icmp_error) return Error();
  const PacketFacts facts = FactsOf(parsed_);
  const FlowKey key = MakeFlowKey(parsed_, port_->index, direction_);
  for (const auto& plan : carried_) {
    if (plan->reverse_key == key) return facts.is_echo ? Alone() : OwnReply(*plan);
  }
  const std::uint32_t entry = path_.table.Find(key);
  switch (planner_.StandingOf(facts, entry)) {
    case Standing::kAlone: return Alone();
    case Standing::kNew: return New(key, facts, entry == kNoEntry ? kNone : ConnectionTable::ConnectionOf(entry));
    case Standing::kMember: return Member(entry, key, facts);
  }
  return false;
}

Plan* Explainer::FreshPlan() {
  plan_ = std::make_shared<Plan>();
  return plan_.get();
}

bool Explainer::OwnReply(const Plan& plan) {
  Step("flow", "a reply of its own connection").change = plan.reverse;
  return LeaveAsReply(plan);
}

bool Explainer::LeaveAsReply(const Plan& plan) {
  if (!plan.walk.replies_ask) return Leave(plan.reverse, plan.inbound_egress, std::nullopt);
  planner_.PlanReply(plan, this, &reply_);
  if (reply_.drop) return Drop(*reply_.drop);
  return Leave(reply_.change, planner_.ReplyEgress(*port_, reply_.change, reply_.after.destination), std::nullopt);
}

bool Explainer::Alone() {
  if (const auto reason = CheckSourceHere()) return Drop(*reason);
  planner_.PlanAlone(parsed_, port_->index, direction_, this, FreshPlan());
  if (plan_->drop) return Drop(*plan_->drop);
  return Leave(plan_->walk.change, plan_->inbound_egress, plan_->walk.reach);
}

std::optional<DropReason> Explainer::CheckSourceHere() const {
  const bool enters = !entered_ && direction_ == Direction::kOutbound;
  return enters ? CheckSource(*port_, parsed_) : std::nullopt;
}

bool Explainer::New(const FlowKey& key, const PacketFacts& facts, ConnectionIndex replaces) {
  if (const auto reason = CheckSourceHere()) return Drop(*reason);
  planner_.PlanNew(key, facts, replaces, {made_, keys_}, this, FreshPlan());
  if (plan_->drop) return Drop(*plan_->drop);
  if (replaces == kNone) ++made_;
  RememberConnection();
  const PortState* owner = port_;
  const bool goes_on = Leave(plan_->walk.change, plan_->inbound_egress, plan_->walk.reach);
  HoldBindings(owner->index);
  return goes_on;
}

void Explainer::GiveUpBindings(const Connection& connection, PortIndex owner) {
  for (std::uint32_t node = connection.translations; node != kNone; node = path_.translations.next(node)) {
    const Translation translation = path_.translations.at(node);
    if (!translation.has_binding) continue;
    const NatBindingKey binding = translation.Binding();
    bool kept = false;
    for (const LayerOutcome& outcome : plan_->walk.outcomes) {
      kept |= outcome.translates && outcome.translation.has_binding && outcome.translation.Binding() == binding;
    }
    if (kept || !path_.bindings.Owner(binding)) continue;
    path_.bindings.Release(binding);
    given_up_.emplace_back(binding, owner);
  }
}

void Explainer::RememberConnection() {
  keys_.push_back(plan_->forward_key);
  keys_.push_back(plan_->reverse_key);
  carried_.push_back(plan_);
}

void Explainer::HoldBindings(PortIndex owner) {
  for (const LayerOutcome& outcome : plan_->walk.outcomes) {
    if (!outcome.translates || !outcome.translation.has_binding) continue;
    const NatBindingKey binding = outcome.translation.Binding();
    if (path_.bindings.Owner(binding)) continue;  // The connection's own.
    const base::PortRange exactly{binding.nat_port, binding.nat_port};
    if (path_.bindings.Allocate(binding, exactly, owner)) held_.push_back(binding);
  }
}

bool Explainer::Member(std::uint32_t index, const FlowKey& key, const PacketFacts& facts) {
  const ConnectionIndex connection_index = ConnectionTable::ConnectionOf(index);
  const Connection& connection = path_.table.connection(connection_index);
  const FlowEntry& entry = path_.table.entry(index);
  const bool current = path_.options.flow_cache && entry.stamp == port_->stamp() && !connection.blocked();
  if (!entered_) result_.cached = current;
  const bool is_reply = direction_ != connection.initiator;
  ExplainStep& step = Step("flow", std::string(is_reply ? "a reply of a connection, " : "a connection, ") +
                                       std::string(ConnectionStateName(connection.state)) +
                                       (current ? "" : ", decided under older policy"));
  step.change = Unprepare(entry.rewrite);
  walked_ = connection.initiator;
  planner_.PlanAgain(connection_index, this, FreshPlan());
  walked_ = direction_;
  if (plan_->drop) return Drop(*plan_->drop);
  GiveUpBindings(connection, port_->index);
  HoldBindings(port_->index);
  RememberConnection();
  if (!(plan_->Key(direction_) == key)) {  // The reply to a translation that is no more.
    return planner_.StandingOf(facts, kNoEntry) == Standing::kAlone ? Alone() : New(key, facts, kNone);
  }
  if (const auto reason = planner_.CheckState(connection_index, planner_.TracksTcp(*plan_), facts))
    return Drop(*reason);
  if (planner_.TracksTcp(*plan_)) {
    const auto segment = key.protocol == wire::kProtoTcp
                             ? wire::ReadTcpSegment(frame_, parsed_.l3_offset, parsed_.l4_offset)
                             : std::nullopt;
    if (const auto reason = planner_.CheckWindow(connection_index, direction_, segment)) return Drop(*reason);
  }
  if (!is_reply) return Leave(plan_->walk.change, plan_->inbound_egress, plan_->walk.reach);
  return LeaveAsReply(*plan_);
}
base::Result<Explanation> ExplainFrame(const Datapath& path, const PortState& port, const wire::Frame& frame) {
  if (frame.length > wire::kMaxFrameBytes) {
    return base::MakeError(base::hr::ERR_INVALID_FRAME, "the frame has `" + std::to_string(frame.length) +
                                                            "` bytes; at most `" +
                                                            std::to_string(wire::kMaxFrameBytes) + "` are possible");
  }
  return std::make_unique<Explainer>(path, port, frame)->Run();
}

}  // namespace vfp
