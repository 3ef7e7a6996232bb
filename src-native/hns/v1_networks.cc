// /networks
#include <string>
#include <utility>

#include "hns/v1_request.h"
#include "schema/v1/members.h"

namespace hns::v1 {

using schema::v1::Take;

namespace {

// Extensions alone, as hcsshim and hns.psm1 do; all else of a network is v2's to modify.
base::Status UpdateNetwork(Service& service, const base::Guid& id, const Request& request) {
  HNS_ASSIGN_OR_RETURN(json::Object body, Body(request));
  HNS_ASSIGN_OR_RETURN(const ObjectRef network, service.Open(ObjectKind::kNetwork, id));
  HNS_ASSIGN_OR_RETURN(const json::Value shown, Show(service, ObjectKind::kNetwork, network));
  HNS_RETURN_IF_ERROR(CheckUnchanged(*shown.AsObject(), body, "Extensions"));
  const auto given = Take(&body, "Extensions");
  const json::Array* extensions = given ? given->AsArray() : nullptr;
  if (extensions == nullptr || extensions->size() != 1) {
    return base::MakeError(
        base::hr::HCN_E_REQUEST_UNSUPPORTED,
        "of a network `Extensions` can be updated, one at a time; HcnModifyNetwork changes the rest");
  }
  json::Object envelope;
  envelope.Set("ResourceType", "Extension");
  envelope.Set("RequestType", "Update");
  envelope.Set("Settings", extensions->front());
  return service.ModifyNetwork(network, json::Write(json::Value(std::move(envelope))));
}

}  // namespace

Output Networks(Service& service, const Request& request) {
  if (request.id.empty()) {
    if (request.method == Method::kDelete) return NoSuchMethod("GET and POST");
    if (request.method == Method::kPost) {
      HNS_ASSIGN_OR_RETURN(const ObjectRef network, service.CreateNetwork({}, request.body));
      return Show(service, ObjectKind::kNetwork, network);
    }
    HNS_ASSIGN_OR_RETURN(json::Array all, ShowAll(service, ObjectKind::kNetwork));
    return json::Value(std::move(all));
  }
  HNS_ASSIGN_OR_RETURN(const base::Guid id, IdOf(request.id));
  if (request.method == Method::kDelete) {
    HNS_RETURN_IF_ERROR(service.DeleteNetwork(id));
    return json::Value();
  }
  if (request.method == Method::kPost) HNS_RETURN_IF_ERROR(UpdateNetwork(service, id, request));
  return Show(service, ObjectKind::kNetwork, id);
}

}  // namespace hns::v1
