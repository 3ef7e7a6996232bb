// Consistent choice of a backend (Eisenbud et al., "Maglev", NSDI '16,
// section 3.4): even, the same on every host for the same backends and seed,
// and when one of n backends changes at most about 1/n of the choices move.
//
// The last holds only between tables of one size, since another prime permutes
// everything. So sizes are few and far apart: one for all that HNS allows (64
// backends), and each further one ten times the last. A change of size moves
// most new flows, once, at 66, 656 and 6,554 backends. A single backend needs
// no table, and joining it moves half of the flows whatever the size.
//
// A table of the first size is filled by the first choice from it, which is
// bounded work: most are never asked, and filling them all would be what a
// change of policy takes its time for. The greater ones are filled at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "vfp/rule.h"

namespace vfp {

class MaglevTable {
 public:
  static constexpr std::size_t kMaxBackends = 65535;

  // Canonical: the order of `backends` does not matter; a backend that occurs
  // more than once weighs more. `seed` is part of the choice. The table size is
  // the first prime of a fixed list that is at least 100 x backends.
  // REQUIRES: no more than kMaxBackends.
  MaglevTable(std::span<const Backend> backends, std::uint64_t seed);
  bool empty() const { return backends_.empty(); }
  // REQUIRES: !empty(). Index into backends(). One thread at a time: it may fill
  // the table.
  std::size_t Choose(std::uint64_t hash) const;
  const std::vector<Backend>& backends() const { return backends_; }  // Sorted.
  std::size_t slot_count() const { return size_; }
  bool is_filled() const { return !slots_.empty(); }

 private:
  void Fill() const;

  std::vector<Backend> backends_;
  std::uint64_t seed_;
  std::uint32_t size_ = 0;
  mutable std::vector<std::uint16_t> slots_;  // Empty until filled.
};

}  // namespace vfp
