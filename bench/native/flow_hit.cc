// Cached flows through one port: ACL, load balancing and MAC rewrite active.
#include "bench.h"
#include "traffic.h"

namespace bench {
namespace {

std::vector<double> Measure(World& world, Sizes sizes, std::uint32_t flows, const Settings& settings) {
  Traffic traffic(sizes);
  wire::Frame batch[kBatch];
  for (std::uint32_t flow = 0; flow < flows;) {
    std::size_t n = 0;
    for (; n < kBatch && flow < flows; ++n) batch[n] = traffic.Packet(flow++);
    world.Send({batch, n});
  }
  std::vector<double> samples;
  for (int sample = 0; sample < settings.samples; ++sample) {
    const std::uint64_t before = world.delivered();
    const double start = Seconds();
    double elapsed = 0;
    do {
      for (int round = 0; round < 256; ++round) {
        for (wire::Frame& frame : batch) frame = traffic.Packet(traffic.Random(flows));
        world.Send(batch);
      }
      elapsed = Seconds() - start;
    } while (elapsed < settings.seconds);
    samples.push_back(static_cast<double>(world.delivered() - before) / elapsed);
  }
  return samples;
}

std::vector<Figure> MeasureFlows(const char* name, World::Behind behind, Sizes sizes, const Settings& settings) {
  std::vector<Figure> figures;
  for (const std::uint32_t flows : {1u, 1'000u, 100'000u, 1'000'000u}) {
    World world(behind, 4);
    figures.push_back(MakeFigure(name, "packets/s", Measure(world, sizes, flows, settings),
                                 {{"flows", std::to_string(flows)},
                                  {"frameBytes", sizes == Sizes::kImix ? Quote("imix") : "64"},
                                  {"batch", std::to_string(kBatch)},
                                  {"order", Quote("uniformly random")},
                                  {"includes", Quote("making the packet (26 bytes of headers), delivery to a "
                                                     "counting sink")}}));
  }
  return figures;
}

}  // namespace

std::vector<Figure> MeasureFlowHit(const Settings& settings) {
  return MeasureFlows("flow.hit", World::Behind::kUplink, Sizes::kSmallest, settings);
}

// The same from pod to pod: both ports have ACLs.
std::vector<Figure> MeasureSwitchForward(const Settings& settings) {
  auto figures = MeasureFlows("switch.forward", World::Behind::kPods, Sizes::kSmallest, settings);
  for (Figure& figure : MeasureFlows("switch.forward", World::Behind::kPods, Sizes::kImix, settings)) {
    figures.push_back(std::move(figure));
  }
  return figures;
}

}  // namespace bench
