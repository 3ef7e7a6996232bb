// A table of rules under any sequence of changes: rules come one by one, in
// crowds that need trees, and go; after each change packets find the rule that a
// list of the same rules, gone through from its beginning, gives them. One by
// one and in batches.
//
// The input: operations of a byte each, and what they ask for.
#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "fuzz/input.h"
#include "vfp/internal/rule_table.h"

namespace {

using fuzz::Input;
using fuzz::Require;
using vfp::Rule;
using vfp::Tuple;

constexpr std::size_t kMostRules = 2000;
constexpr std::size_t kBatch = 9;  // Not a whole number of lanes.

base::IpAddress Address(Input& input, bool v4) {
  base::IpAddress address;
  address.family = v4 ? base::IpFamily::kIpv4 : base::IpFamily::kIpv6;
  const std::size_t bytes = v4 ? 4 : 16;
  address.bytes[0] = v4 ? 10 : 0xfd;
  for (std::size_t i = bytes - 2; i < bytes; ++i) address.bytes[i] = input.Byte();
  return address;
}

std::vector<base::IpPrefix> Prefixes(Input& input) {
  std::vector<base::IpPrefix> prefixes(input.Below(4) == 3 ? input.Below(12) : input.Below(2));
  for (base::IpPrefix& prefix : prefixes) {
    prefix.address = Address(input, !input.OneIn(4));
    const std::uint32_t bits = prefix.address.IsV4() ? 32 : 128;
    prefix.length = static_cast<std::uint8_t>(bits - std::min(bits, std::uint32_t{input.Below(40)}));
  }
  return prefixes;
}

std::vector<base::PortRange> Ports(Input& input) {
  std::vector<base::PortRange> ranges(input.Below(3));
  for (base::PortRange& range : ranges) {
    range.first = input.Word();
    range.last =
        static_cast<std::uint16_t>(std::min<std::uint32_t>(65535, range.first + input.Byte() * input.Below(4)));
  }
  return ranges;
}

Rule AnyRule(Input& input) {
  Rule rule;
  rule.id = std::to_string(input.Byte());
  rule.priority = input.Byte() % 16;
  if (input.OneIn(2)) rule.action = vfp::Block{};
  for (std::uint32_t n = input.Below(3); n != 0; --n) rule.conditions.protocols.push_back(input.OneIn(2) ? 6 : 17);
  rule.conditions.sources = Prefixes(input);
  rule.conditions.destinations = Prefixes(input);
  rule.conditions.source_ports = Ports(input);
  rule.conditions.destination_ports = Ports(input);
  return rule;
}

Tuple AnyTuple(Input& input) {
  Tuple tuple;
  const bool v4 = !input.OneIn(4);
  tuple.source = Address(input, v4);
  tuple.destination = Address(input, v4);
  tuple.protocol = input.OneIn(2) ? 6 : 17;
  tuple.has_ports = !input.OneIn(8);
  if (tuple.has_ports) {
    tuple.source_port = input.Word();
    tuple.destination_port = input.Word();
  }
  return tuple;
}

template <typename T, typename Meets>
bool AnyOrNone(const vfp::List<T>& all, Meets meets) {
  return all.empty() || std::any_of(all.begin(), all.end(), meets);
}

bool Meets(const vfp::Conditions& c, const Tuple& t) {
  const auto in = [](const base::IpAddress& address) {
    return [&](const base::IpPrefix& prefix) { return prefix.Contains(address); };
  };
  const auto at = [&](std::uint16_t port) {
    return [&, port](const base::PortRange& range) { return t.has_ports && range.Contains(port); };
  };
  return AnyOrNone(c.protocols, [&](std::uint8_t protocol) { return protocol == t.protocol; }) &&
         AnyOrNone(c.sources, in(t.source)) && AnyOrNone(c.destinations, in(t.destination)) &&
         AnyOrNone(c.source_ports, at(t.source_port)) && AnyOrNone(c.destination_ports, at(t.destination_port));
}

// The table, and the list beside it.
class Twins {
 public:
  explicit Twins(bool only_v4) : table_(only_v4 ? std::optional(base::IpFamily::kIpv4) : std::nullopt) {}

  void Add(Rule rule) {
    if (list_.size() == kMostRules) return;
    const bool is_new = !list_.contains(rule.id.str());
    const auto added = table_.Add(rule);
    Require(added.ok() == is_new);
    if (is_new) list_.emplace(rule.id.str(), std::move(rule));
  }
  void Remove(const std::string& id) { Require(table_.Remove(id) == (list_.erase(id) == 1)); }
  void Settle() { table_.Settle(); }

  void Ask(const std::array<Tuple, kBatch>& tuples) const {
    std::array<vfp::CompiledRule*, kBatch> found;
    table_.Match(tuples, found.data());
    for (std::size_t i = 0; i < kBatch; ++i) {
      const Rule* wanted = nullptr;
      for (const auto& [id, rule] : list_) {
        if (Meets(rule.conditions, tuples[i]) && (wanted == nullptr || vfp::EvaluatedBefore(rule, *wanted))) {
          wanted = &rule;
        }
      }
      const vfp::CompiledRule* one = table_.Match(tuples[i]);
      Require(one == found[i]);
      Require(one == table_.MatchByScan(tuples[i]));
      Require((one == nullptr) == (wanted == nullptr));
      Require(one == nullptr || one->rule == *wanted);
    }
    Require(table_.size() == list_.size());
  }

 private:
  vfp::RuleTable table_;
  std::map<std::string, Rule> list_;
};

// A crowd of rules from one, by counting an address and a port up.
void AddCrowd(Input& input, Twins* twins) {
  const Rule first = AnyRule(input);
  const int size = input.Byte() * 2;
  const bool by_address = input.OneIn(2);
  for (int i = 0; i < size; ++i) {
    Rule rule = first;
    rule.id = first.id.str() + "-" + std::to_string(i);
    rule.priority = static_cast<std::uint16_t>(first.priority + i % 7);
    base::IpPrefix host;
    host.address.bytes = {10, 0, 0, static_cast<std::uint8_t>(i)};
    host.length = static_cast<std::uint8_t>(32 - i % 3);
    if (by_address) rule.conditions.destinations = {host};
    const auto port = static_cast<std::uint16_t>(i);
    if (!by_address) rule.conditions.destination_ports = {{port, port}};
    twins->Add(std::move(rule));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  Input input(data, size);
  Twins twins(input.OneIn(2));
  while (!input.empty()) {
    switch (input.Below(8)) {
      case 0: AddCrowd(input, &twins); break;
      case 1: twins.Settle(); break;
      case 2: twins.Remove(std::to_string(input.Byte())); break;
      case 3: {
        const std::string stem = std::to_string(input.Byte()) + "-";
        const int last = input.Byte() * 2;
        const int step = 1 + static_cast<int>(input.Below(3));
        for (int i = 0; i < last; i += step) twins.Remove(stem + std::to_string(i));
        break;
      }
      case 4: {
        std::array<Tuple, kBatch> tuples;
        for (Tuple& tuple : tuples) tuple = AnyTuple(input);
        twins.Ask(tuples);
        break;
      }
      default: twins.Add(AnyRule(input));
    }
  }
  return 0;
}
