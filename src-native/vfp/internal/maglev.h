// Consistent choice of a backend (Eisenbud et al., "Maglev", NSDI '16,
// section 3.4): even, the same on every host for the same backends and seed,
// and when one of n backends changes at most about 1/n of the choices move.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "vfp/rule.h"

namespace vfp {

class MaglevTable {
 public:
  // Canonical: the order of `backends` does not matter; a backend that occurs
  // more than once weighs more. `seed` is part of the choice. The table size is
  // the first prime of a fixed list that is at least 100 x backends.
  MaglevTable(std::span<const Backend> backends, std::uint64_t seed);
  bool empty() const { return slots_.empty(); }
  // REQUIRES: !empty(). Index into backends().
  std::size_t Choose(std::uint64_t hash) const;
  const std::vector<Backend>& backends() const { return backends_; }  // Sorted.
  std::size_t slot_count() const { return slots_.size(); }

 private:
  std::vector<Backend> backends_;
  std::vector<std::uint32_t> slots_;
};

}  // namespace vfp
