// The one place where concrete classes meet: a host, embedded or the machine's
// own, ready for calls.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "abi/hcn_table.h"
#include "abi/vfp_table.h"
#include "base/clock.h"
#include "base/result.h"
#include "hns/profile.h"

namespace compose {

struct HostOptions {
  enum class Ports { kMemory, kLinux };
  Ports ports = Ports::kMemory;
  bool manual_clock = false;  // Time stands still until AdvanceClock.
  bool flow_cache = true;     // False: every packet takes the slow path, for comparison.
  std::uint64_t seed = 0;     // 0: drawn at random. Fixes hashing and automatic addresses and ids' MACs.
  std::size_t max_connections = 4'000'000;
  std::string connections;  // See connection_settings.h; empty: the engine's own.
  hns::Profile profile;     // Which version of HNS the host is.
  std::string faults;       // For tests: abi/fault_plan.h. Empty: none.
  std::string helper_path;  // Linux: the namespace helper's executable.
  // UTF-8. The folder that keeps the objects, made when it is not there; shared
  // with whoever else names it. Empty: they live as long as the host.
  std::string state;
};

class Host {
 public:
  // ERR_NAMESPACES_UNAVAILABLE names what is missing for Linux ports. Of the
  // state folder: ERR_STATE_UNAVAILABLE, ERR_STATE_DAMAGED, ERR_STATE_NEWER,
  // ERROR_ACCESS_DENIED, ERROR_DISK_FULL.
  static base::Result<std::unique_ptr<Host>> Open(const HostOptions& options);
  // The machine's own service. ERROR_NOT_SUPPORTED: this is not Windows; else the
  // codes of abi::SystemTable::Open.
  static base::Result<std::unique_ptr<Host>> OpenSystem();
  // REQUIRES: no call on a table is running. Of an embedded host: notifies callbacks of the
  // service's disconnect, then takes down interfaces and compartments.
  ~Host();

  const abi::HcnTable& hcn() const;
  const abi::VfpTable& vfp() const;
  // No call waits for its fault any more, and from now on none strikes. Any thread.
  void ReleaseFaults();
  // ERROR_NOT_SUPPORTED unless opened with manual_clock. Idle flows expire.
  base::Status AdvanceClock(std::chrono::nanoseconds by);

  struct State;

 private:
  explicit Host(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace compose
