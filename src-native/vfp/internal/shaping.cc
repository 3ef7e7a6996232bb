// Delivery at a limited rate: what has tokens goes on, what has none waits.
#include <algorithm>
#include <cstring>

#include "vfp/internal/delivery.h"

namespace vfp {
namespace {

std::vector<std::uint8_t> WithHeadroom(const wire::Frame& frame) {
  std::vector<std::uint8_t> bytes(wire::kFrameHeadroom + frame.length);
  std::memcpy(bytes.data() + wire::kFrameHeadroom, frame.data, frame.length);
  return bytes;
}

}  // namespace

bool Delivery::Admit(PortState& port, Shaper* shaper, const Traveller& frame, Egress egress, PortIndex egress_port) {
  if (egress == Egress::kTurnAround) return true;  // It is still in the switch, and asked about when it leaves.
  const bool tunnels = egress == Egress::kTunnel;
  const std::uint32_t cost = WireBytes(*frame.frame, tunnels);
  shaper->bucket.Refill(path_.time);
  if (shaper->LetsPass(cost)) {
    shaper->bucket.Take(cost);
    return true;
  }
  wire::ParsedFrame parsed;
  wire::Parse(*frame.frame, &parsed);
  const std::uint64_t hash = FlowHashOf(parsed, path_.options.hash_seed);
  std::size_t evicted = 0;
  if (!shaper->backlog.MakeRoom(hash, cost, &evicted)) {
    Drop(port, frame.direction, DropReason::kRateLimit);
    return false;
  }
  CountNoLongerWaiting(port, frame.direction, evicted);
  for (; evicted != 0; --evicted) Drop(port, frame.direction, DropReason::kRateLimit);
  if (shaper->backlog.empty()) {
    const std::pair place{port.index, frame.direction};
    const auto& list = path_.backlogged;
    if (std::find(list.begin(), list.end(), place) == list.end()) path_.backlogged.push_back(place);
  }
  WaitingDeparture departure{.bytes = WithHeadroom(*frame.frame),
                             .offload = frame.frame->offload,
                             .cost = cost,
                             .egress = egress,
                             .egress_port = egress_port,
                             .push = {},
                             .forwarded = frame.forwarded,
                             .ingress = frame.ingress};
  if (tunnels) departure.push = port.segment->overlay->adjacency(egress_port).push;
  shaper->backlog.Push(hash, std::move(departure));
  DirectionCounters& counters = port.counters[static_cast<std::size_t>(frame.direction)];
  ++counters.waiting;
  ++counters.delayed;
  return false;
}

bool Delivery::Police(PortState& port, Direction direction, const wire::Frame& frame) {
  Shaper* shaper = port.shapers[static_cast<std::size_t>(direction)].get();
  if (shaper == nullptr) return true;
  const std::uint32_t cost = WireBytes(frame, false);
  shaper->bucket.Refill(path_.time);
  if (!shaper->LetsPass(cost)) return false;
  shaper->bucket.Take(cost);
  return true;
}

void DropWaitingFor(Datapath& path, PortIndex gone) {
  for (const auto& [index, direction] : path.backlogged) {
    PortState& port = *path.net.port(index);
    std::size_t removed =
        port.shapers[static_cast<std::size_t>(direction)]->backlog.RemoveIf([&](const WaitingDeparture& departure) {
          const bool leads_there = departure.egress == Egress::kPort || departure.egress == Egress::kUplink;
          return leads_there && departure.egress_port == gone;
        });
    Delivery::CountNoLongerWaiting(port, direction, removed);
    for (; removed != 0; --removed) Delivery::Drop(port, direction, DropReason::kPortRemoved);
  }
}

void ForgetBacklog(Datapath& path, PortIndex port, Direction direction) {
  std::erase(path.backlogged, std::pair{port, direction});
}

}  // namespace vfp
