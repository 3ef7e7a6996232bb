// ICMP errors, which follow the connection of the packet they quote.
#include "vfp/internal/describe.h"
#include "vfp/internal/explainer.h"
#include "vfp/internal/icmp_error.h"

namespace vfp {

bool Explainer::Error() {
  if (IsIcmpRedirect(parsed_) && direction_ == Direction::kInbound) return Drop(DropReason::kIcmpRedirect);
  const std::uint32_t index = quote_ ? planner_.FindQuoted(*quote_, port_->index, direction_) : kNoEntry;
  if (index == kNoEntry) return Alone();
  const ConnectionIndex connection_index = ConnectionTable::ConnectionOf(index);
  const Connection& connection = path_.table.connection(connection_index);
  const FlowEntry& entry = path_.table.entry(index);
  const bool current = path_.options.flow_cache && entry.stamp == port_->stamp() && !connection.blocked();
  if (!entered_) result_.cached = current;
  const HT known = Unprepare(entry.rewrite);
  Step("flow", "an ICMP error about a connection, " + std::string(ConnectionStateName(connection.state)) +
                   (QuoteChange(known, *quote_).empty() ? "" : "; what it quotes is translated back") +
                   (current ? "" : ", decided under older policy"))
      .change = OuterChange(known, parsed_, *quote_, LeavesEndpoint(*port_, direction_));
  walked_ = connection.initiator;
  planner_.PlanAgain(connection_index, this, FreshPlan());
  walked_ = direction_;
  if (plan_->drop) return Drop(*plan_->drop);
  GiveUpBindings(connection, port_->index);
  HoldBindings(port_->index);
  if (!(plan_->Key(direction_) == entry.Key())) return Alone();
  if (direction_ == connection.initiator) {
    return LeaveAsError(plan_->walk.change, plan_->inbound_egress, plan_->walk.reach);
  }
  if (!plan_->walk.replies_ask) return LeaveAsError(plan_->reverse, plan_->inbound_egress, std::nullopt);
  planner_.PlanReply(*plan_, this, &reply_);
  if (reply_.drop) return Drop(*reply_.drop);
  return LeaveAsError(reply_.change, planner_.ReplyEgress(*port_, reply_.change, reply_.after.destination),
                      std::nullopt);
}

bool Explainer::LeaveAsError(const HT& reply, Egress inbound_egress, const std::optional<base::IpAddress>& reach) {
  const HT outer = OuterChange(reply, parsed_, *quote_, LeavesEndpoint(*port_, direction_));
  ApplyToQuote(QuoteChange(reply, *quote_), &*quote_);
  Change(outer);
  if (direction_ == Direction::kInbound) return Advance(inbound_egress, port_->index);
  return Route(ReplyTupleOf(*quote_), reach);
}
}  // namespace vfp
