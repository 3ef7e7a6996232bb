// Subnets of a network: prefixes, gateways, ids.
#pragma once

#include <vector>

#include "base/result.h"
#include "hns/model/ipam.h"
#include "hns/model/records.h"
#include "schema/network.h"
#include "schema/subnet.h"

namespace hns {

// Checks every subnet of the network against all others, and fills in ids,
// gateways and IP subnets where they are missing. HCN_E_INVALID_PREFIX,
// HCN_E_INVALID_SUBNET, HCN_E_INVALID_IP_SUBNET, HCN_E_INVALID_NETWORK.
base::Status CheckAndFillSubnets(Context& context, schema::Network* network);

// REQUIRES: checked and filled.
std::vector<AddressRange> RangesOf(const schema::Subnet& subnet);

}  // namespace hns
