#include "vfp/internal/rule_table.h"

#include <algorithm>
#include <map>
#include <memory>
#include <span>

#include "native/test.h"
#include "native/wire_support.h"
#include "vfp/internal/rule_index.h"
#include "vfp/internal/rule_lanes.h"

namespace {

using base::IpPrefix;
using base::PortRange;
using native_test::Ip;
using native_test::Random;
using vfp::CompiledRule;
using vfp::Rule;
using vfp::RuleTable;
using vfp::Tuple;

Rule MakeRule(const std::string& id, std::uint16_t priority, bool block = false) {
  Rule rule;
  rule.id = id;
  rule.priority = priority;
  if (block) rule.action = vfp::Block{};
  return rule;
}

Tuple TcpTuple(const char* source, std::uint16_t source_port, const char* destination, std::uint16_t destination_port) {
  return {Ip(source), Ip(destination), source_port, destination_port, 6, true};
}

std::string IdOf(const CompiledRule* rule) { return rule == nullptr ? "" : rule->rule.id.str(); }

// What the words of rule.h say, written down a second time with the plainest means.
bool MeetsByDefinition(const vfp::Conditions& c, const Tuple& t) {
  const auto any_prefix = [](const vfp::List<IpPrefix>& prefixes, const base::IpAddress& address) {
    return prefixes.empty() ||
           std::any_of(prefixes.begin(), prefixes.end(), [&](const IpPrefix& p) { return p.Contains(address); });
  };
  const auto any_port = [&](const vfp::List<PortRange>& ranges, std::uint16_t port) {
    return ranges.empty() || (t.has_ports && std::any_of(ranges.begin(), ranges.end(),
                                                         [&](const PortRange& r) { return r.Contains(port); }));
  };
  return (c.protocols.empty() || std::count(c.protocols.begin(), c.protocols.end(), t.protocol) > 0) &&
         any_prefix(c.sources, t.source) && any_prefix(c.destinations, t.destination) &&
         any_port(c.source_ports, t.source_port) && any_port(c.destination_ports, t.destination_port);
}

// Few distinct values in each field, so that rules overlap and packets meet them.
class World {
 public:
  World(std::uint64_t seed, int spread) : random_(seed), spread_(static_cast<std::uint32_t>(spread)) {}

  base::IpAddress Address(bool v4) {
    base::IpAddress address;
    address.family = v4 ? base::IpFamily::kIpv4 : base::IpFamily::kIpv6;
    const int bytes = v4 ? 4 : 16;
    address.bytes[0] = v4 ? 10 : 0xfd;
    for (int i = 1; i < bytes; ++i) {
      if (!v4 && i < 14 && !random_.OneIn(8)) continue;
      address.bytes[static_cast<std::size_t>(i)] =
          static_cast<std::uint8_t>(random_.Below(spread_) * (random_.OneIn(3) ? 85 : 1));
    }
    return address;
  }
  IpPrefix Prefix(bool v4) {
    IpPrefix prefix;
    prefix.address = Address(v4);
    const std::uint32_t bits = v4 ? 32 : 128;
    prefix.length = static_cast<std::uint8_t>(random_.OneIn(3) ? bits : random_.OneIn(8) ? 0 : random_.Below(bits + 1));
    return prefix;
  }
  std::vector<IpPrefix> Prefixes(bool v4) {
    std::vector<IpPrefix> prefixes;
    if (random_.OneIn(3)) return prefixes;
    for (std::uint32_t n = random_.OneIn(5) ? 1 + random_.Below(12) : 1; n > 0; --n)
      prefixes.push_back(Prefix(random_.OneIn(20) ? !v4 : v4));
    return prefixes;
  }
  std::vector<PortRange> Ports() {
    std::vector<PortRange> ranges;
    if (random_.OneIn(2)) return ranges;
    for (std::uint32_t n = 1 + random_.Below(random_.OneIn(4) ? 3 : 1); n > 0; --n) {
      const auto first = Port();
      ranges.push_back({first, static_cast<std::uint16_t>(random_.OneIn(2) ? first : first + random_.Below(10))});
    }
    return ranges;
  }
  std::uint16_t Port() { return static_cast<std::uint16_t>(80 + random_.Below(spread_ * 3)); }
  std::uint8_t Protocol() {
    const std::uint8_t protocols[] = {6, 17, 1, 58};
    return protocols[random_.Below(4)];
  }
  Rule AnyRule(const std::string& id) {
    const bool v4 = !random_.OneIn(3);
    Rule rule = MakeRule(id, static_cast<std::uint16_t>(random_.Below(40)), random_.OneIn(2));
    for (std::uint32_t n = random_.OneIn(2) ? 0 : 1 + random_.Below(2); n > 0; --n)
      rule.conditions.protocols.push_back(Protocol());
    rule.conditions.sources = Prefixes(v4);
    rule.conditions.destinations = Prefixes(v4);
    rule.conditions.source_ports = random_.OneIn(4) ? Ports() : std::vector<PortRange>{};
    rule.conditions.destination_ports = Ports();
    return rule;
  }
  Tuple AnyTuple() {
    const bool v4 = !random_.OneIn(3);
    Tuple tuple{Address(v4), Address(v4), Port(), Port(), Protocol(), true};
    if (random_.OneIn(5)) {
      tuple.has_ports = false;
      tuple.source_port = tuple.destination_port = 0;
    }
    return tuple;
  }
  Random& random() { return random_; }

 private:
  Random random_;
  std::uint32_t spread_;
};

TEST("the rule with the lowest priority number applies, Block before others, then the lower id") {
  RuleTable table;
  CHECK(table.Add(MakeRule("c", 200)).ok());
  CHECK(table.Add(MakeRule("b", 100)).ok());
  CHECK(table.Add(MakeRule("a", 100)).ok());
  const Tuple tuple = TcpTuple("10.0.0.1", 1, "10.0.0.2", 2);
  CHECK_EQ(IdOf(table.Match(tuple)), "a");
  CHECK(table.Add(MakeRule("z", 100, true)).ok());
  CHECK_EQ(IdOf(table.Match(tuple)), "z");
  std::vector<std::string> order;
  for (const auto* rule : table.Rules()) order.push_back(rule->rule.id.str());
  CHECK(order == (std::vector<std::string>{"z", "a", "b", "c"}));
}

TEST("an id is in a table once") {
  RuleTable table;
  const auto added = table.Add(MakeRule("a", 1));
  CHECK(added.ok());
  const auto again = table.Add(MakeRule("a", 2));
  CHECK(!again.ok());
  CHECK_EQ(again.error().code, base::hr::ERROR_ALREADY_EXISTS);
  CHECK_EQ(table.size(), 1u);
  CHECK_EQ(table.FindById("a")->rule.priority, 1);
  CHECK(table.Remove("a"));
  CHECK(!table.Remove("a"));
  CHECK(table.FindById("a") == nullptr);
  CHECK(table.Match(TcpTuple("10.0.0.1", 1, "10.0.0.2", 2)) == nullptr);
}

TEST("a rule keeps its place in memory and its counters while others come and go") {
  RuleTable table;
  CompiledRule* kept = table.Add(MakeRule("kept", 50)).value();
  kept->matched_packets = 7;
  for (int i = 0; i < 100; ++i) CHECK(table.Add(MakeRule("r" + std::to_string(i), static_cast<std::uint16_t>(i))).ok());
  CHECK(table.FindById("kept") == kept);
  for (int i = 0; i < 100; ++i) CHECK(table.Remove("r" + std::to_string(i)));
  CHECK(table.FindById("kept") == kept);
  CHECK(table.Match(TcpTuple("10.0.0.1", 1, "10.0.0.2", 2)) == kept);
  CHECK_EQ(kept->matched_packets, 7u);
}

TEST("a packet without ports meets no rule with a port condition, not even one for all ports") {
  for (const int others : {0, 40}) {
    RuleTable table;
    Rule all_ports = MakeRule("ports", 1);
    all_ports.conditions.destination_ports = {{0, 65535}};
    Rule port_zero = MakeRule("zero", 2);
    port_zero.conditions.source_ports = {{0, 0}};
    CHECK(table.Add(all_ports).ok());
    CHECK(table.Add(port_zero).ok());
    CHECK(table.Add(MakeRule("any", 3)).ok());
    for (int i = 0; i < others; ++i) CHECK(table.Add(MakeRule("r" + std::to_string(i), 100)).ok());
    Tuple tuple = TcpTuple("10.0.0.1", 0, "10.0.0.2", 0);
    CHECK_EQ(IdOf(table.Match(tuple)), "ports");
    tuple.has_ports = false;
    CHECK_EQ(IdOf(table.Match(tuple)), "any");
  }
}

TEST("a prefix of one family does not contain the other's addresses, not even ::/0") {
  for (const int others : {0, 40}) {
    RuleTable table;
    Rule v4 = MakeRule("v4", 1), v6 = MakeRule("v6", 2), mixed = MakeRule("mixed", 0);
    v4.conditions.sources = {*IpPrefix::Parse("0.0.0.0/0")};
    v6.conditions.destinations = {*IpPrefix::Parse("::/0")};
    mixed.conditions.sources = v4.conditions.sources;
    mixed.conditions.destinations = v6.conditions.destinations;
    for (const Rule& rule : {v4, v6, mixed}) CHECK(table.Add(rule).ok());
    for (int i = 0; i < others; ++i) CHECK(table.Add(MakeRule("r" + std::to_string(i), 100)).ok());
    CHECK_EQ(IdOf(table.Match(TcpTuple("10.0.0.1", 1, "10.0.0.2", 2))), "v4");
    CHECK_EQ(IdOf(table.Match(TcpTuple("::", 1, "::", 2))), "v6");
    CHECK(table.Remove("mixed"));
    CHECK_EQ(IdOf(table.Match(TcpTuple("::", 1, "::", 2))), "v6");
  }
}

TEST("host bits of a prefix do not count") {
  for (const int others : {0, 40}) {
    RuleTable table;
    Rule rule = MakeRule("a", 1);
    rule.conditions.sources = {*IpPrefix::Parse("10.1.2.255/22")};
    CHECK(table.Add(rule).ok());
    for (int i = 0; i < others; ++i) {
      Rule other = MakeRule("r" + std::to_string(i), 100);
      other.conditions.protocols = {99};
      CHECK(table.Add(other).ok());
    }
    CHECK_EQ(IdOf(table.Match(TcpTuple("10.1.0.0", 1, "10.0.0.2", 2))), "a");
    CHECK_EQ(IdOf(table.Match(TcpTuple("10.1.3.255", 1, "10.0.0.2", 2))), "a");
    CHECK_EQ(IdOf(table.Match(TcpTuple("10.1.4.0", 1, "10.0.0.2", 2))), "");
    CHECK_EQ(IdOf(table.Match(TcpTuple("10.0.255.255", 1, "10.0.0.2", 2))), "");
  }
}

const Rule* FirstByDefinition(const std::map<std::string, Rule>& rules, const Tuple& tuple) {
  const Rule* first = nullptr;
  for (const auto& [name, rule] : rules) {
    if (!MeetsByDefinition(rule.conditions, tuple)) continue;
    const auto key = [](const Rule& r) {
      return std::tuple(r.priority, !std::holds_alternative<vfp::Block>(r.action), r.id);
    };
    if (first == nullptr || key(rule) < key(*first)) first = &rule;
  }
  return first;
}

TEST("a table finds the rule that a plain reading of the conditions finds, while rules come and go") {
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
    World world(seed, seed % 2 ? 2 : 4);
    RuleTable table;
    std::map<std::string, Rule> oracle;
    int matched = 0;
    for (int step = 0; step < 600; ++step) {
      // Grows past the limit of the list and shrinks below it, over and over.
      const bool grow = step / 100 % 2 == 0;
      const std::string id = "rule-" + std::to_string(world.random().Below(120));
      if (oracle.count(id) && (!grow || world.random().OneIn(4))) {
        CHECK(table.Remove(id));
        oracle.erase(id);
      } else if (!oracle.count(id) && (grow || world.random().OneIn(5))) {
        const Rule rule = world.AnyRule(id);
        oracle.emplace(id, rule);
        CHECK(table.Add(rule).ok());
      } else if (!grow && !oracle.empty()) {
        const std::string first = oracle.begin()->first;
        CHECK(table.Remove(first));
        oracle.erase(first);
      }
      CHECK_EQ(table.size(), oracle.size());
      std::vector<Tuple> tuples;
      for (int i = 0; i < 25; ++i) tuples.push_back(world.AnyTuple());
      std::vector<CompiledRule*> together(tuples.size());
      table.Match(tuples, together.data());
      for (std::size_t i = 0; i < tuples.size(); ++i) {
        const Rule* expected = FirstByDefinition(oracle, tuples[i]);
        matched += expected != nullptr;
        const CompiledRule* found = table.Match(tuples[i]);
        CHECK_EQ(IdOf(found), expected == nullptr ? "" : expected->id);
        CHECK(together[i] == found);
        CHECK(table.MatchByScan(tuples[i]) == found);
      }
    }
    CHECK(matched > 3000);
  }
}

// Rules as controllers write many of them: one prefix a side, one port, most distinct.
Rule PlainRule(World* world, const std::string& id) {
  auto& random = world->random();
  Rule rule = MakeRule(id, static_cast<std::uint16_t>(random.Below(300)), random.OneIn(2));
  const bool v4 = !random.OneIn(4);
  if (!random.OneIn(5)) rule.conditions.sources = {world->Prefix(v4)};
  if (!random.OneIn(3)) rule.conditions.destinations = {world->Prefix(v4)};
  if (!random.OneIn(3)) rule.conditions.protocols = {world->Protocol()};
  if (random.OneIn(2)) {
    const std::uint16_t port = world->Port();
    rule.conditions.destination_ports = {{port, static_cast<std::uint16_t>(random.OneIn(3) ? 65535 : port)}};
  }
  return rule;
}

TEST("a large table finds what a scan finds, one by one and together, while rules come and go") {
  for (const std::uint64_t seed : {11u, 12u, 13u}) {
    World world(seed, 20);
    const bool with_lists = seed == 13;
    RuleTable table;
    std::vector<std::string> ids;
    int next = 0, matched = 0;
    for (const std::size_t size : {2000u, 40u, 900u, 0u}) {
      while (ids.size() != size) {
        if (world.random().OneIn(500)) table.Settle();
        const bool grows = ids.size() < size;
        if (grows != world.random().OneIn(5) || ids.empty()) {
          const std::string id = "rule-" + std::to_string(next++);
          CHECK(table.Add(with_lists && world.random().OneIn(4) ? world.AnyRule(id) : PlainRule(&world, id)).ok());
          ids.push_back(id);
        } else {
          std::swap(ids[world.random().Below(static_cast<std::uint32_t>(ids.size()))], ids.back());
          CHECK(table.Remove(ids.back()));
          ids.pop_back();
        }
        if (!world.random().OneIn(16)) continue;
        std::vector<Tuple> tuples;
        for (int i = 0; i < 40; ++i) tuples.push_back(world.AnyTuple());
        std::vector<CompiledRule*> together(tuples.size());
        table.Match(tuples, together.data());
        for (std::size_t i = 0; i < tuples.size(); ++i) {
          const CompiledRule* expected = table.MatchByScan(tuples[i]);
          matched += expected != nullptr;
          CHECK(table.Match(tuples[i]) == expected);
          CHECK(together[i] == expected);
        }
      }
    }
    CHECK(matched > 1000);
  }
}

TEST("every instruction set finds the same, in lists and in trees") {
  World world(21, 6);
  for (const int count : {3, 100, 1500}) {
    std::vector<std::unique_ptr<CompiledRule>> owned;
    std::vector<CompiledRule*> slots;
    vfp::RuleIndex<1> v4;
    vfp::RuleIndex<4> v6;
    for (int i = 0; i < count; ++i) {
      const std::string id = "r" + std::to_string(i);
      owned.push_back(
          std::make_unique<CompiledRule>(CompiledRule{i % 8 == 0 ? world.AnyRule(id) : PlainRule(&world, id)}));
      slots.push_back(owned.back().get());
      v4.Add(static_cast<std::uint32_t>(i), slots);
      v6.Add(static_cast<std::uint32_t>(i), slots);
    }
    CHECK_EQ(v4.is_list(), count < 1000);
    for (const bool large : {false, true}) {
      auto v4_view = v4.view();
      auto v6_view = v6.view();
      v4_view.large = v6_view.large = large;
      for (const vfp::RuleSearch* search : {vfp::GenericRuleSearch(), vfp::Avx2RuleSearch()}) {
        if (search == nullptr) continue;  // Not this processor's.
        for (int round = 0; round < 60; ++round) {
          std::vector<Tuple> tuples;
          while (tuples.size() < vfp::kSearchBatch) tuples.push_back(world.AnyTuple());
          for (const bool is_v4 : {true, false}) {
            std::vector<Tuple> of_family;
            for (const Tuple& tuple : tuples) {
              if (tuple.source.IsV4() == is_v4) of_family.push_back(tuple);
            }
            CompiledRule* together[vfp::kSearchBatch];
            const auto size = static_cast<std::uint32_t>(of_family.size());
            if (is_v4) {
              search->many_v4(v4_view, of_family.data(), size, together);
            } else {
              search->many_v6(v6_view, of_family.data(), size, together);
            }
            for (std::size_t i = 0; i < of_family.size(); ++i) {
              const CompiledRule* expected = nullptr;
              for (const CompiledRule* rule : slots) {
                if (MeetsByDefinition(rule->rule.conditions, of_family[i]) &&
                    (expected == nullptr || vfp::EvaluatedBefore(rule->rule, expected->rule))) {
                  expected = rule;
                }
              }
              CHECK(together[i] == expected);
              CHECK((is_v4 ? search->one_v4(v4_view, of_family[i]) : search->one_v6(v6_view, of_family[i])) ==
                    expected);
            }
          }
        }
      }
    }
  }
}

TEST("a table for one family is right about the other's packets too") {
  for (const auto family : {base::IpFamily::kIpv4, base::IpFamily::kIpv6}) {
    World world(31, 3);
    RuleTable table(family);
    for (int i = 0; i < 200; ++i) CHECK(table.Add(world.AnyRule("r" + std::to_string(i))).ok());
    for (int i = 0; i < 500; ++i) {
      const Tuple tuple = world.AnyTuple();
      CompiledRule* together = nullptr;
      table.Match(std::span(&tuple, 1), &together);
      CHECK(table.Match(tuple) == table.MatchByScan(tuple));
      CHECK(together == table.MatchByScan(tuple));
    }
  }
}

TEST("a list is spelled out on one side only, without what is said twice") {
  Rule rule = MakeRule("r", 1);
  for (const char* text : {"10.0.0.0/24", "10.0.0.7/32", "10.1.0.0/16", "10.1.0.0/16", "fd00::/8"})
    rule.conditions.sources.push_back(*IpPrefix::Parse(text));
  for (const char* text : {"10.9.0.1/32", "10.9.0.2/32"})
    rule.conditions.destinations.push_back(*IpPrefix::Parse(text));
  rule.conditions.destination_ports = {{80, 80}, {81, 90}, {443, 443}};
  const auto lanes = vfp::LanesOf<1>(rule, 5);
  CHECK_EQ(lanes.size(), 2u);  // 10.0.0.0/24 and 10.1.0.0/16.
  CHECK_EQ(lanes[0].source_free, 8);
  CHECK_EQ(lanes[1].source_free, 16);
  for (const auto& lane : lanes) {
    CHECK_EQ(lane.destination_free, 2);  // 10.9.0.0/30 holds both.
    CHECK_EQ(lane.destination_port, 80);
    CHECK_EQ(lane.destination_span, 443 - 80);
    CHECK(lane.id.must_check());
    CHECK_EQ(lane.id.slot(), 5u);
  }
  CHECK_EQ(vfp::LanesOf<4>(rule, 5).size(), 0u);  // No destination of that family.
  rule.conditions.sources = {*IpPrefix::Parse("10.0.0.0/24")};
  rule.conditions.destinations.pop_back();
  const auto by_port = vfp::LanesOf<1>(rule, 5);
  CHECK_EQ(by_port.size(), 2u);  // 80 to 90, and 443.
  CHECK(!by_port[0].id.must_check());
}

TEST("conditions are met as their definition says") {
  World world(9, 3);
  int met = 0;
  for (int i = 0; i < 40000; ++i) {
    const Rule rule = world.AnyRule("r");
    const Tuple tuple = world.AnyTuple();
    const bool expected = MeetsByDefinition(rule.conditions, tuple);
    met += expected;
    CHECK_EQ(vfp::ConditionsMatch(rule.conditions, tuple), expected);
  }
  CHECK(met > 1000);
}

TEST("a rule with thousands of addresses on both sides is found, and does not multiply into millions") {
  RuleTable table;
  Rule rule = MakeRule("large", 5);
  for (std::uint32_t i = 0; i < 3000; ++i) {
    const auto third = static_cast<std::uint8_t>(i >> 8), fourth = static_cast<std::uint8_t>(i);
    IpPrefix source, destination;
    source.address.bytes = {10, 1, third, fourth};
    source.length = 32;
    destination.address.bytes = {10, 2, third, fourth};
    destination.length = static_cast<std::uint8_t>(i % 2 ? 32 : 31);
    rule.conditions.sources.push_back(source);
    if (i < 2000) rule.conditions.destinations.push_back(destination);
  }
  CHECK_EQ(vfp::LanesOf<1>(rule, 0).size(), 3000u);
  CHECK_EQ(vfp::LanesOf<4>(rule, 0).size(), 0u);
  CHECK(table.Add(rule).ok());
  CHECK(table.Add(MakeRule("rest", 9)).ok());
  CHECK_EQ(IdOf(table.Match(TcpTuple("10.1.11.183", 1, "10.2.7.207", 2))), "large");  // The last of each.
  CHECK_EQ(IdOf(table.Match(TcpTuple("10.1.11.184", 1, "10.2.7.207", 2))), "rest");   // One past the sources.
  CHECK_EQ(IdOf(table.Match(TcpTuple("10.1.0.0", 1, "10.2.7.208", 2))), "rest");      // One past the destinations.
  CHECK(table.Remove("large"));
  CHECK_EQ(IdOf(table.Match(TcpTuple("10.1.0.0", 1, "10.2.0.0", 2))), "rest");
}

TEST("prefixes that differ only within one byte are told apart, and leave together") {
  RuleTable table;
  for (int i = 0; i < 30; ++i) CHECK(table.Add(MakeRule("filler" + std::to_string(i), 900)).ok());
  // All of 10.0.0.0/8 in pieces: each of these has the key "10".
  Rule pieces = MakeRule("pieces", 10);
  for (const char* text : {"10.0.0.0/9", "10.128.0.0/10", "10.192.0.0/11", "10.192.0.0/11"})
    pieces.conditions.sources.push_back(*IpPrefix::Parse(text));
  CHECK(table.Add(pieces).ok());
  Rule rest = MakeRule("rest", 10);
  rest.conditions.sources = {*IpPrefix::Parse("10.224.0.0/11")};
  CHECK(table.Add(rest).ok());
  CHECK_EQ(IdOf(table.Match(TcpTuple("10.127.0.1", 1, "10.0.0.2", 2))), "pieces");
  CHECK_EQ(IdOf(table.Match(TcpTuple("10.191.0.1", 1, "10.0.0.2", 2))), "pieces");
  CHECK_EQ(IdOf(table.Match(TcpTuple("10.223.0.1", 1, "10.0.0.2", 2))), "pieces");
  CHECK_EQ(IdOf(table.Match(TcpTuple("10.224.0.1", 1, "10.0.0.2", 2))), "rest");
  CHECK(table.Remove("pieces"));
  CHECK_EQ(IdOf(table.Match(TcpTuple("10.127.0.1", 1, "10.0.0.2", 2))), "filler0");
  CHECK_EQ(IdOf(table.Match(TcpTuple("10.224.0.1", 1, "10.0.0.2", 2))), "rest");
}

TEST("a table can be moved") {
  RuleTable table;
  for (int i = 0; i < 20; ++i) CHECK(table.Add(MakeRule("r" + std::to_string(i), static_cast<std::uint16_t>(i))).ok());
  RuleTable moved(std::move(table));
  CHECK_EQ(IdOf(moved.Match(TcpTuple("10.0.0.1", 1, "10.0.0.2", 2))), "r0");
  RuleTable assigned;
  assigned = std::move(moved);
  CHECK_EQ(assigned.size(), 20u);
}

}  // namespace
