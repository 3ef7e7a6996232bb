// One direction of one connection at one port: its key and everything a packet
// of it needs. Two cache lines: the first says whether it is the right one and
// what to do, the second holds the rewrite.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "vfp/flow_key.h"
#include "vfp/prepared_transposition.h"

namespace vfp {

// Where a packet goes once this port and direction is done with it.
enum class Egress : std::uint8_t {
  kUnresolved,  // Not known yet: the next packet asks (see connection_table.h, "Replies").
  kPort,        // Enters `egress_port` inbound.
  kUplink,      // Leaves by `egress_port`.
  kDeliver,     // Inbound: to the port's own sink.
  kTurnAround,  // Inbound at a host port: goes out of it again, through its outbound layers.
  kTunnel,      // Leaves by the uplink with the headers of adjacency `egress_port` in front.
};

struct alignas(64) FlowEntry {
  static constexpr std::uint8_t kEgressMask = 7;
  // The packet's TCP flags, if any, are all that can change the connection's
  // state: no need to look at it for a packet without SYN, FIN or RST.
  static constexpr std::uint8_t kSettled = 8;
  static constexpr std::uint8_t kBlocked = 16;
  // The destination MAC has counted in the choice of the route (see
  // forwarding.h): it holds for frames with the one in rewrite.macs, which is
  // kept there and not written.
  static constexpr std::uint8_t kRouteByMac = 32;
  // The route depends on what neither key nor generation tell, such as NAT
  // bindings, which come and go: each packet asks again.
  static constexpr std::uint8_t kRouteAsks = 64;

  // FlowKey's fields in FlowKey's order; what follows `direction` is ours.
  std::uint8_t source[16];
  std::uint8_t destination[16];
  std::uint16_t source_port;
  std::uint16_t destination_port;
  PortIndex port;
  std::uint8_t protocol;
  std::uint8_t family;
  std::uint8_t direction;
  std::uint8_t flags;
  std::uint32_t packets;    // The low 32 bits; Connection has the rest.
  std::uint32_t stamp;      // port.generation + segment.generation it was decided under.
  std::uint32_t last_used;  // In ticks; by packets that passed.
  std::uint64_t bytes;
  PreparedTransposition rewrite;  // Its tag is the egress port, or the adjacency.

  Egress egress() const { return static_cast<Egress>(flags & kEgressMask); }
  PortIndex egress_port() const { return rewrite.tag; }
  bool HoldsForMac(const std::uint8_t* frame) const {
    return (flags & kRouteByMac) == 0 || std::memcmp(frame, rewrite.macs, 6) == 0;
  }
  void SetEgress(Egress egress, PortIndex port_index) {
    flags = static_cast<std::uint8_t>((flags & ~kEgressMask) | static_cast<std::uint8_t>(egress));
    rewrite.tag = port_index;
  }

  bool Has(const FlowKey& key) const {
    std::uint64_t a[6], b[6];
    std::memcpy(a, this, sizeof a);
    std::memcpy(b, &key, sizeof b);
    constexpr std::uint64_t kLastWord =
        std::endian::native == std::endian::little ? 0x0000000000ffffff : 0xffffff0000000000;
    return (((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) | (a[4] ^ b[4])) |
            ((a[5] ^ b[5]) & kLastWord)) == 0;
  }
  // Leaves flags and packets alone.
  void SetKey(const FlowKey& key) { std::memcpy(static_cast<void*>(this), &key, offsetof(FlowKey, reserved)); }
  FlowKey Key() const {
    FlowKey key;
    std::memcpy(static_cast<void*>(&key), this, offsetof(FlowKey, reserved));
    return key;
  }
};
static_assert(sizeof(FlowEntry) == 128);
static_assert(offsetof(FlowEntry, direction) == offsetof(FlowKey, direction));
static_assert(offsetof(FlowEntry, flags) == offsetof(FlowKey, reserved));

// The transposition a prepared rewrite stands for.
HeaderTransposition Unprepare(const PreparedTransposition& prepared);

}  // namespace vfp
