// /policylists
#include <iterator>
#include <string>
#include <utility>

#include "hns/v1_request.h"
#include "schema/v1/documents.h"

namespace hns::v1 {

namespace {

// Which kind of object an id names.
base::Result<ObjectKind> ListKind(Service& service, const base::Guid& id) {
  if (service.Open(ObjectKind::kLoadBalancer, id).ok()) return ObjectKind::kLoadBalancer;
  if (service.Open(ObjectKind::kSdnRoute, id).ok()) return ObjectKind::kSdnRoute;
  return base::MakeError(base::hr::ERROR_NOT_FOUND, "there is no policy list `" + id.ToString() + "`");
}

Output CreatePolicyList(Service& service, const Request& request) {
  HNS_ASSIGN_OR_RETURN(const json::Object body, Body(request));
  HNS_ASSIGN_OR_RETURN(const bool is_route, schema::v1::IsRouteList(body));
  if (is_route) {
    HNS_ASSIGN_OR_RETURN(const ObjectRef route, service.CreateSdnRoute({}, request.body));
    return Show(service, ObjectKind::kSdnRoute, route);
  }
  HNS_ASSIGN_OR_RETURN(const ObjectRef balancer, service.CreateLoadBalancer({}, request.body));
  return Show(service, ObjectKind::kLoadBalancer, balancer);
}

}  // namespace

Output PolicyLists(Service& service, const Request& request) {
  if (request.id.empty()) {
    if (request.method == Method::kDelete) return NoSuchMethod("GET and POST");
    if (request.method == Method::kPost) return CreatePolicyList(service, request);
    HNS_ASSIGN_OR_RETURN(json::Array all, ShowAll(service, ObjectKind::kLoadBalancer));
    HNS_ASSIGN_OR_RETURN(json::Array routes, ShowAll(service, ObjectKind::kSdnRoute));
    std::move(routes.begin(), routes.end(), std::back_inserter(all));
    return json::Value(std::move(all));
  }
  HNS_ASSIGN_OR_RETURN(const base::Guid id, IdOf(request.id));
  HNS_ASSIGN_OR_RETURN(const ObjectKind kind, ListKind(service, id));
  if (request.method == Method::kGet) return Show(service, kind, id);
  if (request.method == Method::kPost) return NoSuchMethod("GET and DELETE; a POST on the collection makes a list");
  HNS_RETURN_IF_ERROR(kind == ObjectKind::kLoadBalancer ? service.DeleteLoadBalancer(id) : service.DeleteSdnRoute(id));
  return json::Value();
}

}  // namespace hns::v1
