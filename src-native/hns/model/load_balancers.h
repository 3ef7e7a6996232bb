// Load balancers: frontends that nobody else has, backends that exist.
#pragma once

#include <vector>

#include "base/guid.h"
#include "base/result.h"
#include "hns/model/records.h"
#include "schema/load_balancer.h"

namespace hns {

// Checks `wanted`, fills in what is missing and stores it. Errors leave rows
// behind: the caller drops the transaction. HCN_E_ENDPOINT_NOT_FOUND,
// ERROR_ALREADY_EXISTS (the frontend), HCN_E_PORT_ALREADY_EXISTS (a port
// mapping has it), HCN_E_INVALID_INTERNAL_PORT, ERROR_INVALID_PARAMETER.
base::Result<schema::LoadBalancer> CreateLoadBalancer(Context& context, const base::Guid& id,
                                                      schema::LoadBalancer wanted);
// Everything but the id is as in `wanted` afterwards.
base::Result<schema::LoadBalancer> ReplaceLoadBalancer(Context& context, const schema::LoadBalancer& old,
                                                       schema::LoadBalancer wanted);
void RemoveLoadBalancer(Transaction& store, const schema::LoadBalancer& load_balancer);
// Takes an endpoint that is going away off the list of backends.
schema::LoadBalancer DropBackend(Transaction& store, schema::LoadBalancer load_balancer, const base::Guid& endpoint);
// Takes the network that is going away off. REQUIRES: no backend left on it.
schema::LoadBalancer DropNetwork(Transaction& store, schema::LoadBalancer load_balancer);

// A load balancer without backends may have no network; it is listed under the
// zero GUID then, and holds its frontends on every network.
std::vector<base::Guid> LoadBalancersOfNetwork(Transaction& store, const base::Guid& network);
std::vector<base::Guid> LoadBalancersOfBackend(Transaction& store, const base::Guid& endpoint);

}  // namespace hns
