// What would become of a frame, step by step.
//
// Asks the planner what the slow path asks it, in the same order, through all
// ports on the way; only nothing is done. So what it says is what a frame meets.
// NAT ports that the frame would take or release are taken or released until the
// last step is told, and then given back.
#pragma once

#include "vfp/internal/datapath.h"

namespace vfp {

// ERR_INVALID_FRAME for a frame larger than any. path.now is set.
base::Result<Explanation> ExplainFrame(const Datapath& path, const PortState& port, const wire::Frame& frame);

}  // namespace vfp
