// The classifier of one group for packets of one family.
//
// Few lanes are a list, compared eight at a time. More are trees, and the lanes
// that would stand in too many leaves (rules about everything) a short list
// beside them. There are four trees: by whether the source and the destination
// prefix are long. In a tree of long prefixes few lanes leave an address bit
// open, so few are in more than one leaf.
//
// Adding or removing a rule touches its own lanes; trees that have grown to four
// times what they were built from are built anew while they are small enough that
// nobody waits for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "vfp/internal/block_arena.h"
#include "vfp/internal/rule_search.h"
#include "vfp/internal/rule_tree.h"

namespace vfp {

template <int kWords>
class RuleIndex {
 public:
  // Lanes that are searched as a list.
  static constexpr std::size_t kListLanes = 128;

  RuleIndex();
  RuleIndex(const RuleIndex&) = delete;
  RuleIndex& operator=(const RuleIndex&) = delete;
  ~RuleIndex();

  // `slots` are the rules of the table by slot, null where a slot is free. The
  // added rule is there already, the removed one still.
  void Add(std::uint32_t slot, const std::vector<CompiledRule*>& slots);
  void Remove(std::uint32_t slot, const std::vector<CompiledRule*>& slots);

  // Builds trees anew if lanes were inserted since they were built.
  void Settle(const std::vector<CompiledRule*>& slots);

  // For searches, until the next change of the table.
  const SearchView<kWords>& view() const { return view_; }
  std::size_t lanes() const { return lanes_; }
  bool is_list() const { return trees_ == nullptr; }
  std::size_t bytes() const;

 private:
  using Block = RuleBlock<kWords>;
  struct Trees;

  void InsertIntoList(const Lane<kWords>& lane);
  void RemoveFromList(std::uint32_t slot);
  void InsertIntoTrees(const Lane<kWords>& lane);
  void Rebuild(const std::vector<CompiledRule*>& slots, const CompiledRule* without);
  void ClearList();
  void RefreshView();

  SearchView<kWords> view_;
  Block* list_ = nullptr;
  std::uint32_t list_lanes_ = 0, list_capacity_ = 0;
  std::size_t lanes_ = 0, checked_ = 0;
  std::size_t built_ = 0;     // Lanes when the trees were built.
  std::size_t inserted_ = 0;  // Since then.
  std::unique_ptr<Trees> trees_;
};

extern template class RuleIndex<1>;
extern template class RuleIndex<4>;

}  // namespace vfp
