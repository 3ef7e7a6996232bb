// What a host has to be: one file for each kind.
#pragma once

#include <chrono>

#include "abi/hcn_table.h"
#include "abi/vfp_table.h"
#include "base/result.h"
#include "compose/host.h"

namespace compose {

struct Host::State {
  virtual ~State() = default;
  virtual const abi::HcnTable& hcn() const = 0;
  virtual const abi::VfpTable& vfp() const = 0;
  virtual void ReleaseFaults() = 0;
  virtual base::Status AdvanceClock(std::chrono::nanoseconds by) = 0;
};

}  // namespace compose
