#include "vfp/internal/slow_path.h"

#include <algorithm>
#include <cstring>

#include "vfp/internal/guard.h"
#include "vfp/internal/icmp_error.h"
#include "vfp/internal/segment_type.h"
#include "vfp/internal/vlan.h"
#include "wire/arp.h"
#include "wire/frame_builder.h"
#include "wire/vlan.h"

namespace vfp {
namespace {

DirectionCounters& CountersOf(const Datapath& path, const Traveller& frame) {
  return path.net.port(frame.port)->counters[static_cast<std::size_t>(frame.direction)];
}

}  // namespace

std::optional<DropReason> CheckFrame(const wire::ParsedFrame& parsed) {
  if (parsed.error != wire::ParseError::kNone) return DropReason::kInvalidPacket;
  if (parsed.tagged) return DropReason::kVlan;
  if (!parsed.IsIp() && parsed.kind != wire::EtherKind::kArp) return DropReason::kBlockNonIp;
  return std::nullopt;
}

std::optional<DropReason> CompleteFragment(const Datapath& path, PortIndex port, Direction direction,
                                           wire::ParsedFrame* parsed) {
  const auto record = path.fragments.Find(*parsed, port, direction, path.now);
  if (!record) return DropReason::kFragment;
  // It would write over the headers that were judged, or what follows them.
  if (parsed->fragment_offset < record->end) return DropReason::kInvalidPacket;
  parsed->source_port = record->source_port;
  parsed->destination_port = record->destination_port;
  parsed->icmp_type = record->icmp_type;
  parsed->is_icmp_echo = record->is_icmp_echo;
  parsed->is_icmp_error = record->is_icmp_error;
  return std::nullopt;
}

bool IsForUs(const SegmentState& segment, const base::MacAddress& destination) {
  return destination.IsGroup() || destination == segment.spec.host_mac || segment.macs.contains(destination.ToUint64());
}

SlowPath::SlowPath(Datapath& path, Delivery& delivery)
    : path_(path),
      delivery_(delivery),
      planner_(path),
      committer_(path, planner_),
      copy_(new std::uint8_t[wire::kFrameHeadroom + wire::kMaxFrameBytes]) {}

bool SlowPath::Drop(const Traveller& frame, DropReason reason) {
  Delivery::Drop(*path_.net.port(frame.port), frame.direction, reason);
  return false;
}

void SlowPath::CountWalk(const Traveller& frame) { ++CountersOf(path_, frame).slow_path; }

bool SlowPath::Process(Traveller* frame) {
  wire::ParsedFrame parsed;
  const PortState& port = *path_.net.port(frame->port);
  const bool enters = frame->forwarded == 0 && frame->direction == Direction::kOutbound;
  std::optional<DropReason> reason;
  if (enters) reason = Untag(port, frame->frame, &frame->vlan, &frame->unpacked);
  wire::Parse(*frame->frame, &parsed);
  if (!reason) reason = CheckFrame(parsed);
  if (frame->frame->length > wire::kMaxFrameBytes) reason = DropReason::kInvalidPacket;
  if (reason) {
    CountWalk(*frame);
    return Drop(*frame, *reason);
  }
  if (enters && port.kind == PortKind::kUplink && !IsForUs(*port.segment, parsed.destination_mac)) {
    CountWalk(*frame);
    return Drop(*frame, DropReason::kNoDestination);
  }
  std::optional<wire::NdView> nd;
  if (enters && wire::ClaimsNd(parsed)) {
    nd = wire::NdView::Parse(*frame->frame, parsed);
    if (!nd) {
      CountWalk(*frame);
      return Drop(*frame, DropReason::kInvalidPacket);
    }
  }
  if (enters) reason = CheckGuards(port, parsed, nd);
  const bool to_group = parsed.IsIp() && port.segment->IsGroup(parsed.destination);
  if (!reason && enters && to_group && !nd) reason = CheckSource(port, parsed);
  if (reason) {
    CountWalk(*frame);
    return Drop(*frame, *reason);
  }
  if (parsed.kind == wire::EtherKind::kArp) return ProcessNeighbor(frame, parsed, std::nullopt);
  if (nd) {
    if (nd->IsSolicitation() || nd->IsAdvertisement()) return ProcessNeighbor(frame, parsed, nd);
  }
  if (enters && IsTunnelPacket(port, parsed)) return LeaveTunnel(frame, parsed);
  if (to_group) return Flood(frame, parsed);
  if (port.kind == PortKind::kUplink) return ProcessFromUplink(frame, parsed);
  if (parsed.is_later_fragment) {
    reason = CompleteFragment(path_, frame->port, frame->direction, &parsed);
    if (reason) {
      CountWalk(*frame);
      return Drop(*frame, *reason);
    }
  } else if (parsed.is_fragment) {
    path_.fragments.Remember(parsed, frame->port, frame->direction, path_.now);
  }
  return ProcessFlow(frame, parsed, FactsOf(parsed));
}

bool SlowPath::ProcessFlow(Traveller* frame, const wire::ParsedFrame& parsed, const PacketFacts& facts) {
  if (parsed.is_icmp_error) return ProcessError(frame, parsed);
  const FlowKey key = MakeFlowKey(parsed, frame->port, frame->direction);
  std::uint32_t entry = path_.table.Find(key);
  switch (planner_.StandingOf(facts, entry)) {
    case Standing::kAlone: return ProcessAlone(frame, parsed);
    case Standing::kNew: return ProcessNew(frame, key, facts, entry, parsed);
    case Standing::kMember: break;
  }
  return ProcessMember(frame, entry, facts, parsed.l3_offset, parsed.l4_offset);
}

std::optional<DropReason> SlowPath::BringUpToDate(const Traveller& frame, std::uint32_t* index) {
  const ConnectionIndex connection = ConnectionTable::ConnectionOf(*index);
  FlowEntry& entry = path_.table.entry(*index);
  const PortState& port = *path_.net.port(entry.port);
  DirectionCounters& counters = CountersOf(path_, frame);
  if (entry.stamp != port.stamp() || !path_.options.flow_cache) {
    ++counters.slow_path;
    ++counters.reconciled;
    const FlowKey key = entry.Key();
    if (const auto reason = committer_.Reconcile(connection)) return reason;
    if (!entry.Has(key)) {
      --counters.slow_path;
      --counters.reconciled;
      *index = kNoEntry;
      return std::nullopt;
    }
  } else {
    ++counters.fast_path;
  }
  if (path_.table.connection(connection).blocked()) return DropReason::kConnectionBlocked;
  return std::nullopt;
}

bool SlowPath::ProcessMember(Traveller* frame, std::uint32_t index, const PacketFacts& facts, std::uint32_t l3_offset,
                             std::uint32_t l4_offset) {
  const ConnectionIndex connection = ConnectionTable::ConnectionOf(index);
  if (const auto reason = BringUpToDate(*frame, &index)) return Drop(*frame, *reason);
  if (index == kNoEntry) return Process(frame);  // The reply to a translation that is no more.
  FlowEntry& entry = path_.table.entry(index);
  const auto direction = static_cast<Direction>(entry.direction);
  const Connection& now = path_.table.connection(connection);
  if (const auto reason = planner_.CheckState(connection, now.tracks_tcp(), facts)) return Drop(*frame, *reason);
  std::optional<wire::TcpSegment> segment;
  if (now.tracks_window()) segment = wire::ReadTcpSegment(*frame->frame, l3_offset, l4_offset);
  if (const auto reason = planner_.CheckWindow(connection, direction, segment)) return Drop(*frame, *reason);
  if (const auto reason = Resolve(*frame, index)) return Drop(*frame, *reason);
  committer_.AdvanceWindow(connection, direction, segment);
  committer_.Advance(connection, facts, direction == path_.table.connection(connection).initiator);
  return Finish(frame, index, l3_offset, l4_offset);
}

std::optional<DropReason> SlowPath::Resolve(const Traveller& frame, std::uint32_t index) {
  const FlowEntry& entry = path_.table.entry(index);
  if (entry.egress() != Egress::kUnresolved && (entry.flags & FlowEntry::kRouteAsks) == 0 &&
      entry.HoldsForMac(frame.frame->data)) {
    return std::nullopt;
  }
  std::optional<base::IpAddress> ask_for;
  const auto reason = committer_.Resolve(ConnectionTable::ConnectionOf(index), static_cast<Direction>(entry.direction),
                                         wire::LoadMac(frame.frame->data), &ask_for);
  if (ask_for) delivery_.AskUnderlay(*path_.net.port(frame.port)->segment, *ask_for);
  return reason;
}

bool SlowPath::ProcessError(Traveller* frame, const wire::ParsedFrame& parsed) {
  if (IsIcmpRedirect(parsed) && frame->direction == Direction::kInbound) {
    CountWalk(*frame);
    return Drop(*frame, DropReason::kIcmpRedirect);
  }
  const auto quote = QuoteOf(*frame->frame, parsed);
  std::uint32_t index = quote ? planner_.FindQuoted(*quote, frame->port, frame->direction) : kNoEntry;
  if (index == kNoEntry) return ProcessAlone(frame, parsed);
  if (const auto reason = BringUpToDate(*frame, &index)) return Drop(*frame, *reason);
  if (index == kNoEntry) return ProcessAlone(frame, parsed);
  if (const auto reason = Resolve(*frame, index)) return Drop(*frame, *reason);
  const PortState& port = *path_.net.port(frame->port);
  const FlowEntry& entry = path_.table.entry(index);
  const HeaderTransposition reply = Unprepare(entry.rewrite);
  if (const auto reason = CheckOnward(*frame, reply.ttl_decrement, entry.egress())) return Drop(*frame, *reason);
  RewriteQuote(QuoteChange(reply, *quote), *quote, parsed, frame->frame);
  ApplyToFrame(OuterChange(reply, parsed, *quote, LeavesEndpoint(port, frame->direction)), parsed, frame->frame);
  return delivery_.Advance(frame, entry.egress(), entry.egress_port());
}

bool SlowPath::Finish(Traveller* frame, std::uint32_t index, std::uint32_t l3_offset, std::uint32_t l4_offset) {
  FlowEntry& entry = path_.table.entry(index);
  if (const auto reason = CheckOnward(*frame, entry.rewrite.ttl_decrement, entry.egress())) {
    return Drop(*frame, *reason);
  }
  if (++entry.packets == 0) {
    ++path_.table.connection(ConnectionTable::ConnectionOf(index)).packets_high[entry.direction];
  }
  entry.bytes += frame->frame->length;
  entry.last_used = path_.now;
  Apply(entry.rewrite, frame->frame->data, l3_offset, l4_offset, frame->frame->offload);
  return delivery_.Advance(frame, entry.egress(), entry.egress_port());
}

bool SlowPath::ProcessNew(Traveller* frame, const FlowKey& key, const PacketFacts& facts, std::uint32_t found,
                          const wire::ParsedFrame& parsed) {
  CountWalk(*frame);
  if (const auto reason = CheckSourceOf(*frame, parsed)) return Drop(*frame, *reason);
  const ConnectionIndex replaced = found == kNoEntry ? kNone : ConnectionTable::ConnectionOf(found);
  planner_.PlanNew(key, facts, replaced, {}, nullptr, &plan_);
  Committer::CountRules(plan_.walk);
  if (plan_.drop) return Drop(*frame, *plan_.drop);
  Route route;
  const bool outbound = frame->direction == Direction::kOutbound;
  if (outbound) {
    const PortState& port = *path_.net.port(frame->port);
    route = FindRoute(path_, {.segment = port.segment,
                              .from = &port,
                              .tuple = plan_.walk.after,
                              .is_echo = facts.is_echo,
                              .reach = plan_.walk.reach,
                              .destination_mac = parsed.destination_mac,
                              .vlan = port.vlan});
    if (route.egress == Egress::kUnresolved) return DropAsking(*frame, route.drop, route.ask_for);
    if (GoesBack(frame->ingress, route.egress)) return Drop(*frame, DropReason::kNoDestination);
  }
  ConnectionIndex made = kNone;
  if (const auto reason = committer_.Make(plan_, facts, outbound ? &route : nullptr, replaced, &made)) {
    return Drop(*frame, *reason);
  }
  if (planner_.TracksWindow(plan_, facts)) {
    committer_.BeginWindow(made, wire::ReadTcpSegment(*frame->frame, parsed.l3_offset, parsed.l4_offset));
  }
  return Finish(frame, ConnectionTable::EntryOf(made, frame->direction), parsed.l3_offset, parsed.l4_offset);
}

std::optional<DropReason> SlowPath::CheckSourceOf(const Traveller& frame, const wire::ParsedFrame& parsed) const {
  const bool enters = frame.forwarded == 0 && frame.direction == Direction::kOutbound;
  return enters ? CheckSource(*path_.net.port(frame.port), parsed) : std::nullopt;
}

bool SlowPath::ProcessAlone(Traveller* frame, const wire::ParsedFrame& parsed) {
  CountWalk(*frame);
  if (const auto reason = CheckSourceOf(*frame, parsed)) return Drop(*frame, *reason);
  const PortState& port = *path_.net.port(frame->port);
  planner_.PlanAlone(parsed, frame->port, frame->direction, nullptr, &plan_);
  Committer::CountRules(plan_.walk);
  if (plan_.drop) return Drop(*frame, *plan_.drop);
  if (frame->direction == Direction::kInbound) {
    const bool delivers = plan_.inbound_egress == Egress::kDeliver;
    ApplyToFrame(delivers ? Compose(plan_.walk.change, DeliveryMacs(port)) : plan_.walk.change, parsed, frame->frame);
    return delivery_.Advance(frame, plan_.inbound_egress, frame->port);
  }
  const auto quote = QuoteOf(*frame->frame, parsed);
  const Route route = FindRoute(path_, {.segment = port.segment,
                                        .from = &port,
                                        .tuple = quote ? ReplyTupleOf(*quote) : plan_.walk.after,
                                        .is_echo = quote ? quote->is_echo : parsed.is_icmp_echo,
                                        .reach = plan_.walk.reach,
                                        .destination_mac = parsed.destination_mac,
                                        .vlan = port.vlan});
  if (route.egress == Egress::kUnresolved) return DropAsking(*frame, route.drop, route.ask_for);
  if (GoesBack(frame->ingress, route.egress)) return Drop(*frame, DropReason::kNoDestination);
  if (const auto reason = CheckOnward(*frame, route.change.ttl_decrement, route.egress)) {
    return Drop(*frame, *reason);
  }
  ApplyToFrame(Compose(plan_.walk.change, route.change), parsed, frame->frame);
  const bool tunnels = route.push.has_value();
  return delivery_.Advance(frame, route.egress, tunnels ? port.segment->overlay->AdjacencyOf(*route.push) : route.port);
}

void SlowPath::LearnRouter(SegmentState& segment, const Traveller& frame, const wire::ParsedFrame& parsed) {
  const base::MacAddress& mac = parsed.source_mac;
  const base::MacAddress& known = segment.RouterIn(frame.vlan);
  if (mac.IsGroup() || mac.IsZero() || mac == known) return;
  if (!TypeOf(segment).MayBeRouter(segment, known, parsed.source)) return;
  segment.SetRouter(frame.vlan, mac);
  ++segment.generation;
}

bool SlowPath::ProcessFromUplink(Traveller* frame, const wire::ParsedFrame& parsed) {
  const PortState& uplink = *path_.net.port(frame->port);
  ++CountersOf(path_, *frame).fast_path;  // No layers here: there is nothing to walk.
  LearnRouter(*uplink.segment, *frame, parsed);
  const Route route = FindRouteFromOutside(*frame, parsed);
  if (route.egress == Egress::kUnresolved) return Drop(*frame, route.drop);
  if (route.egress != Egress::kPort) return Drop(*frame, DropReason::kNoDestination);
  return delivery_.Advance(frame, route.egress, route.port);
}

bool SlowPath::ProcessNeighbor(Traveller* frame, const wire::ParsedFrame& parsed,
                               const std::optional<wire::NdView>& nd) {
  CountWalk(*frame);
  PortState& port = *path_.net.port(frame->port);
  if (port.kind == PortKind::kUplink) LearnRouter(*port.segment, *frame, parsed);
  if (port.kind == PortKind::kUplink && !nd && port.segment->overlay != nullptr) {
    delivery_.HeardOfNeighbor(*port.segment, parsed.source, parsed.arp_sender_mac);
  }
  const NeighborPlan plan = PlanNeighbor(path_, port, ReadNeighbor(parsed, nd, frame->vlan));
  DirectionCounters& counters = CountersOf(path_, *frame);
  const wire::Frame& bytes = *frame->frame;
  switch (plan.action) {
    case NeighborAction::kDrop: return Drop(*frame, DropReason::kNoDestination);
    case NeighborAction::kTaken: ++counters.answered; return false;
    case NeighborAction::kAnswer: {
      ++counters.answered;
      const std::span<std::uint8_t> room(copy(), wire::kMaxFrameBytes);
      wire::Frame answer;
      answer.data = copy();
      answer.headroom = wire::kFrameHeadroom;
      answer.length =
          static_cast<std::uint32_t>(nd ? wire::WriteNeighborAdvertisement(parsed, *nd, plan.mac, plan.is_router, room)
                                        : wire::WriteArpReply(parsed, plan.mac, room));
      if (port.kind == PortKind::kUplink && frame->vlan != 0) wire::PushTag(frame->vlan, &answer);
      delivery_.HandOver(port, answer);
      return false;
    }
    case NeighborAction::kToPort: {
      ++counters.forwarded;
      PortState& to = *path_.net.port(plan.port);
      wire::Frame copy = Copy(bytes);
      if (!parsed.destination_mac.IsGroup()) {
        wire::StoreMac(copy.data, to.mac);
        if (!nd) wire::RewriteArpTargetMac(parsed, to.mac, &copy);
      }
      delivery_.DeliverNow(to, copy);
      return false;
    }
    case NeighborAction::kToUplink:
      ++counters.forwarded;
      SendOutside(port, bytes, parsed);
      return false;
    case NeighborAction::kToAllPorts:
      ++counters.forwarded;
      for (PortState* to : port.segment->ports) {
        if (to == &port || !IsIn(*to, frame->vlan)) continue;
        if (to->kind == PortKind::kUplink) {
          SendOutside(port, bytes, parsed);
        } else {
          delivery_.DeliverNow(*to, Copy(bytes));
        }
      }
      return false;
  }
  return false;
}

wire::Frame SlowPath::Copy(const wire::Frame& frame) {
  std::memcpy(copy(), frame.data, frame.length);
  wire::Frame copied = frame;
  copied.data = copy();
  copied.headroom = wire::kFrameHeadroom;
  return copied;
}

void SlowPath::SendOutside(const PortState& from, const wire::Frame& frame, const wire::ParsedFrame& parsed) {
  wire::Frame copy = Copy(frame);
  const base::MacAddress& host_mac = from.segment->spec.host_mac;
  const bool as_host = !TypeOf(*from.segment).KeepsMacs();
  if (as_host) wire::StoreMac(copy.data + 6, host_mac);
  if (as_host && parsed.kind == wire::EtherKind::kArp) {
    wire::RewriteArpSenderMac(parsed, host_mac, &copy);
  } else if (as_host && wire::ClaimsNd(parsed)) {
    wire::RewriteNdLinkLayerAddresses(parsed, host_mac, &copy);
  }
  if (from.vlan != 0) wire::PushTag(from.vlan, &copy);
  delivery_.DeliverNow(*from.segment->uplink, copy);
}

bool SlowPath::Flood(Traveller* frame, const wire::ParsedFrame& parsed) {
  CountWalk(*frame);
  PortState& from = *path_.net.port(frame->port);
  if (from.kind != PortKind::kUplink) {
    planner_.PlanAlone(parsed, frame->port, frame->direction, nullptr, &plan_);
    Committer::CountRules(plan_.walk);
    if (plan_.drop) return Drop(*frame, *plan_.drop);
    ApplyToFrame(plan_.walk.change, parsed, frame->frame);
  }
  const SegmentType& type = TypeOf(*from.segment);
  const std::uint16_t vlan = from.kind == PortKind::kUplink ? frame->vlan : from.vlan;
  const auto reaches = [&](const PortState* to) { return to != &from && IsIn(*to, vlan) && type.FloodsTo(from, *to); };
  if (std::none_of(from.segment->ports.begin(), from.segment->ports.end(), reaches)) {
    return Drop(*frame, DropReason::kNoDestinationBroadcast);
  }
  if (!delivery_.Police(from, frame->direction, *frame->frame)) return Drop(*frame, DropReason::kRateLimit);
  ++CountersOf(path_, *frame).forwarded;
  for (PortState* to : from.segment->ports) {
    if (!reaches(to)) continue;
    if (to->kind == PortKind::kUplink) {
      SendOutside(from, *frame->frame, parsed);
    } else {
      FloodTo(*to, *frame);
    }
  }
  return false;
}

void SlowPath::FloodTo(PortState& port, const Traveller& frame) {
  Traveller copied = frame;
  copied.port = port.index;
  copied.direction = Direction::kInbound;
  wire::Frame copy = Copy(*frame.frame);
  copied.frame = &copy;
  wire::ParsedFrame parsed;
  wire::Parse(copy, &parsed);
  planner_.PlanAlone(parsed, port.index, Direction::kInbound, nullptr, &plan_);
  Committer::CountRules(plan_.walk);
  auto reason = plan_.drop;
  if (!reason && !delivery_.Police(port, Direction::kInbound, copy)) reason = DropReason::kRateLimit;
  if (reason) {
    Delivery::CountIn(port, Direction::kInbound, copy.length);
    CountWalk(copied);
    Drop(copied, *reason);
    return;
  }
  CountWalk(copied);
  ApplyToFrame(plan_.walk.change, parsed, &copy);
  delivery_.DeliverNow(port, copy);
}

}  // namespace vfp
