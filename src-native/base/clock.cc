#include "base/clock.h"

namespace base {

MonotonicTime SystemClock::Now() const {
  return std::chrono::duration_cast<MonotonicTime>(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace base
