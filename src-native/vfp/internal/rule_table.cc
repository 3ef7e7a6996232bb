#include "vfp/internal/rule_table.h"

#include <algorithm>
#include <string>
#include <utility>

#include "vfp/internal/conditions.h"
#include "vfp/internal/rule_ids.h"
#include "vfp/internal/rule_index.h"
#include "vfp/internal/rule_search.h"

namespace vfp {
namespace {

bool Before(const CompiledRule* a, const CompiledRule* b) { return EvaluatedBefore(a->rule, b->rule); }

}  // namespace

bool ConditionsMatch(const Conditions& conditions, const Tuple& tuple) {
  return AnyProtocolIs(conditions.protocols, tuple.protocol) && PortsMatch(conditions, tuple) &&
         AnyPrefixContains(conditions.destinations, tuple.destination) &&
         AnyPrefixContains(conditions.sources, tuple.source);
}

struct RuleTable::State {
  explicit State(std::optional<base::IpFamily> only) : search(ChooseRuleSearch()) {
    if (only != base::IpFamily::kIpv6) v4 = std::make_unique<RuleIndex<1>>();
    if (only != base::IpFamily::kIpv4) v6 = std::make_unique<RuleIndex<4>>();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    for (CompiledRule* rule : slots) delete rule;
  }

  const RuleSearch& search;
  std::vector<CompiledRule*> slots;  // Owned; null where free.
  std::vector<std::uint32_t> free_slots;
  RuleIds ids;
  std::unique_ptr<RuleIndex<1>> v4;
  std::unique_ptr<RuleIndex<4>> v6;
};

RuleTable::RuleTable(std::optional<base::IpFamily> only) : state_(std::make_unique<State>(only)) {}
RuleTable::~RuleTable() = default;
RuleTable::RuleTable(RuleTable&&) noexcept = default;
RuleTable& RuleTable::operator=(RuleTable&&) noexcept = default;

base::Result<CompiledRule*> RuleTable::Add(Rule rule) {
  if (state_->ids.Find(rule.id, state_->slots)) {
    return base::MakeError(base::hr::ERROR_ALREADY_EXISTS, "a rule `" + rule.id + "` is in this group already");
  }
  return AddNew(std::move(rule));
}

CompiledRule* RuleTable::AddNew(Rule rule) {
  State& state = *state_;
  auto* added = new CompiledRule{std::move(rule)};
  std::uint32_t slot;
  if (state.free_slots.empty()) {
    slot = static_cast<std::uint32_t>(state.slots.size());
    state.slots.push_back(added);
  } else {
    slot = state.free_slots.back();
    state.free_slots.pop_back();
    state.slots[slot] = added;
  }
  state.ids.Add(slot, state.slots);
  if (state.v4) state.v4->Add(slot, state.slots);
  if (state.v6) state.v6->Add(slot, state.slots);
  return added;
}

void RuleTable::Settle() {
  if (state_->v4) state_->v4->Settle(state_->slots);
  if (state_->v6) state_->v6->Settle(state_->slots);
}

bool RuleTable::Remove(std::string_view id) {
  State& state = *state_;
  const auto slot = state.ids.Find(id, state.slots);
  if (!slot) return false;
  if (state.v4) state.v4->Remove(*slot, state.slots);
  if (state.v6) state.v6->Remove(*slot, state.slots);
  state.ids.Remove(*slot, state.slots);
  delete std::exchange(state.slots[*slot], nullptr);
  state.free_slots.push_back(*slot);
  return true;
}

CompiledRule* RuleTable::FindById(std::string_view id) const {
  const auto slot = state_->ids.Find(id, state_->slots);
  return slot ? state_->slots[*slot] : nullptr;
}

CompiledRule* RuleTable::Match(const Tuple& tuple) const {
  const State& state = *state_;
  if (tuple.source.IsV4()) return state.v4 ? state.search.one_v4(state.v4->view(), tuple) : MatchByScan(tuple);
  return state.v6 ? state.search.one_v6(state.v6->view(), tuple) : MatchByScan(tuple);
}

void RuleTable::Match(std::span<const Tuple> tuples, CompiledRule** found) const {
  const State& state = *state_;
  // Runs of one family: nearly always all of them.
  for (std::size_t begin = 0, end; begin < tuples.size(); begin = end) {
    const bool is_v4 = tuples[begin].source.IsV4();
    const std::size_t most = std::min(tuples.size(), begin + kSearchBatch);
    for (end = begin + 1; end < most && tuples[end].source.IsV4() == is_v4;) ++end;
    const auto count = static_cast<std::uint32_t>(end - begin);
    if (is_v4 && state.v4) {
      state.search.many_v4(state.v4->view(), &tuples[begin], count, &found[begin]);
    } else if (!is_v4 && state.v6) {
      state.search.many_v6(state.v6->view(), &tuples[begin], count, &found[begin]);
    } else {
      for (std::size_t i = begin; i < end; ++i) found[i] = MatchByScan(tuples[i]);
    }
  }
}

std::size_t RuleTable::size() const { return state_->slots.size() - state_->free_slots.size(); }

std::size_t RuleTable::index_bytes() const {
  const State& state = *state_;
  return state.slots.capacity() * sizeof(CompiledRule*) + state.free_slots.capacity() * sizeof(std::uint32_t) +
         state.ids.bytes() + (state.v4 ? sizeof *state.v4 + state.v4->bytes() : 0) +
         (state.v6 ? sizeof *state.v6 + state.v6->bytes() : 0);
}

std::vector<const CompiledRule*> RuleTable::Rules() const {
  std::vector<const CompiledRule*> rules;
  rules.reserve(size());
  for (const CompiledRule* rule : state_->slots) {
    if (rule != nullptr) rules.push_back(rule);
  }
  std::sort(rules.begin(), rules.end(), Before);
  return rules;
}

void RuleTable::ForEach(const std::function<void(const CompiledRule&)>& visit) const {
  for (const CompiledRule* rule : state_->slots) {
    if (rule != nullptr) visit(*rule);
  }
}

CompiledRule* RuleTable::MatchByScan(const Tuple& tuple) const {
  CompiledRule* best = nullptr;
  for (CompiledRule* rule : state_->slots) {
    if (rule == nullptr) continue;
    if ((best == nullptr || Before(rule, best)) && ConditionsMatch(rule->rule.conditions, tuple)) best = rule;
  }
  return best;
}

}  // namespace vfp
