#include "binding/host_lease.h"

#include <map>
#include <mutex>
#include <tuple>
#include <utility>

namespace binding {
namespace {

auto Fields(const compose::HostOptions& o) {
  return std::tie(o.ports, o.manual_clock, o.flow_cache, o.seed, o.max_connections, o.connections, o.profile.version,
                  o.helper_path, o.faults, o.state);
}

}  // namespace

struct HostLease::Shared {
  // Open hosts by name. The one static of this room: Workers are environments
  // of their own and have nothing in common but the process. Leaked, because a
  // process that exits may still have threads in here.
  struct Registry {
    std::mutex mutex;
    std::map<std::u16string, std::shared_ptr<Shared>> hosts;
  };
  static Registry& TheRegistry() {
    static Registry& registry = *new Registry;
    return registry;
  }

  Shared(std::u16string host_name, const compose::HostOptions& host_options)
      : name(std::move(host_name)), options(host_options) {}

  const std::u16string name;
  const compose::HostOptions options;
  std::size_t leases = 0;  // Guarded by the registry's mutex.
  // Held while the host is being opened; others who want it wait here.
  std::mutex opening;
  std::unique_ptr<compose::Host> host;  // Guarded by `opening`.
};

std::unique_ptr<HostLease> HostLease::On(std::unique_ptr<compose::Host> host) {
  std::unique_ptr<HostLease> lease(new HostLease);
  lease->own_ = std::move(host);
  lease->host_ = lease->own_.get();
  return lease;
}

base::Result<std::unique_ptr<HostLease>> HostLease::Open(const compose::HostOptions& options) {
  HNS_ASSIGN_OR_RETURN(auto host, compose::Host::Open(options));
  return On(std::move(host));
}

base::Result<std::unique_ptr<HostLease>> HostLease::OpenSystem() {
  HNS_ASSIGN_OR_RETURN(auto host, compose::Host::OpenSystem());
  return On(std::move(host));
}

base::Result<std::unique_ptr<HostLease>> HostLease::OpenShared(const std::u16string& name,
                                                               const compose::HostOptions& options) {
  std::unique_ptr<HostLease> lease(new HostLease);
  {
    Shared::Registry& registry = Shared::TheRegistry();
    const std::lock_guard lock(registry.mutex);
    std::shared_ptr<Shared>& entry = registry.hosts[name];
    if (entry == nullptr) entry = std::make_shared<Shared>(name, options);
    if (Fields(entry->options) != Fields(options)) {
      return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "A host of this name is open with other options.");
    }
    ++entry->leases;
    lease->shared_ = entry;
  }
  // From here on the lease's destructor gives back the share.
  Shared& shared = *lease->shared_;
  const std::lock_guard lock(shared.opening);
  if (shared.host == nullptr) {
    HNS_ASSIGN_OR_RETURN(shared.host, compose::Host::Open(options));
  }
  lease->host_ = shared.host.get();
  return lease;
}

bool HostLease::Retire() {
  if (shared_ == nullptr) return true;
  Shared::Registry& registry = Shared::TheRegistry();
  const std::lock_guard lock(registry.mutex);
  if (shared_->leases > 1) return false;
  const auto found = registry.hosts.find(shared_->name);
  // Another host may have taken the name when Retire is called twice.
  if (found != registry.hosts.end() && found->second == shared_) registry.hosts.erase(found);
  return true;
}

HostLease::~HostLease() {
  if (shared_ == nullptr) return;
  Shared::Registry& registry = Shared::TheRegistry();
  const std::lock_guard lock(registry.mutex);
  if (--shared_->leases > 0) return;
  const auto found = registry.hosts.find(shared_->name);
  if (found != registry.hosts.end() && found->second == shared_) registry.hosts.erase(found);
}

}  // namespace binding
