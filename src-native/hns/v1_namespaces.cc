// /namespaces
#include <string>
#include <utility>

#include "base/ascii.h"
#include "hns/v1_request.h"
#include "schema/v1/members.h"

namespace hns::v1 {

using base::EqualsIgnoringCase;
using schema::v1::Take;

namespace {

base::Status ChangeResource(Service& service, const base::Guid& id, const Request& request, bool adds) {
  HNS_ASSIGN_OR_RETURN(json::Object body, Body(request));
  HNS_ASSIGN_OR_RETURN(const ObjectRef name_space, service.Open(ObjectKind::kNamespace, id));
  auto type = Take(&body, "Type");
  auto data = Take(&body, "Data");
  auto resource = data && data->IsObject() ? Take(data->AsObject(), "Id") : std::nullopt;
  if (!type || type->AsString() == nullptr || !resource) {
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER,
                           "a resource is {\"Type\":\"Endpoint\",\"Data\":{\"Id\":GUID}}, or a `Container` and its id");
  }
  HNS_RETURN_IF_ERROR(CheckEmpty(body));
  HNS_RETURN_IF_ERROR(CheckEmpty(*data->AsObject()));
  json::Object settings;
  settings.Set(EqualsIgnoringCase(*type->AsString(), "Container") ? "ContainerId" : "EndpointId", std::move(*resource));
  json::Object envelope;
  envelope.Set("ResourceType", std::move(*type));
  envelope.Set("RequestType", adds ? "Add" : "Remove");
  envelope.Set("Settings", std::move(settings));
  return service.ModifyNamespace(name_space, json::Write(json::Value(std::move(envelope))));
}

}  // namespace

Output Namespaces(Service& service, const Request& request) {
  if (request.id.empty()) {
    if (request.method == Method::kDelete) return NoSuchMethod("GET and POST");
    if (request.method == Method::kPost) {
      HNS_ASSIGN_OR_RETURN(const json::Object body, Body(request));
      HNS_ASSIGN_OR_RETURN(const ObjectRef made, service.CreateNamespace({}, json::Write(json::Value(body))));
      return Show(service, ObjectKind::kNamespace, made);
    }
    HNS_ASSIGN_OR_RETURN(json::Array all, ShowAll(service, ObjectKind::kNamespace));
    return json::Value(std::move(all));
  }
  HNS_ASSIGN_OR_RETURN(const base::Guid id, IdOf(request.id));
  const bool adds = EqualsIgnoringCase(request.action, "addresource");
  if (adds || EqualsIgnoringCase(request.action, "removeresource")) {
    if (request.method != Method::kPost) return NoSuchMethod("POST");
    HNS_RETURN_IF_ERROR(ChangeResource(service, id, request, adds));
    return json::Value();
  }
  if (request.method == Method::kGet) return Show(service, ObjectKind::kNamespace, id);
  if (request.method == Method::kPost)
    return NoSuchMethod("GET and DELETE; /addresource and /removeresource change it");
  HNS_RETURN_IF_ERROR(service.DeleteNamespace(id));
  return json::Value();
}

}  // namespace hns::v1
