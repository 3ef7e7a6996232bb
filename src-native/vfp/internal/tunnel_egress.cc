// Delivery into tunnels: what does not fit is cut or dropped, what is owed is
// computed, headers are pushed, and what has no next hop yet waits for it.
#include <cstring>
#include <utility>

#include "vfp/internal/delivery.h"
#include "wire/checksum.h"
#include "wire/frame_builder.h"

namespace vfp {

void Delivery::EnterTunnel(PortState& port, Traveller* frame, std::uint32_t index) {
  SegmentState& segment = *port.segment;
  if (GoesBack(frame->ingress, Egress::kTunnel) || segment.uplink == nullptr) {
    return Drop(port, frame->direction, DropReason::kNoDestination);
  }
  Adjacency& adjacency = segment.overlay->adjacency(index);
  const bool fresh = static_cast<std::int32_t>(path_.now - adjacency.fresh_until) < 0;
  if (!adjacency.resolved || !fresh) [[unlikely]]
    AskUnderlay(segment, adjacency.next_hop);
  if (!adjacency.resolved || !FitsTunnel(port, *frame->frame)) [[unlikely]] {
    return EnterTunnelOddly(port, frame, index);
  }
  ++port.counters[static_cast<std::size_t>(frame->direction)].forwarded;
  LeaveByTunnel(*segment.uplink, frame->frame, adjacency);
}

void Delivery::EnterTunnelOddly(PortState& port, Traveller* frame, std::uint32_t index) {
  const Adjacency& adjacency = port.segment->overlay->adjacency(index);
  PortState& uplink = *port.segment->uplink;
  const std::uint32_t mtu = TunnelMtu(port);
  wire::Frame& whole = *frame->frame;
  wire::ParsedFrame parsed;
  wire::Parse(whole, &parsed);
  std::optional<wire::Segmenter> pieces = wire::Segmenter::OfSegments(whole, parsed);
  const bool to_be_segmented = whole.offload.gso_type != wire::Offload::kGsoNone;
  if (to_be_segmented && !pieces) return Drop(port, frame->direction, DropReason::kMtuExceeded);
  if (!pieces) wire::CompleteChecksum(&whole);
  if (!pieces && parsed.ip_length > mtu) {
    pieces = wire::Segmenter::OfFragments(whole, parsed, mtu);
    if (!pieces) return Drop(port, frame->direction, DropReason::kMtuExceeded);
  }
  if (pieces && pieces->longest_packet() > mtu) return Drop(port, frame->direction, DropReason::kMtuExceeded);
  ++port.counters[static_cast<std::size_t>(frame->direction)].forwarded;
  if (!adjacency.resolved) return Park(uplink, whole, index);
  if (pieces) return Cut(uplink, *std::move(pieces), adjacency);
  // Padding behind the IP packet would count against the outer one's length.
  if (parsed.IsIp()) whole.length = parsed.l3_offset + parsed.ip_length;
  LeaveByTunnel(uplink, &whole, adjacency);
}

void Delivery::Cut(PortState& uplink, wire::Segmenter pieces, const Adjacency& adjacency) {
  const std::size_t most = wire::kVxlanPushBytes + wire::kEthernetHeaderBytes + pieces.longest_packet();
  for (;;) {
    wire::Frame piece;
    piece.data = Room(most) + wire::kVxlanPushBytes;
    piece.headroom = wire::kVxlanPushBytes;
    piece.length = pieces.Next(piece.data);
    if (piece.length == 0) return;
    LeaveByTunnel(uplink, &piece, adjacency);
  }
}

void Delivery::LeaveByTunnel(PortState& uplink, wire::Frame* frame, const Adjacency& adjacency) {
  if (frame->headroom < wire::kVxlanPushBytes) [[unlikely]] {
    std::uint8_t* room = Room(wire::kVxlanPushBytes + frame->length);
    std::memcpy(room + wire::kVxlanPushBytes, frame->data, frame->length);
    frame->data = room + wire::kVxlanPushBytes;
    frame->headroom = wire::kVxlanPushBytes;
  }
  Push(adjacency.prepared, frame);
  CountIn(uplink, Direction::kInbound, frame->length);
  Arrive(uplink, *frame);
}

void Delivery::Park(PortState& uplink, const wire::Frame& frame, std::uint32_t adjacency) {
  SegmentState& segment = *uplink.segment;
  WaitingFrame waiting{.bytes = {frame.data, frame.data + frame.length},
                       .offload = frame.offload,
                       .adjacency = adjacency,
                       .since = path_.now};
  const base::IpAddress& next_hop = segment.overlay->adjacency(adjacency).next_hop;
  for (std::size_t n = segment.overlay->underlay.Park(next_hop, std::move(waiting)); n != 0; --n) {
    CountIn(uplink, Direction::kInbound, frame.length);
    Drop(uplink, Direction::kInbound, DropReason::kDestinationNotReady);
  }
}

void Delivery::AskUnderlay(SegmentState& segment, const base::IpAddress& next_hop) {
  OverlayState& overlay = *segment.overlay;
  if (segment.uplink == nullptr || !overlay.underlay.ShouldAsk(next_hop, path_.now)) return;
  wire::Frame question;
  question.data = Room(wire::kArpFrameBytes);
  question.length = static_cast<std::uint32_t>(wire::WriteArpRequest(segment.spec.host_mac, overlay.spec().provider,
                                                                     next_hop, {question.data, wire::kArpFrameBytes}));
  HandOver(*segment.uplink, question);
}

void Delivery::HeardOfNeighbor(SegmentState& segment, const base::IpAddress& address, const base::MacAddress& mac) {
  OverlayState& overlay = *segment.overlay;
  std::size_t stale = 0;
  if (!overlay.underlay.Learn(address, mac, path_.now, &waiting_, &stale)) return;
  overlay.Resolve(address);
  PortState* uplink = segment.uplink;
  if (uplink == nullptr) return;
  for (; stale != 0; --stale) {
    CountIn(*uplink, Direction::kInbound, 0);
    Drop(*uplink, Direction::kInbound, DropReason::kDestinationNotReady);
  }
  for (WaitingFrame& waiting : waiting_) {
    const Adjacency* adjacency = overlay.FindAdjacency(waiting.adjacency);
    // The segment has been changed meanwhile; its tunnels are others now.
    if (adjacency == nullptr || !adjacency->resolved || adjacency->next_hop != address) continue;
    wire::Frame frame;
    frame.data = waiting.bytes.data();
    frame.length = static_cast<std::uint32_t>(waiting.bytes.size());
    frame.offload = waiting.offload;
    wire::ParsedFrame parsed;
    wire::Parse(frame, &parsed);
    if (auto pieces = wire::Segmenter::OfSegments(frame, parsed)) {
      Cut(*uplink, *std::move(pieces), *adjacency);
    } else if (auto fragments = parsed.ip_length > TunnelMtu(*uplink)
                                    ? wire::Segmenter::OfFragments(frame, parsed, TunnelMtu(*uplink))
                                    : std::nullopt) {
      Cut(*uplink, *std::move(fragments), *adjacency);
    } else {
      LeaveByTunnel(*uplink, &frame, *adjacency);
    }
  }
  waiting_.clear();
}

std::uint8_t* Delivery::Room(std::size_t bytes) {
  if (room_ == nullptr) room_.reset(new std::uint8_t[kRoomBytes]);
  bytes = (bytes + 63) / 64 * 64;
  if (kRoomBytes - room_used_ < bytes) Flush();
  std::uint8_t* room = room_.get() + room_used_;
  room_used_ += bytes;
  return room;
}

}  // namespace vfp
