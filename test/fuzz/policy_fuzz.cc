// Policy that changes in any sequence while frames pass: layers, shared rules,
// limits on bandwidth, ports that come and go, time. Two engines live through the
// same, one of them without its flow cache: what they deliver is the same, byte
// for byte. No counter is left behind; explain leaves no trace; and when all is
// idle no connection is left.
//
// The input: operations of a byte each, and what they ask for.
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "fuzz/input.h"
#include "vfp/engine.h"
#include "wire/frame_builder.h"
#include "wire/tcp.h"

namespace {

using fuzz::Input;
using fuzz::Require;

constexpr std::size_t kPods = 3;
constexpr std::size_t kPorts = kPods + 2;  // And a host, and the wire.

base::IpAddress Ip(const char* text) { return base::IpAddress::Parse(text).value(); }
base::IpAddress AddressOf(std::uint32_t number) {
  base::IpAddress address = Ip("10.1.0.4");
  address.bytes[3] = static_cast<std::uint8_t>(4 + number);
  return address;
}
// Of pods, the host, the world, a VIP, and nobody.
base::IpAddress AnyAddress(Input& input) {
  const std::uint32_t number = input.Below(8);
  if (number == 6) return Ip("192.0.2.9");
  if (number == 7) return Ip("10.96.0.10");
  return AddressOf(number);
}
base::MacAddress MacOf(std::size_t port) { return base::MacAddress::FromUint64(0x020000000010 + port); }

vfp::Action AnyAction(Input& input) {
  switch (input.Below(6)) {
    case 0: return vfp::Block{};
    case 1: return vfp::StaticNat{.source = false, .address = AnyAddress(input), .port = std::uint16_t{8080}};
    case 2: {
      const auto first = static_cast<std::uint16_t>(1024 + input.Byte());
      return vfp::DynamicNat{.address = Ip("10.1.0.9"),
                             .ports = {first, static_cast<std::uint16_t>(first + input.Below(4))}};
    }
    case 3: {
      vfp::LoadBalance balance;
      for (std::uint32_t n = input.Below(4); n != 0; --n) balance.backends.push_back({AddressOf(n - 1), 8080});
      balance.affinity = static_cast<vfp::Affinity>(input.Below(3));
      if (input.OneIn(3)) balance.source_address = Ip("10.1.0.9");
      balance.preserve_destination = input.OneIn(4);
      return balance;
    }
    default: return vfp::Allow{};
  }
}

vfp::Rule AnyRule(Input& input, int number) {
  vfp::Rule rule;
  rule.id = std::to_string(number);
  rule.priority = input.Byte() % 8;
  rule.action = AnyAction(input);
  const std::uint32_t flags = input.Byte();
  rule.flags = vfp::Rule::kTerminating;
  if ((flags & 7) != 0) rule.flags |= vfp::Rule::kStateful;
  if ((flags & 0x70) == 0) rule.flags |= vfp::Rule::kTrackTcp;
  if (input.OneIn(2)) rule.conditions.destinations = {{AnyAddress(input), 32}};
  if (input.OneIn(3)) rule.conditions.sources = {{AnyAddress(input), 31}};
  if (input.OneIn(3)) rule.conditions.protocols = {static_cast<std::uint8_t>(input.OneIn(2) ? 6 : 17)};
  if (input.OneIn(4)) rule.conditions.destination_ports = {{80, 81}};
  return rule;
}

std::vector<vfp::LayerSpec> AnyLayers(Input& input) {
  std::vector<vfp::LayerSpec> layers(input.Below(4));
  for (std::size_t i = 0; i < layers.size(); ++i) {
    layers[i].id = "layer " + std::to_string(i);
    layers[i].priority = static_cast<std::uint16_t>(100 * (i + 1));
    layers[i].stateful = !input.OneIn(5);
    layers[i].default_allow = !input.OneIn(4);
    for (const vfp::Direction direction : {vfp::Direction::kOutbound, vfp::Direction::kInbound}) {
      vfp::GroupSpec group;
      group.id = direction == vfp::Direction::kOutbound ? "out" : "in";
      group.direction = direction;
      for (int n = static_cast<int>(input.Below(4)); n != 0; --n) group.rules.push_back(AnyRule(input, n));
      layers[i].groups.push_back(std::move(group));
    }
    if (input.OneIn(3)) layers[i].shared_groups = {0};
  }
  return layers;
}

std::vector<std::uint8_t> AnyFrame(Input& input, std::size_t port) {
  wire::FrameFields fields;
  fields.source_mac = port < kPorts - 1 ? MacOf(port) : base::MacAddress::FromUint64(0x525400000001);
  fields.destination_mac = input.OneIn(3) ? MacOf(input.Below(kPods)) : base::MacAddress::FromUint64(0x020000000002);
  if (port == kPorts - 1) fields.destination_mac = base::MacAddress::FromUint64(0x020000000001);
  fields.source = port < kPods && !input.OneIn(8) ? AddressOf(static_cast<std::uint32_t>(port)) : AnyAddress(input);
  fields.destination = AnyAddress(input);
  fields.source_port = static_cast<std::uint16_t>(80 + input.Below(4));
  fields.destination_port = static_cast<std::uint16_t>(input.OneIn(4) ? 8080 : 80 + input.Below(4));
  std::vector<std::uint8_t> payload(input.Below(4) * 400);
  fields.payload = payload;
  switch (input.Below(6)) {
    case 0: return wire::BuildUdp(fields);
    case 1: return wire::BuildIcmpEcho(fields, input.OneIn(2));
    case 2: return wire::BuildArp(fields, input.OneIn(2) ? 1 : 2, fields.source_mac, {});
    default: {
      constexpr std::uint8_t kFlags[] = {wire::kTcpSyn, wire::kTcpSyn | wire::kTcpAck, wire::kTcpAck,
                                         wire::kTcpFin | wire::kTcpAck, wire::kTcpRst};
      fields.tcp_flags = kFlags[input.Below(5)];
      return wire::BuildTcp(fields);
    }
  }
}

class World final : public vfp::PacketSink {
 public:
  explicit World(bool flow_cache) : engine_(clock_, {.max_connections = 40, .hash_seed = 7, .flow_cache = flow_cache}) {
    vfp::SegmentSpec segment;
    segment.id = "pods";
    segment.host_mac = base::MacAddress::FromUint64(0x020000000001);
    segment.gateway_mac = base::MacAddress::FromUint64(0x020000000002);
    segment.gateways = {Ip("10.1.0.1")};
    segment.prefixes = {*base::IpPrefix::Parse("10.1.0.0/24")};
    segment_ = engine_.AddSegment(segment).value();
    Require(engine_.AddSharedGroup(segment_, {.id = "shared", .rules = {}}).value() == 0);
    for (std::size_t i = 0; i < kPorts; ++i) AddPort(i);
  }

  void AddPort(std::size_t i) {
    vfp::PortSpec port;
    port.id = "port " + std::to_string(i);
    port.segment = segment_;
    port.sink = this;
    port.kind = i < kPods ? vfp::PortKind::kEndpoint : i == kPods ? vfp::PortKind::kHost : vfp::PortKind::kUplink;
    port.mac = i == kPods ? base::MacAddress::FromUint64(0x020000000001) : MacOf(i);
    if (i < kPorts - 1) port.addresses = {AddressOf(static_cast<std::uint32_t>(i))};
    ports_[i] = engine_.AddPort(port).value();
  }
  void Renew(std::size_t i) {
    Require(engine_.RemovePort(ports_[i]).ok());
    AddPort(i);
  }
  void SetLayers(std::size_t i, std::vector<vfp::LayerSpec> layers) {
    vfp::ChangeSet change;
    change.set_port_layers.push_back({ports_[i], std::move(layers)});
    (void)engine_.Commit(std::move(change));
  }
  void SetShared(vfp::Rule rule) {
    vfp::ChangeSet change;
    change.set_shared_rules.push_back({0, std::move(rule)});
    (void)engine_.Commit(std::move(change));
  }
  void RemoveShared(int number) {
    vfp::ChangeSet change;
    change.remove_shared_rules.push_back({0, std::to_string(number)});
    (void)engine_.Commit(std::move(change));
  }
  void SetShaping(std::size_t i, const vfp::PortShaping& shaping) {
    vfp::ChangeSet change;
    change.set_shaping.push_back({ports_[i], shaping});
    (void)engine_.Commit(std::move(change));
  }
  void Send(std::size_t i, std::vector<std::uint8_t> bytes) {
    wire::Frame frame{.data = bytes.data(), .length = static_cast<std::uint32_t>(bytes.size()), .offload = {}};
    const std::uint64_t before = Fingerprint();
    (void)engine_.Explain(ports_[i], frame);
    Require(Fingerprint() == before);
    engine_.OnFrames(ports_[i], {&frame, 1});
  }
  void Wait(std::chrono::milliseconds time) {
    clock_.Advance(time);
    (void)engine_.Poll();
  }
  void OnFrames(vfp::PortIndex port, std::span<wire::Frame> frames) noexcept override {
    for (const wire::Frame& frame : frames) {
      delivered.emplace_back(port, std::vector<std::uint8_t>(frame.data, frame.data + frame.length));
    }
  }

  void CheckCounters() const {
    for (const vfp::PortInfo& info : engine_.Ports()) {
      for (const vfp::DirectionCounters& c : {info.outbound, info.inbound}) {
        Require(c.packets == c.forwarded + c.dropped + c.answered + c.waiting);
        std::uint64_t by_reason = 0;
        for (const std::uint64_t count : c.drops) by_reason += count;
        Require(c.dropped == by_reason);
      }
    }
  }
  void CheckIdle() {
    clock_.Advance(std::chrono::hours(1));
    engine_.ExpireIdle();
    for (const vfp::PortInfo& info : engine_.Ports()) Require(info.connections == 0);
    for (const vfp::PortIndex port : ports_) Require(engine_.RemovePort(port).ok());
    Require(engine_.RemoveSharedGroup(0).ok());
    Require(engine_.RemoveSegment(segment_).ok());
  }

  std::vector<std::pair<vfp::PortIndex, std::vector<std::uint8_t>>> delivered;

 private:
  // Of everything that counts.
  std::uint64_t Fingerprint() const {
    std::uint64_t sum = 0;
    const auto add = [&](std::uint64_t value) { sum = sum * 0x9e3779b97f4a7c15 + value; };
    for (const vfp::PortInfo& info : engine_.Ports()) {
      add(info.connections);
      add(info.generation);
      for (const vfp::DirectionCounters& c : {info.outbound, info.inbound}) {
        for (const std::uint64_t value :
             {c.packets, c.forwarded, c.dropped, c.answered, c.waiting, c.fast_path, c.slow_path, c.reconciled}) {
          add(value);
        }
      }
    }
    return sum;
  }

  base::ManualClock clock_;
  vfp::Engine engine_;
  vfp::SegmentId segment_ = 0;
  std::array<vfp::PortIndex, kPorts> ports_{};
};

void Step(Input& input, World* a, World* b) {
  const auto both = [&](auto act) {
    act(*a);
    act(*b);
  };
  switch (input.Below(16)) {
    case 0: {
      const std::size_t port = input.Below(kPods + 1);
      const auto layers = AnyLayers(input);
      return both([&](World& world) { world.SetLayers(port, layers); });
    }
    case 1: {
      const vfp::Rule rule = AnyRule(input, static_cast<int>(input.Below(4)));
      return both([&](World& world) { world.SetShared(rule); });
    }
    case 2: {
      const int number = static_cast<int>(input.Below(4));
      return both([&](World& world) { world.RemoveShared(number); });
    }
    case 3: {
      vfp::PortShaping shaping;
      if (input.OneIn(2)) shaping.outbound = vfp::RateLimit{std::uint64_t{1} << input.Below(40)};
      if (input.OneIn(3)) shaping.inbound = vfp::RateLimit{std::uint64_t{1} << input.Below(40)};
      const std::size_t port = input.Below(kPorts);
      return both([&](World& world) { world.SetShaping(port, shaping); });
    }
    case 4: {
      const std::chrono::milliseconds time(std::uint32_t{1} << input.Below(19));
      return both([&](World& world) { world.Wait(time); });
    }
    case 5: {
      if (!input.OneIn(4)) return;
      const std::size_t port = input.Below(kPorts);
      return both([&](World& world) { world.Renew(port); });
    }
    default: {
      const std::size_t port = input.Below(kPorts);
      const auto frame = AnyFrame(input, port);
      // Again and again, so that limits are met.
      for (std::uint32_t n = input.OneIn(16) ? input.Byte() : 1; n != 0; --n) {
        both([&](World& world) { world.Send(port, frame); });
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  Input input(data, size);
  World fast(true), slow(false);
  while (!input.empty()) {
    Step(input, &fast, &slow);
    Require(fast.delivered == slow.delivered);
    fast.delivered.clear();
    slow.delivered.clear();
    fast.CheckCounters();
  }
  fast.CheckIdle();
  slow.CheckIdle();
  return 0;
}
