// Where the segment sends a packet that has left a port (or come in by the
// uplink), by its destination address:
//
//   1. a NAT binding's owner, when the packet is the reply of a translation;
//   2. a local port with that address, or a remote whose MAC is known;
//   3. the host port, for a destination its hairpin layer names (a VIP);
//   4. the host port, for its own addresses, and for frames sent to its MAC;
//   5. from inside: the uplink; from the uplink: the host port;
//   6. nowhere.
//
// On an l2bridge no frame leaves the uplink with a pod's MAC: the route says
// which MACs to write. The next hop outside is known to whoever sent the frame,
// so its destination MAC stays; but a frame that was sent to somebody here and
// turned out to be for outside (a translated reply) goes to the router that
// frames from outside have come from.
#pragma once

#include <optional>

#include "vfp/internal/datapath.h"
#include "vfp/internal/flow_entry.h"
#include "wire/parsed_frame.h"

namespace vfp {

struct Route {
  Egress egress = Egress::kUnresolved;  // kPort, kUplink; kUnresolved: nowhere, see `drop`.
  PortIndex port = kNoPort;
  HeaderTransposition macs;
  DropReason drop = DropReason::kNoDestination;
  // The destination MAC was looked at, which no flow key holds.
  bool by_mac = false;
  base::MacAddress seen_mac{};
  bool asks = false;     // May be another one next time, under the same policy.
  const char* why = "";  // One clause for people.
};

struct RouteRequest {
  const SegmentState* segment = nullptr;
  const PortState* from = nullptr;  // The port it left, or the uplink it came in by.
  Tuple tuple;
  bool is_echo = false;
  std::optional<base::IpAddress> reach;  // Goes where this address is, see WalkResult.
  base::MacAddress destination_mac;
};

Route FindRoute(const Datapath& path, const RouteRequest& request);
// The tuple a rule sees of a packet.
Tuple TupleOf(const wire::ParsedFrame& parsed);
Tuple TupleOf(const FlowKey& key);

}  // namespace vfp
