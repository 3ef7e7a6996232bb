// What load balancers and SDN routes have in common: a list of endpoints, all of
// one network, which an endpoint's id leads back to.
#pragma once

#include <cstddef>
#include <vector>

#include "base/guid.h"
#include "base/result.h"
#include "hns/store/store.h"

namespace hns {

// Drops ids that were named twice (Unverified: HNS may refuse them), then finds
// the network that all endpoints are of; zero for none. `what`: "backends".
// HCN_E_ENDPOINT_NOT_FOUND; ERROR_INVALID_PARAMETER: more than `most`, or of
// more than one network.
base::Result<base::Guid> NetworkOfAll(Transaction& store, std::vector<base::Guid>* endpoints, const char* what,
                                      std::size_t most);

// The second ids of an index of pairs, in order.
std::vector<base::Guid> SecondIds(Transaction& store, Table table, const base::Guid& first);

}  // namespace hns
