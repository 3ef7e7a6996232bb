#include "vfp/internal/planner.h"

#include <algorithm>
#include <cstring>

#include "vfp/internal/flow_counting.h"
#include "vfp/internal/icmp_error.h"
#include "wire/icmp.h"

namespace vfp {
namespace {

using HT = HeaderTransposition;

// How many further backends are tried when a choice would give two connections
// the same tuple at the backend.
constexpr std::uint32_t kMaxAttempts = 8;

constexpr std::uint16_t kTranslates =
    HT::kSourceAddress | HT::kDestinationAddress | HT::kSourcePort | HT::kDestinationPort;

bool IsIcmp(std::uint8_t protocol) { return protocol == wire::kProtoIcmp || protocol == wire::kProtoIcmpV6; }

FlowKey ReplyKey(const Tuple& after, const FlowKey& forward) {
  FlowKey key = forward;
  std::memcpy(key.source, after.destination.bytes.data(), 16);
  std::memcpy(key.destination, after.source.bytes.data(), 16);
  key.source_port = after.destination_port;
  key.destination_port = after.source_port;
  key.direction = static_cast<std::uint8_t>(Reverse(static_cast<Direction>(forward.direction)));
  return key;
}

// Takes a reply of the packet `after` back to what the sender of `before` expects.
HT ReplyChange(const Tuple& before, const Tuple& after, bool is_echo) {
  HT change;
  if (after.destination != before.destination) {
    change.modify |= HT::kSourceAddress;
    change.source = before.destination;
  }
  if (after.source != before.source) {
    change.modify |= HT::kDestinationAddress;
    change.destination = before.source;
  }
  if (after.destination_port != before.destination_port && !is_echo) {
    change.modify |= HT::kSourcePort;
    change.source_port = before.destination_port;
  }
  if (after.source_port != before.source_port) {
    change.modify |= HT::kDestinationPort;
    change.destination_port = before.source_port;
  }
  return change;
}

// Whether the backend's replies do not come by here: a packet that is turned
// around at the host port under its own source is answered directly.
bool SeesHalf(const PortState& port, const Plan& plan) {
  if (port.kind != PortKind::kHost) return plan.walk.reach.has_value();
  if (plan.initiator == Direction::kInbound) return plan.walk.hairpin;
  const Tuple before = TupleOf(plan.forward_key);
  return before.source == plan.walk.after.source && !port.Owns(before.source);
}

}  // namespace

HeaderTransposition DeliveryMacs(const PortState& port) {
  HT macs;
  macs.modify = HT::kDestinationMac;
  macs.destination_mac = port.mac;
  return macs;
}

PacketFacts FactsOf(const wire::ParsedFrame& parsed) {
  const bool request = parsed.is_icmp_echo &&
                       (parsed.icmp_type == wire::kIcmpEchoRequest || parsed.icmp_type == wire::kIcmpV6EchoRequest);
  return {.protocol = parsed.protocol,
          .tcp_flags = parsed.tcp_flags,
          .is_icmp = IsIcmp(parsed.protocol),
          .is_echo = parsed.is_icmp_echo,
          .is_echo_request = request};
}

Standing Planner::StandingOf(const PacketFacts& facts, std::uint32_t entry) const {
  if (facts.is_icmp && !facts.is_echo) return Standing::kAlone;
  const bool makes_one = !facts.is_echo || facts.is_echo_request;
  const Standing without = makes_one ? Standing::kNew : Standing::kAlone;
  if (entry == kNoEntry) return without;
  const ConnectionIndex index = ConnectionTable::ConnectionOf(entry);
  if (path_.table.IsExpired(index, path_.now)) return without;
  const Connection& connection = path_.table.connection(index);
  const bool from_initiator = static_cast<std::uint8_t>(connection.initiator) == path_.table.entry(entry).direction;
  if (facts.is_echo) {
    // The other side's own ping with the same identifier, or a reply sent by
    // who asked, is not part of this exchange.
    return facts.is_echo_request == from_initiator ? Standing::kMember : Standing::kAlone;
  }
  if (facts.protocol == wire::kProtoTcp && OpensTcp(facts.tcp_flags) &&
      (MayStartAnew(connection.state) || (connection.blocked() && from_initiator))) {
    return Standing::kNew;
  }
  return Standing::kMember;
}

std::uint32_t Planner::FindQuoted(const wire::QuotedPacket& quote, PortIndex port, Direction direction) const {
  const std::uint32_t entry = path_.table.Find(ReplyKeyOf(quote, port, direction));
  if (entry == kNoEntry) return kNoEntry;
  const ConnectionIndex index = ConnectionTable::ConnectionOf(entry);
  if (path_.table.IsExpired(index, path_.now)) return kNoEntry;
  // The quoted packet went the other way. The other side's own ping with the
  // same identifier is not part of this exchange.
  const bool by_initiator = path_.table.connection(index).initiator != direction;
  return quote.is_echo && quote.is_echo_request != by_initiator ? kNoEntry : entry;
}

bool Planner::IsTaken(const FlowKey& key, ConnectionIndex self, const PacketFacts& facts,
                      const Foregone& before) const {
  if (std::find(before.keys.begin(), before.keys.end(), key) != before.keys.end()) return true;
  const std::uint32_t entry = path_.table.Find(key);
  if (entry == kNoEntry) return false;
  const ConnectionIndex other = ConnectionTable::ConnectionOf(entry);
  if (other == self || path_.table.IsExpired(other, path_.now)) return false;
  return !(facts.protocol == wire::kProtoTcp && OpensTcp(facts.tcp_flags) &&
           MayStartAnew(path_.table.connection(other).state));
}

Egress Planner::InboundEgress(const PortState& port, const WalkResult& walk) const {
  if (port.kind != PortKind::kHost) return Egress::kDeliver;
  if (walk.hairpin) return Egress::kTurnAround;
  return ReplyEgress(port, walk.change, walk.after.destination);
}

Egress Planner::ReplyEgress(const PortState& port, const HT& change, const base::IpAddress& destination) const {
  if (port.kind != PortKind::kHost) return Egress::kDeliver;
  // What keeps its destination came here because it is the host's, also at an
  // address that no endpoint of ours has.
  const bool moved = (change.modify & HT::kDestinationAddress) != 0;
  return moved && !port.Owns(destination) ? Egress::kTurnAround : Egress::kDeliver;
}

void Planner::WalkForKey(const FlowKey& key, std::uint32_t earlier, std::uint32_t attempt, WalkObserver* observer,
                         Plan* plan) const {
  const PortState& port = *path_.net.port(key.port);
  WalkRequest request;
  request.layers = &port.layers;
  request.port = key.port;
  request.direction = static_cast<Direction>(key.direction);
  request.family = key.family;
  request.is_echo = IsIcmp(key.protocol);  // Of ICMP only echoes have a key.
  request.tuple = TupleOf(key);
  request.earlier = earlier;
  request.attempt = attempt;

  walker_.Walk(request, observer, &plan->walk);

  plan->drop = plan->walk.drop;
  plan->initiator = request.direction;
  plan->forward_key = key;
  plan->reverse_key = ReplyKey(plan->walk.after, key);
  plan->reverse = ReplyChange(request.tuple, plan->walk.after, request.is_echo);
  if (request.direction == Direction::kInbound) {
    plan->inbound_egress = InboundEgress(port, plan->walk);
  } else if (plan->walk.replies_ask) {
    plan->inbound_egress = Egress::kUnresolved;
  } else {
    plan->inbound_egress = ReplyEgress(port, plan->reverse, request.tuple.source);
  }
}

void Planner::PlanWithChoices(const FlowKey& key, std::uint32_t earlier, ConnectionIndex self, const PacketFacts& facts,
                              const Foregone& before, WalkObserver* observer, Plan* plan) const {
  std::uint32_t attempt = 0;
  for (;; ++attempt) {
    WalkForKey(key, earlier, attempt, nullptr, plan);
    if (plan->drop || !IsTaken(plan->reverse_key, self, facts, before)) break;
    if (plan->walk.has_choice && attempt + 1 < kMaxAttempts) continue;
    // Two connections would look the same to the other side, and replies of one
    // would reach the other.
    plan->drop = DropReason::kNatPoolExhausted;
    break;
  }
  if (observer == nullptr) return;
  const std::optional<DropReason> drop = plan->drop;
  WalkForKey(key, earlier, attempt, observer, plan);
  plan->drop = drop;
}

void Planner::PlanNew(const FlowKey& key, const PacketFacts& facts, ConnectionIndex replaces, const Foregone& before,
                      WalkObserver* observer, Plan* plan) const {
  PlanWithChoices(key, kNone, replaces, facts, before, observer, plan);
  if (plan->drop) return;
  if (plan->walk.stateful && facts.protocol == wire::kProtoTcp && !OpensTcp(facts.tcp_flags)) {
    plan->drop = DropReason::kInvalidState;
  } else if (!HasRoom(before.connections + (replaces == kNone ? 1 : 0))) {
    plan->drop = DropReason::kFlowLimit;
  } else {
    plan->drop = CheckPortLimits(key, facts, replaces, before);
  }
}

std::optional<DropReason> Planner::CheckPortLimits(const FlowKey& key, const PacketFacts& facts,
                                                   ConnectionIndex replaces, const Foregone& before) const {
  const ConnectionState state = FirstState(facts.protocol, facts.tcp_flags);
  FlowCounts counts = path_.net.port(key.port)->flows;
  const auto made = std::count_if(before.keys.begin(), before.keys.end(),
                                  [&](const FlowKey& other) { return other.port == key.port; });
  for (auto i = made / 2; i > 0; --i) Count(facts.protocol, state, 1, &counts);  // Two keys each.
  if (replaces != kNone) {
    const Connection& connection = path_.table.connection(replaces);
    Count(connection.protocol, connection.state, -1, &counts);
  }
  const auto check = [&] {
    return CheckLimits(counts, path_.options.limits, path_.table.max_connections(), facts.protocol, state);
  };
  if (!check()) return std::nullopt;
  const FlowCounts idle = CountIdleOf(path_, key.port, kReclaimBudget);
  const auto less = [](std::uint32_t count, std::uint32_t by) { return count - std::min(count, by); };
  counts = {.tcp_half_open = less(counts.tcp_half_open, idle.tcp_half_open),
            .tcp = less(counts.tcp, idle.tcp),
            .udp = less(counts.udp, idle.udp),
            .icmp = less(counts.icmp, idle.icmp),
            .other = less(counts.other, idle.other)};
  return check();
}

bool Planner::HasRoom(std::size_t connections) const {
  const std::size_t room = path_.table.max_connections() - path_.table.size();
  return connections <= room || connections <= room + CountIdle(path_, kReclaimBudget);
}

void Planner::PlanAgain(ConnectionIndex index, WalkObserver* observer, Plan* plan) const {
  const Connection& connection = path_.table.connection(index);
  const FlowKey key = path_.table.entry(index, connection.initiator).Key();
  const PacketFacts facts{.protocol = key.protocol};
  PlanWithChoices(key, connection.translations, index, facts, {}, observer, plan);
  if (plan->drop && plan->walk.blocked_by_policy) plan->drop = DropReason::kConnectionBlocked;
}

void Planner::PlanReply(const Plan& forward, WalkObserver* observer, WalkResult* result) const {
  const PortState& port = *path_.net.port(forward.forward_key.port);
  WalkRequest request;
  request.layers = &port.layers;
  request.port = port.index;
  request.direction = Reverse(forward.initiator);
  request.family = forward.forward_key.family;
  request.is_echo = IsIcmp(forward.forward_key.protocol);
  request.tuple = TupleOf(forward.reverse_key);
  request.connects = false;
  walker_.WalkReply(request, forward.walk, observer, result);
}

void Planner::PlanAlone(const wire::ParsedFrame& packet, PortIndex port_index, Direction direction,
                        WalkObserver* observer, Plan* plan) const {
  const PortState& port = *path_.net.port(port_index);
  WalkRequest request;
  request.layers = &port.layers;
  request.port = port_index;
  request.direction = direction;
  request.family = packet.kind == wire::EtherKind::kIpv6 ? 6 : 4;
  request.is_echo = packet.is_icmp_echo;
  request.tuple = TupleOf(packet);
  request.connects = false;
  walker_.Walk(request, observer, &plan->walk);
  plan->drop = plan->walk.drop;
  const bool translates = (plan->walk.change.modify & kTranslates) != 0 || plan->walk.reach;
  if (!plan->drop && packet.is_icmp_error && translates) plan->drop = DropReason::kIcmpUnrelated;
  plan->initiator = direction;
  plan->inbound_egress = InboundEgress(port, plan->walk);
}

bool Planner::TracksTcp(const Plan& plan) const {
  return plan.walk.stateful && !SeesHalf(*path_.net.port(plan.forward_key.port), plan);
}

bool Planner::TracksWindow(const Plan& plan, const PacketFacts& facts) const {
  if (facts.protocol != wire::kProtoTcp || !OpensTcp(facts.tcp_flags) || !TracksTcp(plan)) return false;
  return path_.options.tcp_windows ||
         std::any_of(plan.walk.outcomes.begin(), plan.walk.outcomes.end(), [](const LayerOutcome& outcome) {
           return outcome.stateful && (outcome.rule->rule.flags & Rule::kTrackTcp) != 0;
         });
}

std::optional<DropReason> Planner::CheckWindow(ConnectionIndex index, Direction direction,
                                               const std::optional<wire::TcpSegment>& segment) const {
  const Connection& connection = path_.table.connection(index);
  if (!connection.tracks_window() || !segment) return std::nullopt;
  // A SYN after the handshake changes nothing; what its receiver answers tells a
  // peer that has forgotten the connection to reset it (RFC 5961, section 4).
  if ((segment->flags & wire::kTcpSyn) != 0 && !IsHalfOpen(connection.state)) return std::nullopt;
  if (path_.windows.at(index).Accepts(direction, *segment)) return std::nullopt;
  return DropReason::kOutOfWindow;
}

std::optional<DropReason> Planner::CheckState(ConnectionIndex index, bool tracks_tcp, const PacketFacts& facts) const {
  const Connection& connection = path_.table.connection(index);
  if (connection.protocol == wire::kProtoTcp && tracks_tcp && !IsLegal(connection.state, facts.tcp_flags)) {
    return DropReason::kInvalidState;
  }
  return std::nullopt;
}

std::optional<base::IpAddress> Planner::ReachOf(ConnectionIndex index) const {
  const Connection& connection = path_.table.connection(index);
  if (connection.initiator != Direction::kOutbound) return std::nullopt;
  std::optional<base::IpAddress> reach;
  for (std::uint32_t node = connection.translations; node != kNone; node = path_.translations.next(node)) {
    const Translation translation = path_.translations.at(node);
    if (translation.preserves_destination) reach = translation.address;
  }
  return reach;
}

}  // namespace vfp
