// A decision tree over lanes: an inner node picks some bits of the packet and
// has a child for each of their values; a leaf is a few lanes to compare with.
//
// Bits, not ranges: a node takes the bits that tell its lanes apart best, of any
// field, so that prefixes that cluster do not make deep trees (bit-level cutting;
// Liu et al., BitCuts, ICNP '18). A lane that does not fix a bit goes to both
// sides, which is why lanes with short and with long prefixes are kept in trees
// of their own (RuleIndex; the idea is EffiCuts', SIGCOMM '10).
//
// A lane that comes or goes touches the leaves it belongs to; a leaf that gets
// too large becomes a node. Nothing else is rebuilt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "vfp/internal/block_arena.h"
#include "vfp/internal/lane_list.h"
#include "vfp/internal/rule_block.h"

namespace vfp {

// Half a cache line; children stand side by side.
struct TreeNode {
  static constexpr std::uint8_t kInner = 1;
  static constexpr std::uint8_t kChecks = 2;  // A leaf with lanes that must be checked.

  // Of an inner node: the picked bits of two words of the key. The child's
  // number is the first word's bits below, the second's above.
  std::uint64_t first_mask = 0;
  std::uint64_t second_mask = 0;
  void* below = nullptr;  // TreeNode[], or RuleBlock<kWords>[].
  // No lane below is evaluated earlier than this. Nothing below: later than all.
  std::uint32_t best_rank = ~std::uint32_t{0};
  std::uint8_t first_word = 0, second_word = 0;
  std::uint8_t first_bits = 0;
  std::uint8_t kind = 0;

  bool is_inner() const { return (kind & kInner) != 0; }
  const TreeNode* children() const { return static_cast<const TreeNode*>(below); }
  TreeNode* children() { return static_cast<TreeNode*>(below); }
  // Of a leaf: how many lanes it has. Kept where an inner node has a mask.
  std::uint32_t lanes() const { return static_cast<std::uint32_t>(first_mask); }
  std::uint32_t blocks() const { return (lanes() + 7) / 8; }
};
static_assert(sizeof(TreeNode) == 32);

// A lane as trees see it: bits of the key that are fixed, and their values.
template <int kWords>
struct CutLane {
  std::uint64_t value[kWords + 1];
  std::uint64_t fixed[kWords + 1];

  explicit CutLane(const Lane<kWords>& lane);
};

// Which bits a node picks; none: it stays a leaf. See rule_cut.cc.
struct Cut {
  std::uint8_t first_word = 0, second_word = 0;
  std::uint64_t first_mask = 0, second_mask = 0;
  int bits() const;
};
// `growth`: how many lanes the children may have together, per lane of the node.
template <int kWords>
Cut ChooseCut(const std::vector<CutLane<kWords>>& all, const std::vector<std::uint32_t>& members, double growth);

template <int kWords>
class RuleTree {
 public:
  // More lanes than these in a leaf are cut where that helps.
  static constexpr std::uint32_t kLeafLanes = 8;
  static constexpr int kMaxDepth = 16;

  // Memory comes from the arena, which must outlive the tree or be cleared with it.
  explicit RuleTree(BlockArena* arena) : arena_(arena) {}

  const TreeNode& root() const { return root_; }

  // Lanes in order of evaluation. REQUIRES: an empty tree.
  void Build(const std::vector<Lane<kWords>>& lanes, double growth);
  // In how many leaves the lane would stand, at most `limit`.
  std::uint32_t CountLeaves(const Lane<kWords>& lane, std::uint32_t limit) const;
  void Insert(const Lane<kWords>& lane, const LaneOrder& order);
  // Every lane of the rule that stands where `lane` would. No lane there: nothing.
  void Remove(const Lane<kWords>& lane);

 private:
  using Block = RuleBlock<kWords>;
  static std::size_t BytesFor(std::uint32_t lanes);
  void BuildNode(TreeNode* node, const std::vector<Lane<kWords>>& lanes, const std::vector<CutLane<kWords>>& cuts,
                 const std::vector<std::uint32_t>& members, double growth, int depth);
  void MakeLeaf(TreeNode* node, const std::vector<Lane<kWords>>& lanes, const std::vector<std::uint32_t>& members);
  void InsertBelow(TreeNode* node, const Lane<kWords>& lane, const CutLane<kWords>& cut, const LaneOrder& order,
                   int depth);
  void InsertIntoLeaf(TreeNode* node, const Lane<kWords>& lane, const LaneOrder& order, int depth);
  void RemoveBelow(TreeNode* node, const CutLane<kWords>& cut, std::uint32_t slot);
  void CountBelow(const TreeNode& node, const CutLane<kWords>& cut, std::uint32_t limit, std::uint32_t* count) const;

  BlockArena* arena_;
  TreeNode root_;
};

extern template class RuleTree<1>;
extern template class RuleTree<4>;

}  // namespace vfp
