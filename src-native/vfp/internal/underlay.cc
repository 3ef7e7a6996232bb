#include "vfp/internal/underlay.h"

#include <utility>

namespace vfp {

const base::MacAddress* Underlay::Find(const base::IpAddress& next_hop) const {
  const auto found = neighbors_.find(next_hop);
  return found == neighbors_.end() || found->second.mac.IsZero() ? nullptr : &found->second.mac;
}

Tick Underlay::confirmed(const base::IpAddress& next_hop) const {
  const auto found = neighbors_.find(next_hop);
  return found == neighbors_.end() ? 0 : found->second.confirmed;
}

bool Underlay::WasAsked(const base::IpAddress& next_hop) const {
  const auto found = neighbors_.find(next_hop);
  return found != neighbors_.end() && found->second.was_asked;
}

bool Underlay::ShouldAsk(const base::IpAddress& next_hop, Tick now) {
  // Next hops are few: other hosts of the cluster. More than that is a mistake.
  if (neighbors_.size() >= kNeighbors && !neighbors_.contains(next_hop)) return false;
  Neighbor& neighbor = neighbors_[next_hop];
  if (!neighbor.mac.IsZero() && now - neighbor.confirmed < kFresh) return false;
  if (neighbor.was_asked && now - neighbor.asked < kAskAgain) return false;
  neighbor.was_asked = true;
  neighbor.asked = now;
  return true;
}

std::size_t Underlay::Park(const base::IpAddress& next_hop, WaitingFrame frame) {
  const auto found = neighbors_.find(next_hop);
  if (found == neighbors_.end()) return 1;  // Not even asked for: there are too many.
  std::vector<WaitingFrame>& waiting = found->second.waiting;
  std::size_t gave_way = 0;
  if (waiting.size() == kWaiting) {
    waiting.erase(waiting.begin());
    gave_way = 1;
  }
  waiting.push_back(std::move(frame));
  return gave_way;
}

bool Underlay::Learn(const base::IpAddress& address, const base::MacAddress& mac, Tick now,
                     std::vector<WaitingFrame>* waiting, std::size_t* stale) {
  *stale = 0;
  waiting->clear();
  if (mac.IsZero() || mac.IsGroup()) return false;
  const auto found = neighbors_.find(address);
  if (found == neighbors_.end() || !found->second.was_asked) return false;
  Neighbor& neighbor = found->second;
  neighbor.mac = mac;
  neighbor.confirmed = now;
  *waiting = std::exchange(neighbor.waiting, {});
  *stale = std::erase_if(*waiting, [&](const WaitingFrame& frame) { return now - frame.since > kWait; });
  return true;
}

}  // namespace vfp
