// The header group a flow's packets get in front: the push of a composed
// transposition (VFP NSDI'17, section 5.1), here VXLAN over IPv4.
//
// A flow's transposition is the HeaderTransposition of the packet's own headers
// and, when it leaves by a tunnel, one Encapsulation, which is pushed last. Both
// are plain data. The opposite, pop, needs no data: what is in front goes.
//
// Invariants
//   1. Pop(Push(frame)) is the frame, byte for byte, but for ECN marks that
//      routers put on the way (RFC 6040).
//   2. All packets of a flow have one UDP source port, chosen from their inner
//      headers (wire::VxlanSourcePort).
//   3. DSCP and ECN of the inner packet stand in the outer one, TTL starts anew,
//      "don't fragment" is set (what is longer than the tunnel takes does not get
//      here), the UDP checksum is zero.
#pragma once

#include <cstdint>
#include <string>

#include "base/ip_address.h"
#include "base/mac_address.h"
#include "wire/frame.h"
#include "wire/vxlan.h"

namespace vfp {

inline constexpr std::uint32_t kMaxVsid = wire::kMaxVni;
// What of an uplink's MTU a tunnel takes.
inline constexpr std::uint16_t kTunnelOverheadBytes = wire::kVxlanOverheadBytes;

struct Encapsulation {
  base::IpAddress source;  // Provider addresses, IPv4.
  base::IpAddress destination;
  std::uint32_t vsid = 0;  // The VNI, 24 bits.
  std::uint16_t udp_port = wire::kVxlanPort;
  std::uint8_t ttl = 64;
  // Of the next hop and of this host's uplink; zero while the next hop's is not known.
  base::MacAddress source_mac{};
  base::MacAddress destination_mac{};

  bool operator==(const Encapsulation&) const = default;
  std::string ToString() const;  // "VXLAN 4096 from 10.0.0.1 to 10.0.0.2 port 4789"
};

// Its bytes, in which only lengths, DSCP, source port and checksum are still missing.
struct PreparedEncapsulation {
  std::uint8_t bytes[wire::kVxlanPushBytes] = {};
  std::uint16_t ip_sum = 0;  // Of the IPv4 header as it stands, not complemented.
};
PreparedEncapsulation Prepare(const Encapsulation& encapsulation);

// REQUIRES: frame->headroom of wire::kVxlanPushBytes, nothing owed by the frame,
// and a length that fits IPv4 with all that.
void Push(const PreparedEncapsulation& prepared, wire::Frame* frame);

// Gives the inner IP packet of `frame` the congestion mark of the outer header
// that was taken away (RFC 6040, section 4.2). False: the packet must be dropped,
// because its sender cannot be told.
bool CombineEcn(std::uint8_t outer_tos, wire::Frame* frame);

}  // namespace vfp
