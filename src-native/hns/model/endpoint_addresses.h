// Which addresses and routes a local endpoint gets.
#pragma once

#include "base/result.h"
#include "hns/model/records.h"
#include "schema/endpoint.h"
#include "schema/network.h"

namespace hns {

// Takes the addresses that are asked for, and picks one for every empty
// configuration; without any configuration, one of each family the network has.
// HCN_E_INVALID_IP, HCN_E_ADDR_INVALID_OR_RESERVED, ERROR_OBJECT_ALREADY_EXISTS,
// HCN_E_INVALID_PREFIX, HCN_E_INVALID_IP_SUBNET, HCN_E_SUBNET_NOT_FOUND (none is left).
base::Status GiveAddresses(Context& context, const schema::Network& network, schema::Endpoint* endpoint);

// A route without a next hop goes to the gateway of its family; one without a
// gateway either is dropped, as older builds ignore it. A family without a
// default route gets one. HCN_E_INVALID_ENDPOINT.
base::Status FillRoutes(const schema::Network& network, schema::Endpoint* endpoint);

}  // namespace hns
