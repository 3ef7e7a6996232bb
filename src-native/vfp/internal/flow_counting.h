// Which limit a connection counts against, and whether one more may begin.
#pragma once

#include <optional>

#include "vfp/drop_reason.h"
#include "vfp/flow_limits.h"
#include "vfp/internal/connection.h"

namespace vfp {

bool IsHalfOpen(ConnectionState state);
// Counts a connection in (`by` 1) or out (`by` -1).
void Count(std::uint8_t protocol, ConnectionState state, int by, FlowCounts* counts);
// Null, or why a connection that begins in `state` may not be the next one
// when these are there. `most`: what the engine takes.
std::optional<DropReason> CheckLimits(const FlowCounts& counts, const FlowLimits& limits, std::size_t most,
                                      std::uint8_t protocol, ConnectionState state);

}  // namespace vfp
