// Words for what the planner decided, for explain and the listings.
#pragma once

#include <string>
#include <string_view>

#include "vfp/engine.h"
#include "vfp/internal/walk.h"

namespace vfp {

// "allow", "block", "nat", "dynnat", "lbnat".
std::string_view ActionName(const Rule& rule);
// One clause: "backend 10.1.0.7:8080 of 2, by 5-tuple hash".
std::string DescribeOutcome(const LayerOutcome& outcome, const Tuple& after);
// "10.1.0.4:31337"; without a port for protocols that have none.
std::string DescribeAddress(const base::IpAddress& address, std::uint16_t port, bool has_port);
// What a drop without a rule means: "all NAT ports are taken".
std::string_view DescribeDrop(DropReason reason);

}  // namespace vfp
