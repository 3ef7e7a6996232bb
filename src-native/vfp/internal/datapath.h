// Everything that lives under the engine's lock, in one place.
#pragma once

#include <utility>
#include <vector>

#include "vfp/engine.h"
#include "vfp/internal/connection_table.h"
#include "vfp/internal/fragment_table.h"
#include "vfp/internal/nat_bindings.h"
#include "vfp/internal/string_pool.h"
#include "vfp/internal/switch_state.h"
#include "vfp/internal/tcp_window.h"
#include "vfp/internal/translation.h"

namespace vfp {

struct Datapath {
  explicit Datapath(const EngineOptions& engine_options)
      : options(engine_options),
        bindings(engine_options.hash_seed),
        table(engine_options.hash_seed, engine_options.max_connections, engine_options.timeouts),
        fragments(ToTicks(engine_options.timeouts.fragment)) {}

  const EngineOptions options;
  StringPool names;
  SwitchState net;
  // Asking does not change it, and explain gives back what it takes: both are const.
  mutable NatBindings bindings;
  TranslationPool translations;
  ConnectionTable table;
  TcpWindows windows;
  FragmentTable fragments;
  ConnectionIndex sweep = 0;    // Where the search for idle connections goes on.
  Tick swept_at = 0;            // When all slots that were due had been looked at.
  Tick now = 0;                 // Of the batch or call that runs.
  base::MonotonicTime time{0};  // The same, to the nanosecond.
  // Where frames wait for tokens, each named once.
  std::vector<std::pair<PortIndex, Direction>> backlogged;

  void SetTime(base::MonotonicTime at) {
    time = at;
    now = ToTick(at);
  }
};

// Removes a connection, its translations, names and NAT bindings.
void ForgetConnection(Datapath& path, ConnectionIndex connection);
// All of a port's.
void ForgetConnectionsOf(Datapath& path, PortState& port);
// Looks at the next `budget` slots and forgets what is idle; returns how many.
std::size_t ForgetIdle(Datapath& path, std::size_t budget);
// A batch's share of that: all slots in the time kSweepRound, but never many at once.
void SweepIdle(Datapath& path);
// How many ForgetIdle with this budget would forget, and of those at one port.
std::size_t CountIdle(const Datapath& path, std::size_t budget);
FlowCounts CountIdleOf(const Datapath& path, PortIndex port, std::size_t budget);

// How many slots a new connection looks at for room in a full table.
inline constexpr std::size_t kReclaimBudget = 256;

}  // namespace vfp
