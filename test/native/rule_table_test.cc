#include "vfp/internal/rule_table.h"

#include <algorithm>
#include <map>

#include "native/test.h"
#include "native/wire_support.h"
#include "vfp/internal/tuple_space.h"

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

std::string IdOf(const CompiledRule* rule) { return rule == nullptr ? "" : rule->rule.id; }

// What the words of rule.h say, written down a second time with the plainest means.
bool MeetsByDefinition(const vfp::Conditions& c, const Tuple& t) {
  const auto any_prefix = [](const std::vector<IpPrefix>& prefixes, const base::IpAddress& address) {
    return prefixes.empty() ||
           std::any_of(prefixes.begin(), prefixes.end(), [&](const IpPrefix& p) { return p.Contains(address); });
  };
  const auto any_port = [&](const std::vector<PortRange>& ranges, std::uint16_t port) {
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
  for (const auto* rule : table.Rules()) order.push_back(rule->rule.id);
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

TEST("a table finds the rule that a plain reading of the conditions finds, while rules come and go") {
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
    World world(seed, seed % 2 ? 2 : 4);
    RuleTable table;
    std::map<std::string, Rule> oracle;
    int matched = 0;
    for (int step = 0; step < 600; ++step) {
      // Grows past the limit of scanning and shrinks below it, over and over.
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
      for (int i = 0; i < 25; ++i) {
        const Tuple tuple = world.AnyTuple();
        const Rule* expected = nullptr;
        for (const auto& [name, rule] : oracle) {
          if (!MeetsByDefinition(rule.conditions, tuple)) continue;
          const auto key = [](const Rule& r) {
            return std::tuple(r.priority, !std::holds_alternative<vfp::Block>(r.action), r.id);
          };
          if (expected == nullptr || key(rule) < key(*expected)) expected = &rule;
        }
        matched += expected != nullptr;
        const CompiledRule* found = table.Match(tuple);
        CHECK_EQ(IdOf(found), expected == nullptr ? "" : expected->id);
        CHECK(table.MatchByScan(tuple) == found);
      }
    }
    CHECK(matched > 3000);
  }
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
  CHECK_EQ(vfp::TupleSpace::EntriesOf(rule.conditions), 3000u);
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
