// The one embedded host of a process that loaded our computenetwork.dll.
#pragma once

#include "abi/hcn_table.h"
#include "base/result.h"

namespace dll {

// Opened by the first call; lives until the process ends, because a DLL may be
// asked for something as long as any thread runs. HNS_VFP_STATE: the folder that
// keeps the objects, in which all processes that name it share them; without it
// they live in this process. HNS_VFP_PROFILE: which HNS the host is.
//
// An opening that failed is tried again by the next call: what stood in its way
// may have gone.
base::Result<const abi::HcnTable*> ProcessTable();

}  // namespace dll
