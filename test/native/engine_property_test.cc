// The properties that matter most, on random policies and packets. Seeds are
// fixed, so a failure is repeated by running it again.
//
// HNS_PROPERTY_RUNS: how many seeds each of them tries.
#include <algorithm>
#include <cstdlib>

#include "native/engine_lab.h"

using namespace engine_test;

namespace {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 1) {}
  std::uint64_t Next() {  // splitmix64
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint32_t Below(std::uint32_t n) { return static_cast<std::uint32_t>(Next() % n); }
  bool OneIn(std::uint32_t n) { return Below(n) == 0; }
  template <typename T>
  const T& Of(const std::vector<T>& all) {
    return all[Below(static_cast<std::uint32_t>(all.size()))];
  }

 private:
  std::uint64_t state_;
};

std::uint64_t Runs(std::uint64_t usual) {
  const char* wanted = std::getenv("HNS_PROPERTY_RUNS");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : usual;
}

const std::vector<std::string> kPods = {"10.1.0.4", "10.1.0.5", "10.1.0.6"};
const std::vector<std::string> kAddresses = {"10.1.0.4",   "10.1.0.5",  "10.1.0.6", "10.96.0.1",
                                             "10.96.0.2",  "10.96.0.3", "10.0.0.1", "8.8.8.8",
                                             "192.0.2.77", "10.1.0.99", "10.1.0.2"};
// On an overlay: of another host's subnet, announced there, of another subnet here.
const std::vector<std::string> kOverlayAddresses = {"10.2.0.4", "10.2.0.9", "10.3.0.4", "192.168.0.1"};
const std::vector<std::string> kPrefixes = {"0.0.0.0/0",   "10.1.0.0/24", "10.96.0.0/16",
                                            "10.1.0.4/31", "8.8.8.8/32",  "10.96.0.1/32"};

vfp::Conditions RandomConditions(Random& random) {
  vfp::Conditions conditions;
  if (random.OneIn(3)) conditions.protocols = {random.OneIn(2) ? std::uint8_t{6} : std::uint8_t{17}};
  if (random.OneIn(3)) conditions.sources = {base::IpPrefix::Parse(random.Of(kPrefixes)).value()};
  if (random.OneIn(2)) conditions.destinations = {base::IpPrefix::Parse(random.Of(kPrefixes)).value()};
  if (random.OneIn(4)) conditions.destination_ports = {{80, static_cast<std::uint16_t>(80 + random.Below(3))}};
  return conditions;
}

vfp::LoadBalance RandomBalance(Random& random) {
  vfp::LoadBalance action;
  for (std::uint32_t i = random.Below(4); i-- > 0;) {
    action.backends.push_back(
        {Ip(random.Of(kPods)), static_cast<std::uint16_t>(random.OneIn(3) ? 0 : 80 + random.Below(3))});
  }
  if (random.OneIn(4)) action.affinity = vfp::Affinity::kSourceAddress;
  if (random.OneIn(4)) action.source_address = Ip("10.1.0.2");
  action.preserve_destination = random.OneIn(6);
  return action;
}

vfp::Action RandomAction(Random& random, std::uint32_t kind) {
  switch (kind) {
    case 0:
      if (random.OneIn(3)) return vfp::Block{};
      return vfp::Allow{};
    case 1: return RandomBalance(random);
    default:
      if (random.OneIn(3)) return vfp::Allow{};
      if (random.OneIn(3)) {
        return vfp::StaticNat{.source = random.OneIn(2),
                              .address = Ip(random.Of(kPods)),
                              .port = random.OneIn(2) ? std::optional<std::uint16_t>(81) : std::nullopt};
      }
      return vfp::DynamicNat{.address = Ip(random.OneIn(2) ? "10.0.0.1" : "10.1.0.2"),
                             .ports = {2000, static_cast<std::uint16_t>(2000 + random.Below(8))}};
  }
}

std::vector<vfp::Rule> RandomRules(Random& random, std::uint32_t kind) {
  std::vector<vfp::Rule> rules;
  for (std::uint32_t i = random.Below(4); i-- > 0;) {
    std::uint32_t flags = kStateful;
    if (random.OneIn(8)) flags = vfp::Rule::kTerminating;
    if (random.OneIn(8)) flags = vfp::Rule::kStateful;
    rules.push_back(MakeRule("r" + std::to_string(i), static_cast<std::uint16_t>(random.Below(3)),
                             RandomAction(random, kind), RandomConditions(random), flags));
  }
  return rules;
}

std::vector<vfp::LayerSpec> RandomPolicy(Random& random, bool host) {
  std::vector<vfp::LayerSpec> layers;
  if (random.OneIn(2)) {
    layers.push_back(Layer("ACL_ENDPOINT_LAYER", 100,
                           {Group(kIn, RandomRules(random, 0)), Group(kOut, RandomRules(random, 0))},
                           !random.OneIn(3)));
    layers.back().stateful = !random.OneIn(5);
  }
  if (random.OneIn(2)) {
    layers.push_back(Layer(host ? "SLB_LB_LAYER" : "LB_DSR", 200, {Group(kOut, RandomRules(random, 1))}));
  }
  if (random.OneIn(2)) {
    layers.push_back(
        Layer("SLB_NAT_LAYER", 300, {Group(kIn, RandomRules(random, 2)), Group(kOut, RandomRules(random, 2))}));
  }
  if (host) {
    vfp::Rule rule = MakeRule("hp", 1, vfp::Allow{}, To("10.96.0.0/30"));
    layers.push_back(Layer(std::string(vfp::kHairpinLayer), 50, {Group(kIn, {rule})}));
  }
  return layers;
}

// A stage that all pods share, as a network's ACLs are: two groups, filled rule
// by rule, and the layer that each port refers to them by.
struct SharedStage {
  std::vector<vfp::SharedGroupId> groups;
  std::vector<vfp::Rule> rules[2];
  bool on = false;
  bool default_allow = true;

  void Change(Random& random) {
    on = !random.OneIn(4);
    default_allow = random.OneIn(2);
    for (auto& list : rules) list = on ? RandomRules(random, 0) : std::vector<vfp::Rule>();
  }
};

struct World {
  Lab lab;
  bool overlay;
  std::vector<vfp::PortIndex> ports;
  SharedStage stage;
  std::vector<std::vector<vfp::LayerSpec>> policies{5};

  explicit World(const vfp::EngineOptions& options, bool is_overlay = false)
      : lab(options, is_overlay ? std::optional(LabOverlay()) : std::nullopt), overlay(is_overlay) {
    lab.explains = false;
    for (const std::string& address : kPods) {
      const bool last = overlay && address == kPods.back();  // Of another subnet.
      ports.push_back(last ? lab.Pod("pod-" + address, {address, "10.3.0.4"}) : lab.Pod("pod-" + address, {address}));
    }
    ports.push_back(lab.Uplink());
    ports.push_back(lab.Host({"10.0.0.1"}));
    lab.Remote("10.1.0.99", "00-15-5D-99-00-01", overlay ? "192.168.0.2" : "");
    if (overlay) lab.Remote("10.2.0.9", "02-11-0A-02-00-09", "192.168.0.2");
    if (overlay) lab.Meet(ports[0], ports[3]);
    for (const vfp::Direction direction : {kIn, kOut}) {
      stage.groups.push_back(lab.engine.AddSharedGroup(lab.segment, Group(direction, {})).value());
    }
  }

  void Policy(std::size_t port, std::vector<vfp::LayerSpec> policy) {
    policies[port] = std::move(policy);
    vfp::ChangeSet change;
    change.set_port_layers.push_back(LayersOf(port));
    CHECK(lab.engine.Commit(std::move(change)).ok());
  }
  // Of all pods, in one step.
  void ChangeStage(const SharedStage& wanted) {
    vfp::ChangeSet change;
    for (std::size_t i = 0; i < stage.groups.size(); ++i) {
      for (const vfp::Rule& rule : stage.rules[i]) change.remove_shared_rules.push_back({stage.groups[i], rule.id});
      for (const vfp::Rule& rule : wanted.rules[i]) change.set_shared_rules.push_back({stage.groups[i], rule});
      stage.rules[i] = wanted.rules[i];
    }
    const bool same_layers = stage.on == wanted.on && stage.default_allow == wanted.default_allow;
    stage.on = wanted.on;
    stage.default_allow = wanted.default_allow;
    for (std::size_t port = 0; port < kPods.size() && !same_layers; ++port) {
      change.set_port_layers.push_back(LayersOf(port));
    }
    CHECK(lab.engine.Commit(std::move(change)).ok());
  }

 private:
  vfp::ChangeSet::PortLayers LayersOf(std::size_t port) const {
    vfp::ChangeSet::PortLayers layers{ports[port], policies[port]};
    if (port < kPods.size() && stage.on) {
      layers.layers.push_back(Layer("ACL_NETWORK_LAYER", 110, {}, stage.default_allow));
      layers.layers.back().shared_groups = stage.groups;
    }
    return layers;
  }
};

const std::vector<std::string> kErrors = {"unreachable", "time-exceeded", "too-big", "parameter-problem", "redirect"};

std::string Pick(Random& random, std::size_t port, bool overlay = false) {
  if (overlay && port == 3 && random.OneIn(2)) {
    // Out of a tunnel; now and then of an overlay or for an address that is wrong.
    const std::string inner = Pick(random, random.OneIn(4) ? 4 : random.Below(3));
    const std::size_t from = inner.find(' ') + 1;
    const std::size_t colon = std::min(inner.find_first_of(": ", from), inner.size());
    const std::string source = random.OneIn(6) ? inner.substr(from, colon - from) : "10.2.0.4";
    return std::string("vxlan ") + (random.OneIn(8) ? "4097" : "4096") + " 192.168.0.2 > 192.168.0.1 [" +
           inner.substr(0, from) + source + inner.substr(colon) + "]";
  }
  const std::string source = port < kPods.size() ? kPods[port]
                             : port == 4         ? std::string("10.0.0.1")
                                                 : (random.OneIn(2) ? "8.8.8.8" : "192.0.2.77");
  const std::string from = random.OneIn(8) ? random.Of(kAddresses) : source;
  const std::string to = random.Of(overlay && random.OneIn(2) ? kOverlayAddresses : kAddresses);
  const auto l4_port = [&] { return std::to_string(random.OneIn(2) ? 80 + random.Below(3) : 2000 + random.Below(4)); };
  static const std::vector<std::string> kFlags = {"S", "SA", "A", "A", "A", "FA", "R", "PA"};
  if (random.OneIn(12)) {
    return random.Of(kErrors) + " " + from + " > " + to + " about udp " + to + ":" + l4_port() + " > " + from + ":" +
           l4_port();
  }
  switch (random.Below(8)) {
    case 0: return "ping " + from + " > " + to + " id " + l4_port();
    case 1: return "pong " + from + " > " + to + " id " + l4_port();
    case 2: return "gre " + from + " > " + to;
    case 3:
    case 4: return "udp " + from + ":" + l4_port() + " > " + to + ":" + l4_port();
    default: return "tcp " + from + ":" + l4_port() + " > " + to + ":" + l4_port() + " " + random.Of(kFlags);
  }
}

// A reply to something that was delivered, as the receiver would send it.
std::string Answer(const std::string& delivered, Random& random) {
  std::string text = delivered.substr(delivered.find(' ') + 1);
  if (text.starts_with("vxlan ")) {
    const std::size_t open = text.find('[');
    const std::string inner = Answer("in " + text.substr(open + 1, text.size() - open - 2), random);
    return inner.empty() ? "" : "vxlan 4096 192.168.0.2 > 192.168.0.1 [" + inner + "]";
  }
  const std::size_t first = text.find(' ');
  const std::size_t arrow = text.find(" > ");
  if (arrow == std::string::npos || first >= arrow) return "";
  const std::size_t end = std::min(text.find(' ', arrow + 3), text.size());
  const std::string kind = text.substr(0, first);
  const std::string swapped =
      text.substr(arrow + 3, end - arrow - 3) + " > " + text.substr(first + 1, arrow - first - 1);
  const bool quotable = kind == "tcp" || kind == "udp" || kind == "ping" || kind == "pong";
  if (quotable && random.OneIn(5)) {
    const auto address = [](const std::string& ends) { return ends.substr(0, ends.find(':')); };
    const std::string far = random.OneIn(3) ? "192.0.2.9" : address(text.substr(arrow + 3, end - arrow - 3));
    return random.Of(kErrors) + " " + far + " > " + address(text.substr(first + 1, arrow - first - 1)) + " about " +
           text;
  }
  if (kind == "tcp") return "tcp " + swapped + " " + (text.ends_with(" S") ? "SA" : random.OneIn(4) ? "FA" : "A");
  if (kind == "udp") return "udp " + swapped;
  if (kind == "ping") return "pong " + swapped + text.substr(end);
  return kind == "protocol-47" ? "gre " + swapped : "";
}

}  // namespace

TEST("the fast path equals the slow path, whatever the policy, the packets and the changes between them") {
  for (std::uint64_t seed = 1, last = Runs(60); seed <= last; ++seed) {
    Random random(seed);
    vfp::EngineOptions options;
    options.hash_seed = seed;
    options.max_connections = random.OneIn(4) ? 12 : 1000;
    const bool overlay = seed % 2 == 0;
    World fast(options, overlay);
    options.flow_cache = false;
    World slow(options, overlay);
    std::vector<std::pair<std::size_t, std::string>> said;
    for (int step = 0; step < 400; ++step) {
      if (random.OneIn(25)) {
        const std::size_t port = random.OneIn(4) ? 4 : random.Below(3);
        const auto policy = RandomPolicy(random, port == 4);
        fast.Policy(port, policy);
        slow.Policy(port, policy);
      }
      if (random.OneIn(40)) {
        SharedStage stage;
        stage.Change(random);
        fast.ChangeStage(stage);
        slow.ChangeStage(stage);
      }
      if (random.OneIn(60)) {
        const auto time = std::chrono::seconds(random.Below(300));
        fast.lab.Wait(time);
        slow.lab.Wait(time);
      }
      if (random.OneIn(80)) CHECK_EQ(fast.lab.engine.ExpireIdle(), slow.lab.engine.ExpireIdle());
      std::size_t port = random.Below(5);
      std::string packet = Pick(random, port, fast.overlay);
      if (!said.empty() && random.OneIn(2)) std::tie(port, packet) = random.Of(said);
      const Texts a = fast.lab.Send(fast.ports[port], packet);
      const Texts b = slow.lab.Send(slow.ports[port], packet);
      if (a != b || fast.lab.delivered != slow.lab.delivered) {
        native_test::Fail(__FILE__, __LINE__,
                          "seed " + std::to_string(seed) + " step " + std::to_string(step) + " " + packet + ": fast {" +
                              (a.empty() ? "" : a[0]) + "} slow {" + (b.empty() ? "" : b[0]) + "}");
      }
      if (native_test::Failed()) return;
      if (said.size() > 64) said.erase(said.begin());
      said.emplace_back(port, packet);
      if (a.size() != 1 || a[0].starts_with("drop")) continue;
      const std::string answer = Answer(a[0], random);
      for (std::size_t i = 0; i < fast.ports.size() && !answer.empty(); ++i) {
        if (fast.lab.delivered[0].first == fast.ports[i]) said.emplace_back(i, answer);
      }
    }
  }
}

TEST("explain says what happens, whatever the policy and the packet, and leaves no trace") {
  for (std::uint64_t seed = 100, last = 100 + Runs(20); seed < last; ++seed) {
    Random random(seed);
    vfp::EngineOptions options;
    options.hash_seed = seed;
    options.max_connections = random.OneIn(4) ? 12 : 1000;
    World world(options, seed % 2 == 0);
    world.lab.explains = true;
    std::vector<std::pair<std::size_t, std::string>> said;
    for (int step = 0; step < 150; ++step) {
      if (random.OneIn(20)) {
        const std::size_t port = random.OneIn(4) ? 4 : random.Below(3);
        world.Policy(port, RandomPolicy(random, port == 4));
      }
      if (random.OneIn(30)) {
        SharedStage stage;
        stage.Change(random);
        world.ChangeStage(stage);
      }
      if (random.OneIn(50)) world.lab.Wait(std::chrono::seconds(random.Below(300)));
      std::size_t port = random.Below(5);
      std::string packet = Pick(random, port, world.overlay);
      if (!said.empty() && random.OneIn(2)) std::tie(port, packet) = random.Of(said);
      const Texts texts = world.lab.Send(world.ports[port], packet);
      if (native_test::Failed()) {
        native_test::Fail(__FILE__, __LINE__,
                          "seed " + std::to_string(seed) + " step " + std::to_string(step) + " " + packet);
        return;
      }
      said.emplace_back(port, packet);
      if (texts.size() != 1 || texts[0].starts_with("drop")) continue;
      const std::string answer = Answer(texts[0], random);
      for (std::size_t i = 0; i < world.ports.size() && !answer.empty(); ++i) {
        if (world.lab.delivered[0].first == world.ports[i]) said.emplace_back(i, answer);
      }
    }
  }
}

namespace {

void SendAnything(bool overlay) {
  Random random(7);
  World world({}, overlay);
  for (const vfp::PortIndex port : world.ports) {
    if (port != world.ports[3]) world.lab.Policy(port, RandomPolicy(random, port == world.ports[4]));
  }
  for (int step = 0; step < 20'000; ++step) {
    const std::size_t port = random.Below(5);
    Bytes frame = Packet(Pick(random, port, overlay), base::MacAddress::FromUint64(0x00155D110000 + random.Below(4)),
                         random.OneIn(3) ? world.lab.host_mac : base::MacAddress::Broadcast());
    if (random.OneIn(2)) frame.resize(random.Below(static_cast<std::uint32_t>(frame.size() + 20)));
    for (std::uint32_t i = random.Below(4); i-- > 0 && !frame.empty();) {
      frame[random.Below(static_cast<std::uint32_t>(frame.size()))] ^= static_cast<std::uint8_t>(1 << random.Below(8));
    }
    // Checksums of damaged payloads stay wrong, so only MACs and counters are
    // checked here; a MAC that damage has put into the payload is not ours.
    wire::Frame view{.data = frame.data(), .length = static_cast<std::uint32_t>(frame.size()), .offload = {}};
    world.lab.delivered.clear();
    world.lab.engine.OnFrames(world.ports[port], {&view, 1});
    for (const auto& [to, got] : world.lab.delivered) {
      if (to != world.ports[3]) continue;
      CHECK_EQ(wire::LoadMac(got.data() + 6), world.lab.host_mac);
    }
  }
  for (const vfp::PortInfo& info : world.lab.engine.Ports()) {
    for (const vfp::DirectionCounters& counters : {info.outbound, info.inbound}) {
      CHECK_EQ(counters.packets, counters.forwarded + counters.dropped + counters.answered);
    }
  }
}

}  // namespace

TEST("no bytes whatever make the engine fail, and none of a pod's leave with its MAC") { SendAnything(false); }
TEST("nor do they on an overlay, in a tunnel or not") { SendAnything(true); }
