// Finds the one rule of a group that applies to a packet.
//
// Up to kLinearLimit rules are scanned in order of priority. Above it, rules
// are kept by the tuple of things they are exact about (prefix lengths, one
// protocol, one port): a hash probe per tuple, tuples in order of their best
// priority, so that a search ends as soon as nothing better can follow
// (tuple space search; Srinivasan et al., SIGCOMM '99). Lists of prefixes give
// one entry per pair of prefixes; port lists and ranges are checked on a hit,
// so they never multiply entries.
//
// Adding or removing one rule touches only its own entries. Writers and readers
// are serialised by the engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vfp/rule.h"

namespace vfp {

// A rule as the table holds it, with its counters. Addresses are stable.
struct CompiledRule {
  Rule rule;
  std::uint64_t matched_packets = 0;
  std::uint64_t dropped_packets = 0;
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
  static constexpr std::size_t kLinearLimit = 16;

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
  // Every rule whose conditions the tuple meets is `Match`ed by this oracle too,
  // by a plain scan; for tests.
  CompiledRule* MatchByScan(const Tuple& tuple) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

bool ConditionsMatch(const Conditions& conditions, const Tuple& tuple);

}  // namespace vfp
