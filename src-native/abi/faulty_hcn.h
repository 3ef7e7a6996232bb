// An HCN table in front of another, where things go wrong as planned: for
// people who test what their program does then. The whole way from JavaScript
// to the table is the one a healthy call takes.
//
// A call is struck before it reaches the inner table, and then has no effect, or
// after it: then what it gave is taken back (handles closed, strings freed),
// while what it did stays. What closes a handle always closes it.
//
// Threads: callable from any. A call that hangs or is delayed waits on its own
// thread until its time has come or Release.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "abi/fault_plan.h"
#include "abi/hcn_table.h"
#include "base/clock.h"
#include "base/result.h"

namespace abi {

class FaultyHcn {
 public:
  struct Options {
    std::vector<Fault> faults;
    std::uint64_t seed = 0;
    const base::Clock* clock = nullptr;
    bool manual_clock = false;  // Then delays end at ClockMoved.
    // Ends the service and starts it again. Called outside all locks.
    std::function<void()> restart;
  };
  // `inner` and the clock outlive this; `inner` takes back strings that
  // abi/strings.h made. ERROR_INVALID_PARAMETER names a call there is none of.
  static base::Result<std::unique_ptr<FaultyHcn>> Make(const HcnTable& inner, Options options);
  ~FaultyHcn();

  const HcnTable& table() const;

  // The manual clock has been turned.
  void ClockMoved();
  // No call waits any more, and from now on nothing goes wrong: the host goes
  // down. Calls that waited answer HCN_E_MANAGER_STOPPED.
  void Release();

  struct State;

 private:
  explicit FaultyHcn(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace abi
