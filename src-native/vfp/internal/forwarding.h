// Where the segment sends a packet that has left a port (or come in from
// outside), by its destination address:
//
//   1. a NAT binding's owner, when the packet is the reply of a translation;
//   2. what the port's own routes say (port_route.h);
//   3. a local port with that address, or a remote that was announced;
//   4. the host port, for a destination its hairpin layer names (a VIP);
//   5. the host port, for its own addresses, and for frames sent to its MAC;
//   6. from inside: out; from the uplink: the host port;
//   7. nowhere.
//
// What "out" is, and with which MACs, is the segment type's matter
// (segment_type.h).
#pragma once

#include <optional>

#include "vfp/internal/datapath.h"
#include "vfp/internal/flow_entry.h"
#include "vfp/internal/ingress.h"
#include "wire/parsed_frame.h"

namespace vfp {

struct Route {
  Egress egress = Egress::kUnresolved;  // kPort, kUplink, kTunnel; kUnresolved: nowhere, see `drop`.
  PortIndex port = kNoPort;             // Not with kTunnel.
  HeaderTransposition change;           // MACs; TTL, when a router is passed.
  std::optional<Encapsulation> push;    // With kTunnel.
  DropReason drop = DropReason::kNoDestination;
  // The destination MAC was looked at, which no flow key holds.
  bool by_mac = false;
  base::MacAddress seen_mac{};
  bool asks = false;     // May be another one next time, under the same policy.
  const char* why = "";  // One clause for people.
  // The port's own route that it goes by. Null: none.
  const PortRoute* by = nullptr;
  // With kUnresolved: whose MAC is missing, to be asked for on the uplink.
  std::optional<base::IpAddress> ask_for;
};

struct RouteRequest {
  const SegmentState* segment = nullptr;
  const PortState* from = nullptr;  // The port it left, or the uplink it came in by.
  Tuple tuple;
  bool is_echo = false;
  std::optional<base::IpAddress> reach;  // Goes where this address is, see WalkResult.
  base::MacAddress destination_mac;
  std::uint16_t vlan = 0;            // That the packet is in: the port's, or the one it came by the uplink with.
  Ingress ingress = Ingress::kPort;  // Counts when `from` is the uplink.
};

Route FindRoute(const Datapath& path, const RouteRequest& request);
Route ToPort(PortIndex port, const char* why);
Route Nowhere(const char* why, DropReason reason = DropReason::kNoDestination);
// By the uplink as the host; `next` for destination MAC, null: it stays.
Route ByUplink(const SegmentState& segment, const base::MacAddress* next, const char* why);
// The route, of which the frame's destination MAC has decided a part.
Route ByMac(Route route, const RouteRequest& request);
// The tuple a rule sees of a packet.
Tuple TupleOf(const wire::ParsedFrame& parsed);
Tuple TupleOf(const FlowKey& key);

}  // namespace vfp
