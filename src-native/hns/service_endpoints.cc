#include <optional>
#include <utility>

#include "hns/change.h"
#include "hns/model/endpoints.h"
#include "hns/model/load_balancers.h"
#include "hns/model/namespaces.h"
#include "hns/model/networks.h"
#include "hns/model/sdn_routes.h"
#include "hns/program/overlay.h"
#include "schema/modify_request.h"

namespace hns {

base::Result<ObjectRef> Service::CreateEndpoint(const ObjectRef& parent, const base::Guid& id,
                                                std::string_view settings) {
  HNS_ASSIGN_OR_RETURN(base::json::Object document, ParseSettings(ObjectKind::kEndpoint, settings));
  HNS_ASSIGN_OR_RETURN(schema::Endpoint wanted, schema::ReadEndpoint(std::move(document)));
  ObjectRef created;
  const base::Status written = Write([&](Change& change) -> base::Status {
    HNS_RETURN_IF_ERROR(change.Check(ObjectKind::kNetwork, parent));
    HNS_ASSIGN_OR_RETURN(const auto network, change.context.networks.Load(change.store, parent.id));
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint,
                         hns::CreateEndpoint(change.context, *network, id, std::move(wanted)));
    const auto record = FindRecord(change.store, Table::kEndpoints, endpoint.id);
    created = {endpoint.id, record ? record->incarnation : 0};
    if (IsRemote(endpoint)) {
      const auto segment = change.ports.SegmentOf(network->id);
      if (!segment) return base::MakeError(base::hr::HCN_E_SWITCH_NOT_FOUND);
      for (vfp::RemoteAddress& remote : RemotesOf(endpoint)) {
        change.policy.remotes.push_back({*segment, std::move(remote)});
      }
      return {};
    }
    HNS_ASSIGN_OR_RETURN(PortPolicy policy, CompilePortPolicy(change.context, endpoint));
    HNS_RETURN_IF_ERROR(change.ports.AddEndpoint(endpoint, std::move(policy), &change.undo));
    HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> mappings, CompilePortMappings(change.store, endpoint));
    return change.AddRules(std::move(mappings));
  });
  HNS_RETURN_IF_ERROR(written);
  return created;
}

base::Status Service::ModifyEndpoint(const ObjectRef& object, std::string_view settings) {
  HNS_ASSIGN_OR_RETURN(base::json::Object document, schema::ParseObject(settings));
  HNS_ASSIGN_OR_RETURN(schema::ModifyEndpointRequest request, schema::ReadModifyEndpointRequest(std::move(document)));
  return Write([&](Change& change) -> base::Status {
    HNS_RETURN_IF_ERROR(change.Check(ObjectKind::kEndpoint, object));
    HNS_ASSIGN_OR_RETURN(schema::Endpoint loaded, LoadEndpoint(change.store, object.id));
    const schema::Endpoint old = WithoutAcls(&loaded);
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint,
                         hns::ModifyEndpoint(change.context, std::move(loaded), std::move(request)));
    return change.Reprogram(old, endpoint);
  });
}

base::Status Service::DeleteEndpoint(const base::Guid& id) {
  return Write([&](Change& change) -> base::Status {
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint, LoadEndpoint(change.store, id));
    HNS_ASSIGN_OR_RETURN(const auto network, change.context.networks.Load(change.store, endpoint.network_id));
    // Unverified: HNS may refuse to delete a backend; nobody has published it.
    for (const base::Guid& balancer : LoadBalancersOfBackend(change.store, id)) {
      HNS_ASSIGN_OR_RETURN(schema::LoadBalancer old, LoadLoadBalancer(change.store, balancer));
      HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> before, CompileLoadBalancer(change.context, old));
      change.rules.Before(std::move(before));
      const schema::LoadBalancer rest = DropBackend(change.store, std::move(old), id);
      HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> after, CompileLoadBalancer(change.context, rest));
      HNS_RETURN_IF_ERROR(change.AddRules(std::move(after)));
    }
    HNS_RETURN_IF_ERROR(DropFromSdnRoutes(change.store, id));
    if (!IsRemote(endpoint)) {
      HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> mappings, CompilePortMappings(change.store, endpoint));
      change.rules.Before(std::move(mappings));
    }
    return change.Drop(*network, endpoint);
  });
}

}  // namespace hns
