#include "vfp/internal/rule_table.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "vfp/internal/conditions.h"
#include "vfp/internal/tuple_space.h"

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
  // Keys are the rules' own ids.
  std::unordered_map<std::string_view, std::unique_ptr<CompiledRule>> by_id;
  std::size_t entries = 0;
  // One of the two: in order of evaluation, or indexed.
  std::vector<CompiledRule*> sorted;
  std::unique_ptr<TupleSpace> index;

  bool IsLarge() const { return by_id.size() > kLinearLimit || entries > kLinearEntries; }

  // Between scanning and index, when a rule has come or gone.
  void Settle() {
    if (IsLarge() == (index != nullptr)) return;
    if (index) {
      index.reset();
      for (const auto& [id, rule] : by_id) sorted.push_back(rule.get());
      std::sort(sorted.begin(), sorted.end(), Before);
    } else {
      index = std::make_unique<TupleSpace>();
      for (CompiledRule* rule : sorted) index->Add(rule);
      sorted.clear();
    }
  }
};

RuleTable::RuleTable() : state_(std::make_unique<State>()) {}
RuleTable::~RuleTable() = default;
RuleTable::RuleTable(RuleTable&&) noexcept = default;
RuleTable& RuleTable::operator=(RuleTable&&) noexcept = default;

base::Result<CompiledRule*> RuleTable::Add(Rule rule) {
  if (FindById(rule.id) != nullptr) {
    return base::MakeError(base::hr::ERROR_ALREADY_EXISTS, "a rule `" + rule.id + "` is in this group already");
  }
  auto owned = std::make_unique<CompiledRule>(CompiledRule{std::move(rule)});
  CompiledRule* added = owned.get();
  state_->by_id.emplace(added->rule.id, std::move(owned));
  state_->entries += TupleSpace::EntriesOf(added->rule.conditions);
  if (state_->index) {
    state_->index->Add(added);
  } else {
    state_->sorted.insert(std::upper_bound(state_->sorted.begin(), state_->sorted.end(), added, Before), added);
  }
  state_->Settle();
  return added;
}

bool RuleTable::Remove(std::string_view id) {
  const auto found = state_->by_id.find(id);
  if (found == state_->by_id.end()) return false;
  CompiledRule* rule = found->second.get();
  state_->entries -= TupleSpace::EntriesOf(rule->rule.conditions);
  if (state_->index) {
    state_->index->Remove(rule);
  } else {
    std::erase(state_->sorted, rule);
  }
  // Out of the map before it dies: the map's key is a view of the rule's id.
  const auto node = state_->by_id.extract(found);
  state_->Settle();
  return true;
}

CompiledRule* RuleTable::FindById(std::string_view id) const {
  const auto found = state_->by_id.find(id);
  return found == state_->by_id.end() ? nullptr : found->second.get();
}

CompiledRule* RuleTable::Match(const Tuple& tuple) const {
  if (state_->index) return state_->index->Match(tuple);
  for (CompiledRule* rule : state_->sorted) {
    if (ConditionsMatch(rule->rule.conditions, tuple)) return rule;
  }
  return nullptr;
}

std::size_t RuleTable::size() const { return state_->by_id.size(); }

std::vector<const CompiledRule*> RuleTable::Rules() const {
  std::vector<const CompiledRule*> rules;
  rules.reserve(size());
  for (const auto& [id, rule] : state_->by_id) rules.push_back(rule.get());
  std::sort(rules.begin(), rules.end(), Before);
  return rules;
}

void RuleTable::ForEach(const std::function<void(const CompiledRule&)>& visit) const {
  for (const auto& [id, rule] : state_->by_id) visit(*rule);
}

CompiledRule* RuleTable::MatchByScan(const Tuple& tuple) const {
  CompiledRule* best = nullptr;
  for (const auto& [id, rule] : state_->by_id) {
    if ((best == nullptr || Before(rule.get(), best)) && ConditionsMatch(rule->rule.conditions, tuple))
      best = rule.get();
  }
  return best;
}

}  // namespace vfp
