#include "vfp/internal/committer.h"

#include "vfp/internal/flow_counting.h"

namespace vfp {
namespace {

using HT = HeaderTransposition;

// What routes write, and layers do not.
constexpr std::uint16_t kRouteBits = HT::kSourceMac | HT::kDestinationMac | HT::kDecrementTtl;

void SetEntry(FlowEntry& entry, const HT& change, Egress egress, PortIndex egress_port) {
  entry.rewrite = Prepare(change, entry.Key());
  entry.SetEgress(egress, egress_port);
  entry.flags = static_cast<std::uint8_t>(entry.flags & ~(FlowEntry::kRouteByMac | FlowEntry::kRouteAsks));
}

// What a flow entry keeps beside the egress: a port, or a tunnel's adjacency.
std::uint32_t TargetOf(const SegmentState& segment, const Route& route) {
  return route.push ? segment.overlay->AdjacencyOf(*route.push) : route.port;
}

void SetRoute(FlowEntry& entry, const HT& change, const Route& route, std::uint32_t target) {
  SetEntry(entry, Compose(change, route.change), route.egress, target);
  if (route.asks) entry.flags |= FlowEntry::kRouteAsks;
  if (!route.by_mac) return;
  entry.flags |= FlowEntry::kRouteByMac;
  wire::StoreMac(entry.rewrite.macs, route.seen_mac);
}

// Whoever receives a reset that it believes sends nothing more, and whoever has
// sent one answers everything with another. So when both sides go on, nobody has
// believed it: it was forged, or lost.
ConnectionState AfterReset(Connection* connection, const PacketFacts& facts, bool from_initiator) {
  constexpr std::uint8_t kBoth = Connection::kInitiatorWentOn | Connection::kOtherWentOn;
  if ((facts.tcp_flags & wire::kTcpRst) != 0) {
    connection->flags = static_cast<std::uint8_t>(connection->flags & ~kBoth);
  } else if ((facts.tcp_flags & wire::kTcpSyn) == 0) {
    connection->flags |= from_initiator ? Connection::kInitiatorWentOn : Connection::kOtherWentOn;
  }
  if ((connection->flags & kBoth) != kBoth) return ConnectionState::kReset;
  connection->flags = static_cast<std::uint8_t>(connection->flags & ~kBoth);
  return ConnectionState::kEstablished;
}

}  // namespace

HeaderTransposition Unprepare(const PreparedTransposition& prepared) {
  HT change;
  change.modify = prepared.modify;
  change.ttl_decrement = prepared.ttl_decrement;
  change.destination_mac = wire::LoadMac(prepared.macs);
  change.source_mac = wire::LoadMac(prepared.macs + 6);
  const bool v6 = prepared.family == 6;
  change.source = v6 ? wire::LoadIpv6(prepared.source) : wire::LoadIpv4(prepared.source);
  change.destination = v6 ? wire::LoadIpv6(prepared.destination) : wire::LoadIpv4(prepared.destination);
  change.source_port = prepared.source_port;
  change.destination_port = prepared.destination_port;
  return change;
}

void Committer::CountRules(const WalkResult& walk) {
  for (const LayerOutcome& outcome : walk.outcomes) {
    if (outcome.kept) continue;
    ++outcome.rule->matched_packets;
    if (walk.drop && &outcome == walk.outcomes.end() - 1 && *walk.drop != DropReason::kAclDefault) {
      ++outcome.rule->dropped_packets;
    }
  }
}

bool Committer::IsHeld(const Translation& translation, std::uint32_t held) const {
  for (std::uint32_t node = held; node != kNone; node = path_.translations.next(node)) {
    const Translation other = path_.translations.at(node);
    if (other.has_binding && other.Binding() == translation.Binding()) return true;
  }
  return false;
}

void Committer::ReleaseBindings(const WalkResult& walk, std::uint32_t held, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const LayerOutcome& outcome = walk.outcomes[i];
    if (!outcome.translates || !outcome.translation.has_binding || IsHeld(outcome.translation, held)) continue;
    path_.bindings.Release(outcome.translation.Binding());
  }
}

bool Committer::TakeBindings(const WalkResult& walk, std::uint32_t held, PortIndex owner) {
  for (std::size_t i = 0; i < walk.outcomes.size(); ++i) {
    const LayerOutcome& outcome = walk.outcomes[i];
    if (!outcome.translates || !outcome.translation.has_binding || IsHeld(outcome.translation, held)) continue;
    // Exactly the port that was planned, which found it free.
    const std::uint16_t planned = outcome.translation.nat_port;
    if (path_.bindings.Allocate(outcome.translation.Binding(), {planned, planned}, owner)) continue;
    ReleaseBindings(walk, held, i);
    return false;
  }
  return true;
}

void Committer::ReleaseTranslations(std::uint32_t list, const WalkResult* except) {
  for (std::uint32_t node = list; node != kNone; node = path_.translations.next(node)) {
    const Translation translation = path_.translations.at(node);
    path_.names.Release(translation.layer);
    path_.names.Release(translation.rule);
    if (!translation.has_binding) continue;
    bool kept = false;
    for (const LayerOutcome& outcome : except->outcomes) {
      kept |= outcome.translates && outcome.translation.has_binding &&
              outcome.translation.Binding() == translation.Binding();
    }
    if (!kept) path_.bindings.Release(translation.Binding());
  }
  path_.translations.Free(list);
}

bool Committer::SameTranslations(const WalkResult& walk, std::uint32_t held) const {
  std::uint32_t node = held;
  for (const LayerOutcome& outcome : walk.outcomes) {
    if (!outcome.translates) continue;
    if (node == kNone || !(path_.translations.at(node) == outcome.translation)) return false;
    node = path_.translations.next(node);
  }
  return node == kNone;
}

std::uint32_t Committer::StoreTranslations(const WalkResult& walk, bool* ok) {
  InlineVector<Translation, kMaxLayers> list;
  for (const LayerOutcome& outcome : walk.outcomes) {
    if (outcome.translates) list.Append(outcome.translation);
  }
  const std::uint32_t head = path_.translations.Store(list.span(), ok);
  if (!*ok) return head;
  for (const Translation& translation : list) {
    path_.names.AddReference(translation.layer);
    path_.names.AddReference(translation.rule);
  }
  return head;
}

void Committer::SetFlags(ConnectionIndex index, const Plan& plan) {
  Connection& connection = path_.table.connection(index);
  const std::uint8_t window = connection.flags & Connection::kTracksWindow;
  // Parts of the state, which moves on whether or not it is checked.
  constexpr std::uint8_t kState = Connection::kInitiatorWentOn | Connection::kOtherWentOn;
  connection.flags = static_cast<std::uint8_t>((connection.flags & kState) | Connection::kLive);
  if (planner_.TracksTcp(plan)) {
    connection.flags = static_cast<std::uint8_t>(connection.flags | Connection::kTracksTcp | window);
  }
  if (plan.walk.replies_ask) connection.flags |= Connection::kRepliesAsk;
  path_.table.RefreshFlags(index);
}

void Committer::SetEntries(ConnectionIndex index, const Plan& plan, const PortState& port, const Route* route) {
  FlowEntry& outbound = path_.table.entry(index, Direction::kOutbound);
  FlowEntry& inbound = path_.table.entry(index, Direction::kInbound);
  outbound.stamp = inbound.stamp = port.stamp();
  const HT& out = plan.Change(Direction::kOutbound);
  if (route != nullptr) {
    SetRoute(outbound, out, *route, TargetOf(*port.segment, *route));
  } else {
    SetEntry(outbound, out, Egress::kUnresolved, kNoPort);
  }
  const HT& in = plan.Change(Direction::kInbound);
  const bool delivers = plan.inbound_egress == Egress::kDeliver;
  SetEntry(inbound, delivers ? Compose(in, DeliveryMacs(port)) : in, plan.inbound_egress, port.index);
}

std::optional<DropReason> Committer::Make(const Plan& plan, const PacketFacts& facts, const Route* route,
                                          ConnectionIndex replaced, ConnectionIndex* made) {
  *made = kNone;
  PortState& port = *path_.net.port(plan.forward_key.port);
  if (replaced != kNone) ForgetConnection(path_, replaced);
  if (const std::uint32_t entry = path_.table.Find(plan.reverse_key); entry != kNoEntry) {
    ForgetConnection(path_, ConnectionTable::ConnectionOf(entry));  // Over: else the plan would have dropped.
  }
  const ConnectionState state = FirstState(facts.protocol, facts.tcp_flags);
  const auto limit = [&] {
    return CheckLimits(port.flows, path_.options.limits, path_.table.max_connections(), facts.protocol, state);
  };
  if (path_.table.full() || limit()) ForgetIdle(path_, kReclaimBudget);
  if (path_.table.full()) return DropReason::kFlowLimit;
  if (const auto reason = limit()) return reason;
  if (!TakeBindings(plan.walk, kNone, port.index)) return DropReason::kNatPoolExhausted;
  bool stored = false;
  const std::uint32_t translations = StoreTranslations(plan.walk, &stored);
  const ConnectionIndex index =
      stored ? path_.table.Insert(plan.Key(Direction::kOutbound), plan.Key(Direction::kInbound), &port.connections_head)
             : kNone;
  if (index == kNone) {
    ReleaseBindings(plan.walk, kNone, plan.walk.outcomes.size());
    for (std::uint32_t node = translations; node != kNone; node = path_.translations.next(node)) {
      path_.names.Release(path_.translations.at(node).layer);
      path_.names.Release(path_.translations.at(node).rule);
    }
    path_.translations.Free(translations);
    return DropReason::kFlowLimit;
  }
  ++port.connections;
  Connection& connection = path_.table.connection(index);
  connection.translations = translations;
  connection.initiator = plan.initiator;
  connection.state = state;
  Count(connection.protocol, state, 1, &port.flows);
  SetEntries(index, plan, port, route);
  SetFlags(index, plan);
  path_.table.entry(index, Direction::kOutbound).last_used = path_.now;
  path_.table.entry(index, Direction::kInbound).last_used = path_.now;
  *made = index;
  return std::nullopt;
}

std::optional<DropReason> Committer::Reconcile(ConnectionIndex index) {
  planner_.PlanAgain(index, nullptr, &plan_);
  CountRules(plan_.walk);
  Connection& connection = path_.table.connection(index);
  FlowEntry& reply = path_.table.entry(index, Reverse(connection.initiator));
  PortState& port = *path_.net.port(reply.port);
  if (plan_.drop) {
    if (!plan_.walk.blocked_by_policy) return plan_.drop;  // A lack that may pass: the next packet asks again.
    connection.flags |= Connection::kBlocked;
    path_.table.RefreshFlags(index);
    for (const Direction direction : {Direction::kOutbound, Direction::kInbound}) {
      path_.table.entry(index, direction).stamp = port.stamp();
    }
    return plan_.drop;
  }
  const bool rekeys = !reply.Has(plan_.reverse_key);
  if (!SameTranslations(plan_.walk, connection.translations)) {
    if (!TakeBindings(plan_.walk, connection.translations, port.index)) return DropReason::kNatPoolExhausted;
    bool stored = false;
    const std::uint32_t translations = StoreTranslations(plan_.walk, &stored);
    if (!stored) {
      ReleaseBindings(plan_.walk, connection.translations, plan_.walk.outcomes.size());
      return DropReason::kFlowLimit;
    }
    ReleaseTranslations(connection.translations, &plan_.walk);
    connection.translations = translations;
  }
  if (rekeys) {
    if (const std::uint32_t entry = path_.table.Find(plan_.reverse_key); entry != kNoEntry) {
      ForgetConnection(path_, ConnectionTable::ConnectionOf(entry));  // Expired: else it would be taken.
    }
    if (!path_.table.Rekey(ConnectionTable::EntryOf(index, Reverse(connection.initiator)), plan_.reverse_key)) {
      return DropReason::kFlowLimit;
    }
  }
  SetEntries(index, plan_, port, nullptr);
  SetFlags(index, plan_);
  return std::nullopt;
}

std::optional<DropReason> Committer::Resolve(ConnectionIndex index, Direction direction,
                                             const base::MacAddress& destination_mac,
                                             std::optional<base::IpAddress>* ask_for) {
  const Connection& connection = path_.table.connection(index);
  FlowEntry& entry = path_.table.entry(index, direction);
  const PortState& port = *path_.net.port(entry.port);
  const bool is_echo = connection.protocol == wire::kProtoIcmp || connection.protocol == wire::kProtoIcmpV6;
  HT change = Unprepare(entry.rewrite);
  change.modify = static_cast<std::uint16_t>(change.modify & ~kRouteBits);
  Tuple after = TupleOf(entry.Key());
  if ((connection.flags & Connection::kRepliesAsk) != 0 && direction != connection.initiator) {
    planner_.PlanAgain(index, nullptr, &plan_);
    if (plan_.drop) return plan_.drop;
    planner_.PlanReply(plan_, nullptr, &reply_);
    CountRules(reply_);
    if (reply_.drop) return reply_.drop;
    change = reply_.change;
  }
  ApplyToTuple(change, is_echo, &after);
  if (direction == Direction::kInbound) {
    const Egress egress = planner_.ReplyEgress(port, change, after.destination);
    SetEntry(entry, egress == Egress::kDeliver ? Compose(change, DeliveryMacs(port)) : change, egress, port.index);
    return std::nullopt;
  }
  const Route route = FindRoute(path_, {.segment = port.segment,
                                        .from = &port,
                                        .tuple = after,
                                        .is_echo = is_echo,
                                        .reach = planner_.ReachOf(index),
                                        .destination_mac = destination_mac,
                                        .vlan = port.vlan});
  if (route.egress == Egress::kUnresolved) {
    *ask_for = route.ask_for;
    return route.drop;
  }
  const std::uint32_t target = TargetOf(*port.segment, route);
  const bool same = entry.egress() == route.egress && entry.egress_port() == target && route.change.empty() &&
                    (connection.flags & Connection::kRepliesAsk) == 0 && !route.by_mac;
  if (!same) SetRoute(entry, change, route, target);
  return std::nullopt;
}

void Committer::Advance(ConnectionIndex index, const PacketFacts& facts, bool from_initiator) {
  Connection& connection = path_.table.connection(index);
  ConnectionState next = NextState(connection.state, connection.protocol, facts.tcp_flags, from_initiator);
  if (next == ConnectionState::kReset) next = AfterReset(&connection, facts, from_initiator);
  if (next == connection.state) return;
  PortState& port = *path_.net.port(path_.table.entry(index, Direction::kOutbound).port);
  Count(connection.protocol, connection.state, -1, &port.flows);
  Count(connection.protocol, next, 1, &port.flows);
  connection.state = next;
  path_.table.RefreshFlags(index);
}

void Committer::BeginWindow(ConnectionIndex index, const std::optional<wire::TcpSegment>& syn) {
  Connection& connection = path_.table.connection(index);
  if (!syn || !path_.windows.Set(index, TcpWindow::Begin(connection.initiator, *syn))) return;
  connection.flags |= Connection::kTracksWindow;
  path_.table.RefreshFlags(index);
}

void Committer::AdvanceWindow(ConnectionIndex index, Direction direction,
                              const std::optional<wire::TcpSegment>& segment) {
  Connection& connection = path_.table.connection(index);
  if (!connection.tracks_window()) return;
  if (!segment) {
    connection.flags = static_cast<std::uint8_t>(connection.flags & ~Connection::kTracksWindow);
    path_.table.RefreshFlags(index);
    return;
  }
  const bool out_of_handshake = (segment->flags & wire::kTcpSyn) != 0 && !IsHalfOpen(connection.state);
  if (!out_of_handshake) path_.windows.at(index).Advance(direction, *segment);
}

}  // namespace vfp
