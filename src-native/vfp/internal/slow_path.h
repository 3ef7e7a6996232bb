// One frame at one port, whatever it is: does what the planner says.
//
// Takes what the fast path cannot: first packets of connections, flows stamped
// with an old generation, packets that move a connection's state, fragments,
// ICMP errors, ARP and Neighbor Discovery, packets to groups, and garbage.
//
// ICMP errors follow the connection of the packet they quote (icmp_error.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "vfp/internal/committer.h"
#include "vfp/internal/datapath.h"
#include "vfp/internal/delivery.h"
#include "vfp/internal/neighbor.h"
#include "vfp/internal/planner.h"
#include "wire/icmp_error.h"
#include "wire/ndp.h"

namespace vfp {

// Why a frame cannot be carried, whatever policy says; null when it can.
std::optional<DropReason> CheckFrame(const wire::ParsedFrame& parsed);
// Gives a later fragment the ports of its first, or says why not.
std::optional<DropReason> CompleteFragment(const Datapath& path, PortIndex port, Direction direction,
                                           wire::ParsedFrame* parsed);
// Whether a frame from outside is a tunnel's that ends here.
bool IsTunnelPacket(const PortState& port, const wire::ParsedFrame& parsed);
// The frame in the tunnel, out of it; or why it is not taken. The parse becomes the
// inner frame's, and its source MAC the router's, who passes it on.
std::optional<DropReason> Unpack(const SegmentState& segment, wire::Frame* frame, wire::ParsedFrame* parsed,
                                 Encapsulation* popped);
// What a router has to say against passing a packet on: no hops left, or too long
// for the tunnel. `mtu`: what would fit.
struct Objection {
  DropReason reason;
  wire::IcmpErrorKind tells;
  std::uint16_t mtu = 0;
};
// `ttl`: as it is by now.
std::optional<Objection> ObjectionTo(const PortState& port, const wire::Frame& frame, std::uint8_t ttl,
                                     std::uint8_t ttl_decrement, Egress egress);
// The gateway in whose name that is told to the sender; null: it is not.
const base::IpAddress* ObjectingGateway(const SegmentState& segment, const wire::ParsedFrame& parsed);
// Whether a frame from outside is for anybody here, by its MAC.
bool IsForUs(const SegmentState& segment, const base::MacAddress& destination);

class SlowPath {
 public:
  SlowPath(Datapath& path, Delivery& delivery);

  // A frame that has entered frame->port and been counted there. True when it
  // enters another one, which is then in *frame.
  bool Process(Traveller* frame);
  // The same for a packet whose connection was found. `l4_offset` is 0 for a
  // later fragment. REQUIRES: the standing is kMember.
  bool ProcessMember(Traveller* frame, std::uint32_t entry, const PacketFacts& facts, std::uint32_t l3_offset,
                     std::uint32_t l4_offset);

 private:
  bool Drop(const Traveller& frame, DropReason reason);
  void CountWalk(const Traveller& frame);
  // What is known of the way out of the segment (see forwarding.h).
  static void LearnRouter(SegmentState& segment, const Traveller& frame, const wire::ParsedFrame& parsed);
  // The same, asking the wire for a MAC that was missing.
  bool DropAsking(const Traveller& frame, DropReason reason, const std::optional<base::IpAddress>& ask_for);
  // Null, or why a router does not pass this packet on, which its sender has been
  // told then.
  std::optional<DropReason> CheckOnward(const Traveller& frame, std::uint8_t ttl_decrement, Egress egress);
  // By the uplink or out of a tunnel; an error goes where the packet it quotes came from.
  Route FindRouteFromOutside(const Traveller& frame, const wire::ParsedFrame& parsed) const;
  bool LeaveTunnel(Traveller* frame, wire::ParsedFrame& parsed);
  bool ProcessFromUplink(Traveller* frame, const wire::ParsedFrame& parsed);
  bool ProcessNeighbor(Traveller* frame, const wire::ParsedFrame& parsed, const std::optional<wire::NdView>& nd);
  bool ProcessFlow(Traveller* frame, const wire::ParsedFrame& parsed, const PacketFacts& facts);
  bool ProcessError(Traveller* frame, const wire::ParsedFrame& parsed);
  bool ProcessAlone(Traveller* frame, const wire::ParsedFrame& parsed);
  std::optional<DropReason> CheckSourceOf(const Traveller& frame, const wire::ParsedFrame& parsed) const;
  // What must hold before a packet of a connection passes. `*entry` is kNoEntry
  // afterwards when it was that of a translation which is no more.
  std::optional<DropReason> BringUpToDate(const Traveller& frame, std::uint32_t* entry);
  // Finds out where the entry's packets go, unless that is known.
  std::optional<DropReason> Resolve(const Traveller& frame, std::uint32_t entry);
  bool ProcessNew(Traveller* frame, const FlowKey& key, const PacketFacts& facts, std::uint32_t found,
                  const wire::ParsedFrame& parsed);
  bool Finish(Traveller* frame, std::uint32_t entry, std::uint32_t l3_offset, std::uint32_t l4_offset);
  bool Flood(Traveller* frame, const wire::ParsedFrame& parsed);
  void FloodTo(PortState& port, const Traveller& frame);
  // By the uplink, a copy with the host's MAC wherever a MAC of the sender stands, unless
  // those are kept.
  void SendOutside(const PortState& from, const wire::Frame& frame, const wire::ParsedFrame& parsed);
  wire::Frame Copy(const wire::Frame& frame);
  std::uint8_t* copy() const { return copy_.get() + wire::kFrameHeadroom; }

  Datapath& path_;
  Delivery& delivery_;
  Planner planner_;
  Committer committer_;
  Plan plan_;                             // Scratch.
  std::unique_ptr<std::uint8_t[]> copy_;  // Headroom and wire::kMaxFrameBytes: copies and answers.
};

}  // namespace vfp
