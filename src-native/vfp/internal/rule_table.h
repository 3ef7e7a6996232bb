// Finds the one rule of a group that applies to a packet.
//
// A few rules are scanned in order of priority. More than that are kept by the
// tuple of things they are exact about (whole bytes of the prefixes, one
// protocol, one port): a hash probe per tuple, tuples in order of their best
// priority, so that a search ends as soon as nothing better can follow (tuple
// space search; Srinivasan et al., SIGCOMM '99). See tuple_space.h. Lists of
// prefixes give one entry per pair of prefixes; port lists and ranges are
// checked on a hit, so they never multiply entries.
//
// Adding or removing one rule touches only its own entries. Writers and readers
// are serialised by the engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
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
  // Scanned while there are no more rules and, together, no more pairs of
  // prefixes than these: one rule may list thousands of addresses.
  static constexpr std::size_t kLinearLimit = 16;
  static constexpr std::size_t kLinearEntries = 64;

  RuleTable();
  ~RuleTable();
  RuleTable(RuleTable&&) noexcept;
  RuleTable& operator=(RuleTable&&) noexcept;

  // ERROR_ALREADY_EXISTS when the id is taken. The pointer is good until the
  // rule is removed.
  base::Result<CompiledRule*> Add(Rule rule);
  // False when there is no such rule.
  bool Remove(std::string_view id);
  CompiledRule* FindById(std::string_view id) const;
  // The matching rule with the lowest priority number; ties: Block first, then
  // the lower id. nullptr when none matches. No allocation.
  CompiledRule* Match(const Tuple& tuple) const;
  std::size_t size() const;
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
