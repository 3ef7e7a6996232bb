// One Maglev table for all rules with the same backends: a service has a rule on
// clients' ports and one on the host's, in each network, and they choose alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>

#include "vfp/internal/maglev.h"
#include "vfp/rule.h"

namespace vfp {

class BackendTables {
 public:
  explicit BackendTables(std::uint64_t seed) : seed_(seed) {}

  // The table of these backends, in whatever order. It lives as long as somebody
  // holds it. Any thread.
  std::shared_ptr<const MaglevTable> Get(std::span<const Backend> backends);
  // Tables somebody holds, and places of some that nobody does any more.
  std::size_t size() const;

 private:
  static constexpr std::size_t kFewTables = 64;

  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  // By a hash of the sorted backends. Guarded by mutex_.
  std::unordered_multimap<std::uint64_t, std::weak_ptr<const MaglevTable>> tables_;
  std::size_t sweep_at_ = kFewTables;  // Guarded by mutex_.
};

}  // namespace vfp
