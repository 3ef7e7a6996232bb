#include "vfp/internal/flow_listing.h"

#include <memory>

#include "vfp/internal/describe.h"
#include "vfp/internal/planner.h"

namespace vfp {
namespace {

// Slots looked at in one call, whatever they hold: the lock is held meanwhile.
constexpr std::uint32_t kSlotsPerPage = 65536;

std::uint64_t PacketsOf(const FlowEntry& entry, const Connection& connection) {
  return (std::uint64_t{connection.packets_high[entry.direction]} << 32) + entry.packets;
}

// Decisions are not stored but asked for again: under one generation the answer
// is the one that was given.
void AddDecisions(const Planner& planner, ConnectionIndex index, Plan* plan, FlowInfo* info) {
  planner.PlanAgain(index, nullptr, plan);
  Tuple after = TupleOf(plan->forward_key);
  const bool is_echo = !after.has_ports;
  for (const LayerOutcome& outcome : plan->walk.outcomes) {
    after = outcome.before;
    ApplyToTuple(outcome.change, is_echo, &after);
    if (!outcome.stateful) continue;
    info->decisions.push_back({.layer = outcome.layer->id,
                               .rule_id = outcome.rule->rule.id.str(),
                               .action = std::string(ActionName(outcome.rule->rule)),
                               .detail = DescribeOutcome(outcome, after)});
  }
}

FlowInfo InfoOf(const Datapath& path, ConnectionIndex index) {
  const Connection& connection = path.table.connection(index);
  const FlowEntry& outbound = path.table.entry(index, Direction::kOutbound);
  const FlowEntry& inbound = path.table.entry(index, Direction::kInbound);
  const PortState& port = *path.net.port(outbound.port);
  const Tick idle = path.table.IdleTicks(index, path.now);
  FlowInfo info;
  info.port = port.spec.id;
  info.initiator = connection.initiator;
  info.outbound = outbound.Key();
  info.inbound = inbound.Key();
  info.outbound_change = Unprepare(outbound.rewrite);
  info.inbound_change = Unprepare(inbound.rewrite);
  if (outbound.egress() == Egress::kTunnel && outbound.stamp == port.stamp()) {
    info.outbound_push = port.segment->overlay->FindAdjacency(outbound.egress_port())->push;
  }
  info.state = connection.blocked() ? ConnectionState::kBlocked : connection.state;
  info.current = outbound.stamp == port.stamp();
  info.outbound_packets = PacketsOf(outbound, connection);
  info.outbound_bytes = outbound.bytes;
  info.inbound_packets = PacketsOf(inbound, connection);
  info.inbound_bytes = inbound.bytes;
  info.idle = std::chrono::milliseconds(idle);
  info.expires_in = std::chrono::milliseconds(path.table.LimitOf(index) - idle);
  return info;
}

GroupInfo InfoOf(const CompiledGroup& group) {
  GroupInfo info{.id = group.id(),
                 .priority = group.priority(),
                 .direction = group.direction(),
                 .family = group.family(),
                 .shared = group.shared(),
                 .rules = {}};
  for (const CompiledRule* rule : group.rules().Rules()) {
    info.rules.push_back({rule->rule, rule->matched_packets, rule->dropped_packets});
  }
  return info;
}

}  // namespace

FlowPage ListFlows(const Datapath& path, PortIndex port, std::uint64_t cursor, std::size_t limit) {
  FlowPage page;
  const Planner planner(path);
  const auto plan = std::make_unique<Plan>();
  std::uint64_t slot = cursor;
  const std::uint64_t end = path.table.slots();
  for (std::uint32_t looked = 0; slot < end && looked < kSlotsPerPage && page.flows.size() < limit; ++looked, ++slot) {
    const auto index = static_cast<ConnectionIndex>(slot);
    if (!path.table.connection(index).live() || path.table.IsExpired(index, path.now)) continue;
    if (port != kNoPort && path.table.entry(index, Direction::kOutbound).port != port) continue;
    page.flows.push_back(InfoOf(path, index));
    AddDecisions(planner, index, plan.get(), &page.flows.back());
  }
  page.next = slot < end ? slot : 0;
  return page;
}

std::vector<LayerInfo> ListLayers(const PortState& port) {
  std::vector<LayerInfo> layers;
  for (const auto& layer : port.layers) {
    LayerInfo info{.id = layer->id,
                   .priority = layer->priority,
                   .stateful = layer->stateful,
                   .default_allow = layer->default_allow,
                   .groups = {}};
    for (const auto& by_direction : layer->groups) {
      for (const auto& list : by_direction) {
        for (const CompiledGroup* group : list) info.groups.push_back(InfoOf(*group));
      }
    }
    layers.push_back(std::move(info));
  }
  return layers;
}

}  // namespace vfp
