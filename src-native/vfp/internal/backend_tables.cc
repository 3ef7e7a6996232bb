#include "vfp/internal/backend_tables.h"

#include <algorithm>

namespace vfp {
namespace {

std::uint64_t HashOf(std::span<const Backend> sorted) {
  std::uint64_t hash = 0;
  for (const Backend& backend : sorted) {
    hash = (hash ^ base::IpAddressHash{}(backend.address) ^ backend.port) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
  }
  return hash;
}

}  // namespace

std::shared_ptr<const MaglevTable> BackendTables::Get(std::span<const Backend> backends) {
  // Not made in one allocation with its count: its memory goes with its last
  // holder, not with its place here.
  std::shared_ptr<const MaglevTable> wanted(new MaglevTable(backends, seed_));
  const std::uint64_t hash = HashOf(wanted->backends());
  const std::lock_guard lock(mutex_);
  const auto [begin, end] = tables_.equal_range(hash);
  for (auto it = begin; it != end; ++it) {
    if (auto there = it->second.lock(); there && there->backends() == wanted->backends()) return there;
  }
  if (tables_.size() >= sweep_at_) {
    std::erase_if(tables_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = std::max(kFewTables, 2 * tables_.size());
  }
  tables_.emplace(hash, wanted);
  return wanted;
}

std::size_t BackendTables::size() const {
  const std::lock_guard lock(mutex_);
  return tables_.size();
}

}  // namespace vfp
