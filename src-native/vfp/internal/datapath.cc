#include "vfp/internal/datapath.h"

#include <algorithm>

#include "vfp/internal/flow_counting.h"

namespace vfp {
namespace {

// Calls `visit` for live connections among the next `budget` slots. Returns the
// slot after the last one.
template <typename Visit>
ConnectionIndex VisitSlots(const Datapath& path, std::size_t budget, Visit&& visit) {
  const ConnectionIndex slots = path.table.slots();
  ConnectionIndex at = path.sweep;
  for (std::size_t i = std::min<std::size_t>(budget, slots); i != 0; --i) {
    if (at >= slots) at = 0;
    const ConnectionIndex slot = at++;
    if (path.table.connection(slot).live()) visit(slot);
  }
  return at;
}

}  // namespace

void ForgetConnection(Datapath& path, ConnectionIndex index) {
  Connection& connection = path.table.connection(index);
  for (std::uint32_t node = connection.translations; node != kNone; node = path.translations.next(node)) {
    const Translation translation = path.translations.at(node);
    if (translation.has_binding) path.bindings.Release(translation.Binding());
    path.names.Release(translation.layer);
    path.names.Release(translation.rule);
  }
  path.translations.Free(connection.translations);
  connection.translations = kNone;
  PortState& port = *path.net.port(path.table.entry(index, Direction::kOutbound).port);
  Count(connection.protocol, connection.state, -1, &port.flows);
  path.table.Remove(index, &port.connections_head);
  --port.connections;
}

void ForgetConnectionsOf(Datapath& path, PortState& port) {
  while (port.connections_head != kNone) ForgetConnection(path, port.connections_head);
}

std::size_t ForgetIdle(Datapath& path, std::size_t budget) {
  std::size_t forgotten = 0;
  path.sweep = VisitSlots(path, budget, [&](ConnectionIndex slot) {
    if (!path.table.IsExpired(slot, path.now)) return;
    ForgetConnection(path, slot);
    ++forgotten;
  });
  return forgotten;
}

void SweepIdle(Datapath& path) {
  // A connection may outlive its time by a round; lookups do not see it then.
  constexpr std::size_t kSweepRound = 8192;  // Ticks.
  constexpr std::size_t kAtOnce = 64;
  const Tick elapsed = path.now - path.swept_at;
  if (elapsed == 0) return;
  const std::size_t per_tick = path.table.slots() / kSweepRound + 1;
  const std::size_t ticks = std::min<std::size_t>(elapsed, std::max<std::size_t>(kAtOnce / per_tick, 1));
  ForgetIdle(path, ticks * per_tick);
  // No use in making up for a long silence slot by slot: one round is enough.
  path.swept_at += static_cast<Tick>(elapsed - ticks > kSweepRound ? elapsed - kSweepRound : ticks);
}

std::size_t CountIdle(const Datapath& path, std::size_t budget) {
  std::size_t count = 0;
  VisitSlots(path, budget, [&](ConnectionIndex slot) { count += path.table.IsExpired(slot, path.now); });
  return count;
}

FlowCounts CountIdleOf(const Datapath& path, PortIndex port, std::size_t budget) {
  FlowCounts counts;
  VisitSlots(path, budget, [&](ConnectionIndex slot) {
    if (path.table.entry(slot, Direction::kOutbound).port != port || !path.table.IsExpired(slot, path.now)) return;
    const Connection& connection = path.table.connection(slot);
    Count(connection.protocol, connection.state, 1, &counts);
  });
  return counts;
}

}  // namespace vfp
