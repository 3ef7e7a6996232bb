// What differs by the kind of segment: where packets go that no port here has,
// who answers for whom, how far a flood goes. Everything else (policy, flows,
// NAT, the way from port to port) is the same for all.
//
// A kind is one object without state, in a file of its own: bridge.cc,
// l2tunnel.cc, transparent.cc, private.cc, overlay.cc. Nothing outside them asks
// which kind a segment is.
#pragma once

#include "vfp/internal/forwarding.h"
#include "vfp/internal/neighbor.h"

namespace vfp {

class SegmentType {
 public:
  virtual ~SegmentType() = default;
  // To a port of this segment that has the destination's address.
  virtual Route ToLocal(const RouteRequest& request, PortIndex port, const char* why) const = 0;
  // To a peer elsewhere that was announced. nullopt: as if it had not been.
  virtual std::optional<Route> ToRemote(const RouteRequest& request, const AddressEntry& remote) const = 0;
  // Nobody here has the destination.
  virtual Route Onward(const RouteRequest& request) const = 0;
  // The same by a route of the port, whose next hop, if it has one, is the request's
  // `reach`. nullopt: as if there were none.
  virtual std::optional<Route> OnwardBy(const RouteRequest&, const PortRoute&) const { return std::nullopt; }

  virtual NeighborPlan FromInside(const Datapath& path, const PortState& from,
                                  const NeighborMessage& message) const = 0;
  virtual NeighborPlan FromOutside(const Datapath& path, const PortState& uplink,
                                   const NeighborMessage& message) const = 0;
  // Of a packet from `from` to a group: whether `to`, of the same VLAN, gets it.
  virtual bool FloodsTo(const PortState& from, const PortState& to) const = 0;
  // Whether who sent this from outside may be the router that leads further, where
  // `known` is (zero: nobody).
  virtual bool MayBeRouter(const SegmentState& segment, const base::MacAddress& known,
                           const base::IpAddress& sender) const = 0;
  // Whether frames leave by the uplink with the MAC they were sent from.
  virtual bool KeepsMacs() const { return false; }
};

const SegmentType& Bridge();
const SegmentType& L2Tunnel();
const SegmentType& Transparent();
const SegmentType& Private();
const SegmentType& Overlay();
inline const SegmentType& TypeOf(const SegmentState& segment) { return *segment.type; }

}  // namespace vfp
