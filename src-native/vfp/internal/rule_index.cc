#include "vfp/internal/rule_index.h"

#include <algorithm>
#include <bit>
#include <new>

#include "vfp/internal/rule_lanes.h"

namespace vfp {
namespace {

// Prefixes of at least so many bits are long: in a large table fewer lanes should
// be in the trees of short ones, in a small one fewer should be in two leaves.
template <int kWords>
int LongPrefix(std::size_t lanes) {
  const bool is_large = lanes > 32768;
  if constexpr (kWords == 1) return is_large ? 12 : 16;
  return is_large ? 32 : 48;
}
// Beside trees the list holds up to so many lanes at first, and later.
constexpr std::uint32_t kBuiltList = 16;
constexpr std::uint32_t kMostList = 64;
// A lane that would stand in more leaves goes to the list while that has room.
constexpr std::uint32_t kManyLeaves = 64;
// How many lanes a node's children may have together, per lane of the node:
// where most address bits are open, more.
constexpr double kGrowth = 1.6, kOpenGrowth = 4;
// Trees of so many times the lanes they were built from are built anew.
constexpr std::size_t kRebuiltAt = 4;
// Trees beyond so many lanes are not built anew when they grow: it would take
// longer than a packet should wait.
constexpr std::size_t kMaxRebuilt = 16384;
// Blocks and nodes of more bytes are not taken to be close to the processor.
constexpr std::size_t kCloseBytes = std::size_t{3} << 19;

template <int kWords>
bool IsAboutEverything(const Lane<kWords>& lane) {
  return lane.source_free == Lane<kWords>::kBits && lane.destination_free == Lane<kWords>::kBits &&
         lane.source_span == 0xffff && lane.destination_span == 0xffff;
}

}  // namespace

template <int kWords>
struct RuleIndex<kWords>::Trees {
  explicit Trees(std::size_t lanes) : most_free(Lane<kWords>::kBits - LongPrefix<kWords>(lanes)) {}
  // The tree a lane belongs to.
  RuleTree<kWords>& For(const Lane<kWords>& lane) { return of[NumberFor(lane)]; }
  std::size_t NumberFor(const Lane<kWords>& lane) const {
    return (lane.source_free > most_free ? 2u : 0u) + (lane.destination_free > most_free ? 1u : 0u);
  }

  const int most_free;  // Bits of a long prefix.
  BlockArena arena;
  RuleTree<kWords> of[4] = {RuleTree<kWords>(&arena), RuleTree<kWords>(&arena), RuleTree<kWords>(&arena),
                            RuleTree<kWords>(&arena)};
  TreeNode roots[4];  // Those that are not empty, for searches.
};

template <int kWords>
RuleIndex<kWords>::RuleIndex() = default;
template <int kWords>
RuleIndex<kWords>::~RuleIndex() {
  ClearList();
}

template <int kWords>
void RuleIndex<kWords>::ClearList() {
  if (list_ != nullptr) ::operator delete (list_, std::align_val_t{alignof(Block)});
  list_ = nullptr;
  list_lanes_ = list_capacity_ = 0;
}

template <int kWords>
void RuleIndex<kWords>::InsertIntoList(const Lane<kWords>& lane) {
  if (list_lanes_ == list_capacity_ * 8) {
    const std::uint32_t capacity = std::max<std::uint32_t>(1, list_capacity_ * 2);
    auto* larger = static_cast<Block*>(::operator new (sizeof(Block) * capacity, std::align_val_t{alignof(Block)}));
    for (std::uint32_t i = 0; i < list_capacity_; ++i) larger[i] = list_[i];
    for (std::uint32_t i = list_capacity_; i < capacity; ++i) larger[i].Clear();
    const std::uint32_t lanes = list_lanes_;
    ClearList();
    list_ = larger;
    list_lanes_ = lanes;
    list_capacity_ = capacity;
  }
  InsertLane(list_, list_lanes_, lane, LaneOrder(view_.slots));
  ++list_lanes_;
}

template <int kWords>
void RuleIndex<kWords>::RemoveFromList(std::uint32_t slot) {
  list_lanes_ = RemoveLanes(list_, list_lanes_, slot);
  if (list_lanes_ == 0) ClearList();
}

template <int kWords>
void RuleIndex<kWords>::InsertIntoTrees(const Lane<kWords>& lane) {
  ++inserted_;
  RuleTree<kWords>& tree = trees_->For(lane);
  if (list_lanes_ < kMostList && tree.CountLeaves(lane, kManyLeaves + 1) > kManyLeaves) {
    InsertIntoList(lane);
  } else {
    tree.Insert(lane, LaneOrder(view_.slots));
  }
}

template <int kWords>
void RuleIndex<kWords>::Rebuild(const std::vector<CompiledRule*>& slots, const CompiledRule* without) {
  std::vector<Lane<kWords>> lanes;
  lanes.reserve(lanes_);
  for (std::uint32_t slot = 0; slot < slots.size(); ++slot) {
    if (slots[slot] == nullptr || slots[slot] == without) continue;
    for (const auto& lane : LanesOf<kWords>(slots[slot]->rule, slot)) lanes.push_back(lane);
  }
  const LaneOrder order(slots.data());
  std::stable_sort(lanes.begin(), lanes.end(), [&](const auto& a, const auto& b) { return order.Before(a.id, b.id); });
  trees_.reset();
  ClearList();
  if (lanes.size() <= kListLanes) {
    for (const auto& lane : lanes) InsertIntoList(lane);
    return;
  }
  trees_ = std::make_unique<Trees>(lanes.size());
  built_ = lanes.size();
  inserted_ = 0;
  std::vector<Lane<kWords>> parts[4];
  for (const auto& lane : lanes) {
    if (IsAboutEverything(lane) && list_lanes_ < kBuiltList) {
      InsertIntoList(lane);
    } else {
      parts[trees_->NumberFor(lane)].push_back(lane);
    }
  }
  for (std::size_t i = 0; i < 4; ++i) trees_->of[i].Build(parts[i], i == 3 ? kOpenGrowth : kGrowth);
}

template <int kWords>
void RuleIndex<kWords>::Add(std::uint32_t slot, const std::vector<CompiledRule*>& slots) {
  view_.slots = slots.data();
  const auto lanes = LanesOf<kWords>(slots[slot]->rule, slot);
  lanes_ += lanes.size();
  for (const auto& lane : lanes) checked_ += lane.id.must_check();
  const bool has_outgrown =
      trees_ == nullptr ? lanes_ > kListLanes : lanes_ > built_ * kRebuiltAt && lanes_ <= kMaxRebuilt;
  if (has_outgrown) {
    Rebuild(slots, nullptr);
  } else {
    for (const auto& lane : lanes) trees_ == nullptr ? InsertIntoList(lane) : InsertIntoTrees(lane);
  }
  RefreshView();
}

template <int kWords>
void RuleIndex<kWords>::Remove(std::uint32_t slot, const std::vector<CompiledRule*>& slots) {
  view_.slots = slots.data();
  const auto lanes = LanesOf<kWords>(slots[slot]->rule, slot);
  if (lanes.empty()) return;
  lanes_ -= lanes.size();
  for (const auto& lane : lanes) checked_ -= lane.id.must_check();
  if (list_lanes_ != 0) RemoveFromList(slot);
  if (trees_ != nullptr) {
    for (const auto& lane : lanes) trees_->For(lane).Remove(lane);
    // The list again, well before it would be too long.
    if (lanes_ <= kListLanes / 2) Rebuild(slots, slots[slot]);
  }
  RefreshView();
}

template <int kWords>
void RuleIndex<kWords>::Settle(const std::vector<CompiledRule*>& slots) {
  if (trees_ == nullptr || inserted_ == 0) return;
  Rebuild(slots, nullptr);
  RefreshView();
}

template <int kWords>
void RuleIndex<kWords>::RefreshView() {
  view_.list = list_;
  view_.list_blocks = (list_lanes_ + 7) / 8;
  view_.checks = checked_ != 0;
  view_.large = trees_ != nullptr && trees_->arena.used() > kCloseBytes;
  view_.roots = 0;
  if (trees_ == nullptr) return;
  TreeNode* roots = trees_->roots;
  for (const RuleTree<kWords>& tree : trees_->of) {
    if (tree.root().below != nullptr) roots[view_.roots++] = tree.root();
  }
  std::sort(roots, roots + view_.roots, [](const TreeNode& a, const TreeNode& b) { return a.best_rank < b.best_rank; });
  view_.root = roots;
}

template <int kWords>
std::size_t RuleIndex<kWords>::bytes() const {
  return sizeof(Block) * list_capacity_ + (trees_ == nullptr ? 0 : sizeof(Trees) + trees_->arena.bytes());
}

template class RuleIndex<1>;
template class RuleIndex<4>;

}  // namespace vfp
