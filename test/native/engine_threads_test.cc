// Frames, policy changes and looking, from several threads at once. Run under
// ThreadSanitizer this is about races; otherwise about what must stay true.
#include <atomic>
#include <thread>

#include "native/engine_lab.h"

using namespace engine_test;

namespace {

class Counter final : public vfp::PacketSink {
 public:
  void OnFrames(vfp::PortIndex, std::span<wire::Frame> frames) noexcept override {
    count += frames.size();
    for (const wire::Frame& frame : frames) {
      // Half of a group would give backend one with port two.
      const std::uint8_t backend = frame.data[33];
      const std::uint8_t port = frame.data[37];
      if (backend != port) ++torn;
    }
  }
  std::atomic<std::uint64_t> count = 0;
  std::atomic<std::uint64_t> torn = 0;
};

}  // namespace

TEST("traffic, policy changes and listings from several threads at once: nothing torn, nothing lost") {
  const base::SystemClock clock;
  vfp::Engine engine(clock, {});
  Counter sink;
  vfp::SegmentSpec segment_spec;
  segment_spec.id = "s";
  const auto segment = engine.AddSegment(segment_spec).value();
  const auto add = [&](const std::string& id, std::string_view address) {
    vfp::PortSpec spec;
    spec.id = id;
    spec.segment = segment;
    spec.addresses = {Ip(address)};
    spec.sink = &sink;
    return engine.AddPort(spec).value();
  };
  const vfp::PortIndex clients[2] = {add("c0", "10.1.0.100"), add("c1", "10.1.0.101")};
  add("one", "10.1.0.1");
  add("two", "10.1.0.2");
  const auto policy = [](int which) {
    const std::string n = std::to_string(which);
    return std::vector<vfp::LayerSpec>{LoadBalancer("10.96.0.10", "80", Balance({"10.1.0." + n + ":" + n}))};
  };
  const auto set = [&](vfp::PortIndex port, int which) {
    vfp::ChangeSet change;
    change.set_port_layers.push_back({port, policy(which)});
    return engine.Commit(std::move(change)).ok();
  };
  CHECK(set(clients[0], 1) && set(clients[1], 2));

  constexpr int kRounds = 300;
  std::atomic<int> running = 2;
  std::atomic<std::uint64_t> sent = 0;
  const auto carry = [&](int which) {
    for (int round = 0; round < kRounds; ++round) {
      std::vector<Bytes> bytes;
      std::vector<wire::Frame> frames;
      for (int i = 0; i < 40; ++i) {
        bytes.push_back(Packet("udp 10.1.0.10" + std::to_string(which) + ":" +
                                   std::to_string(1000 + (round + i) % 500) + " > 10.96.0.10:80",
                               {}, {}));
      }
      for (Bytes& each : bytes) {
        frames.push_back({.data = each.data(), .length = static_cast<std::uint32_t>(each.size()), .offload = {}});
      }
      engine.OnFrames(clients[which], frames);
      sent += frames.size();
    }
    --running;
  };
  std::thread first(carry, 0);
  std::thread second(carry, 1);
  std::uint64_t changes = 0;
  while (running != 0) {
    const bool done = set(clients[changes % 2], 1 + static_cast<int>(changes / 2 % 2));
    if (!done) break;
    ++changes;
    const auto flows = engine.Flows(vfp::kNoPort, 0, 20);
    for (const vfp::FlowInfo& flow : flows.flows) {
      if (flow.port.empty()) ++sink.torn;
    }
    engine.Ports();
    engine.ExpireIdle();
    Bytes probe = Packet("udp 10.1.0.100:1 > 10.96.0.10:80", {}, {});
    if (!engine
             .Explain(clients[0],
                      {.data = probe.data(), .length = static_cast<std::uint32_t>(probe.size()), .offload = {}})
             .ok())
      ++sink.torn;
  }
  first.join();
  second.join();

  CHECK(changes > 0);
  CHECK_EQ(sink.torn.load(), 0u);
  CHECK_EQ(sink.count.load(), sent.load());
}

TEST("after RemovePort returns the port's sink is not called any more") {
  const base::SystemClock clock;
  vfp::Engine engine(clock, {});
  vfp::SegmentSpec segment_spec;
  segment_spec.id = "s";
  const auto segment = engine.AddSegment(segment_spec).value();
  Counter stays;
  vfp::PortSpec spec;
  spec.id = "client";
  spec.segment = segment;
  spec.addresses = {Ip("10.1.0.100")};
  spec.sink = &stays;
  const auto client = engine.AddPort(spec).value();
  std::atomic<bool> stop = false;
  std::thread traffic([&] {
    while (!stop) {
      Bytes bytes = Packet("udp 10.1.0.100:1 > 10.1.0.1:1", {}, {});
      wire::Frame frame{.data = bytes.data(), .length = static_cast<std::uint32_t>(bytes.size()), .offload = {}};
      engine.OnFrames(client, {&frame, 1});
    }
  });
  bool good = true;
  for (int i = 0; i < 200; ++i) {
    auto goes = std::make_unique<Counter>();
    spec.id = "server";
    spec.addresses = {Ip("10.1.0.1")};
    spec.sink = goes.get();
    const auto server = engine.AddPort(spec).value();
    good = good && engine.RemovePort(server).ok();
  }  // A late call would be a use after free, which the sanitizers see.
  stop = true;
  traffic.join();

  CHECK(good);
}
