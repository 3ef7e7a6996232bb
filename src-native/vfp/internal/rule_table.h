// Finds the one rule of a group that applies to a packet.
//
// Two classifiers, one for each address family: a list of rules that is compared
// eight at a time, or decision trees (RuleIndex). Lists of addresses and ports do
// not multiply (rule_lanes.h). Adding or removing a rule touches only its own
// places. Writers and readers are serialised by the engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vfp/rule.h"

namespace vfp {

// A rule as the table holds it, with its counters. Addresses are stable. What
// the rule says is not changed in place: the table is built from it.
struct CompiledRule {
  Rule rule;
  std::uint64_t matched_packets = 0;
  std::uint64_t dropped_packets = 0;
  std::uint32_t program = 0;  // Not read by the table: free for whoever owns it.
};

struct Tuple {  // What a packet shows to a classifier.
  base::IpAddress source;
  base::IpAddress destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint8_t protocol = 0;
  // False for a packet without ports (other protocols): rules with port
  // conditions do not match it.
  bool has_ports = true;
};

class RuleTable {
 public:
  // `only`: packets of the other family are rare, and are matched by a scan.
  explicit RuleTable(std::optional<base::IpFamily> only = std::nullopt);
  ~RuleTable();
  RuleTable(RuleTable&&) noexcept;
  RuleTable& operator=(RuleTable&&) noexcept;

  // ERROR_ALREADY_EXISTS when the id is taken. The pointer is good until the
  // rule is removed.
  base::Result<CompiledRule*> Add(Rule rule);
  // REQUIRES: the id is free.
  CompiledRule* AddNew(Rule rule);
  // Of a table that many rules were added to one by one: brings its trees to what
  // they would be had all rules been known. Takes a microsecond a rule, at most;
  // answers stay the same, large tables give them faster.
  void Settle();
  // False when there is no such rule.
  bool Remove(std::string_view id);
  CompiledRule* FindById(std::string_view id) const;
  // The matching rule with the lowest priority number; ties: Block first, then
  // the lower id. nullptr when none matches. No allocation.
  CompiledRule* Match(const Tuple& tuple) const;
  // The same for each of `tuples`; faster, in a large table, than one by one.
  void Match(std::span<const Tuple> tuples, CompiledRule** found) const;
  std::size_t size() const;
  // What the table holds besides the rules themselves.
  std::size_t index_bytes() const;
  // In order of evaluation.
  std::vector<const CompiledRule*> Rules() const;
  // In any order.
  void ForEach(const std::function<void(const CompiledRule&)>& visit) const;
  // Every rule whose conditions the tuple meets is `Match`ed by this oracle too,
  // by a plain scan; for tests.
  CompiledRule* MatchByScan(const Tuple& tuple) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

bool ConditionsMatch(const Conditions& conditions, const Tuple& tuple);

// The order of evaluation as a number, lower first: priority, then Block before
// others. Rules of one rank go by id.
inline std::uint32_t RankOf(const Rule& rule) {
  return std::uint32_t{rule.priority} << 1 | (std::holds_alternative<Block>(rule.action) ? 0u : 1u);
}
inline bool EvaluatedBefore(const Rule& a, const Rule& b) {
  const std::uint32_t rank_a = RankOf(a), rank_b = RankOf(b);
  return rank_a != rank_b ? rank_a < rank_b : a.id < b.id;
}

}  // namespace vfp
