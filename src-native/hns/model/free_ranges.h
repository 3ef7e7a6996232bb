// Pools of numbers (addresses, MACs, ports) as runs of what nobody has.
//
// A pool of a million free addresses is one row; taking one from the middle of
// a run makes two of it, giving one back joins what it touches. Everything is
// O(log n) in the number of runs, also when a pool is nearly empty, and needs
// no memory outside the store.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ip_address.h"
#include "hns/store/store.h"

namespace hns {

__extension__ typedef unsigned __int128 Uint128;  // NOLINT: C++ has no name of its own for it

// An address as a number of its family, and back.
Uint128 ToNumber(const base::IpAddress& address);
base::IpAddress ToAddress(Uint128 number, base::IpFamily family);

class FreeRanges {
 public:
  // `pool`: the pool's own key. Pools whose keys have equal length never meet.
  FreeRanges(Transaction& transaction, std::string_view pool) : transaction_(transaction), pool_(pool) {}

  // Inclusive; what is free already stays so. An empty range (first > last) adds nothing.
  void Add(Uint128 first, Uint128 last);
  // False when it was not free.
  bool Take(Uint128 value);
  // The first free number from `start` on, else the first of the pool.
  std::optional<Uint128> TakeFrom(Uint128 start);
  // Forgets the pool.
  void Clear();

 private:
  struct Run {
    Uint128 first;
    Uint128 last;
  };
  std::optional<Run> AtOrBefore(Uint128 value);
  std::optional<Run> AtOrAfter(Uint128 value);
  std::optional<Run> Decode(const std::optional<Entry>& entry) const;
  void Split(const Run& run, Uint128 taken);
  void Put(Uint128 first, Uint128 last);
  void Erase(Uint128 first);
  std::string KeyOf(Uint128 value) const;

  Transaction& transaction_;
  std::string pool_;
};

}  // namespace hns
