#include "vfp/internal/layer_state.h"

#include <algorithm>
#include <set>
#include <utility>

namespace vfp {
namespace {

using base::MakeError;
namespace hr = base::hr;

base::Status CheckFamily(const Rule& rule, const base::IpAddress& address, base::IpFamily family) {
  if (address.family == family) return {};
  return MakeError(hr::ERROR_INVALID_PARAMETER, "rule `" + rule.id + "` translates to `" + address.ToString() +
                                                    "`, which is not of its group's address family");
}

base::Status CheckAction(const Rule& rule, base::IpFamily family) {
  if (const auto* fixed = std::get_if<StaticNat>(&rule.action); fixed != nullptr && fixed->address) {
    return CheckFamily(rule, *fixed->address, family);
  }
  if (const auto* dynamic = std::get_if<DynamicNat>(&rule.action)) {
    if (dynamic->ports.first > dynamic->ports.last) {
      return MakeError(hr::ERROR_INVALID_PARAMETER,
                       "rule `" + rule.id + "` has the empty port range `" + dynamic->ports.ToString() + "`");
    }
    return CheckFamily(rule, dynamic->address, family);
  }
  if (const auto* balance = std::get_if<LoadBalance>(&rule.action)) {
    if (balance->source_address) HNS_RETURN_IF_ERROR(CheckFamily(rule, *balance->source_address, family));
    for (const Backend& backend : balance->backends) HNS_RETURN_IF_ERROR(CheckFamily(rule, backend.address, family));
  }
  return {};
}

// What a rule translated is remembered by its name; nothing is of the others.
bool NeedsName(const Rule& rule) {
  return !std::holds_alternative<Allow>(rule.action) && !std::holds_alternative<Block>(rule.action);
}

}  // namespace

base::Result<PreparedRule> PrepareRule(Rule rule, base::IpFamily family, BackendTables& tables) {
  if (rule.id.empty()) return MakeError(hr::ERROR_INVALID_PARAMETER, "a rule without an id");
  HNS_RETURN_IF_ERROR(CheckAction(rule, family));
  PreparedRule prepared{.rule = std::move(rule), .backends = nullptr};
  if (const auto* balance = std::get_if<LoadBalance>(&prepared.rule.action)) {
    prepared.backends = tables.Get(balance->backends);
  }
  return prepared;
}

CompiledGroup::CompiledGroup(const GroupSpec& spec, bool shared)
    : id_(spec.id),
      priority_(spec.priority),
      direction_(spec.direction),
      family_(spec.family),
      shared_(shared),
      rules_(spec.family) {}

base::Status CompiledGroup::Add(PreparedRule prepared, StringPool* names) {
  HNS_ASSIGN_OR_RETURN(CompiledRule * compiled, rules_.Add(std::move(prepared.rule)));
  SetProgram(compiled, std::move(prepared.backends), names);
  return {};
}

void CompiledGroup::AddNew(PreparedRule prepared, StringPool* names) {
  SetProgram(rules_.AddNew(std::move(prepared.rule)), std::move(prepared.backends), names);
}

void CompiledGroup::SetProgram(CompiledRule* compiled, std::shared_ptr<const MaglevTable> backends, StringPool* names) {
  if (free_programs_.empty()) {
    compiled->program = static_cast<std::uint32_t>(programs_.size());
    programs_.emplace_back();
  } else {
    compiled->program = free_programs_.back();
    free_programs_.pop_back();
  }
  RuleProgram& program = programs_[compiled->program];
  program.backends = std::move(backends);
  program.name = names != nullptr && NeedsName(compiled->rule) ? names->Acquire(compiled->rule.id) : kNoName;
}

bool CompiledGroup::Remove(std::string_view rule_id, StringPool& names) {
  const CompiledRule* compiled = rules_.FindById(rule_id);
  if (compiled == nullptr) return false;
  const std::uint32_t index = compiled->program;
  names.Release(programs_[index].name);
  programs_[index] = RuleProgram{};
  free_programs_.push_back(index);
  return rules_.Remove(rule_id);
}

void CompiledGroup::BindNames(StringPool& names) {
  rules_.ForEach([&](const CompiledRule& compiled) {
    if (NeedsName(compiled.rule)) programs_[compiled.program].name = names.Acquire(compiled.rule.id);
  });
}

void CompiledGroup::ReleaseNames(StringPool& names) {
  for (RuleProgram& program : programs_) {
    names.Release(program.name);
    program.name = kNoName;
  }
}

void CompiledLayer::SortGroups(const std::vector<const CompiledGroup*>& shared_groups) {
  const auto place = [this](const CompiledGroup* group) {
    groups[static_cast<std::size_t>(group->direction())][group->family() == base::IpFamily::kIpv6 ? 1 : 0].push_back(
        group);
  };
  for (const auto& group : own) place(group.get());
  for (const CompiledGroup* group : shared_groups) place(group);
  for (auto& by_direction : groups) {
    for (auto& list : by_direction) {
      std::stable_sort(list.begin(), list.end(), [](const CompiledGroup* a, const CompiledGroup* b) {
        return std::pair(a->priority(), std::string_view(a->id())) <
               std::pair(b->priority(), std::string_view(b->id()));
      });
    }
  }
}

base::Result<CompiledLayers> CompileLayers(std::vector<LayerSpec> specs, BackendTables& tables) {
  if (specs.size() > kMaxLayers) {
    return MakeError(hr::ERROR_INVALID_PARAMETER,
                     "`" + std::to_string(specs.size()) + "` layers on one port; at most 32 are possible");
  }
  CompiledLayers layers;
  std::set<std::string_view> layer_ids;
  for (LayerSpec& spec : specs) {
    if (!layer_ids.insert(spec.id).second) {
      return MakeError(hr::ERROR_ALREADY_EXISTS, "two layers are named `" + spec.id + "`");
    }
    auto layer = std::make_unique<CompiledLayer>();
    layer->id = spec.id;
    layer->priority = spec.priority;
    layer->stateful = spec.stateful;
    layer->default_allow = spec.default_allow;
    layer->hairpin = spec.id == kHairpinLayer;
    layer->shared = std::move(spec.shared_groups);
    std::set<std::pair<Direction, std::string_view>> group_ids;
    for (GroupSpec& group_spec : spec.groups) {
      if (!group_ids.insert({group_spec.direction, group_spec.id}).second) {
        return MakeError(hr::ERROR_ALREADY_EXISTS,
                         "two groups of layer `" + spec.id + "` are named `" + group_spec.id + "`");
      }
      auto group = std::make_unique<CompiledGroup>(group_spec, false);
      for (Rule& rule : group_spec.rules) {
        HNS_ASSIGN_OR_RETURN(PreparedRule prepared, PrepareRule(std::move(rule), group_spec.family, tables));
        HNS_RETURN_IF_ERROR(group->Add(std::move(prepared), nullptr));
      }
      group->Settle();
      layer->own.push_back(std::move(group));
    }
    layers.push_back(std::move(layer));
  }
  std::stable_sort(layers.begin(), layers.end(), [](const auto& a, const auto& b) {
    return std::pair(a->priority, std::string_view(a->id)) < std::pair(b->priority, std::string_view(b->id));
  });
  return layers;
}

}  // namespace vfp
