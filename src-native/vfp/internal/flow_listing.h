// Flows, layers, groups and rules as values for people.
#pragma once

#include <vector>

#include "vfp/internal/datapath.h"

namespace vfp {

// See Engine::Flows. path.now is set.
FlowPage ListFlows(const Datapath& path, PortIndex port, std::uint64_t cursor, std::size_t limit);
// Groups in order of evaluation, outbound IPv4 first.
std::vector<LayerInfo> ListLayers(const PortState& port);

}  // namespace vfp
