#include "vfp/internal/flow_counting.h"

#include "wire/parsed_frame.h"

namespace vfp {
namespace {

std::uint32_t& KindOf(std::uint8_t protocol, FlowCounts* counts) {
  switch (protocol) {
    case wire::kProtoTcp: return counts->tcp;
    case wire::kProtoUdp: return counts->udp;
    case wire::kProtoIcmp:
    case wire::kProtoIcmpV6: return counts->icmp;
    default: return counts->other;
  }
}

std::size_t LimitOf(std::uint8_t protocol, const FlowLimits& limits) {
  switch (protocol) {
    case wire::kProtoTcp: return limits.tcp;
    case wire::kProtoUdp: return limits.udp;
    case wire::kProtoIcmp:
    case wire::kProtoIcmpV6: return limits.icmp;
    default: return limits.other;
  }
}

bool IsReached(std::size_t count, std::size_t limit) { return limit != 0 && count >= limit; }

}  // namespace

bool IsHalfOpen(ConnectionState state) {
  return state == ConnectionState::kSynSent || state == ConnectionState::kSynReceived;
}

void Count(std::uint8_t protocol, ConnectionState state, int by, FlowCounts* counts) {
  const auto change = static_cast<std::uint32_t>(by);
  KindOf(protocol, counts) += change;
  if (IsHalfOpen(state)) counts->tcp_half_open += change;
}

std::optional<DropReason> CheckLimits(const FlowCounts& counts, const FlowLimits& limits, std::size_t most,
                                      std::uint8_t protocol, ConnectionState state) {
  const std::size_t half_open = limits.tcp_half_open != 0 ? limits.tcp_half_open : (most + 1) / 2;
  if (IsHalfOpen(state) && counts.tcp_half_open >= half_open) return DropReason::kHalfOpenLimit;
  FlowCounts copy = counts;
  if (IsReached(counts.total(), limits.total) || IsReached(KindOf(protocol, &copy), LimitOf(protocol, limits))) {
    return DropReason::kPortFlowLimit;
  }
  return std::nullopt;
}

}  // namespace vfp
