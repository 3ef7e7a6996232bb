// Subnets of a network: prefixes, gateways, isolation ids, IP subnets.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "hns/model/ipam.h"
#include "hns/model/records.h"
#include "schema/network.h"
#include "schema/subnet.h"

namespace hns {

// Checks a subnet that is new to the network, and fills in its id, its gateway
// and its IP subnets where they are missing. HCN_E_INVALID_PREFIX,
// HCN_E_INVALID_SUBNET, HCN_E_INVALID_IP_SUBNET; HCN_E_INVALID_POLICY_TYPE and
// HCN_E_INVALID_POLICY for VLAN and VSID.
base::Status CheckAndFillSubnet(Context& context, const schema::Network& network, schema::Subnet* subnet);
// The same for the IP subnets alone; a subnet may have none.
base::Status CheckAndFillIpSubnets(Context& context, schema::Subnet* subnet);
// The subnets of a network against each other and against its type.
// HCN_E_INVALID_PREFIX, HCN_E_INVALID_SUBNET, HCN_E_INVALID_NETWORK.
base::Status CheckSubnets(const schema::Network& network);

// REQUIRES: checked and filled.
std::vector<AddressRange> RangesOf(const schema::Subnet& subnet);

// "an L2Bridge", "a NAT": for messages.
std::string TypeText(schema::NetworkMode mode);

}  // namespace hns
