#include "hns/model/persistence.h"

#include <vector>

#include "hns/model/endpoints.h"
#include "hns/model/load_balancers.h"
#include "hns/model/namespaces.h"
#include "hns/model/networks.h"
#include "hns/model/sdn_routes.h"

namespace hns {

namespace {

base::Status RemoveWithDependants(Transaction& store, const schema::Network& network) {
  for (const base::Guid& id : LoadBalancersOfNetwork(store, network.id)) {
    HNS_ASSIGN_OR_RETURN(const schema::LoadBalancer balancer, LoadLoadBalancer(store, id));
    RemoveLoadBalancer(store, balancer);
  }
  HNS_RETURN_IF_ERROR(DropNetworkFromSdnRoutes(store, network.id));
  for (const base::Guid& id : EndpointsOfNetwork(store, network.id)) {
    HNS_ASSIGN_OR_RETURN(schema::Endpoint endpoint, LoadEndpoint(store, id));
    if (!endpoint.namespace_id.IsZero()) {
      HNS_ASSIGN_OR_RETURN(schema::Namespace name_space, LoadNamespace(store, endpoint.namespace_id));
      HNS_RETURN_IF_ERROR(DetachEndpoint(store, &name_space, &endpoint));
    }
    RemoveEndpoint(store, network, endpoint);
  }
  RemoveNetwork(store, network);
  return {};
}

}  // namespace

base::Status RemoveNonPersistent(Transaction& store) {
  std::vector<base::Guid> ids;
  store.ForEach(Table::kNetworks, {}, [&](const Entry& entry) {
    ids.push_back(ReadGuid(entry.key));
    return true;
  });
  for (const base::Guid& id : ids) {
    HNS_ASSIGN_OR_RETURN(const schema::Network network, LoadNetwork(store, id));
    if ((network.flags & schema::network_flags::kEnableNonPersistent) == 0) continue;
    HNS_RETURN_IF_ERROR(RemoveWithDependants(store, network));
  }
  return store.status();
}

}  // namespace hns
