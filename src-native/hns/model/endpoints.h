// Endpoints: what makes one valid, what the service fills in, what may change.
#pragma once

#include <vector>

#include "base/guid.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "hns/model/records.h"
#include "schema/endpoint.h"
#include "schema/modify_request.h"
#include "schema/network.h"

namespace hns {

// `State` of an endpoint, as hcsshim names the numbers.
enum class EndpointState : std::uint16_t {
  kCreated = 1,
  kAttached = 2,
  kAttachedSharing = 3,  // Two containers or more share the compartment.
};

inline bool IsRemote(const schema::Endpoint& endpoint) {
  return (endpoint.flags & schema::endpoint_flags::kRemoteEndpoint) != 0;
}
std::vector<base::IpAddress> AddressesOf(const schema::Endpoint& endpoint);

// Checks `wanted`, fills in what is missing and stores it. The network decides
// over the document's HostComputeNetwork. Errors leave rows behind: the caller
// drops the transaction.
base::Result<schema::Endpoint> CreateEndpoint(Context& context, const schema::Network& network, const base::Guid& id,
                                              schema::Endpoint wanted);

// Removes the endpoint's rows. REQUIRES: no namespace or load balancer names it.
void RemoveEndpoint(Transaction& store, const schema::Network& network, const schema::Endpoint& endpoint);

// Applies a modify request; gives the endpoint as it is afterwards.
base::Result<schema::Endpoint> ModifyEndpoint(Context& context, schema::Endpoint endpoint,
                                              schema::ModifyEndpointRequest request);

// A copy for what its port and its port mappings were. ACLs and tiers come by
// the hundred and matter to neither, so they are left out.
schema::Endpoint WithoutAcls(schema::Endpoint* endpoint);

std::vector<base::Guid> EndpointsOfNetwork(Transaction& store, const base::Guid& network);

}  // namespace hns
