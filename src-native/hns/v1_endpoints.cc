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

base::Result<ObjectRef> ParentOf(Service& service, json::Object* document) {
  if (const auto id = TakeSet(document, "VirtualNetwork"); id && id->AsString() != nullptr) {
    HNS_ASSIGN_OR_RETURN(const base::Guid network, IdOf(*id->AsString()));
    return service.Open(ObjectKind::kNetwork, network);
  }
  const auto name = TakeSet(document, "VirtualNetworkName");
  if (!name || name->AsString() == nullptr) {
    return base::MakeError(base::hr::HCN_E_INVALID_ENDPOINT,
                           "`VirtualNetwork` or `VirtualNetworkName` has to name the endpoint's network");
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

// What an endpoint keeps from creation on.
constexpr std::array<std::string_view, 11> kFixedMembers = {
    "Name",           "VirtualNetwork", "VirtualNetworkName", "MacAddress", "IPAddress",    "IPv6Address",
    "GatewayAddress", "PrefixLength",   "DNSSuffix",          "DNSDomain",  "DNSServerList"};

// The whole document comes back with other policies; whoever wants another
// change must not be told that it was made.
base::Status CheckFixedMembers(const json::Object& shown, json::Object wanted) {
  for (const std::string_view name : kFixedMembers) {
    const auto value = TakeSet(&wanted, name);
    if (!value) continue;
    const json::Value* now = shown.FindIgnoringCase(name);
    const bool same_text = now != nullptr && now->AsString() != nullptr && value->AsString() != nullptr &&
                           EqualsIgnoringCase(*now->AsString(), *value->AsString());
    if (same_text || (now != nullptr && *now == *value)) continue;
    return base::MakeError(
        base::hr::HCN_E_REQUEST_UNSUPPORTED,
        "`" + std::string(name) + "` of an endpoint stays as it was created; `Policies` can be updated");
  }
  return {};
}

base::Status UpdateEndpoint(Service& service, const base::Guid& id, const Request& request) {
  HNS_ASSIGN_OR_RETURN(json::Object body, Body(request));
  HNS_ASSIGN_OR_RETURN(const json::Value shown, Show(service, ObjectKind::kEndpoint, id));
  HNS_RETURN_IF_ERROR(CheckFixedMembers(*shown.AsObject(), body));
  if (body.FindIgnoringCase("Policies") == nullptr) return {};
  return service.ReplacePolicies(id, std::move(body));
}

// Whom an attach or detach is about: a container's id, "" for the host.
base::Result<std::string> ContainerOf(const Request& request) {
  HNS_ASSIGN_OR_RETURN(json::Object body, Body(request));
  const auto system = TakeSet(&body, "SystemType");
  const auto container = TakeSet(&body, "ContainerId");
  const auto compartment = TakeSet(&body, "CompartmentId");
  const std::string* type = system ? system->AsString() : nullptr;
  if (type != nullptr && EqualsIgnoringCase(*type, "VirtualMachine")) {
    return base::MakeError(base::hr::HCN_E_REQUEST_UNSUPPORTED, "the embedded host has no virtual machines");
  }
  if (type != nullptr && !EqualsIgnoringCase(*type, "Container") && !EqualsIgnoringCase(*type, "Host")) {
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER,
                           "`SystemType` is `" + *type + "`: expected one of Container, VirtualMachine, Host");
  }
  if (container && container->AsString() == nullptr) {
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "`ContainerId` is a text");
  }
  const bool is_host = type != nullptr ? EqualsIgnoringCase(*type, "Host") : !container;
  if (!is_host && !container) {
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "`ContainerId` is missing");
  }
  if (is_host && compartment && compartment->AsUint64() != 1) {
    return base::MakeError(base::hr::ERROR_NOT_FOUND,
                           "the host's compartment is number " + std::string(kDefaultCompartment));
  }
  return is_host ? std::string() : *container->AsString();
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
    HNS_ASSIGN_OR_RETURN(const std::string container, ContainerOf(request));
    HNS_RETURN_IF_ERROR(attaches ? service.AttachContainer(id, container) : service.DetachContainer(id, container));
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
