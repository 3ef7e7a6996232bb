#include "vfp/internal/fast_path.h"

#include <algorithm>
#include <cstring>

#include "vfp/internal/fast_key.h"

namespace vfp {
namespace {

// Whether nobody on the way out has an objection (see ObjectionTo).
bool Passes(const PortState& port, const FlowEntry& entry, const wire::Frame& frame) {
  if (entry.rewrite.ttl_decrement != 0) {
    const std::uint8_t ttl = frame.data[wire::kFastL3Offset + (entry.family == 4 ? 8 : 7)];
    if (ttl <= entry.rewrite.ttl_decrement) return false;
  }
  return entry.egress() != Egress::kTunnel || Delivery::FitsTunnel(port, frame);
}

constexpr std::uint8_t kMovesState = wire::kTcpSyn | wire::kTcpFin | wire::kTcpRst;
// Index buckets moved on, a batch, while the table grows.
constexpr std::uint32_t kMigratePerBatch = 4;

bool IsDhcpServer(const wire::FastView& view) {
  return view.protocol == wire::kProtoUdp && view.source_port == (view.family == 4 ? 67 : 547) &&
         view.destination_port == (view.family == 4 ? 68 : 546);
}

}  // namespace

void FastPath::Carry(PortState& port, std::span<wire::Frame> frames) {
  if (!path_.backlogged.empty()) [[unlikely]] {
    Release();
  }
  while (!frames.empty()) {
    const std::size_t size = std::min(frames.size(), kBatch);
    CarryBatch(port, frames.first(size));
    frames = frames.subspan(size);
    path_.table.Migrate(kMigratePerBatch);
    SweepIdle(path_);
  }
}

template <typename MayGo>
bool FastPath::ReleaseBatch(PortState& port, Direction direction, Shaper* shaper, MayGo may_go) {
  std::uint32_t size = 0;
  count_ = 0;
  for (; size < kBatch && !shaper->backlog.empty() && may_go(shaper->backlog.Next()); ++size) {
    WaitingDeparture& departure = released_[size] = shaper->backlog.Pop();
    Delivery::CountNoLongerWaiting(port, direction, 1);
    wire::Frame& frame = released_frames_[size];
    frame = {.data = departure.bytes.data() + wire::kFrameHeadroom,
             .length = static_cast<std::uint32_t>(departure.bytes.size()) - wire::kFrameHeadroom,
             .offload = departure.offload,
             .headroom = wire::kFrameHeadroom};
    travellers_[size] = {.frame = &frame,
                         .port = port.index,
                         .direction = direction,
                         .forwarded = departure.forwarded,
                         .ingress = departure.ingress};
    PortIndex egress_port = departure.egress_port;
    if (departure.push) {
      OverlayState* overlay = port.segment->overlay.get();
      if (overlay == nullptr || overlay->spec().provider != departure.push->source) {
        Delivery::Drop(port, direction, DropReason::kNoDestination);
        continue;
      }
      egress_port = overlay->AdjacencyOf(*departure.push);
    }
    if (!delivery_.Depart(port, &travellers_[size], departure.egress, egress_port)) continue;
    is_plain_[size] = wire::ParseFast(frame, &views_[size]);
    round_[count_++] = size;
  }
  while (count_ != 0) Round();
  delivery_.Flush();
  for (std::uint32_t i = 0; i < size; ++i) released_[i] = {};
  return size != 0;
}

void FastPath::Release() {
  // What is let go may have to wait again, at the port it goes to: that may add to the list.
  for (std::size_t i = 0; i < path_.backlogged.size();) {
    const auto [index, direction] = path_.backlogged[i];
    PortState& port = *path_.net.port(index);
    Shaper* shaper = port.shapers[static_cast<std::size_t>(direction)].get();
    shaper->bucket.Refill(path_.time);
    const auto may_go = [&](const WaitingDeparture& next) {
      const bool goes = shaper->bucket.Has(next.cost);
      if (goes) shaper->bucket.Take(next.cost);
      return goes;
    };
    while (ReleaseBatch(port, direction, shaper, may_go)) {
    }
    if (shaper->backlog.empty()) {
      path_.backlogged.erase(path_.backlogged.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
}

void FastPath::ReleaseAll(PortState& port, Direction direction, Shaper* shaper) {
  while (ReleaseBatch(port, direction, shaper, [](const WaitingDeparture&) { return true; })) {
  }
}

void FastPath::CarryBatch(PortState& port, std::span<wire::Frame> frames) {
  const Ingress ingress = port.kind == PortKind::kUplink ? Ingress::kUplink : Ingress::kPort;
  for (std::uint32_t i = 0; i < frames.size(); ++i) {
    travellers_[i] = {.frame = &frames[i], .port = port.index, .ingress = ingress};
    is_plain_[i] = wire::ParseFast(frames[i], &views_[i]);
    round_[i] = i;
  }
  if (port.spec.guards.mac || port.spec.guards.dhcp) GuardBatch(port, frames);
  count_ = frames.size();
  while (count_ != 0) Round();
  delivery_.Flush();
}

// Flow keys hold no MAC, and a cached flow asks no guard: what one of them would
// stop must take the slow path.
void FastPath::GuardBatch(const PortState& port, std::span<wire::Frame> frames) {
  const PortGuards& guards = port.spec.guards;
  for (std::uint32_t i = 0; i < frames.size(); ++i) {
    if (!is_plain_[i]) continue;
    const bool foreign = guards.mac && std::memcmp(frames[i].data + 6, port.mac.bytes.data(), 6) != 0;
    const bool dhcp = guards.dhcp && IsDhcpServer(views_[i]);
    if (foreign || dhcp) is_plain_[i] = false;
  }
}

void FastPath::Begin(std::uint32_t i) {
  const Traveller& frame = travellers_[i];
  PortState& port = *path_.net.port(frame.port);
  Delivery::CountIn(port, frame.direction, frame.frame->length);
  Lookup& lookup = lookups_[i];
  lookup.entry = kNoEntry;
  if (!is_plain_[i] || port.kind == PortKind::kUplink) return;
  lookup.hash =
      MakeFastKey(views_[i], frame.frame->data, frame.port, frame.direction, path_.options.hash_seed, &lookup.key);
  path_.table.Prefetch(lookup.hash);
}

void FastPath::Round() {
  for (std::size_t n = 0; n < count_; ++n) Begin(round_[n]);
  mutations_ = path_.table.mutations();
  for (std::size_t n = 0; n < count_; ++n) {
    Lookup& lookup = lookups_[round_[n]];
    if (!is_plain_[round_[n]]) continue;
    lookup.entry = path_.table.Candidate(lookup.hash);
    if (lookup.entry != kNoEntry) path_.table.PrefetchEntry(lookup.entry);
  }
  std::size_t going_on = 0;
  for (std::size_t n = 0; n < count_; ++n) {
    const std::uint32_t i = round_[n];
    if (!Pass(i)) continue;
    if (travellers_[i].unpacked) [[unlikely]] {
      travellers_[i].unpacked = false;
      is_plain_[i] = wire::ParseFast(*travellers_[i].frame, &views_[i]);
    } else if (is_plain_[i]) {
      // Addresses are read anew from the bytes; ports may have been rewritten.
      const std::uint8_t* l4 = travellers_[i].frame->data + views_[i].l4_offset;
      views_[i].source_port = wire::Load16(l4);
      views_[i].destination_port = wire::Load16(l4 + 2);
    }
    round_[going_on++] = i;
  }
  count_ = going_on;
}

bool FastPath::Pass(std::uint32_t i) {
  Traveller& frame = travellers_[i];
  PortState& port = *path_.net.port(frame.port);
  if (port.kind == PortKind::kUplink) return PassFromUplink(i);
  if (!is_plain_[i]) return slow_.Process(&frame);
  const Lookup& lookup = lookups_[i];
  std::uint32_t index = lookup.entry;
  if (index == kNoEntry || path_.table.mutations() != mutations_ || !path_.table.entry(index).Has(lookup.key)) {
    index = path_.table.Find(lookup.key, lookup.hash);
    if (index == kNoEntry) return slow_.Process(&frame);
  }
  FlowEntry& entry = path_.table.entry(index);
  constexpr std::uint8_t kAsks = FlowEntry::kSettled | FlowEntry::kBlocked | FlowEntry::kRouteAsks;
  const bool plain = entry.stamp == port.stamp() && (entry.flags & kAsks) == FlowEntry::kSettled &&
                     entry.egress() != Egress::kUnresolved && (views_[i].tcp_flags & kMovesState) == 0 &&
                     path_.now - entry.last_used < path_.table.limits().smallest() && entry.packets != 0xffffffff &&
                     path_.options.flow_cache && entry.HoldsForMac(frame.frame->data) &&
                     Passes(port, entry, *frame.frame);
  if (!plain) [[unlikely]] {
    return PassCarefully(i, index);
  }
  ++entry.packets;
  entry.bytes += frame.frame->length;
  entry.last_used = path_.now;
  Apply(entry.rewrite, frame.frame->data, wire::kFastL3Offset, views_[i].l4_offset, frame.frame->offload);
  ++port.counters[static_cast<std::size_t>(frame.direction)].fast_path;
  return delivery_.Advance(&frame, entry.egress(), entry.egress_port());
}

bool FastPath::PassFromUplink(std::uint32_t i) {
  Traveller& frame = travellers_[i];
  PortState& port = *path_.net.port(frame.port);
  if (!is_plain_[i] || port.segment->overlay == nullptr || !path_.options.flow_cache) return slow_.Process(&frame);
  const PortIndex to = LeavePlainTunnel(path_, port, &owners_, frame.frame, &views_[i]);
  if (to == kNoPort) return slow_.Process(&frame);
  ++port.counters[static_cast<std::size_t>(frame.direction)].fast_path;
  frame.ingress = Ingress::kTunnel;
  return delivery_.Advance(&frame, Egress::kPort, to);
}

bool FastPath::PassCarefully(std::uint32_t i, std::uint32_t entry) {
  const PacketFacts facts{.protocol = views_[i].protocol, .tcp_flags = views_[i].tcp_flags};
  if (planner_.StandingOf(facts, entry) != Standing::kMember) return slow_.Process(&travellers_[i]);
  return slow_.ProcessMember(&travellers_[i], entry, facts, wire::kFastL3Offset, views_[i].l4_offset);
}

}  // namespace vfp
