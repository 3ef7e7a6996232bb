#include "vfp/internal/fragment_table.h"

namespace vfp {

FragmentTable::Key FragmentTable::MakeKey(const wire::ParsedFrame& parsed, PortIndex port, Direction direction) {
  Key key = MakeFlowKey(parsed, port, direction);
  key.source_port = static_cast<std::uint16_t>(parsed.fragment_id >> 16);
  key.destination_port = static_cast<std::uint16_t>(parsed.fragment_id);
  return key;
}

void FragmentTable::Remember(const wire::ParsedFrame& first, PortIndex port, Direction direction, Tick now) {
  Queue& queue = shares_[ShareOf(port, direction)];
  Forget(queue, now);
  const Key key = MakeKey(first, port, direction);
  const FragmentRecord what{.source_port = first.source_port,
                            .destination_port = first.destination_port,
                            .icmp_type = first.icmp_type,
                            .is_icmp_echo = first.is_icmp_echo,
                            .is_icmp_error = first.is_icmp_error,
                            .end = first.fragment_end};
  if (const auto known = records_.find(key); known != records_.end()) {
    known->second.what = what;
    return;
  }
  if (queue.size() >= kPerPort) {
    records_.erase(queue.front().first);
    queue.pop_front();
  }
  records_.emplace(key, Record{what, now});
  queue.emplace_back(key, now);
}

std::optional<FragmentRecord> FragmentTable::Find(const wire::ParsedFrame& later, PortIndex port, Direction direction,
                                                  Tick now) const {
  const auto found = records_.find(MakeKey(later, port, direction));
  if (found == records_.end() || now - found->second.since >= lifetime_) return std::nullopt;
  return found->second.what;
}

void FragmentTable::Forget(Queue& queue, Tick now) {
  while (!queue.empty() && now - queue.front().second >= lifetime_) {
    records_.erase(queue.front().first);
    queue.pop_front();
  }
}

void FragmentTable::Forget(Tick now) {
  for (auto& [share, queue] : shares_) Forget(queue, now);
}

void FragmentTable::ForgetPort(PortIndex port) {
  for (const Direction direction : {Direction::kOutbound, Direction::kInbound}) {
    const auto found = shares_.find(ShareOf(port, direction));
    if (found == shares_.end()) continue;
    for (const auto& [key, since] : found->second) records_.erase(key);
    shares_.erase(found);
  }
}

}  // namespace vfp
