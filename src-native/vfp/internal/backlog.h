// Frames that wait for tokens, in queues by flow that take turns (deficit round
// robin, Shreedhar and Varghese 1995): each turn gives a queue as many bytes as
// any other's, so that who sends little waits little, whatever others send.
//
// Invariants
//   1. Frames of one flow leave in the order they came.
//   2. Never more bytes than the limit, unless it is one single frame.
//   3. Without room the longest queue loses its last frame: who fills the
//      backlog is who pays.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "vfp/encapsulation.h"
#include "vfp/internal/flow_entry.h"
#include "vfp/internal/ingress.h"
#include "wire/frame.h"

namespace vfp {

// A frame as its port has let it pass, and where it was about to go.
struct WaitingDeparture {
  std::vector<std::uint8_t> bytes;  // wire::kFrameHeadroom of room, and the frame.
  wire::Offload offload;
  std::uint32_t cost = 0;  // Bytes on the wire.
  Egress egress = Egress::kUnresolved;
  PortIndex egress_port = kNoPort;    // Not with kTunnel...
  std::optional<Encapsulation> push;  // ... whose adjacency may have another number by then.
  std::uint8_t forwarded = 0;         // As Traveller has them.
  Ingress ingress = Ingress::kPort;
};

class Backlog {
 public:
  static constexpr std::size_t kQueues = 128;
  // A turn's bytes: one full frame of Ethernet.
  static constexpr std::uint32_t kQuantum = 1514;

  explicit Backlog(std::uint64_t limit) : limit_(limit) {}

  bool empty() const { return frames_ == 0; }
  std::size_t frames() const { return frames_; }
  std::uint64_t bytes() const { return bytes_; }
  // What waits stays, even when it is more.
  void SetLimit(std::uint64_t limit) { limit_ = limit; }

  // Makes room for a frame of this flow and cost: the last frames of longer
  // queues go, as many as *evicted says. False: there is none for it, and nothing went.
  bool MakeRoom(std::uint64_t flow_hash, std::uint32_t cost, std::size_t* evicted);
  // What MakeRoom would say.
  bool HasRoom(std::uint64_t flow_hash, std::uint32_t cost) const;
  void Push(std::uint64_t flow_hash, WaitingDeparture departure);

  // The one whose turn it is. REQUIRES: not empty.
  const WaitingDeparture& Next();
  WaitingDeparture Pop();
  // Returns how many it removed.
  std::size_t RemoveIf(const std::function<bool(const WaitingDeparture&)>& goes);

 private:
  static constexpr std::uint32_t kEnd = 0xffffffff;
  struct Node {
    WaitingDeparture departure;
    std::uint32_t next = kEnd, previous = kEnd;  // Of its queue; `next` of the free ones too.
  };
  struct Queue {
    std::uint32_t head = kEnd, tail = kEnd;
    std::uint32_t deficit = 0;
    std::uint64_t bytes = 0;
  };

  static std::size_t QueueOf(std::uint64_t flow_hash) { return flow_hash >> 57; }
  std::size_t Longest() const;
  WaitingDeparture Unlink(std::size_t queue, std::uint32_t node);
  void Deactivate(std::size_t queue);

  std::uint64_t limit_;
  std::size_t frames_ = 0;
  std::uint64_t bytes_ = 0;
  std::array<Queue, kQueues> queues_;
  // Queues with frames, in the order of their turns: a ring.
  std::array<std::uint8_t, kQueues> ring_{};
  std::size_t ring_head_ = 0, ring_size_ = 0;
  std::vector<Node> nodes_;
  std::uint32_t free_ = kEnd;
};

}  // namespace vfp
