// One user's claim on a host: one of its own, or a share in an embedded one that
// is known in this process by a name.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "compose/host.h"

namespace binding {

class HostLease {
 public:
  static base::Result<std::unique_ptr<HostLease>> Open(const compose::HostOptions& options);
  // ERROR_INVALID_PARAMETER when the host is open with other options.
  static base::Result<std::unique_ptr<HostLease>> OpenShared(const std::u16string& name,
                                                             const compose::HostOptions& options);
  // The machine's own service.
  static base::Result<std::unique_ptr<HostLease>> OpenSystem();
  // Takes the host down when no other lease is left. Blocks meanwhile.
  ~HostLease();

  compose::Host& host() const { return *host_; }
  // True when this is the last lease: the host will go with it, and whoever
  // opens the name from now on gets a new one.
  bool Retire();

 private:
  struct Shared;
  HostLease() = default;
  static std::unique_ptr<HostLease> On(std::unique_ptr<compose::Host> host);

  std::shared_ptr<Shared> shared_;  // Null for a host of one's own.
  std::unique_ptr<compose::Host> own_;
  compose::Host* host_ = nullptr;
};

}  // namespace binding
