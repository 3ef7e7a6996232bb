// What is to go wrong at which call: read from a list, drawn call by call.
//
// A fault strikes at a call of its name (`*`: at any), on the n-th such call or
// on every one, with its probability, at most as often as it says. Which calls
// it strikes depends on the seed and on the order in which calls arrive, on
// nothing else.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace abi {

struct Fault {
  enum class Action { kDelay, kHang, kFail, kRestart };

  std::string call;  // A method of lib/native/hcn-calls.ts, or "*".
  Action action = Action::kFail;
  bool after = false;     // The call takes effect first: its outcome is unknown to the caller.
  std::uint64_t nth = 0;  // Counted from 1; 0: every one.
  double probability = 1;
  std::uint64_t times = std::numeric_limits<std::uint64_t>::max();
  base::HResult code = base::hr::OK;     // Of kFail.
  std::chrono::nanoseconds duration{0};  // Of kDelay; of kRestart, how long the service stays away.
};

// A JSON array of {"call","fault","when","nth","probability","times","code",
// "nanoseconds"}; empty text: none. ERROR_INVALID_PARAMETER names what is wrong.
base::Result<std::vector<Fault>> ParseFaults(std::string_view text);

// Used by one thread at a time.
class FaultPlan {
 public:
  FaultPlan(std::vector<Fault> faults, std::uint64_t seed);

  // The faults that strike this call, in their order.
  std::vector<Fault> Strike(std::string_view call);

 private:
  struct Armed {
    Fault fault;
    std::uint64_t random;  // SplitMix64's state.
    std::uint64_t calls = 0;
    std::uint64_t struck = 0;
  };
  std::vector<Armed> faults_;
};

}  // namespace abi
