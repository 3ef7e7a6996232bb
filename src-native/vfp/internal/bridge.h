// The kind of segment that others are variations of: an l2bridge (bridge.cc).
#pragma once

#include "vfp/internal/segment_type.h"

namespace vfp {

class BridgeType : public SegmentType {
 public:
  Route ToLocal(const RouteRequest& request, PortIndex port, const char* why) const override;
  std::optional<Route> ToRemote(const RouteRequest& request, const AddressEntry& remote) const override;
  Route Onward(const RouteRequest& request) const override;
  std::optional<Route> OnwardBy(const RouteRequest& request, const PortRoute& route) const override;
  NeighborPlan FromInside(const Datapath& path, const PortState& from, const NeighborMessage& message) const override;
  NeighborPlan FromOutside(const Datapath& path, const PortState& uplink,
                           const NeighborMessage& message) const override;
  bool FloodsTo(const PortState& from, const PortState& to) const override;
  bool MayBeRouter(const SegmentState& segment, const base::MacAddress& known,
                   const base::IpAddress& sender) const override;
};

// A question that nobody here answers, asked by the uplink in the host's name.
NeighborPlan OutsideOrNowhere(const SegmentState& segment);

}  // namespace vfp
