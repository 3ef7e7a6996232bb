// The machine's own network compartments, for programs that are to run in one.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace compose {

// Moves the calling thread; what it was in before. See abi/system_compartments.h.
// Elsewhere than on Windows ERROR_NOT_SUPPORTED.
base::Result<std::uint32_t> EnterCompartment(std::uint32_t compartment);

}  // namespace compose
