// What each type of network may have, and what the embedded switch does with
// its packets: plain data, one row a type, from which docs/support.md tells.
//
// Sources: the schema pages for the names and for "several subnets only on
// l2bridge, l2tunnel, overlay"; what clients create for the rest. Unverified:
// what HNS answers where a row says no.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "schema/network.h"

namespace hns {

// Where a frame for another host leaves.
enum class Uplink : std::uint8_t {
  kNone,       // The type is never bound to an adapter.
  kBridged,    // Frames leave through the adapter, as an l2bridge's do.
  kTunnelled,  // What is for other hosts leaves in VXLAN.
};

struct NetworkTypeRow {
  schema::NetworkMode mode;
  schema::SchemaVersion since;     // The schema that first has it.
  std::size_t subnets_per_family;  // limits::kSubnetsPerNetwork where several may be.
  bool fills_subnet;               // Without one the service picks a free 172.x/20.
  bool dhcp;                       // Ipam type Dhcp.
  bool addresses_without_subnet;   // Endpoints may have addresses where the network has no subnet.
  bool vlan;                       // The subnet policies it takes.
  bool vsid;
  bool needs_vsid;        // On each subnet.
  bool host_has_gateway;  // Without uplink the host answers for the gateway.
  Uplink uplink;
  std::uint32_t added_flags;  // Set by the service without being asked.
  std::string_view packets;   // One sentence for docs/support.md.
};

std::span<const NetworkTypeRow> NetworkTypes();
const NetworkTypeRow& TypeRowOf(schema::NetworkMode mode);
// An absent Type means NAT.
const NetworkTypeRow& TypeRowOf(const schema::Network& network);

}  // namespace hns
