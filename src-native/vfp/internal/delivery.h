// Counts frames in and out of ports, moves them from one to the next, puts
// those that leave by a tunnel into it, and hands them to sinks in batches.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "vfp/internal/datapath.h"
#include "vfp/internal/flow_entry.h"
#include "vfp/internal/forwarding.h"
#include "wire/frame.h"
#include "wire/segmentation.h"

namespace vfp {

// A frame on its way through the switch.
struct Traveller {
  wire::Frame* frame = nullptr;
  PortIndex port = kNoPort;                    // The one it is entering...
  Direction direction = Direction::kOutbound;  // ... and how.
  std::uint8_t forwarded = 0;                  // Times from one port to the next.
  Ingress ingress = Ingress::kPort;
  bool unpacked = false;   // It has just become another frame: the one in the tunnel, or behind the tag.
  std::uint16_t vlan = 0;  // That it came in by the uplink with.
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
    Shaper* shaper = port.shapers[static_cast<std::size_t>(frame->direction)].get();
    if (shaper != nullptr && !Admit(port, shaper, *frame, egress, egress_port)) [[unlikely]] {
      return false;
    }
    return Depart(port, frame, egress, egress_port);
  }

  // The same for a frame that has its tokens.
  bool Depart(PortState& port, Traveller* frame, Egress egress, PortIndex egress_port) {
    switch (egress) {
      case Egress::kDeliver: Arrive(port, *frame->frame); return false;
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
        if (GoesBack(frame->ingress, egress)) {
          Drop(port, frame->direction, DropReason::kNoDestination);
          return false;
        }
        ++port.counters[static_cast<std::size_t>(frame->direction)].forwarded;
        PortState& uplink = *path_.net.port(egress_port);
        if (port.vlan != 0) [[unlikely]]
          Tag(port.vlan, frame->frame);
        CountIn(uplink, Direction::kInbound, frame->frame->length);
        frame->port = egress_port;
        frame->direction = Direction::kInbound;
        Arrive(uplink, *frame->frame);
        return false;
      }
      case Egress::kTunnel: EnterTunnel(port, frame, egress_port); return false;
      case Egress::kUnresolved: break;
    }
    return false;
  }

  // Tokens for a frame whose copies go to many: false, and there are none for it.
  bool Police(PortState& port, Direction direction, const wire::Frame& frame);
  // Takes a port's frames that wait out of the count of those that do; for what
  // then happens to them.
  static void CountNoLongerWaiting(PortState& port, Direction direction, std::size_t frames) {
    port.counters[static_cast<std::size_t>(direction)].waiting -= frames;
  }

  // Whether a frame fits its segment's tunnels as it is: nothing owed, nothing to
  // be cut. May say no of one that would.
  static bool FitsTunnel(const PortState& port, const wire::Frame& frame) {
    return frame.length <= wire::kEthernetHeaderBytes + TunnelMtu(port) && !frame.offload.NeedsChecksum() &&
           frame.offload.gso_type == wire::Offload::kGsoNone;
  }
  // The longest IP packet that fits.
  static std::uint32_t TunnelMtu(const PortState& port) {
    const PortState* uplink = port.segment->uplink;
    const std::uint32_t mtu = uplink == nullptr ? 0 : uplink->spec.mtu;
    return mtu < wire::kVxlanOverheadBytes ? 0 : mtu - wire::kVxlanOverheadBytes;
  }
  // Puts the tag of a VLAN on a frame for the uplink.
  void Tag(std::uint16_t vlan, wire::Frame* frame);
  // Asks the wire who has an address, unless that was done a moment ago.
  void AskUnderlay(SegmentState& segment, const base::IpAddress& next_hop);
  // Somebody on the wire said where he is: what waited for that leaves.
  void HeardOfNeighbor(SegmentState& segment, const base::IpAddress& address, const base::MacAddress& mac);

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
  void Arrive(PortState& port, const wire::Frame& frame) {
    if (port.sink == nullptr) return Drop(port, Direction::kInbound, DropReason::kDestinationNotReady);
    ++port.counters[static_cast<std::size_t>(Direction::kInbound)].forwarded;
    if (count_ == kBatch) Flush();
    arrived_[count_] = frame;
    ports_[count_++] = &port;
  }

  // Tokens for a frame that is about to go on. False: it waits, or was dropped.
  bool Admit(PortState& port, Shaper* shaper, const Traveller& frame, Egress egress, PortIndex egress_port);

  void EnterTunnel(PortState& port, Traveller* frame, std::uint32_t adjacency);
  // In pieces, or with a checksum still to be computed.
  void EnterTunnelOddly(PortState& port, Traveller* frame, std::uint32_t adjacency);
  void Cut(PortState& uplink, wire::Segmenter pieces, const Adjacency& adjacency);
  void LeaveByTunnel(PortState& uplink, wire::Frame* frame, const Adjacency& adjacency);
  void Park(PortState& uplink, const wire::Frame& frame, std::uint32_t adjacency);
  // Room for `bytes`, good until the next Flush, which this may cause.
  std::uint8_t* Room(std::size_t bytes);

  Datapath& path_;
  // For frames without headroom and for pieces of longer ones; made when first needed.
  static constexpr std::size_t kRoomBytes = 256 * 1024;
  std::unique_ptr<std::uint8_t[]> room_;
  std::size_t room_used_ = 0;
  std::vector<WaitingFrame> waiting_;  // Scratch.
  std::size_t count_ = 0;
  std::array<wire::Frame, kBatch> arrived_;
  std::array<PortState*, kBatch> ports_{};
  std::array<wire::Frame, kBatch> run_;
};

// Frames that wait anywhere to enter this port, or leave by it, are dropped.
void DropWaitingFor(Datapath& path, PortIndex port);
// What waits in this direction of the port is nobody's to let go any more.
void ForgetBacklog(Datapath& path, PortIndex port, Direction direction);

}  // namespace vfp
