// What would happen to a packet at one port in one direction, without doing it.
//
// Frames, reconciliation and explain all ask here; slow_path.h then does what a
// plan says, explain.h tells it.
#pragma once

#include <optional>
#include <span>

#include "vfp/internal/datapath.h"
#include "vfp/internal/flow_entry.h"
#include "vfp/internal/forwarding.h"
#include "vfp/internal/walk.h"
#include "wire/quoted_packet.h"

namespace vfp {

struct Plan {
  std::optional<DropReason> drop;
  Direction initiator = Direction::kOutbound;
  FlowKey forward_key;  // As it enters in the initiator's direction...
  FlowKey reverse_key;  // ... and as a reply enters.
  WalkResult walk;      // Of the initiator's direction.
  HeaderTransposition reverse;
  // What the inbound side does: deliver or turn around; unresolved when replies
  // must be asked about first.
  Egress inbound_egress = Egress::kDeliver;

  const FlowKey& Key(Direction direction) const { return direction == initiator ? forward_key : reverse_key; }
  // By the layers; MACs come with the route or the delivery.
  const HeaderTransposition& Change(Direction direction) const {
    return direction == initiator ? walk.change : reverse;
  }
};

// How a key that was looked up stands to a packet.
enum class Standing : std::uint8_t {
  kNew,     // No connection, or one that is over and makes way.
  kMember,  // Belongs to the connection found.
  kAlone,   // Makes no connection and belongs to none (see `PlanAlone`).
};

struct PacketFacts {
  std::uint8_t protocol = 0;
  std::uint8_t tcp_flags = 0;
  bool is_icmp = false;
  bool is_echo = false;
  bool is_echo_request = false;
};
PacketFacts FactsOf(const wire::ParsedFrame& parsed);

// What the same packet has been planned to leave at the ports before, and which
// is not in the table, because nobody carries the plans out.
struct Foregone {
  std::size_t connections = 0;
  std::span<const FlowKey> keys;
};

class Planner {
 public:
  explicit Planner(const Datapath& path)
      : path_(path), walker_(path.names, path.translations, path.bindings, path.options.hash_seed) {}

  // `entry` is what the table has for the packet's key, or kNoEntry.
  Standing StandingOf(const PacketFacts& facts, std::uint32_t entry) const;
  // The entry of the connection that the packet an ICMP error quotes is of, at
  // the port and in the direction of the error; kNoEntry.
  std::uint32_t FindQuoted(const wire::QuotedPacket& quote, PortIndex port, Direction direction) const;
  // A first packet. `replaces`: a connection that makes way for it, or kNone.
  void PlanNew(const FlowKey& key, const PacketFacts& facts, ConnectionIndex replaces, const Foregone& before,
               WalkObserver* observer, Plan* plan) const;
  // A connection that exists, under today's policy; always in its initiator's
  // direction.
  void PlanAgain(ConnectionIndex connection, WalkObserver* observer, Plan* plan) const;
  // Whether a connection under this plan has its TCP states followed: not where
  // only half of it passes.
  bool TracksTcp(const Plan& plan) const;
  // The reply's direction, when it must be asked about. REQUIRES: `forward` is
  // the plan of this connection, not dropped.
  void PlanReply(const Plan& forward, WalkObserver* observer, WalkResult* result) const;
  // A packet that belongs to no connection and makes none: ICMP other than a
  // ping, an echo reply nobody asked for, packets to groups. An ICMP error is
  // judged by the rules of its direction, and dropped where a rule translates:
  // what it quotes cannot be translated without a connection (vfp.md 3.15, RFC 5508).
  void PlanAlone(const wire::ParsedFrame& packet, PortIndex port, Direction direction, WalkObserver* observer,
                 Plan* plan) const;
  // Whether the TCP connection of a new plan has its sequence numbers checked.
  bool TracksWindow(const Plan& plan, const PacketFacts& facts) const;
  // Null, or why a member's segment may not pass. `segment` is null when its
  // sequence numbers cannot be told.
  std::optional<DropReason> CheckWindow(ConnectionIndex connection, Direction direction,
                                        const std::optional<wire::TcpSegment>& segment) const;
  // Null, or why a member's packet may not pass now.
  std::optional<DropReason> CheckState(ConnectionIndex connection, bool tracks_tcp, const PacketFacts& facts) const;

  Egress InboundEgress(const PortState& port, const WalkResult& walk) const;
  // `change`: what is done to the reply; `destination`: after that.
  Egress ReplyEgress(const PortState& port, const HeaderTransposition& change,
                     const base::IpAddress& destination) const;
  // Where the outbound side of a connection that exists is to be routed.
  std::optional<base::IpAddress> ReachOf(ConnectionIndex connection) const;

 private:
  void WalkForKey(const FlowKey& key, std::uint32_t earlier, std::uint32_t attempt, WalkObserver* observer,
                  Plan* plan) const;
  bool HasRoom(std::size_t connections) const;
  std::optional<DropReason> CheckPortLimits(const FlowKey& key, const PacketFacts& facts, ConnectionIndex replaces,
                                            const Foregone& before) const;
  bool IsTaken(const FlowKey& key, ConnectionIndex self, const PacketFacts& facts, const Foregone& before) const;
  void PlanWithChoices(const FlowKey& key, std::uint32_t earlier, ConnectionIndex self, const PacketFacts& facts,
                       const Foregone& before, WalkObserver* observer, Plan* plan) const;

  const Datapath& path_;
  const Walker walker_;
};

// Delivered here: the frame gets the port's own MAC for destination.
HeaderTransposition DeliveryMacs(const PortState& port);

}  // namespace vfp
