// /endpoints, with attach and detach
#include <array>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "hns/v1_request.h"
#include "schema/v1/members.h"

namespace hns::v1 {

using base::EqualsIgnoringCase;
using schema::v1::Take;
using schema::v1::TakeSet;

namespace {

base::Error NoParent(const std::string& why) { return base::MakeError(base::hr::HCN_E_INVALID_ENDPOINT, why); }

base::Result<ObjectRef> ParentOf(Service& service, json::Object* document) {
  const auto id = TakeSet(document, "VirtualNetwork");
  const auto name = TakeSet(document, "VirtualNetworkName");
  if (id && id->AsString() == nullptr) return NoParent("`VirtualNetwork` is a text");
  if (name && name->AsString() == nullptr) return NoParent("`VirtualNetworkName` is a text");
  if (!id && !name) {
    return NoParent("`VirtualNetwork` or `VirtualNetworkName` has to name the endpoint's network");
  }
  if (id) {
    HNS_ASSIGN_OR_RETURN(const base::Guid guid, IdOf(*id->AsString()));
    HNS_ASSIGN_OR_RETURN(const ObjectRef network, service.Open(ObjectKind::kNetwork, guid));
    if (!name) return network;
    HNS_ASSIGN_OR_RETURN(const json::Value shown, Show(service, ObjectKind::kNetwork, network));
    const json::Value* own = shown.AsObject()->Find("Name");
    if (own != nullptr && *own == *name) return network;
    return NoParent("`VirtualNetwork` and `VirtualNetworkName` name two networks");
  }
  json::Object filter;
  filter.Set("Name", *name);
  json::Object query;
  query.Set("Filter", json::Write(json::Value(std::move(filter))));
  HNS_ASSIGN_OR_RETURN(const std::string text,
                       service.Enumerate(ObjectKind::kNetwork, json::Write(json::Value(std::move(query)))));
  HNS_ASSIGN_OR_RETURN(const json::Value ids, json::Parse(text));
  if (ids.AsArray() == nullptr || ids.AsArray()->empty()) {
    return base::MakeError(base::hr::HCN_E_NETWORK_NOT_FOUND, "there is no network `" + *name->AsString() + "`");
  }
  HNS_ASSIGN_OR_RETURN(const base::Guid network, IdOf(*ids.AsArray()->front().AsString()));
  return service.Open(ObjectKind::kNetwork, network);
}

Output CreateEndpoint(Service& service, const Request& request) {
  HNS_ASSIGN_OR_RETURN(json::Object document, Body(request));
  HNS_ASSIGN_OR_RETURN(const ObjectRef network, ParentOf(service, &document));
  HNS_ASSIGN_OR_RETURN(const ObjectRef endpoint,
                       service.CreateEndpoint(network, {}, json::Write(json::Value(std::move(document)))));
  return Show(service, ObjectKind::kEndpoint, endpoint);
}

// Policies, and EncapOverhead, which is one: it stays unless it is given.
base::Status UpdateEndpoint(Service& service, const base::Guid& id, const Request& request) {
  HNS_ASSIGN_OR_RETURN(json::Object body, Body(request));
  HNS_ASSIGN_OR_RETURN(const json::Value shown, Show(service, ObjectKind::kEndpoint, id));
  json::Object others = body;
  const auto policies = Take(&others, "Policies");
  const auto overhead = policies ? TakeSet(&others, "EncapOverhead") : std::nullopt;
  HNS_RETURN_IF_ERROR(CheckUnchanged(*shown.AsObject(), others, "Policies"));
  if (!policies) return {};
  const json::Value* kept = shown.AsObject()->FindIgnoringCase("EncapOverhead");
  if (!overhead && kept != nullptr) {
    Take(&body, "EncapOverhead");
    body.Set("EncapOverhead", *kept);
  }
  return service.ReplacePolicies(id, std::move(body));
}

// Whom an attach or detach is about.
base::Result<V1Attachment> ReadAttachment(const Request& request) {
  HNS_ASSIGN_OR_RETURN(json::Object body, Body(request));
  HNS_ASSIGN_OR_RETURN(const auto system, TakeText(&body, "SystemType"));
  HNS_ASSIGN_OR_RETURN(auto container, TakeText(&body, "ContainerId"));
  HNS_ASSIGN_OR_RETURN(const auto nic, TakeText(&body, "VirtualNicName"));
  const auto compartment = TakeSet(&body, "CompartmentId");
  HNS_RETURN_IF_ERROR(CheckEmpty(body));
  const auto is_system = [&](std::string_view name) { return system && EqualsIgnoringCase(*system, name); };
  if (is_system("VirtualMachine") || nic) {
    return base::MakeError(base::hr::HCN_E_REQUEST_UNSUPPORTED, "the embedded host has no virtual machines");
  }
  if (system && !is_system("Container") && !is_system("Host")) {
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER,
                           "`SystemType` is `" + *system + "`: expected one of Container, VirtualMachine, Host");
  }
  if (compartment && compartment->AsUint64().value_or(65536) > 65535) {
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "`CompartmentId` is a number up to 65535");
  }
  if (is_system("Container") && !container) {
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "`ContainerId` is missing");
  }
  if (is_system("Host") && container) {
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "the host has no `ContainerId`");
  }
  V1Attachment attachment;
  if (container) attachment.container = *std::move(container);
  if (compartment) attachment.compartment = static_cast<std::uint32_t>(*compartment->AsUint64());
  return attachment;
}

}  // namespace

Output Endpoints(Service& service, const Request& request) {
  if (request.id.empty()) {
    if (request.method == Method::kDelete) return NoSuchMethod("GET and POST");
    if (request.method == Method::kPost) return CreateEndpoint(service, request);
    HNS_ASSIGN_OR_RETURN(json::Array all, ShowAll(service, ObjectKind::kEndpoint));
    return json::Value(std::move(all));
  }
  HNS_ASSIGN_OR_RETURN(const base::Guid id, IdOf(request.id));
  const bool attaches = EqualsIgnoringCase(request.action, "attach");
  if (attaches || EqualsIgnoringCase(request.action, "detach")) {
    if (request.method != Method::kPost) return NoSuchMethod("POST");
    HNS_ASSIGN_OR_RETURN(const V1Attachment attachment, ReadAttachment(request));
    HNS_RETURN_IF_ERROR(attaches ? service.Attach(id, attachment) : service.Detach(id, attachment));
    return json::Value();
  }
  if (request.method == Method::kDelete) {
    HNS_RETURN_IF_ERROR(service.DeleteEndpoint(id));
    return json::Value();
  }
  if (request.method == Method::kPost) HNS_RETURN_IF_ERROR(UpdateEndpoint(service, id, request));
  return Show(service, ObjectKind::kEndpoint, id);
}

}  // namespace hns::v1
