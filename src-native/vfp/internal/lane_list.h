// Lanes in order of evaluation, in consecutive blocks: a leaf of a tree, or all
// there is of a small group. Works on memory it is given.
#pragma once

#include <cstdint>

#include "vfp/internal/rule_block.h"

namespace vfp {

// Which of two lanes is evaluated first: by rank, then by id of the rule.
class LaneOrder {
 public:
  explicit LaneOrder(CompiledRule* const* slots) : slots_(slots) {}
  bool Before(const LaneId& a, const LaneId& b) const {
    if (a.rank != b.rank) return a.rank < b.rank;
    const std::uint32_t slot_a = a.slot(), slot_b = b.slot();
    return slot_a != slot_b && slots_[slot_a]->rule.id < slots_[slot_b]->rule.id;
  }

 private:
  CompiledRule* const* slots_;
};

template <int kWords>
LaneId& IdAt(RuleBlock<kWords>* blocks, std::uint32_t at) {
  return blocks[at / 8].id(at % 8);
}

// REQUIRES: `count` lanes are taken, in order; room for one more.
template <int kWords>
void InsertLane(RuleBlock<kWords>* blocks, std::uint32_t count, const Lane<kWords>& lane, const LaneOrder& order) {
  // Most come last.
  std::uint32_t low = 0, high = count;
  if (count != 0 && !order.Before(lane.id, IdAt(blocks, count - 1))) low = count;
  while (low < high) {
    const std::uint32_t middle = (low + high) / 2;
    if (order.Before(lane.id, IdAt(blocks, middle))) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  for (std::uint32_t at = count; at > low; --at) {
    blocks[at / 8].Set(at % 8, blocks[(at - 1) / 8].Get((at - 1) % 8));
  }
  blocks[low / 8].Set(low % 8, lane);
}

// Takes every lane of the rule out; how many are left.
template <int kWords>
std::uint32_t RemoveLanes(RuleBlock<kWords>* blocks, std::uint32_t count, std::uint32_t slot) {
  std::uint32_t kept = 0;
  while (kept < count && IdAt(blocks, kept).slot() != slot) ++kept;
  for (std::uint32_t at = kept; at < count; ++at) {
    if (IdAt(blocks, at).slot() == slot) continue;
    blocks[kept / 8].Set(kept % 8, blocks[at / 8].Get(at % 8));
    ++kept;
  }
  for (std::uint32_t at = kept; at < count; ++at) blocks[at / 8].SetEmpty(at % 8);
  return kept;
}

}  // namespace vfp
