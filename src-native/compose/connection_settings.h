// How an embedded host's switch treats connections, as text: what a program
// sets when it opens the host.
#pragma once

#include <string_view>

#include "base/result.h"
#include "vfp/engine.h"

namespace compose {

// {"tcpWindows":true,"timeouts":{"udp":60,...},"limits":{"tcp":1000,...}}:
// seconds from 1 to 604800, and connections for each port (0: no limit of its
// own). Members that are not there keep what `options` has; empty text changes
// nothing. ERROR_INVALID_PARAMETER names the member, and nothing is set.
base::Status ApplyConnectionSettings(std::string_view json, vfp::EngineOptions* options);

}  // namespace compose
