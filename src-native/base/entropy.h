// Unpredictable bytes from the system.
#pragma once

#include <cstdint>
#include <span>

namespace base {

// Fills all of `out`; ends the program when the system has no entropy to give,
// because ids that repeat would be worse.
void FillWithEntropy(std::span<std::uint8_t> out);

}  // namespace base
