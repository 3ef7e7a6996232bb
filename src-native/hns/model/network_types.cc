#include "hns/model/network_types.h"

#include <array>
#include <cassert>

#include "hns/model/limits.h"

namespace hns {

namespace {

using schema::NetworkMode;

constexpr std::size_t kSeveral = limits::kSubnetsPerNetwork;
// Since Server 2019 a NAT network does not outlive the service, asked or not.
constexpr std::uint32_t kNonPersistent = schema::network_flags::kEnableNonPersistent;

constexpr std::array<NetworkTypeRow, 11> kTypes = {{
    {.mode = NetworkMode::kNat,
     .since = {2, 0},
     .subnets_per_family = 1,
     .fills_subnet = true,
     .dhcp = false,
     .addresses_without_subnet = false,
     .vlan = true,
     .vsid = false,
     .needs_vsid = false,
     .host_has_gateway = true,
     .uplink = Uplink::kNone,
     .added_flags = kNonPersistent,
     .packets = "endpoints reach each other and the host; nothing leaves the host: its NAT has no external side yet"},
    {.mode = NetworkMode::kIcs,
     .since = {2, 0},
     .subnets_per_family = 1,
     .fills_subnet = true,
     .dhcp = false,
     .addresses_without_subnet = false,
     .vlan = false,
     .vsid = false,
     .needs_vsid = false,
     .host_has_gateway = true,
     .uplink = Uplink::kNone,
     .added_flags = 0,
     .packets = "as NAT"},
    {.mode = NetworkMode::kTransparent,
     .since = {2, 0},
     .subnets_per_family = kSeveral,
     .fills_subnet = false,
     .dhcp = true,
     .addresses_without_subnet = true,
     .vlan = true,
     .vsid = false,
     .needs_vsid = false,
     .host_has_gateway = true,
     .uplink = Uplink::kBridged,
     .added_flags = 0,
     .packets = "all of it: a switch, by MAC; frames leave with the endpoint's own MAC. What no port's MAC has goes to "
                "the uplink, "
                "so nothing is learned; from outside it is dropped"},
    {.mode = NetworkMode::kL2Bridge,
     .since = {2, 0},
     .subnets_per_family = kSeveral,
     .fills_subnet = false,
     .dhcp = false,
     .addresses_without_subnet = false,
     .vlan = true,
     .vsid = false,
     .needs_vsid = false,
     .host_has_gateway = true,
     .uplink = Uplink::kBridged,
     .added_flags = 0,
     .packets = "all of it"},
    {.mode = NetworkMode::kL2Tunnel,
     .since = {2, 0},
     .subnets_per_family = kSeveral,
     .fills_subnet = false,
     .dhcp = false,
     .addresses_without_subnet = false,
     .vlan = true,
     .vsid = true,
     .needs_vsid = false,
     .host_has_gateway = true,
     .uplink = Uplink::kBridged,
     .added_flags = 0,
     .packets = "all of it: as L2Bridge, but what endpoints send each other goes by the uplink and comes back from the "
                "fabric. "
                "`Unverified:` that the host is reached directly"},
    {.mode = NetworkMode::kOverlay,
     .since = {2, 0},
     .subnets_per_family = kSeveral,
     .fills_subnet = false,
     .dhcp = false,
     .addresses_without_subnet = false,
     .vlan = false,
     .vsid = true,
     .needs_vsid = true,
     .host_has_gateway = true,
     .uplink = Uplink::kTunnelled,
     .added_flags = 0,
     .packets =
         "all of it: VXLAN to and from other hosts, routed between subnets; outside IPv4 only. Nothing is asked or "
         "flooded through tunnels"},
    {.mode = NetworkMode::kPrivate,
     .since = {2, 0},
     .subnets_per_family = 1,
     .fills_subnet = false,
     .dhcp = false,
     .addresses_without_subnet = true,
     .vlan = true,
     .vsid = false,
     .needs_vsid = false,
     .host_has_gateway = false,
     .uplink = Uplink::kNone,
     .added_flags = 0,
     .packets = "all of it: endpoints reach each other, nobody else; nobody answers for the gateway"},
    {.mode = NetworkMode::kInternal,
     .since = {2, 0},
     .subnets_per_family = 1,
     .fills_subnet = false,
     .dhcp = false,
     .addresses_without_subnet = true,
     .vlan = true,
     .vsid = false,
     .needs_vsid = false,
     .host_has_gateway = true,
     .uplink = Uplink::kNone,
     .added_flags = 0,
     .packets = "all of it: endpoints reach each other and the host, which answers for the gateway"},
    {.mode = NetworkMode::kMirrored,
     .since = {2, 4},
     .subnets_per_family = 1,
     .fills_subnet = false,
     .dhcp = false,
     .addresses_without_subnet = true,
     .vlan = false,
     .vsid = false,
     .needs_vsid = false,
     .host_has_gateway = true,
     .uplink = Uplink::kNone,
     .added_flags = 0,
     .packets = "endpoints reach each other; the host's interfaces are not mirrored into them"},
    {.mode = NetworkMode::kInfiniband,
     .since = {2, 4},
     .subnets_per_family = 1,
     .fills_subnet = false,
     .dhcp = false,
     .addresses_without_subnet = true,
     .vlan = false,
     .vsid = false,
     .needs_vsid = false,
     .host_has_gateway = true,
     .uplink = Uplink::kNone,
     .added_flags = 0,
     .packets = "endpoints reach each other, over Ethernet; there is no InfiniBand"},
    {.mode = NetworkMode::kConstrainedIcs,
     .since = {2, 10},
     .subnets_per_family = 1,
     .fills_subnet = true,
     .dhcp = false,
     .addresses_without_subnet = false,
     .vlan = false,
     .vsid = false,
     .needs_vsid = false,
     .host_has_gateway = true,
     .uplink = Uplink::kNone,
     .added_flags = 0,
     .packets = "as NAT"},
}};

}  // namespace

std::span<const NetworkTypeRow> NetworkTypes() { return kTypes; }

// Rows stand in the order of the numbers, so that none is searched for.
const NetworkTypeRow& TypeRowOf(schema::NetworkMode mode) {
  const NetworkTypeRow& row = kTypes[static_cast<std::size_t>(mode)];
  assert(row.mode == mode);
  return row;
}

const NetworkTypeRow& TypeRowOf(const schema::Network& network) {
  return TypeRowOf(network.type.value_or(NetworkMode::kNat));
}

}  // namespace hns
