#include <utility>
#include <variant>
#include <vector>

#include "hns/change.h"
#include "hns/model/endpoints.h"
#include "hns/model/load_balancers.h"
#include "hns/model/networks.h"
#include "hns/model/sdn_routes.h"
#include "schema/modify_request.h"

namespace hns {

// PreCreate comes when the creation is certain, directly before Create.
// Unverified: whether HNS lets it hold up the creation.
base::Result<ObjectRef> Service::CreateNetwork(const base::Guid& id, std::string_view settings) {
  HNS_ASSIGN_OR_RETURN(base::json::Object document, ParseSettings(ObjectKind::kNetwork, settings));
  HNS_ASSIGN_OR_RETURN(schema::Network wanted, schema::ReadNetwork(std::move(document)));
  ObjectRef created;
  const base::Status written = Write([&](Change& change) -> base::Status {
    change.ports.FillProvider(&wanted);
    HNS_ASSIGN_OR_RETURN(const schema::Network network, hns::CreateNetwork(change.context, id, std::move(wanted)));
    HNS_RETURN_IF_ERROR(change.ports.AddNetwork(network, &change.undo));
    // Load balancers that have no network hold their frontends here, too.
    HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> rules, CompileNetworkRules(change.context, network.id));
    HNS_RETURN_IF_ERROR(change.AddRules(std::move(rules)));
    const auto record = FindRecord(change.store, Table::kNetworks, network.id);
    created = {network.id, record ? record->incarnation : 0};
    change.events = {{Notification::kNetworkPreCreate, network.id}, {Notification::kNetworkCreate, network.id}};
    return {};
  });
  HNS_RETURN_IF_ERROR(written);
  return created;
}

base::Status Service::ModifyNetwork(const ObjectRef& object, std::string_view settings) {
  HNS_ASSIGN_OR_RETURN(base::json::Object document, schema::ParseObject(settings));
  HNS_ASSIGN_OR_RETURN(schema::ModifyNetworkRequest request, schema::ReadModifyNetworkRequest(std::move(document)));
  return Write([&](Change& change) -> base::Status {
    HNS_RETURN_IF_ERROR(change.Check(ObjectKind::kNetwork, object));
    HNS_ASSIGN_OR_RETURN(const schema::Network old, LoadNetwork(change.store, object.id));
    HNS_ASSIGN_OR_RETURN(const HostAddresses host_before, HostAddressesOf(change.store, old));
    std::vector<PlacedRule> before;
    // DNS is nobody's address; all else may move a gateway.
    if (!std::holds_alternative<schema::Dns>(request.settings)) {
      HNS_ASSIGN_OR_RETURN(before, CompileNetworkRules(change.context, object.id));
    }
    HNS_ASSIGN_OR_RETURN(const schema::Network network, hns::ModifyNetwork(change.context, old, std::move(request)));
    HNS_RETURN_IF_ERROR(change.ports.UpdateNetwork(old, network, &change.undo));
    HNS_RETURN_IF_ERROR(change.ReprogramAcls(old, network));
    HNS_ASSIGN_OR_RETURN(const HostAddresses host_after, HostAddressesOf(change.store, network));
    if (host_after == host_before) return {};
    return change.SetHostDependents(object.id, std::move(before));
  });
}

base::Status Service::DeleteNetwork(const base::Guid& id) {
  if (const auto found = Open(ObjectKind::kNetwork, id); !found.ok()) return found.error();
  notifications_.Notify(Notification::kNetworkPreDelete, id);
  return Write([&](Change& change) -> base::Status {
    HNS_ASSIGN_OR_RETURN(const schema::Network network, LoadNetwork(change.store, id));
    // Its load balancers outlive it without backends, and without a network
    // they hold their frontends everywhere. Unverified: what HNS makes of them.
    std::vector<schema::LoadBalancer> balancers;
    for (const base::Guid& balancer : LoadBalancersOfNetwork(change.store, id)) {
      HNS_ASSIGN_OR_RETURN(schema::LoadBalancer loaded, LoadLoadBalancer(change.store, balancer));
      HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> before, CompileLoadBalancer(change.context, loaded));
      change.rules.Before(std::move(before));
      for (const base::Guid& backend : std::vector<base::Guid>(loaded.endpoint_ids)) {
        loaded = DropBackend(change.store, std::move(loaded), backend);
      }
      balancers.push_back(DropNetwork(change.store, std::move(loaded)));
    }
    HNS_RETURN_IF_ERROR(DropNetworkFromSdnRoutes(change.store, id));
    for (const base::Guid& endpoint : EndpointsOfNetwork(change.store, id)) {
      HNS_ASSIGN_OR_RETURN(schema::Endpoint loaded, LoadEndpoint(change.store, endpoint));
      HNS_RETURN_IF_ERROR(change.Drop(network, std::move(loaded)));
    }
    RemoveNetwork(change.store, network);
    for (const schema::LoadBalancer& balancer : balancers) {
      HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> after, CompileLoadBalancer(change.context, balancer));
      HNS_RETURN_IF_ERROR(change.AddRules(std::move(after)));
    }
    change.removals.push_back([&change, id] { change.ports.RemoveNetwork(id); });
    change.events = {{Notification::kNetworkDelete, id}};
    return {};
  });
}

}  // namespace hns
