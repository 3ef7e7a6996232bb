#include "vfp/internal/datapath.h"

#include <algorithm>

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
    const Translation& translation = path.translations.at(node);
    if (translation.has_binding) path.bindings.Release(translation.Binding());
    path.names.Release(translation.layer);
    path.names.Release(translation.rule);
  }
  path.translations.Free(connection.translations);
  connection.translations = kNone;
  PortState& port = *path.net.port(path.table.entry(index, Direction::kOutbound).port);
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

std::size_t CountIdle(const Datapath& path, std::size_t budget) {
  std::size_t count = 0;
  VisitSlots(path, budget, [&](ConnectionIndex slot) { count += path.table.IsExpired(slot, path.now); });
  return count;
}

}  // namespace vfp
