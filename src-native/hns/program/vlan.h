// Which VLAN a port is in: what the endpoint's own VLAN policy says (0: none),
// else the VLAN of the subnet that its first address is in.
//
// Unverified: that an endpoint's policy goes before its subnet's; that the host's
// port is in the first subnet's VLAN where the type has no uplink (the host is a
// member of such a switch), and in none where it has one (the management NIC of
// an external switch has no VLAN of its own accord).
#pragma once

#include <cstdint>
#include <vector>

#include "base/ip_address.h"
#include "schema/endpoint.h"
#include "schema/network.h"

namespace hns {

struct SubnetVlan {
  base::IpPrefix prefix;
  std::uint16_t vlan = 0;
};

// Of subnets with a VLAN policy.
std::vector<SubnetVlan> SubnetVlansOf(const schema::Network& network);
// 0: none.
std::uint16_t VlanOf(const schema::Endpoint& endpoint, const std::vector<SubnetVlan>& subnets);
std::uint16_t HostVlanOf(const schema::Network& network);

}  // namespace hns
