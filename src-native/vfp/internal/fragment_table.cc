#include "vfp/internal/fragment_table.h"

namespace vfp {

FragmentTable::Key FragmentTable::MakeKey(const wire::ParsedFrame& parsed, PortIndex port, Direction direction) {
  Key key = MakeFlowKey(parsed, port, direction);
  key.source_port = static_cast<std::uint16_t>(parsed.fragment_id >> 16);
  key.destination_port = static_cast<std::uint16_t>(parsed.fragment_id);
  return key;
}

void FragmentTable::Remember(const wire::ParsedFrame& first, PortIndex port, Direction direction, Tick now) {
  Forget(now);
  const Key key = MakeKey(first, port, direction);
  const FragmentRecord what{.source_port = first.source_port,
                            .destination_port = first.destination_port,
                            .icmp_type = first.icmp_type,
                            .is_icmp_echo = first.is_icmp_echo,
                            .is_icmp_error = first.is_icmp_error};
  if (const auto known = records_.find(key); known != records_.end()) {
    known->second.what = what;
    return;
  }
  if (records_.size() >= kCapacity) {
    records_.erase(oldest_first_.front().first);
    oldest_first_.pop_front();
  }
  records_.emplace(key, Record{what, now});
  oldest_first_.emplace_back(key, now);
}

std::optional<FragmentRecord> FragmentTable::Find(const wire::ParsedFrame& later, PortIndex port, Direction direction,
                                                  Tick now) const {
  const auto found = records_.find(MakeKey(later, port, direction));
  if (found == records_.end() || now - found->second.since >= lifetime_) return std::nullopt;
  return found->second.what;
}

void FragmentTable::Forget(Tick now) {
  while (!oldest_first_.empty() && now - oldest_first_.front().second >= lifetime_) {
    records_.erase(oldest_first_.front().first);
    oldest_first_.pop_front();
  }
}

}  // namespace vfp
