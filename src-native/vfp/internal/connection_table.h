// The unified flow table: what the engine remembers of decisions already taken.
//
// Connection i has the entries 2i (outbound) and 2i + 1 (inbound), and one
// record of everything a settled packet does not need.
//
// Invariants
//   1. Entries live in pairs: both are found by their keys, or neither is.
//   2. A key is the packet as it *entered* the port in that direction.
//   3. An entry applies only under the generation it is stamped with.
//   4. A live connection is never evicted for a new one, because dropping state
//      breaks a connection somebody already has.
//   5. Indices are stable while a connection lives; `mutations` tells that some
//      connection came or went.
//
// Replies. The rewrite of the reply's direction is the inverse of the first
// one's and known at once; where a reply goes from there is not asked before
// there is one: such an entry is Egress::kUnresolved.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vfp/internal/connection.h"
#include "vfp/internal/flow_entry.h"
#include "vfp/internal/flow_index.h"
#include "vfp/internal/slab.h"

namespace vfp {

class ConnectionTable {
 public:
  ConnectionTable(std::uint64_t seed, std::size_t max_connections, const Timeouts& timeouts);

  std::uint64_t Hash(const FlowKey& key) const { return HashFlowKey(key, seed_); }
  // An entry number, or kNoEntry.
  std::uint32_t Find(const FlowKey& key, std::uint64_t hash) const {
    return index_.Find(FlowIndex::Tag(hash), [&](std::uint32_t entry) { return entries_[entry].Has(key); });
  }
  std::uint32_t Find(const FlowKey& key) const { return Find(key, Hash(key)); }

  // For batches: Prefetch, then Candidate, then PrefetchEntry, then compare.
  void Prefetch(std::uint64_t hash) const { index_.Prefetch(FlowIndex::Tag(hash)); }
  std::uint32_t Candidate(std::uint64_t hash) const { return index_.Candidate(FlowIndex::Tag(hash)); }
  void PrefetchEntry(std::uint32_t entry) const {
    const FlowEntry* at = &entries_[entry];
    __builtin_prefetch(at, 1);
    __builtin_prefetch(reinterpret_cast<const char*>(at) + 64, 1);
  }

  static ConnectionIndex ConnectionOf(std::uint32_t entry) { return entry >> 1; }
  static std::uint32_t EntryOf(ConnectionIndex connection, Direction direction) {
    return connection * 2 + static_cast<std::uint32_t>(direction);
  }
  FlowEntry& entry(std::uint32_t index) const { return entries_[index]; }
  FlowEntry& entry(ConnectionIndex connection, Direction direction) const {
    return entries_[EntryOf(connection, direction)];
  }
  Connection& connection(ConnectionIndex index) const { return connections_[index]; }

  bool full() const { return live_ >= max_connections_; }
  // Adds a pair with these keys and everything else zero, at the head of the
  // list `*port_head`. kNone: the table is full, or memory exhausted.
  // REQUIRES: neither key is there.
  ConnectionIndex Insert(const FlowKey& outbound, const FlowKey& inbound, std::uint32_t* port_head);
  // REQUIRES: translations were freed by the caller.
  void Remove(ConnectionIndex connection, std::uint32_t* port_head);
  // Gives one entry another key. False: memory exhausted, nothing changed.
  // REQUIRES: the new key is not there.
  bool Rekey(std::uint32_t entry, const FlowKey& key);

  // Sets what the fast path must know of the state.
  void RefreshFlags(ConnectionIndex connection);
  // Since the last packet that passed, of either direction.
  Tick IdleTicks(ConnectionIndex connection, Tick now) const;
  bool IsExpired(ConnectionIndex connection, Tick now) const;
  Tick LimitOf(ConnectionIndex connection) const;
  const IdleLimits& limits() const { return limits_; }

  // Slots ever used: every live connection is below.
  ConnectionIndex slots() const { return used_; }
  std::size_t size() const { return live_; }
  std::size_t max_connections() const { return max_connections_; }
  std::uint64_t mutations() const { return mutations_; }
  void Migrate(std::uint32_t buckets) { index_.Migrate(buckets); }

 private:
  ConnectionIndex TakeSlot();
  void Link(ConnectionIndex connection, std::uint32_t* port_head);
  void Unlink(ConnectionIndex connection, std::uint32_t* port_head);

  const std::uint64_t seed_;
  const std::size_t max_connections_;
  const IdleLimits limits_;
  FlowIndex index_;
  Slab<FlowEntry> entries_;
  Slab<Connection> connections_;
  ConnectionIndex free_ = kNone;
  ConnectionIndex used_ = 0;
  std::size_t live_ = 0;
  std::uint64_t mutations_ = 0;
};

}  // namespace vfp
