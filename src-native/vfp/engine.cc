#include "vfp/engine.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <utility>

#include "vfp/internal/explain.h"
#include "vfp/internal/fast_path.h"
#include "vfp/internal/flow_listing.h"
#include "vfp/internal/priority_lock.h"

namespace vfp {
namespace {

using base::MakeError;
namespace hr = base::hr;

base::Error NoPort(PortIndex port) {
  return MakeError(hr::HCN_E_PORT_NOT_FOUND, "there is no port `" + std::to_string(port) + "`");
}

PortInfo InfoOf(const PortState& port) {
  PortInfo info;
  info.index = port.index;
  info.spec = port.spec;
  info.spec.sink = nullptr;
  info.generation = port.stamp();
  info.outbound = port.counters[static_cast<std::size_t>(Direction::kOutbound)];
  info.inbound = port.counters[static_cast<std::size_t>(Direction::kInbound)];
  info.connections = port.connections;
  info.flows = port.flows;
  if (const Shaper* shaper = port.shapers[static_cast<std::size_t>(Direction::kOutbound)].get()) {
    info.shaping.outbound = shaper->limit;
    info.outbound_waiting_bytes = shaper->backlog.bytes();
  }
  if (const Shaper* shaper = port.shapers[static_cast<std::size_t>(Direction::kInbound)].get()) {
    info.shaping.inbound = shaper->limit;
    info.inbound_waiting_bytes = shaper->backlog.bytes();
  }
  return info;
}

base::Status CheckShaping(const PortState& port, const PortShaping& shaping) {
  if (port.kind == PortKind::kUplink && shaping != PortShaping{}) {
    return MakeError(hr::ERROR_INVALID_PARAMETER, "the uplink `" + port.spec.id + "` has no limits on its bandwidth");
  }
  for (const auto& limit : {shaping.outbound, shaping.inbound}) {
    if (limit && limit->bytes_per_second == 0) {
      return MakeError(hr::ERROR_INVALID_PARAMETER, "a limit of `0` bytes per second on port `" + port.spec.id + "`");
    }
  }
  return {};
}

// A change set with everything compiled that can be without looking at the engine.
struct PreparedChange {
  struct SetRule {
    SharedGroupId group;
    base::IpFamily family;
    PreparedRule rule;
  };
  struct SetLayers {
    PortIndex port;
    CompiledLayers layers;
  };
  std::vector<SetRule> set_rules;
  std::vector<SetLayers> set_layers;
};

base::IpFamily FamilyOf(const Rule& rule, base::IpFamily fallback) {
  if (const auto* fixed = std::get_if<StaticNat>(&rule.action); fixed != nullptr && fixed->address) {
    return fixed->address->family;
  }
  if (const auto* dynamic = std::get_if<DynamicNat>(&rule.action)) return dynamic->address.family;
  if (const auto* balance = std::get_if<LoadBalance>(&rule.action)) {
    if (!balance->backends.empty()) return balance->backends.front().address.family;
    if (balance->source_address) return balance->source_address->family;
  }
  return fallback;
}

}  // namespace

struct Engine::State {
  State(const base::Clock& engine_clock, const EngineOptions& options)
      : clock(engine_clock), tables(options.hash_seed), path(options), fast(path) {}

  // A shared rule's group is only known under the lock, so its family is taken
  // from its own addresses here and compared there.
  base::Result<PreparedChange> Prepare(ChangeSet& change);
  base::Status Check(const ChangeSet& change, const PreparedChange& prepared) const;
  // Leaves what was replaced in `prepared`, to be freed without the lock.
  void Apply(const ChangeSet& change, PreparedChange& prepared);
  void SetShaper(PortState& port, Direction direction, const std::optional<RateLimit>& limit);

  const base::Clock& clock;
  mutable PriorityLock lock;
  BackendTables tables;  // Has a lock of its own.
  Datapath path;
  FastPath fast;
  // Something is backlogged: so that who polls takes no lock for nothing.
  std::atomic<bool> waits{false};
  void NoteBacklog() {
    if (path.backlogged.empty() == waits.load(std::memory_order_relaxed)) {
      waits.store(!path.backlogged.empty(), std::memory_order_relaxed);
    }
  }
};

Engine::Engine(const base::Clock& clock, const EngineOptions& options)
    : state_(std::make_unique<State>(clock, options)) {}
Engine::~Engine() = default;

base::Result<SegmentId> Engine::AddSegment(SegmentSpec spec) {
  const PriorityLock::Control hold(state_->lock);
  return state_->path.net.AddSegment(std::move(spec));
}

base::Status Engine::UpdateSegment(SegmentId id, SegmentSpec spec) {
  const PriorityLock::Control hold(state_->lock);
  return state_->path.net.UpdateSegment(id, std::move(spec));
}

base::Status Engine::RemoveSegment(SegmentId id) {
  const PriorityLock::Control hold(state_->lock);
  return state_->path.net.RemoveSegment(id);
}

base::Result<PortIndex> Engine::AddPort(PortSpec spec) {
  const PriorityLock::Control hold(state_->lock);
  return state_->path.net.AddPort(std::move(spec));
}

base::Status Engine::UpdatePort(PortIndex index, PortSpec spec) {
  const PriorityLock::Control hold(state_->lock);
  Datapath& path = state_->path;
  PortState* port = path.net.FindLive(index);
  if (port == nullptr) return NoPort(index);
  const bool changes = path.net.ChangesIdentity(*port, spec);
  HNS_RETURN_IF_ERROR(path.net.UpdatePort(index, std::move(spec)));
  if (changes) ForgetConnectionsOf(path, *port);
  return {};
}

base::Status Engine::RemovePort(PortIndex index) {
  const PriorityLock::Control hold(state_->lock);
  Datapath& path = state_->path;
  PortState* port = path.net.FindLive(index);
  if (port == nullptr) return NoPort(index);
  path.fragments.ForgetPort(index);
  ForgetConnectionsOf(path, *port);
  state_->fast.ForgetOwners();
  DropWaitingFor(path, index);
  for (const Direction direction : {Direction::kOutbound, Direction::kInbound}) {
    ForgetBacklog(path, index, direction);
    port->shapers[static_cast<std::size_t>(direction)].reset();
  }
  path.net.RemovePort(index, path.names);
  return {};
}

base::Result<SharedGroupId> Engine::AddSharedGroup(SegmentId segment, GroupSpec spec) {
  const PriorityLock::Control hold(state_->lock);
  return state_->path.net.AddSharedGroup(segment, spec, state_->tables, state_->path.names);
}

base::Status Engine::RemoveSharedGroup(SharedGroupId group) {
  const PriorityLock::Control hold(state_->lock);
  return state_->path.net.RemoveSharedGroup(group, state_->path.names);
}

base::Result<PreparedChange> Engine::State::Prepare(ChangeSet& change) {
  PreparedChange prepared;
  for (ChangeSet::SharedRule& set : change.set_shared_rules) {
    const base::IpFamily family = FamilyOf(set.rule, base::IpFamily::kIpv4);
    HNS_ASSIGN_OR_RETURN(PreparedRule rule, PrepareRule(std::move(set.rule), family, tables));
    prepared.set_rules.push_back({set.group, family, std::move(rule)});
  }
  for (ChangeSet::PortLayers& set : change.set_port_layers) {
    HNS_ASSIGN_OR_RETURN(CompiledLayers layers, CompileLayers(std::move(set.layers), tables));
    prepared.set_layers.push_back({set.port, std::move(layers)});
  }
  return prepared;
}

base::Status Engine::State::Check(const ChangeSet& change, const PreparedChange& prepared) const {
  std::set<std::pair<SharedGroupId, std::string_view>> removed;
  for (const auto& removal : change.remove_shared_rules) {
    const SharedGroup* shared = path.net.shared_group(removal.group);
    if (shared == nullptr || shared->group->Find(removal.rule_id) == nullptr ||
        !removed.insert({removal.group, removal.rule_id}).second) {
      return MakeError(hr::ERROR_NOT_FOUND,
                       "shared group `" + std::to_string(removal.group) + "` has no rule `" + removal.rule_id + "`");
    }
  }
  for (const auto& set : prepared.set_rules) {
    const SharedGroup* shared = path.net.shared_group(set.group);
    if (shared == nullptr) {
      return MakeError(hr::ERROR_NOT_FOUND, "there is no shared group `" + std::to_string(set.group) + "`");
    }
    if (FamilyOf(set.rule.rule, shared->group->family()) != shared->group->family()) {
      return MakeError(hr::ERROR_INVALID_PARAMETER,
                       "rule `" + set.rule.rule.id + "` translates to an address that is not of its group's family");
    }
  }
  for (const auto& set : prepared.set_layers) {
    const PortState* port = path.net.FindLive(set.port);
    if (port == nullptr) return NoPort(set.port);
    HNS_RETURN_IF_ERROR(path.net.CheckLayers(*port, set.layers));
  }
  for (const auto& set : change.set_shaping) {
    const PortState* port = path.net.FindLive(set.port);
    if (port == nullptr) return NoPort(set.port);
    HNS_RETURN_IF_ERROR(CheckShaping(*port, set.shaping));
  }
  for (const auto& set : change.set_routes) {
    const PortState* port = path.net.FindLive(set.port);
    if (port == nullptr) return NoPort(set.port);
    HNS_RETURN_IF_ERROR(SwitchState::CheckRoutes(*port, set.routes));
  }
  for (const auto& change_remote : change.remotes) {
    HNS_RETURN_IF_ERROR(path.net.CheckRemote(change_remote.segment, change_remote.remote, change_remote.remove));
  }
  return {};
}

void Engine::State::Apply(const ChangeSet& change, PreparedChange& prepared) {
  for (const auto& removal : change.remove_shared_rules) {
    path.net.RemoveSharedRule(removal.group, removal.rule_id, path.names);
  }
  for (auto& set : prepared.set_rules) path.net.SetSharedRule(set.group, std::move(set.rule), path.names);
  for (auto& set : prepared.set_layers) {
    PortState& port = *path.net.port(set.port);
    path.net.SwapLayers(port, set.layers, path.names);
    // What is reached through the host port depends on its hairpin layer.
    if (port.kind == PortKind::kHost) ++port.segment->generation;
  }
  for (const auto& remote : change.remotes) path.net.SetRemote(remote.segment, remote.remote, remote.remove);
  for (const auto& set : change.set_routes) SwitchState::SetRoutes(*path.net.port(set.port), set.routes);
  // Last: what is let go by it meets all the rest.
  for (const auto& set : change.set_shaping) {
    SetShaper(*path.net.port(set.port), Direction::kOutbound, set.shaping.outbound);
    SetShaper(*path.net.port(set.port), Direction::kInbound, set.shaping.inbound);
  }
  if (!change.set_shaping.empty()) fast.Release();
}

void Engine::State::SetShaper(PortState& port, Direction direction, const std::optional<RateLimit>& limit) {
  std::unique_ptr<Shaper>& shaper = port.shapers[static_cast<std::size_t>(direction)];
  if (limit && shaper == nullptr) {
    shaper = std::make_unique<Shaper>(*limit, path.time);
  } else if (limit && shaper->limit != *limit) {
    shaper->SetLimit(*limit, path.time);
  } else if (!limit && shaper != nullptr) {
    const std::unique_ptr<Shaper> gone = std::move(shaper);
    ForgetBacklog(path, port.index, direction);
    fast.ReleaseAll(port, direction, gone.get());
  }
}

base::Status Engine::Commit(ChangeSet change) {
  HNS_ASSIGN_OR_RETURN(PreparedChange prepared, state_->Prepare(change));
  const PriorityLock::Control hold(state_->lock);
  state_->path.SetTime(state_->clock.Now());
  HNS_RETURN_IF_ERROR(state_->Check(change, prepared));
  state_->Apply(change, prepared);
  state_->NoteBacklog();
  return {};
}

void Engine::OnFrames(PortIndex index, std::span<wire::Frame> frames) noexcept {
  const PriorityLock::Carry hold(state_->lock);
  PortState* port = state_->path.net.FindLive(index);
  if (port == nullptr) return;
  state_->path.SetTime(state_->clock.Now());
  state_->fast.Carry(*port, frames);
  state_->NoteBacklog();
}

std::optional<std::chrono::nanoseconds> Engine::Poll() noexcept {
  if (!state_->waits.load(std::memory_order_relaxed)) return std::nullopt;
  const PriorityLock::Carry hold(state_->lock);
  Datapath& path = state_->path;
  path.SetTime(state_->clock.Now());
  state_->fast.Release();
  state_->NoteBacklog();
  std::optional<std::chrono::nanoseconds> next;
  for (const auto& [index, direction] : path.backlogged) {
    Shaper& shaper = *path.net.port(index)->shapers[static_cast<std::size_t>(direction)];
    const std::chrono::nanoseconds wait = shaper.bucket.WaitFor(shaper.backlog.Next().cost);
    next = next ? std::min(*next, wait) : wait;
  }
  return next;
}

std::vector<PortInfo> Engine::Ports() const {
  const PriorityLock::Control hold(state_->lock);
  std::vector<PortInfo> ports;
  for (const auto& port : state_->path.net.ports()) {
    if (port->live) ports.push_back(InfoOf(*port));
  }
  return ports;
}

std::optional<PortIndex> Engine::FindPort(std::string_view id) const {
  const PriorityLock::Control hold(state_->lock);
  return state_->path.net.FindPort(id);
}

base::Result<PortInfo> Engine::Port(PortIndex index) const {
  const PriorityLock::Control hold(state_->lock);
  const PortState* port = state_->path.net.FindLive(index);
  if (port == nullptr) return NoPort(index);
  return InfoOf(*port);
}

base::Result<std::vector<LayerInfo>> Engine::Layers(PortIndex index) const {
  const PriorityLock::Control hold(state_->lock);
  const PortState* port = state_->path.net.FindLive(index);
  if (port == nullptr) return NoPort(index);
  return ListLayers(*port);
}

FlowPage Engine::Flows(PortIndex port, std::uint64_t cursor, std::size_t limit) const {
  const PriorityLock::Control hold(state_->lock);
  state_->path.SetTime(state_->clock.Now());
  return ListFlows(state_->path, port, cursor, limit);
}

base::Result<Explanation> Engine::Explain(PortIndex index, const wire::Frame& frame) const {
  const PriorityLock::Control hold(state_->lock);
  const PortState* port = state_->path.net.FindLive(index);
  if (port == nullptr) return NoPort(index);
  state_->path.SetTime(state_->clock.Now());
  return ExplainFrame(state_->path, *port, frame);
}

std::size_t Engine::ExpireIdle() {
  const PriorityLock::Control hold(state_->lock);
  state_->path.SetTime(state_->clock.Now());
  state_->path.fragments.Forget(state_->path.now);
  return ForgetIdle(state_->path, state_->path.table.slots());
}

}  // namespace vfp
