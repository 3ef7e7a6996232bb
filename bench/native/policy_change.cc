// What a change of policy does to a million cached flows, and what they take of
// memory.
#include <algorithm>
#include <cstdio>
#include <memory>

#include "bench.h"
#include "traffic.h"

namespace bench {
namespace {

constexpr std::uint32_t kFlows = 1'000'000;

// Of this process, in bytes; 0 where there is no /proc.
double ResidentBytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  unsigned long total = 0, resident = 0;
  const int read = std::fscanf(file, "%lu %lu", &total, &resident);
  std::fclose(file);
  return read == 2 ? static_cast<double>(resident) * 4096 : 0;
}

void FillTable(World& world, Traffic& traffic) {
  wire::Frame batch[kBatch];
  for (std::uint32_t flow = 0; flow < kFlows; flow += kBatch) {
    for (std::uint32_t i = 0; i < kBatch; ++i) batch[i] = traffic.Packet(flow + i);
    world.Send(batch);
  }
}

// Layers as before but for one rule's port, so that every flow must be asked about.
void ChangePolicy(World& world, int turn) {
  auto layers = world.layers();
  layers[0].groups[0].rules[0].conditions.destination_ports = {{static_cast<std::uint16_t>(1 + turn % 2), 2}};
  world.SetLayers(std::move(layers));
}

}  // namespace

// The longest that any batch of 32 has to wait, for itself and for the change
// that goes before it, while a million stale flows are passed one after the other.
std::vector<Figure> MeasurePolicyChange(const Settings& settings) {
  const auto world = std::make_unique<World>(World::Behind::kUplink, 4);
  Traffic traffic;
  FillTable(*world, traffic);
  std::vector<double> longest, change;
  wire::Frame batch[kBatch];
  for (int sample = 0; sample < settings.samples; ++sample) {
    double worst = 0;
    const double begin = Seconds();
    ChangePolicy(*world, sample);
    const double changed = Seconds() - begin;
    for (std::uint32_t flow = 0; flow < kFlows; flow += kBatch) {
      for (std::uint32_t i = 0; i < kBatch; ++i) batch[i] = traffic.Packet(flow + i);
      const double start = Seconds();
      world->Send(batch);
      worst = std::max(worst, Seconds() - start);
    }
    change.push_back(changed * 1e9);
    longest.push_back(worst * 1e9);
  }
  const std::vector<std::pair<std::string, std::string>> config = {{"flows", std::to_string(kFlows)},
                                                                   {"batch", std::to_string(kBatch)}};
  return {MakeFigure("policy.change", "ns", change, config), MakeFigure("policy.change.stall", "ns", longest, config)};
}

std::vector<Figure> MeasureFlowMemory(const Settings&) {
  const auto world = std::make_unique<World>(World::Behind::kUplink, 4);
  Traffic traffic;
  const double before = ResidentBytes();
  FillTable(*world, traffic);
  const double bytes = (ResidentBytes() - before) / kFlows;
  if (bytes <= 0) return {};
  return {
      MakeFigure("flow.memory", "bytes", {bytes},
                 {{"flows", std::to_string(kFlows)},
                  {"includes", Quote("both directions at one port, what its layers decided, the index with its free "
                                     "places")}})};
}

}  // namespace bench
