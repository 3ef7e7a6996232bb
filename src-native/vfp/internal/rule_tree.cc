#include "vfp/internal/rule_tree.h"

#include <algorithm>
#include <bit>
#include <new>

#include "vfp/internal/bit_extract.h"

namespace vfp {
namespace {

// Of an address of which the low `free_bits` do not count: the mask of word `w`.
template <int kWords>
std::uint32_t MaskOf(int w, std::uint8_t free_bits) {
  const int free_here = std::clamp(free_bits - 32 * (kWords - 1 - w), 0, 32);
  return free_here == 32 ? 0 : ~std::uint32_t{0} << free_here;
}

// The bits all ports of [first, first + span] have in common. Trees may see a
// range larger than it is: leaves compare exactly.
std::uint16_t FixedBits(std::uint16_t first, std::uint16_t span) {
  const auto differing = static_cast<std::uint16_t>(first ^ static_cast<std::uint16_t>(first + span));
  return static_cast<std::uint16_t>(~(std::bit_ceil(std::uint32_t{differing} + 1) - 1));
}

// The children a lane belongs to: `base` with any of the bits of `wild`.
struct Places {
  std::uint32_t base, wild;
};
template <int kWords>
Places PlacesOf(const TreeNode& node, const CutLane<kWords>& cut) {
  return {ExtractBits(cut.value[node.first_word], node.first_mask) |
              ExtractBits(cut.value[node.second_word], node.second_mask) << node.first_bits,
          ExtractBits(~cut.fixed[node.first_word], node.first_mask) |
              ExtractBits(~cut.fixed[node.second_word], node.second_mask) << node.first_bits};
}
template <typename Visit>
void ForEachPlace(const Places& places, Visit visit) {
  std::uint32_t some = 0;
  do {
    visit(places.base | some);
    some = (some - places.wild) & places.wild;
  } while (some != 0);
}

}  // namespace

template <int kWords>
CutLane<kWords>::CutLane(const Lane<kWords>& lane) {
  std::uint32_t source[kWords], destination[kWords];
  for (int w = 0; w < kWords; ++w) source[w] = MaskOf<kWords>(w, lane.source_free);
  for (int w = 0; w < kWords; ++w) destination[w] = MaskOf<kWords>(w, lane.destination_free);
  const auto pair = [](std::uint32_t high, std::uint32_t low) { return std::uint64_t{high} << 32 | low; };
  if constexpr (kWords == 1) {
    fixed[0] = pair(source[0], destination[0]);
    value[0] = pair(lane.source[0], lane.destination[0]);
  } else {
    for (int i = 0; i < 2; ++i) {
      fixed[i] = pair(source[2 * i], source[2 * i + 1]);
      value[i] = pair(lane.source[2 * i], lane.source[2 * i + 1]);
      fixed[2 + i] = pair(destination[2 * i], destination[2 * i + 1]);
      value[2 + i] = pair(lane.destination[2 * i], lane.destination[2 * i + 1]);
    }
  }
  const std::uint16_t source_port = FixedBits(lane.source_port, lane.source_span);
  const std::uint16_t destination_port = FixedBits(lane.destination_port, lane.destination_span);
  const bool any_protocol = (lane.flags & kLaneAnyProtocol) != 0;
  fixed[kWords] = std::uint64_t{source_port} << 24 | std::uint64_t{destination_port} << 8 | (any_protocol ? 0u : 0xffu);
  value[kWords] = (std::uint64_t{lane.source_port} << 24 | std::uint64_t{lane.destination_port} << 8 | lane.protocol) &
                  fixed[kWords];
}

template <int kWords>
std::size_t RuleTree<kWords>::BytesFor(std::uint32_t lanes) {
  // Large leaves, of lanes no bit tells apart, grow by doubling.
  const std::uint32_t blocks = (lanes + 7) / 8;
  return sizeof(Block) * (blocks <= 8 ? blocks : std::bit_ceil(blocks));
}

template <int kWords>
void RuleTree<kWords>::MakeLeaf(TreeNode* node, const std::vector<Lane<kWords>>& lanes,
                                const std::vector<std::uint32_t>& members) {
  *node = TreeNode{};
  if (members.empty()) return;
  const auto count = static_cast<std::uint32_t>(members.size());
  auto* blocks = static_cast<Block*>(arena_->Take(BytesFor(count)));
  node->below = blocks;
  node->first_mask = count;
  node->best_rank = lanes[members[0]].id.rank;
  for (std::uint32_t at = 0; at < count; at += 8) blocks[at / 8].Clear();
  for (std::uint32_t at = 0; at < count; ++at) {
    const Lane<kWords>& lane = lanes[members[at]];
    blocks[at / 8].Set(at % 8, lane);
    if (lane.id.must_check()) node->kind |= TreeNode::kChecks;
  }
}

template <int kWords>
void RuleTree<kWords>::BuildNode(TreeNode* node, const std::vector<Lane<kWords>>& lanes,
                                 const std::vector<CutLane<kWords>>& cuts, const std::vector<std::uint32_t>& members,
                                 double growth, int depth) {
  if (members.size() <= kLeafLanes || depth >= kMaxDepth) return MakeLeaf(node, lanes, members);
  const Cut cut = ChooseCut<kWords>(cuts, members, growth);
  if (cut.bits() == 0) return MakeLeaf(node, lanes, members);
  *node = TreeNode{};
  node->kind = TreeNode::kInner;
  node->first_word = cut.first_word;
  node->second_word = cut.second_word;
  node->first_mask = cut.first_mask;
  node->second_mask = cut.second_mask;
  node->first_bits = static_cast<std::uint8_t>(std::popcount(cut.first_mask));
  node->best_rank = lanes[members[0]].id.rank;
  std::vector<std::vector<std::uint32_t>> parts(std::size_t{1} << cut.bits());
  for (const std::uint32_t member : members) {
    ForEachPlace(PlacesOf(*node, cuts[member]), [&](std::uint32_t place) { parts[place].push_back(member); });
  }
  auto* children = static_cast<TreeNode*>(arena_->Take(sizeof(TreeNode) * parts.size()));
  node->below = children;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    new (&children[i]) TreeNode();
    BuildNode(&children[i], lanes, cuts, parts[i], growth, depth + 1);
    std::vector<std::uint32_t>().swap(parts[i]);
  }
}

template <int kWords>
void RuleTree<kWords>::Build(const std::vector<Lane<kWords>>& lanes, double growth) {
  std::vector<CutLane<kWords>> cuts;
  std::vector<std::uint32_t> members;
  cuts.reserve(lanes.size());
  members.reserve(lanes.size());
  for (const auto& lane : lanes) {
    members.push_back(static_cast<std::uint32_t>(members.size()));
    cuts.emplace_back(lane);
  }
  BuildNode(&root_, lanes, cuts, members, growth, 0);
}

template <int kWords>
void RuleTree<kWords>::CountBelow(const TreeNode& node, const CutLane<kWords>& cut, std::uint32_t limit,
                                  std::uint32_t* count) const {
  if (!node.is_inner()) {
    ++*count;
    return;
  }
  const Places places = PlacesOf(node, cut);
  std::uint32_t some = 0;
  do {
    CountBelow(node.children()[places.base | some], cut, limit, count);
    some = (some - places.wild) & places.wild;
  } while (some != 0 && *count < limit);
}

template <int kWords>
std::uint32_t RuleTree<kWords>::CountLeaves(const Lane<kWords>& lane, std::uint32_t limit) const {
  std::uint32_t count = 0;
  CountBelow(root_, CutLane<kWords>(lane), limit, &count);
  return std::min(count, limit);
}

template <int kWords>
void RuleTree<kWords>::Insert(const Lane<kWords>& lane, const LaneOrder& order) {
  InsertBelow(&root_, lane, CutLane<kWords>(lane), order, 0);
}

template <int kWords>
void RuleTree<kWords>::InsertBelow(TreeNode* node, const Lane<kWords>& lane, const CutLane<kWords>& cut,
                                   const LaneOrder& order, int depth) {
  if (!node->is_inner()) return InsertIntoLeaf(node, lane, order, depth);
  node->best_rank = std::min(node->best_rank, lane.id.rank);
  ForEachPlace(PlacesOf(*node, cut),
               [&](std::uint32_t place) { InsertBelow(&node->children()[place], lane, cut, order, depth + 1); });
}

template <int kWords>
void RuleTree<kWords>::InsertIntoLeaf(TreeNode* node, const Lane<kWords>& lane, const LaneOrder& order, int depth) {
  const std::uint32_t count = node->lanes();
  auto* blocks = static_cast<Block*>(node->below);
  // Tried again only when another block would be needed.
  if (count >= kLeafLanes && count % 8 == 0 && count < 64 && depth < kMaxDepth) {
    std::vector<Lane<kWords>> lanes;
    lanes.reserve(count + 1);
    for (std::uint32_t at = 0; at < count; ++at) lanes.push_back(blocks[at / 8].Get(at % 8));
    const auto place = std::upper_bound(lanes.begin(), lanes.end(), lane,
                                        [&](const auto& a, const auto& b) { return order.Before(a.id, b.id); });
    lanes.insert(place, lane);
    std::vector<CutLane<kWords>> cuts(lanes.begin(), lanes.end());
    std::vector<std::uint32_t> members;
    for (std::uint32_t at = 0; at <= count; ++at) members.push_back(at);
    arena_->Give(blocks, BytesFor(count));
    BuildNode(node, lanes, cuts, members, 2.0, depth);
    return;
  }
  if (BytesFor(count + 1) != BytesFor(count) || count == 0) {
    auto* larger = static_cast<Block*>(arena_->Take(BytesFor(count + 1)));
    for (std::uint32_t i = 0; i < node->blocks(); ++i) larger[i] = blocks[i];
    if (count != 0) arena_->Give(blocks, BytesFor(count));
    blocks = larger;
    node->below = blocks;
  }
  if (count % 8 == 0) blocks[count / 8].Clear();
  InsertLane(blocks, count, lane, order);
  node->first_mask = count + 1;
  node->best_rank = blocks[0].id(0).rank;
  if (lane.id.must_check()) node->kind |= TreeNode::kChecks;
}

template <int kWords>
void RuleTree<kWords>::Remove(const Lane<kWords>& lane) {
  RemoveBelow(&root_, CutLane<kWords>(lane), lane.id.slot());
}

template <int kWords>
void RuleTree<kWords>::RemoveBelow(TreeNode* node, const CutLane<kWords>& cut, std::uint32_t slot) {
  if (node->is_inner()) {
    // best_rank may be too low from now on: a search looks where it need not.
    ForEachPlace(PlacesOf(*node, cut), [&](std::uint32_t place) { RemoveBelow(&node->children()[place], cut, slot); });
    return;
  }
  const std::uint32_t count = node->lanes();
  if (count == 0) return;
  auto* blocks = static_cast<Block*>(node->below);
  const std::uint32_t left = RemoveLanes(blocks, count, slot);
  if (left == count) return;
  if (left == 0) {
    arena_->Give(blocks, BytesFor(count));
    *node = TreeNode{};
    return;
  }
  if (BytesFor(left) != BytesFor(count)) {
    auto* smaller = static_cast<Block*>(arena_->Take(BytesFor(left)));
    for (std::uint32_t i = 0; i < (left + 7) / 8; ++i) smaller[i] = blocks[i];
    arena_->Give(blocks, BytesFor(count));
    blocks = smaller;
    node->below = blocks;
  }
  node->first_mask = left;
  node->best_rank = blocks[0].id(0).rank;
}

template class RuleTree<1>;
template class RuleTree<4>;
template struct CutLane<1>;
template struct CutLane<4>;

}  // namespace vfp
