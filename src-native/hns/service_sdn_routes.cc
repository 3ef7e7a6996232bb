#include <utility>

#include "hns/change.h"
#include "hns/model/endpoints.h"
#include "hns/model/sdn_routes.h"
#include "hns/program/compiler.h"
#include "schema/modify_request.h"

namespace hns {

base::Status Service::Change::SetPortsOf(const schema::SdnRoute& route) {
  RouteMemo memo;
  for (const base::Guid& id : route.endpoint_ids) {
    HNS_ASSIGN_OR_RETURN(const auto endpoint, FindEndpoint(store, id));
    if (!endpoint || IsRemote(*endpoint)) continue;
    HNS_ASSIGN_OR_RETURN(PortPolicy port, CompilePortPolicy(context, *endpoint, &memo));
    SetPort(std::move(port));
  }
  return {};
}

base::Result<ObjectRef> Service::CreateSdnRoute(const base::Guid& id, std::string_view settings) {
  HNS_ASSIGN_OR_RETURN(base::json::Object document, ParseSettings(ObjectKind::kSdnRoute, settings));
  HNS_ASSIGN_OR_RETURN(schema::SdnRoute wanted, schema::ReadSdnRoute(std::move(document)));
  ObjectRef created;
  const base::Status written = Write([&](Change& change) -> base::Status {
    HNS_ASSIGN_OR_RETURN(const schema::SdnRoute route, hns::CreateSdnRoute(change.context, id, std::move(wanted)));
    const auto record = FindRecord(change.store, Table::kSdnRoutes, route.id);
    created = {route.id, record ? record->incarnation : 0};
    return change.SetPortsOf(route);
  });
  HNS_RETURN_IF_ERROR(written);
  return created;
}

// Unverified: what HNS takes here; no client is known to call it.
base::Status Service::ModifySdnRoute(const ObjectRef& object, std::string_view settings) {
  HNS_ASSIGN_OR_RETURN(base::json::Object document, schema::ParseObject(settings));
  HNS_ASSIGN_OR_RETURN(schema::ModifySdnRouteRequest request, schema::ReadModifySdnRouteRequest(std::move(document)));
  if (request.request && *request.request != schema::RequestType::kUpdate) {
    return base::MakeError(base::hr::HCN_E_REQUEST_UNSUPPORTED,
                           "`" + std::string(schema::RequestTypeName(*request.request)) +
                               "` of an SDN route; its whole document replaces it");
  }
  return Write([&](Change& change) -> base::Status {
    HNS_RETURN_IF_ERROR(change.Check(ObjectKind::kSdnRoute, object));
    HNS_ASSIGN_OR_RETURN(const schema::SdnRoute old, LoadSdnRoute(change.store, object.id));
    HNS_ASSIGN_OR_RETURN(const schema::SdnRoute route,
                         ReplaceSdnRoute(change.context, old, std::move(request.document)));
    HNS_RETURN_IF_ERROR(change.SetPortsOf(old));
    return change.SetPortsOf(route);
  });
}

base::Status Service::DeleteSdnRoute(const base::Guid& id) {
  return Write([&](Change& change) -> base::Status {
    HNS_ASSIGN_OR_RETURN(const schema::SdnRoute route, LoadSdnRoute(change.store, id));
    RemoveSdnRoute(change.store, route);
    return change.SetPortsOf(route);
  });
}

}  // namespace hns
