// Layers as the walk meets them: groups with classifiers, backends with their
// Maglev tables, names as numbers.
//
// Everything slow is done when these are made, outside the engine's lock; what
// is left for the moment of the swap is to give the names their numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "vfp/internal/backend_tables.h"
#include "vfp/internal/maglev.h"
#include "vfp/internal/rule_table.h"
#include "vfp/internal/string_pool.h"
#include "vfp/rule.h"

namespace vfp {

inline constexpr std::size_t kMaxLayers = 32;  // Of one port.

// What a rule needs besides itself. Found by CompiledRule::program.
struct RuleProgram {
  NameId name = kNoName;                        // Of a rule that translates.
  std::shared_ptr<const MaglevTable> backends;  // Of a LoadBalance.
};

// A rule checked and made ready, not yet in a group.
struct PreparedRule {
  Rule rule;
  std::shared_ptr<const MaglevTable> backends;
};
// ERROR_INVALID_PARAMETER: no id, an address of the other family, an empty range.
base::Result<PreparedRule> PrepareRule(Rule rule, base::IpFamily family, BackendTables& tables);

class CompiledGroup {
 public:
  // `spec.rules` is ignored: rules come through Add.
  CompiledGroup(const GroupSpec& spec, bool shared);
  // ERROR_ALREADY_EXISTS when the id is taken. Without a name until BindNames
  // or a pool is given.
  base::Status Add(PreparedRule prepared, StringPool* names);
  // REQUIRES: the id is free.
  void AddNew(PreparedRule prepared, StringPool* names);
  bool Remove(std::string_view rule_id, StringPool& names);
  // After many additions: see RuleTable::Settle.
  void Settle() { rules_.Settle(); }
  void BindNames(StringPool& names);
  void ReleaseNames(StringPool& names);

  CompiledRule* Match(const Tuple& tuple) const { return rules_.Match(tuple); }
  CompiledRule* Find(std::string_view rule_id) const { return rules_.FindById(rule_id); }
  const RuleProgram& Program(const CompiledRule& rule) const { return programs_[rule.program]; }
  const RuleTable& rules() const { return rules_; }

  const std::string& id() const { return id_; }
  std::uint16_t priority() const { return priority_; }
  Direction direction() const { return direction_; }
  base::IpFamily family() const { return family_; }
  bool shared() const { return shared_; }

 private:
  void SetProgram(CompiledRule* compiled, std::shared_ptr<const MaglevTable> backends, StringPool* names);

  const std::string id_;
  const std::uint16_t priority_;
  const Direction direction_;
  const base::IpFamily family_;
  const bool shared_;
  RuleTable rules_;
  std::vector<RuleProgram> programs_;
  std::vector<std::uint32_t> free_programs_;
};

struct CompiledLayer {
  std::string id;
  NameId name = kNoName;
  std::uint16_t priority = 0;
  bool stateful = true;
  bool default_allow = true;
  bool hairpin = false;  // kHairpinLayer.
  std::vector<std::unique_ptr<CompiledGroup>> own;
  std::vector<SharedGroupId> shared;
  // Own and shared ones in order of priority, by Direction and family (0: IPv4).
  std::vector<const CompiledGroup*> groups[2][2];

  const std::vector<const CompiledGroup*>& Groups(Direction direction, std::uint8_t family) const {
    return groups[static_cast<std::size_t>(direction)][family == 6 ? 1 : 0];
  }
  // Called once all shared groups are known.
  void SortGroups(const std::vector<const CompiledGroup*>& shared_groups);
};

// All layers of one port, in ascending order of priority.
using CompiledLayers = std::vector<std::unique_ptr<CompiledLayer>>;

// Without shared groups and names. ERROR_INVALID_PARAMETER, ERROR_ALREADY_EXISTS.
base::Result<CompiledLayers> CompileLayers(std::vector<LayerSpec> specs, BackendTables& tables);

}  // namespace vfp
