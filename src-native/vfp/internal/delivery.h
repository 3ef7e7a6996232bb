// Counts frames in and out of ports, moves them from one to the next, and
// hands them to sinks in batches.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "vfp/internal/datapath.h"
#include "vfp/internal/flow_entry.h"
#include "wire/frame.h"

namespace vfp {

// A frame on its way through the switch.
struct Traveller {
  wire::Frame* frame = nullptr;
  PortIndex port = kNoPort;                    // The one it is entering...
  Direction direction = Direction::kOutbound;  // ... and how.
  std::uint8_t forwarded = 0;                  // Times from one port to the next.
  bool from_uplink = false;
};

class Delivery {
 public:
  static constexpr std::size_t kBatch = 32;
  // Ports that one frame may be sent to, one after the other. Client, host and
  // backend make two; more than this is two load balancers playing tennis.
  static constexpr std::uint8_t kMaxForwards = 4;

  explicit Delivery(Datapath& path) : path_(path) {}

  static void CountIn(PortState& port, Direction direction, std::uint32_t bytes) {
    DirectionCounters& counters = port.counters[static_cast<std::size_t>(direction)];
    ++counters.packets;
    counters.bytes += bytes;
  }
  static void Drop(PortState& port, Direction direction, DropReason reason) {
    DirectionCounters& counters = port.counters[static_cast<std::size_t>(direction)];
    ++counters.dropped;
    ++counters.drops[static_cast<std::size_t>(reason)];
  }

  // What follows for a frame that port and direction have let pass: true when
  // it enters another one, which is then in *frame; false when it has arrived
  // or was dropped. REQUIRES: egress is not kUnresolved.
  bool Advance(Traveller* frame, Egress egress, PortIndex egress_port) {
    PortState& port = *path_.net.port(frame->port);
    switch (egress) {
      case Egress::kDeliver: Arrive(port, frame); return false;
      case Egress::kTurnAround:
        ++port.counters[static_cast<std::size_t>(frame->direction)].forwarded;
        frame->direction = Direction::kOutbound;
        return true;
      case Egress::kPort:
        if (frame->forwarded >= kMaxForwards) {
          Drop(port, frame->direction, DropReason::kHairpinLoop);
          return false;
        }
        ++port.counters[static_cast<std::size_t>(frame->direction)].forwarded;
        ++frame->forwarded;
        frame->port = egress_port;
        frame->direction = Direction::kInbound;
        return true;
      case Egress::kUplink: {
        if (frame->from_uplink) {  // It would go back to where it came from.
          Drop(port, frame->direction, DropReason::kNoDestination);
          return false;
        }
        ++port.counters[static_cast<std::size_t>(frame->direction)].forwarded;
        PortState& uplink = *path_.net.port(egress_port);
        CountIn(uplink, Direction::kInbound, frame->frame->length);
        frame->port = egress_port;
        frame->direction = Direction::kInbound;
        Arrive(uplink, frame);
        return false;
      }
      case Egress::kUnresolved: break;
    }
    return false;
  }

  // To the port's sink at once; for frames the switch made itself or copied.
  void HandOver(PortState& port, wire::Frame frame) {
    if (port.sink != nullptr) port.sink->OnFrames(port.index, {&frame, 1});
  }
  // A copy or a frame from outside the layers enters a port inbound.
  void DeliverNow(PortState& port, wire::Frame frame) {
    CountIn(port, Direction::kInbound, frame.length);
    if (port.sink == nullptr) return Drop(port, Direction::kInbound, DropReason::kDestinationNotReady);
    ++port.counters[static_cast<std::size_t>(Direction::kInbound)].forwarded;
    HandOver(port, frame);
  }
  // Hands over what has arrived, a batch per port, in order.
  void Flush();

 private:
  void Arrive(PortState& port, Traveller* frame) {
    if (port.sink == nullptr) return Drop(port, Direction::kInbound, DropReason::kDestinationNotReady);
    ++port.counters[static_cast<std::size_t>(Direction::kInbound)].forwarded;
    arrived_[count_] = *frame->frame;
    ports_[count_++] = &port;
  }

  Datapath& path_;
  std::size_t count_ = 0;
  std::array<wire::Frame, kBatch> arrived_;
  std::array<PortState*, kBatch> ports_{};
  std::array<wire::Frame, kBatch> run_;
};

}  // namespace vfp
