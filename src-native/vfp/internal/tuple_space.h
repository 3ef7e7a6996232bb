// The index of a large rule table: tuple space search.
//
// Shapes. Each rule has a shape: how many whole bytes of source and destination
// prefix it fixes, whether it fixes the protocol and each port. Rules of one
// shape share a hash table, keyed by just those fields, so a packet costs one
// probe per shape, not per rule. Only whole bytes count, because shapes are
// what a search pays for: prefixes of 32 lengths make five groups, not 33. The
// up to seven bits left over are compared on a hit; that makes at most 254
// different prefixes meet under one key, in practice a handful.
//
// What the key does not decide (left-over bits, lists of protocols, port ranges
// and lists) is checked on a hit, and nothing else: a rule with a thousand
// addresses is not searched for the one that matched.
//
// A rule has an entry per pair of a source and a destination prefix. Where that
// would be more than kMaxPairs, only the longer list is indexed and the other
// one checked on a hit, so that no document can make memory explode.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "vfp/internal/flat_map.h"
#include "vfp/internal/rule_table.h"

namespace vfp {

class TupleSpace {
 public:
  static constexpr std::size_t kMaxPairs = 4096;

  TupleSpace();
  ~TupleSpace();

  void Add(CompiledRule* rule);  // Kept until Remove, which must come before the rule goes.
  void Remove(CompiledRule* rule);
  CompiledRule* Match(const Tuple& tuple) const;

  // How many entries a rule has.
  static std::size_t EntriesOf(const Conditions& conditions);

 private:
  struct Shape;
  struct Entry;
  struct Bucket;
  struct Space;

  // Calls visit(shape, key, entry) for each entry of the rule, in a fixed order.
  template <typename Visit>
  static void ForEachEntry(CompiledRule* rule, Visit visit);
  Space& SpaceFor(const Shape& shape);
  void Sort();
  static const Entry* FindIn(const Bucket& bucket, const Tuple& tuple, const Space& space, const Entry* best);

  std::vector<std::unique_ptr<Space>> spaces_;
  // Those a packet of the family may match, by best rank.
  std::vector<Space*> search_v4_, search_v6_;
};

}  // namespace vfp
