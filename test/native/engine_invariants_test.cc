// Invariants of the data path, each by its own sentence, on cases drawn from
// fixed seeds: a failure names its seed and is repeated by running it again.
// docs/engine.md says which test holds which invariant.
//
// HNS_PROPERTY_RUNS: how many cases each of them tries.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "native/engine_lab.h"
#include "native/wire_support.h"
#include "wire/bytes.h"
#include "wire/checksum.h"

using namespace engine_test;
using native_test::Random;

namespace {

std::uint64_t Cases() {
  const char* wanted = std::getenv("HNS_PROPERTY_RUNS");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 40;
}

template <typename Test>
void ForEachSeed(Test test) {
  for (std::uint64_t seed = 1, last = Cases(); seed <= last; ++seed) {
    test(seed);
    if (!native_test::Failed()) continue;
    native_test::Fail(__FILE__, __LINE__, "seed " + std::to_string(seed));
    return;
  }
}

vfp::EngineOptions Options(std::uint64_t seed, std::size_t max_connections = 1000) {
  vfp::EngineOptions options;
  options.max_connections = max_connections;
  options.hash_seed = seed;
  return options;
}

// Three pods, and a wire to the world.
struct Pods {
  Lab lab;
  vfp::PortIndex a, b, c, uplink;

  explicit Pods(const vfp::EngineOptions& options) : lab(options) {
    lab.explains = false;
    a = lab.Pod("a", {"10.1.0.4"});
    b = lab.Pod("b", {"10.1.0.5"});
    c = lab.Pod("c", {"10.1.0.6"});
    uplink = lab.Uplink();
  }
};

std::string Port(Random& random) { return std::to_string(1 + random.Below(65535)); }

struct Call {
  std::string client_port, server_port;
  explicit Call(Random& random) : client_port(Port(random)), server_port(Port(random)) {}
  std::string There(const std::string& flags = "") const {
    return (flags.empty() ? "udp" : "tcp") + (" 10.1.0.4:" + client_port) + " > 10.1.0.5:" + server_port +
           (flags.empty() ? "" : " " + flags);
  }
  std::string Back(const std::string& flags = "") const {
    return (flags.empty() ? "udp" : "tcp") + (" 10.1.0.5:" + server_port) + " > 10.1.0.4:" + client_port +
           (flags.empty() ? "" : " " + flags);
  }
};

const std::vector<std::string> kPrefixes = {"0.0.0.0/0", "10.1.0.0/24", "10.1.0.4/31", "10.1.0.5/32", "10.1.0.6/32"};

vfp::Conditions RandomConditions(Random& random) {
  vfp::Conditions conditions;
  if (random.OneIn(2)) conditions.protocols = {random.OneIn(2) ? std::uint8_t{6} : std::uint8_t{17}};
  if (random.OneIn(2)) {
    conditions.sources = {base::IpPrefix::Parse(kPrefixes[random.Below(5)]).value()};
  }
  if (random.OneIn(2)) {
    conditions.destinations = {base::IpPrefix::Parse(kPrefixes[random.Below(5)]).value()};
  }
  if (random.OneIn(3)) {
    const auto first = static_cast<std::uint16_t>(80 + random.Below(4));
    conditions.destination_ports = {{first, static_cast<std::uint16_t>(first + random.Below(3))}};
  }
  return conditions;
}

// Of distinct priorities.
std::vector<vfp::Rule> RandomRules(Random& random, std::uint32_t most) {
  std::vector<vfp::Rule> rules;
  for (std::uint32_t i = 0, count = random.Below(most + 1); i < count; ++i) {
    vfp::Action action = vfp::Allow{};
    if (random.OneIn(2)) action = vfp::Block{};
    rules.push_back(MakeRule("r" + std::to_string(i), static_cast<std::uint16_t>(10 * i + random.Below(10)), action,
                             RandomConditions(random)));
  }
  return rules;
}

vfp::LayerSpec RandomAcl(Random& random) { return Acl(RandomRules(random, 5), RandomRules(random, 5)); }

vfp::LayerSpec AllowAll() { return Acl({MakeRule("in", 900, vfp::Allow{})}, {MakeRule("out", 900, vfp::Allow{})}); }

std::string RandomPacket(Random& random) {
  static const std::vector<std::string> kPods = {"10.1.0.4", "10.1.0.5", "10.1.0.6"};
  const std::string to = kPods[1 + random.Below(2)];
  const std::string ports = ":" + std::to_string(1000 + random.Below(50000)) + " > " + to + ":";
  const std::string at = std::to_string(80 + random.Below(6));
  return random.OneIn(2) ? "udp 10.1.0.4" + ports + at : "tcp 10.1.0.4" + ports + at + " S";
}

vfp::LayerSpec SourceNat(vfp::DynamicNat nat, std::vector<std::string_view> exceptions = {},
                         std::vector<std::string_view> only = {}) {
  std::vector<vfp::Rule> rules;
  for (std::size_t i = 0; i < exceptions.size(); ++i) {
    rules.push_back(MakeRule("exception" + std::to_string(i), 10, vfp::Allow{}, To(exceptions[i])));
  }
  if (only.empty()) rules.push_back(MakeRule("nat", 100, nat));
  for (std::size_t i = 0; i < only.size(); ++i) {
    rules.push_back(MakeRule("only" + std::to_string(i), 100, nat, To(only[i])));
  }
  return Layer("SLB_NAT_LAYER", 300, {Group(kOut, std::move(rules))});
}

std::string Outsider(Random& random) { return "192.0.2." + std::to_string(1 + random.Below(3)); }

// Cuts an IPv4 packet into pieces of `piece` bytes of payload, a multiple of 8.
std::vector<Bytes> Fragments(const Bytes& whole, std::uint16_t id, std::size_t piece) {
  const std::size_t headers = 14 + 20;
  const std::size_t end = 14 + wire::Load16(whole.data() + 16);
  std::vector<Bytes> parts;
  for (std::size_t at = headers; at < end; at += piece) {
    const std::size_t stop = std::min(at + piece, end);
    Bytes part(whole.begin(), whole.begin() + headers);
    part.insert(part.end(), whole.begin() + static_cast<std::ptrdiff_t>(at),
                whole.begin() + static_cast<std::ptrdiff_t>(stop));
    wire::Store16(part.data() + 16, static_cast<std::uint16_t>(part.size() - 14));
    wire::Store16(part.data() + 18, id);
    wire::Store16(part.data() + 20, static_cast<std::uint16_t>((stop < end ? 0x2000 : 0) | ((at - headers) / 8)));
    wire::Store16(part.data() + 24, 0);
    const std::uint32_t sum = wire::ChecksumAdd({part.data() + 14, 20});
    wire::Store16(part.data() + 24, static_cast<std::uint16_t>(~wire::ChecksumFold(sum)));
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace

TEST("packets of one key get one decision, and a packet that differs in any field has a key of its own") {
  ForEachSeed([](std::uint64_t seed) {
    Random random(seed);
    Pods pods(Options(seed));
    pods.lab.Policy(pods.a,
                    {AllowAll(), LoadBalancer("10.96.0.10", "80", Balance({"10.1.0.5:8080", "10.1.0.6:8080"}))});
    const std::string port = std::to_string(1000 + random.Below(1000));
    const std::string packet = "udp 10.1.0.4:" + port + " > 10.96.0.10:80";
    const std::string first = pods.lab.One(pods.a, packet);
    CHECK(first.starts_with("b ") || first.starts_with("c "));
    CHECK_EQ(pods.lab.One(pods.a, packet), first);
    CHECK(pods.lab.Explain(pods.a, packet).cached);
    for (const std::string& other :
         {"tcp 10.1.0.4:" + port + " > 10.96.0.10:80 S", "udp 10.1.0.7:" + port + " > 10.96.0.10:80",
          "udp 10.1.0.4:" + std::to_string(2000 + random.Below(1000)) + " > 10.96.0.10:80",
          "udp 10.1.0.4:" + port + " > 10.96.0.11:80", "udp 10.1.0.4:" + port + " > 10.96.0.10:81"}) {
      CHECK(!pods.lab.Explain(pods.a, other).cached);
    }
  });
}

TEST("after a change no packet is decided by older policy, and a change that is undone restores what was") {
  ForEachSeed([](std::uint64_t seed) {
    Random random(seed);
    Pods pods(Options(seed));
    const vfp::LayerSpec before = RandomAcl(random);
    const vfp::LayerSpec between = RandomAcl(random);
    pods.lab.Policy(pods.a, {before});
    std::vector<std::string> packets;
    for (int i = 0; i < 6; ++i) packets.push_back(RandomPacket(random));
    std::vector<Texts> said;
    for (const std::string& packet : packets) said.push_back(pods.lab.Send(pods.a, packet));

    pods.lab.Policy(pods.a, {between});
    Pods fresh(Options(seed));
    fresh.lab.Policy(fresh.a, {between});
    for (const std::string& packet : packets) {
      // A connection that policy cuts is named so; one that it never let through, by the rule.
      const bool passes = pods.lab.Send(pods.a, packet)[0].find("drop") == std::string::npos;
      CHECK_EQ(passes, fresh.lab.Send(fresh.a, packet)[0].find("drop") == std::string::npos);
    }

    pods.lab.Policy(pods.a, {before});
    for (std::size_t i = 0; i < packets.size(); ++i) {
      const Texts texts = pods.lab.Send(pods.a, packets[i]);
      if (said[i][0].starts_with("drop")) {
        CHECK(texts[0].starts_with("drop"));
      } else {
        CHECK(texts == said[i]);
      }
    }
  });
}

TEST("a new Block stops a flow at its next packet, whichever way it goes, and other edits leave it and its backend") {
  ForEachSeed([](std::uint64_t seed) {
    Random random(seed);
    Pods pods(Options(seed));
    const vfp::LayerSpec balancer = LoadBalancer("10.96.0.10", "80", Balance({"10.1.0.5:8080", "10.1.0.6:8080"}));
    pods.lab.Policy(pods.a, {AllowAll(), balancer});
    const std::string port = Port(random);
    const std::string there = "tcp 10.1.0.4:" + port + " > 10.96.0.10:80 ";
    const std::string syn = pods.lab.One(pods.a, there + "S");
    const bool is_b = syn.starts_with("b ");
    const vfp::PortIndex backend = is_b ? pods.b : pods.c;
    const std::string back = std::string("tcp 10.1.0.") + (is_b ? "5" : "6") + ":8080 > 10.1.0.4:" + port + " ";
    CHECK_EQ(pods.lab.One(backend, back + "SA"), "a tcp 10.96.0.10:80 > 10.1.0.4:" + port + " SA");
    const std::string ack = pods.lab.One(pods.a, there + "A");
    CHECK_EQ(ack, syn.substr(0, syn.size() - 1) + "A");

    for (std::uint32_t edits = 1 + random.Below(3); edits-- > 0;) {
      vfp::LayerSpec acl = AllowAll();
      acl.groups[random.Below(2)].rules.push_back(
          MakeRule("other", 1, vfp::Block{}, To("10.1.0.99/32", std::to_string(1 + random.Below(60000)))));
      pods.lab.Policy(pods.a, {acl, balancer});
      CHECK_EQ(pods.lab.One(pods.a, there + "A"), ack);
      CHECK_EQ(pods.lab.One(backend, back + "A"), "a tcp 10.96.0.10:80 > 10.1.0.4:" + port + " A");
    }

    vfp::LayerSpec blocking = AllowAll();
    blocking.groups[1].rules.push_back(MakeRule("stop", 1, vfp::Block{}, To("10.96.0.10", "80")));
    pods.lab.Policy(pods.a, {blocking, balancer});
    for (int i = 0; i < 3; ++i) {
      const bool is_reply = random.OneIn(2);
      CHECK_EQ(is_reply ? pods.lab.One(backend, back + "A") : pods.lab.One(pods.a, there + "A"),
               "drop connection-blocked");
    }
  });
}

TEST("layers are visited inbound in the reverse order of outbound, and a reply of an allowed flow needs no rule") {
  ForEachSeed([](std::uint64_t seed) {
    Random random(seed);
    Pods pods(Options(seed));
    std::vector<vfp::LayerSpec> layers;
    std::set<std::uint16_t> priorities;
    while (priorities.size() < 2 + random.Below(5)) priorities.insert(static_cast<std::uint16_t>(random.Below(1000)));
    for (const std::uint16_t priority : priorities) {
      layers.push_back(Layer(
          "L" + std::to_string(priority), priority,
          {Group(kIn, {MakeRule("in", 1, vfp::Allow{})}), Group(kOut, {MakeRule("out", 1, vfp::Allow{})})}, false));
    }
    for (std::size_t i = layers.size(); i > 1; --i)
      std::swap(layers[i - 1], layers[random.Below(static_cast<std::uint32_t>(i))]);
    pods.lab.Policy(pods.a, layers);
    const Call call(random);
    const auto visited = [&](vfp::PortIndex from, const std::string& packet) {
      std::vector<std::string> names;
      for (const vfp::ExplainStep& step : pods.lab.Explain(from, packet).steps) {
        if (step.layer.starts_with("L")) names.push_back(step.layer);
      }
      return names;
    };
    std::vector<std::string> out = visited(pods.a, call.There());
    std::vector<std::string> in = visited(pods.b, call.Back());
    std::vector<std::string> ascending;
    for (const std::uint16_t priority : priorities) ascending.push_back("L" + std::to_string(priority));
    CHECK(out == ascending);
    std::reverse(in.begin(), in.end());
    CHECK(in == ascending);

    pods.lab.Policy(pods.a, {Acl({}, {MakeRule("out", 1, vfp::Allow{})})});
    CHECK_EQ(pods.lab.One(pods.b, call.Back()), "drop acl-default");
    CHECK_EQ(pods.lab.One(pods.a, call.There()), "b " + call.There());
    const std::uint64_t walked = pods.lab.engine.Port(pods.a).value().inbound.slow_path;
    CHECK_EQ(pods.lab.One(pods.b, call.Back()), "a " + call.Back());
    CHECK_EQ(pods.lab.engine.Port(pods.a).value().inbound.slow_path, walked);
  });
}

TEST("NAT shows a flow's peer one address and port, no two live flows the same, and brings every port back once") {
  ForEachSeed([](std::uint64_t seed) {
    Random random(seed);
    Pods pods(Options(seed));
    const auto ports = static_cast<std::uint16_t>(2 + random.Below(6));
    const vfp::DynamicNat nat{.address = Ip("10.0.0.1"), .ports = {5000, static_cast<std::uint16_t>(4999 + ports)}};
    pods.lab.Policy(pods.a, {SourceNat(nat)});
    pods.lab.Policy(pods.b, {SourceNat(nat)});
    for (int round = 0; round < 2; ++round) {
      std::map<std::string, std::string> seen;               // What a pod sends, and what its peer sees.
      std::set<std::string> shown;                           // All that peers see.
      std::map<std::string, std::set<std::string>> by_peer;  // Flows towards each.
      for (int i = 0; i < 40; ++i) {
        const bool is_a = random.OneIn(2);
        const std::string peer = Outsider(random) + ":53";
        const std::string from = (is_a ? "10.1.0.4:" : "10.1.0.5:") + std::to_string(1000 + random.Below(8));
        const std::string sent = "udp " + from + " > " + peer;
        const std::string got = pods.lab.One(is_a ? pods.a : pods.b, sent);
        if (seen.contains(sent)) {
          CHECK_EQ(got, seen[sent]);
          continue;
        }
        if (by_peer[peer].size() == ports) {
          CHECK_EQ(got, "drop nat-pool-exhausted");
          continue;
        }
        CHECK(got.starts_with("uplink udp 10.0.0.1:") && got.ends_with(" > " + peer));
        CHECK(shown.insert(got).second);
        seen[sent] = got;
        by_peer[peer].insert(sent);
        const std::string hidden = got.substr(11, got.find(" > ") - 11);
        CHECK_EQ(pods.lab.One(pods.uplink, "udp " + peer + " > " + hidden),
                 (is_a ? "a udp " : "b udp ") + peer + " > " + from);
      }
      pods.lab.Wait(std::chrono::seconds(240));
      pods.lab.engine.ExpireIdle();
      CHECK_EQ(pods.lab.Flows().size(), 0u);
    }
  });
}

TEST("what NAT excepts is never translated, and NAT for some destinations translates no other") {
  ForEachSeed([](std::uint64_t seed) {
    Random random(seed);
    Pods pods(Options(seed));
    const bool excepts = random.OneIn(2);
    const vfp::DynamicNat nat{.address = Ip("10.0.0.1")};
    pods.lab.Policy(pods.a, {excepts ? SourceNat(nat, {"192.0.2.0/25", "203.0.113.7/32"})
                                     : SourceNat(nat, {}, {"192.0.2.0/25", "203.0.113.7/32"})});
    for (int i = 0; i < 8; ++i) {
      const bool is_single = random.OneIn(4);
      const std::uint32_t last = random.Below(256);
      const std::string to = (is_single ? "203.0.113." : "192.0.2.") + std::to_string(is_single ? 6 + last % 3 : last);
      const bool is_named = is_single ? last % 3 == 1 : last < 128;
      const std::string got = pods.lab.One(pods.a, "udp 10.1.0.4:" + Port(random) + " > " + to + ":53");
      CHECK(got.starts_with(is_named == excepts ? "uplink udp 10.1.0.4:" : "uplink udp 10.0.0.1:"));
    }
  });
}

TEST(
    "one flow, backends and seed mean one backend, whatever the order, and a backend that goes moves only its own "
    "flows") {
  ForEachSeed([](std::uint64_t seed) {
    Random random(seed);
    std::vector<std::string_view> backends = {"10.1.0.5:80", "10.1.0.6:80", "10.1.0.5:81", "10.1.0.6:81",
                                              "10.1.0.5:82"};
    backends.resize(2 + random.Below(4));
    Pods one(Options(seed));
    Pods other(Options(seed));
    one.lab.Policy(one.a, {LoadBalancer("10.96.0.10", "80", Balance(backends))});
    const std::string_view gone = backends[random.Below(static_cast<std::uint32_t>(backends.size()))];
    std::reverse(backends.begin(), backends.end());
    other.lab.Policy(other.a, {LoadBalancer("10.96.0.10", "80", Balance(backends))});
    std::map<std::string, std::string> met;
    for (int i = 0; i < 10; ++i) {
      const std::string packet = "udp 10.1.0.4:" + Port(random) + " > 10.96.0.10:80";
      met[packet] = one.lab.One(one.a, packet);
      CHECK_EQ(other.lab.One(other.a, packet), met[packet]);
    }
    std::erase(backends, gone);
    one.lab.Policy(one.a, {LoadBalancer("10.96.0.10", "80", Balance(backends))});
    for (const auto& [packet, before] : met) {
      const std::string after = one.lab.One(one.a, packet);
      const bool was_there = before.ends_with(" > " + std::string(gone));
      CHECK_EQ(after != before, was_there);
    }
  });
}

TEST("with affinity all ports of a client meet one backend: of every protocol, or of each") {
  ForEachSeed([](std::uint64_t seed) {
    Random random(seed);
    Pods pods(Options(seed));
    vfp::LoadBalance action = Balance({"10.1.0.5:8080", "10.1.0.6:8080"});
    const bool by_protocol = random.OneIn(2);
    action.affinity = by_protocol ? vfp::Affinity::kSourceAddressAndProtocol : vfp::Affinity::kSourceAddress;
    pods.lab.Policy(pods.a, {LoadBalancer("10.96.0.10", "", action)});
    std::map<std::string, std::set<char>> met;
    for (int i = 0; i < 12; ++i) {
      const bool is_tcp = random.OneIn(2);
      const std::string ports = Port(random) + " > 10.96.0.10:" + Port(random);
      const Texts texts = pods.lab.Send(pods.a, is_tcp ? "tcp 10.1.0.4:" + ports + " S" : "udp 10.1.0.4:" + ports);
      // A second call of one port is refused where it would look like the first.
      if (texts[0] == "drop nat-pool-exhausted") continue;
      met[by_protocol && is_tcp ? "tcp" : "any"].insert(texts[0][0]);
    }
    for (const auto& [protocol, backends] : met) CHECK_EQ(backends.size(), 1u);
  });
}

TEST("a pod that meets itself behind a VIP is answered by the VIP and never sees its own address as peer") {
  ForEachSeed([](std::uint64_t seed) {
    Random random(seed);
    Pods pods(Options(seed));
    pods.lab.Policy(pods.a, {LoadBalancer("10.96.0.10", "80", Balance({"10.1.0.4:8080"})),
                             SourceNat({.address = Ip("10.1.0.2")}, {}, {"10.1.0.4/32"})});
    const std::string port = Port(random);
    const std::string request = pods.lab.One(pods.a, "tcp 10.1.0.4:" + port + " > 10.96.0.10:80 S");
    CHECK(request.starts_with("a tcp 10.1.0.2:") && request.ends_with(" > 10.1.0.4:8080 S"));
    const std::string peer = request.substr(6, request.find(" > ") - 6);
    CHECK_EQ(pods.lab.One(pods.a, "tcp 10.1.0.4:8080 > " + peer + " SA"),
             "a tcp 10.96.0.10:80 > 10.1.0.4:" + port + " SA");
  });
}

TEST(
    "the order in which ACLs of distinct priorities are given changes nothing, and the lowest number that matches "
    "decides") {
  ForEachSeed([](std::uint64_t seed) {
    Random random(seed);
    Pods one(Options(seed));
    Pods other(Options(seed));
    const std::vector<vfp::Rule> rules = RandomRules(random, 6);
    std::vector<vfp::Rule> shuffled = rules;
    for (std::size_t i = shuffled.size(); i > 1; --i) {
      std::swap(shuffled[i - 1], shuffled[random.Below(static_cast<std::uint32_t>(i))]);
    }
    one.lab.Policy(one.a, {Acl({}, rules)});
    other.lab.Policy(other.a, {Acl({}, shuffled)});
    for (int i = 0; i < 10; ++i) {
      const std::string packet = RandomPacket(random);
      const Texts texts = one.lab.Send(one.a, packet);
      CHECK(other.lab.Send(other.a, packet) == texts);
      if (i > 0) continue;
      // Raised above all others, its opposite decides; and without any ACL everything passes.
      const bool passes = !texts[0].starts_with("drop");
      std::vector<vfp::Rule> raised = rules;
      for (vfp::Rule& rule : raised) rule.priority = static_cast<std::uint16_t>(rule.priority + 1);
      vfp::Action opposite = vfp::Allow{};
      if (passes) opposite = vfp::Block{};
      raised.push_back(MakeRule("z", 0, opposite));
      Pods third(Options(seed));
      third.lab.Policy(third.a, {Acl({}, raised)});
      CHECK_EQ(third.lab.Send(third.a, packet)[0].starts_with("drop"), passes);
      Pods without(Options(seed));
      without.lab.Policy(without.b, {Acl({MakeRule("in", 1, vfp::Allow{})}, {})});
      without.lab.Policy(without.c, {Acl({MakeRule("in", 1, vfp::Allow{})}, {})});
      CHECK(!without.lab.Send(without.a, packet)[0].starts_with("drop"));
    }
  });
}

TEST("an idle flow is forgotten at its time and never before, and the tables are empty after all") {
  ForEachSeed([](std::uint64_t seed) {
    Random random(seed);
    Pods pods(Options(seed));
    const Call call(random);
    pods.lab.Send(pods.a, call.There());
    for (int i = 0; i < 4; ++i) {
      const auto gap = std::chrono::milliseconds(1 + random.Below(300'000));
      pods.lab.Wait(gap);
      pods.lab.engine.ExpireIdle();
      const bool lives = gap < std::chrono::seconds(240);
      CHECK_EQ(pods.lab.Flows(pods.a).size(), lives ? 1u : 0u);
      if (lives && random.OneIn(2)) {
        CHECK_EQ(pods.lab.One(pods.b, call.Back()), "a " + call.Back());
      } else {
        CHECK_EQ(pods.lab.One(pods.a, call.There()), "b " + call.There());
      }
    }
    pods.lab.Wait(std::chrono::seconds(240));
    pods.lab.engine.ExpireIdle();
    CHECK_EQ(pods.lab.Flows().size(), 0u);
  });
}

TEST("a flood of half-open connections takes bounded room and never that of an established one") {
  ForEachSeed([](std::uint64_t seed) {
    Random random(seed);
    Pods pods(Options(seed, 16));
    const Call call(random);
    CHECK_EQ(pods.lab.One(pods.a, call.There("S")), "b " + call.There("S"));
    CHECK_EQ(pods.lab.One(pods.b, call.Back("SA")), "a " + call.Back("SA"));
    CHECK_EQ(pods.lab.One(pods.a, call.There("A")), "b " + call.There("A"));
    for (int i = 0; i < 40; ++i) {
      pods.lab.Send(pods.c, "tcp 10.1.0.6:" + std::to_string(i + 1) + " > 10.1.0.5:80 S");
      CHECK(pods.lab.Flows().size() <= 16);
    }
    CHECK_EQ(pods.lab.One(pods.a, call.There("A")), "b " + call.There("A"));
    CHECK_EQ(pods.lab.One(pods.b, call.Back("A")), "a " + call.Back("A"));
  });
}

TEST("fragments in any order get the decision of their first, and one without its first never passes a port ACL") {
  ForEachSeed([](std::uint64_t seed) {
    Random random(seed);
    Pods pods(Options(seed));
    pods.lab.Policy(pods.b, {Acl({MakeRule("dns", 1, vfp::Allow{}, To("10.1.0.5", "53", 17))}, {})});
    struct Piece {
      std::size_t datagram;
      bool is_first;
      Bytes bytes;
    };
    std::vector<Piece> pieces;
    std::vector<bool> allowed;
    for (std::size_t datagram = 0; datagram < 3; ++datagram) {
      allowed.push_back(random.OneIn(2));
      const std::string to = allowed[datagram] ? "53" : "54";
      const Bytes whole = Packet("udp 10.1.0.4:" + std::to_string(1000 + datagram) + " > 10.1.0.5:" + to,
                                 Mac("00-15-5D-11-00-00"), Mac("00-15-5D-11-00-01"));
      const auto parts = Fragments(whole, static_cast<std::uint16_t>(100 + datagram), 8);
      for (std::size_t i = 0; i < parts.size(); ++i) pieces.push_back({datagram, i == 0, parts[i]});
    }
    for (std::size_t i = pieces.size(); i > 1; --i)
      std::swap(pieces[i - 1], pieces[random.Below(static_cast<std::uint32_t>(i))]);
    std::vector<bool> begun(3);
    for (const Piece& piece : pieces) {
      const Texts texts = pods.lab.SendFrame(pods.a, piece.bytes);
      CHECK_EQ(texts.size(), 1u);
      if (piece.is_first) begun[piece.datagram] = true;
      CHECK_EQ(!texts[0].starts_with("drop"), begun[piece.datagram] && allowed[piece.datagram]);
    }
  });
}

TEST("policy on one port never alters packets between others") {
  ForEachSeed([](std::uint64_t seed) {
    Random random(seed);
    Pods plain(Options(seed));
    Pods other(Options(seed));
    const vfp::LayerSpec acl = RandomAcl(random);
    plain.lab.Policy(plain.a, {acl});
    other.lab.Policy(other.a, {acl});
    for (int i = 0; i < 10; ++i) {
      if (random.OneIn(3)) other.lab.Policy(other.c, {RandomAcl(random), SourceNat({.address = Ip("10.0.0.1")})});
      const Call call(random);
      const bool is_there = random.OneIn(2);
      const vfp::PortIndex from = is_there ? plain.a : plain.b;
      const std::string packet = is_there ? call.There() : call.Back();
      const Texts texts = plain.lab.Send(from, packet);
      CHECK(other.lab.Send(from, packet) == texts);
      CHECK(other.lab.delivered == plain.lab.delivered);
    }
  });
}

TEST("counters add up: of a port, of its flows, of its rules, and of the reasons it dropped for") {
  ForEachSeed([](std::uint64_t seed) {
    Random random(seed);
    Pods pods(Options(seed));
    pods.lab.Policy(pods.a, {RandomAcl(random)});
    for (int i = 0; i < 20; ++i) pods.lab.Send(pods.a, RandomPacket(random));
    const vfp::PortInfo info = pods.lab.engine.Port(pods.a).value();
    for (const vfp::DirectionCounters& counters : {info.outbound, info.inbound}) {
      CHECK_EQ(counters.packets, counters.forwarded + counters.dropped + counters.answered);
      std::uint64_t by_reason = 0;
      for (const std::uint64_t count : counters.drops) by_reason += count;
      CHECK_EQ(counters.dropped, by_reason);
      CHECK_EQ(counters.packets, counters.fast_path + counters.slow_path);
    }
    std::uint64_t of_flows = 0;
    for (const vfp::FlowInfo& flow : pods.lab.Flows(pods.a)) of_flows += flow.outbound_packets;
    CHECK_EQ(info.outbound.forwarded, of_flows);
    std::uint64_t matched = 0, dropped = 0;
    const std::vector<vfp::LayerInfo> layers = pods.lab.engine.Layers(pods.a).value();
    for (const vfp::LayerInfo& layer : layers) {
      for (const vfp::GroupInfo& group : layer.groups) {
        for (const vfp::RuleInfo& rule : group.rules) {
          CHECK(rule.dropped_packets <= rule.matched_packets);
          matched += rule.matched_packets;
          dropped += rule.dropped_packets;
        }
      }
    }
    CHECK_EQ(dropped, info.outbound.drops[static_cast<std::size_t>(vfp::DropReason::kAclBlocked)]);
    CHECK_EQ(matched, info.outbound.forwarded + dropped);
  });
}
