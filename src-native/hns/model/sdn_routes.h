// SDN routes: destinations and next hops for endpoints that exist.
#pragma once

#include <vector>

#include "base/guid.h"
#include "base/result.h"
#include "hns/model/records.h"
#include "schema/sdn_route.h"

namespace hns {

// Checks `wanted`, fills in what is missing and stores it. Errors leave rows
// behind: the caller drops the transaction. HCN_E_ENDPOINT_NOT_FOUND,
// HCN_E_NETWORK_NOT_FOUND, HCN_E_INVALID_PREFIX (a destination is missing),
// HCN_E_INVALID_IP (the next hop is no host's address or of the other family),
// ERROR_INVALID_PARAMETER. Unverified: all codes but the first.
base::Result<schema::SdnRoute> CreateSdnRoute(Context& context, const base::Guid& id, schema::SdnRoute wanted);
// Everything but the id is as in `wanted` afterwards.
base::Result<schema::SdnRoute> ReplaceSdnRoute(Context& context, const schema::SdnRoute& old, schema::SdnRoute wanted);
void RemoveSdnRoute(Transaction& store, const schema::SdnRoute& route);

// Takes an endpoint that is going away off every route. E_UNEXPECTED.
base::Status DropFromSdnRoutes(Transaction& store, const base::Guid& endpoint);
// Takes the network that is going away, and all its endpoints, off. E_UNEXPECTED.
base::Status DropNetworkFromSdnRoutes(Transaction& store, const base::Guid& network);

}  // namespace hns
