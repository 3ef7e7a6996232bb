// Explaining limits on bandwidth: who would wait, and who finds no room.
#include <string>

#include "vfp/internal/explainer.h"

namespace vfp {

// See Delivery::Admit.
bool Explainer::Shape(Egress egress) {
  const Shaper* now = port_->shapers[static_cast<std::size_t>(direction_)].get();
  if (now == nullptr || egress == Egress::kTurnAround) return true;
  const Shaper shaper = WithoutWhatIsDue(*now, path_.time);
  const std::uint32_t cost = WireBytes(frame_, egress == Egress::kTunnel);
  const std::string bytes = std::to_string(cost) + " bytes";
  const std::string limit = "at " + std::to_string(shaper.limit.bytes_per_second) + " bytes per second";
  if (shaper.LetsPass(cost)) {
    Step("qos", bytes + " of " + std::to_string(shaper.bucket.tokens()) + " that may leave now, " + limit);
    return true;
  }
  const std::string behind = std::to_string(shaper.backlog.bytes()) + " bytes";
  if (!shaper.backlog.HasRoom(FlowHashOf(parsed_, path_.options.hash_seed), cost)) {
    Step("qos", bytes + " find no room behind " + behind + ", " + limit);
    return Drop(DropReason::kRateLimit);
  }
  Step("qos", "waits with " + behind + " that came before, " + limit);
  return true;
}

// See Delivery::Police.
bool Explainer::MayFlood(const PortState& port, Direction direction) const {
  const Shaper* shaper = port.shapers[static_cast<std::size_t>(direction)].get();
  return shaper == nullptr || WithoutWhatIsDue(*shaper, path_.time).LetsPass(WireBytes(frame_, false));
}

}  // namespace vfp
