// First packets: classified, balanced, both directions inserted, forwarded.
#include <memory>

#include "bench.h"
#include "traffic.h"

namespace bench {

std::vector<Figure> MeasureFlowMiss(const Settings& settings) {
  constexpr std::uint32_t kFlows = 1'000'000;
  std::vector<Figure> figures;
  constexpr struct { int rules, services; } kPolicies[] = {{4, 1}, {1000, 1}, {1000, 5000}};
  for (const auto& [rules, services] : kPolicies) {
    std::vector<double> samples;
    for (int sample = 0; sample < settings.samples; ++sample) {
      const auto world = std::make_unique<World>(World::Behind::kUplink, rules, services - 1);
      Traffic traffic;
      wire::Frame batch[kBatch];
      const double start = Seconds();
      for (std::uint32_t flow = 0; flow < kFlows; flow += kBatch) {
        for (std::uint32_t i = 0; i < kBatch; ++i) batch[i] = traffic.Packet(flow + i);
        world->Send(batch);
      }
      samples.push_back(static_cast<double>(world->delivered()) / (Seconds() - start));
    }
    figures.push_back(MakeFigure("flow.miss", "flows/s", samples,
                                 {{"flows", std::to_string(kFlows)},
                                  {"aclRules", std::to_string(rules)},
                                  {"loadBalancers", std::to_string(services)},
                                  {"includes", Quote("an empty table that grows; making and forwarding the packet")}}));
  }
  return figures;
}

}  // namespace bench
