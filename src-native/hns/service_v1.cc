// What HNSCall changes that HCN has no call for: attaching an endpoint to a
// container or the host by the endpoint's own path, and replacing its policies.
//
// v1 has no namespaces between a container and its endpoints, so a container
// that is attached gets one of its own, made by the first attach and removed by
// the last detach. v2 shows it like any other, owned by kOwner.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/mac_address.h"
#include "hns/change.h"
#include "hns/model/endpoints.h"
#include "hns/model/namespaces.h"
#include "schema/modify_request.h"
#include "schema/v1/documents.h"
#include "schema/v1/policies.h"

namespace hns {
namespace {

constexpr std::string_view kOwner = "HNSCall";
constexpr std::string_view kAcceleratedMacs = "accelnet";

bool Lists(const schema::Namespace& name_space, std::string_view container) {
  return std::any_of(name_space.resources.begin(), name_space.resources.end(), [&](const auto& resource) {
    return resource.type == schema::NamespaceResourceType::kContainer && resource.container_id == container;
  });
}

std::size_t CountContainers(const schema::Namespace& name_space) {
  return name_space.resources.size() - EndpointsOf(name_space).size();
}

// v2 may have put the container anywhere, so all namespaces are looked at.
base::Result<std::optional<schema::Namespace>> NamespaceOf(Transaction& store, std::string_view container) {
  std::vector<base::Guid> ids;
  store.ForEach(Table::kNamespaces, {}, [&](const Entry& entry) {
    ids.push_back(ReadGuid(entry.key));
    return true;
  });
  for (const base::Guid& id : ids) {
    HNS_ASSIGN_OR_RETURN(schema::Namespace name_space, LoadNamespace(store, id));
    if (Lists(name_space, container)) return std::optional(std::move(name_space));
  }
  return std::optional<schema::Namespace>();
}

base::Error NotAttached(const schema::Endpoint& endpoint, std::string_view container) {
  return base::MakeError(base::hr::HCN_E_ENDPOINT_NOT_ATTACHED,
                         "endpoint `" + endpoint.id.ToString() + "` is not attached to " +
                             (container.empty() ? "the host" : "container `" + std::string(container) + "`"));
}

}  // namespace

base::Status Service::AttachContainer(const base::Guid& id, std::string_view container) {
  std::optional<base::Guid> made;
  const base::Status written = Write([&](Change& change) -> base::Status {
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint, LoadEndpoint(change.store, id));
    if (container.empty()) {
      HNS_ASSIGN_OR_RETURN(schema::Namespace host, LoadNamespace(change.store, HostNamespace(change.store)));
      return change.Attach(&host, id);
    }
    if (!endpoint.namespace_id.IsZero()) {
      HNS_ASSIGN_OR_RETURN(schema::Namespace shared, LoadNamespace(change.store, endpoint.namespace_id));
      HNS_ASSIGN_OR_RETURN(const auto other, NamespaceOf(change.store, container));
      if (other && other->id != shared.id) {
        return base::MakeError(base::hr::HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS,
                               "container `" + std::string(container) + "` and the endpoint are in two compartments");
      }
      return AddContainer(change.store, &shared, std::string(container));
    }
    HNS_ASSIGN_OR_RETURN(std::optional<schema::Namespace> own, NamespaceOf(change.store, container));
    if (!own) {
      schema::Namespace wanted;
      wanted.owner = kOwner;
      HNS_ASSIGN_OR_RETURN(own, hns::CreateNamespace(change.context, {}, std::move(wanted)));
      made = own->id;
      HNS_RETURN_IF_ERROR(change.ports.AddCompartment(own->id, /*is_host=*/false, &change.undo));
      HNS_RETURN_IF_ERROR(AddContainer(change.store, &*own, std::string(container)));
    }
    return change.Attach(&*own, id);
  });
  HNS_RETURN_IF_ERROR(written);
  if (made) notifications_.Notify(Notification::kNamespaceCreate, *made);
  return {};
}

base::Status Service::DetachContainer(const base::Guid& id, std::string_view container) {
  std::optional<base::Guid> removed;
  const base::Status written = Write([&](Change& change) -> base::Status {
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint, LoadEndpoint(change.store, id));
    if (endpoint.namespace_id.IsZero()) return NotAttached(endpoint, container);
    HNS_ASSIGN_OR_RETURN(schema::Namespace name_space, LoadNamespace(change.store, endpoint.namespace_id));
    if (container.empty()) {
      if (!IsHostCompartment(name_space)) return NotAttached(endpoint, container);
      return change.Detach(&name_space, id);
    }
    if (!Lists(name_space, container)) return NotAttached(endpoint, container);
    const bool shares_endpoint = CountContainers(name_space) > 1;
    const bool has_other_endpoints = EndpointsOf(name_space).size() > 1;
    // Others in the compartment keep the endpoint; the container keeps the others.
    if (shares_endpoint) return RemoveContainer(change.store, &name_space, std::string(container));
    HNS_RETURN_IF_ERROR(change.Detach(&name_space, id));
    if (has_other_endpoints) return {};
    HNS_RETURN_IF_ERROR(RemoveContainer(change.store, &name_space, std::string(container)));
    if (name_space.owner != kOwner) return {};
    RemoveNamespace(change.store, name_space);
    removed = name_space.id;
    change.removals.push_back([&change, gone = name_space.id] { change.ports.RemoveCompartment(gone); });
    return {};
  });
  HNS_RETURN_IF_ERROR(written);
  if (removed) notifications_.Notify(Notification::kNamespaceDelete, *removed);
  return {};
}

base::Status Service::ReplacePolicies(const base::Guid& id, base::json::Object v1) {
  base::json::Object document;
  for (const std::string_view name : {"Policies", "EncapOverhead"}) {
    if (const base::json::Value* value = v1.FindIgnoringCase(name)) document.Set(name, *value);
  }
  base::json::Object v2 = schema::v1::EndpointToV2(std::move(document));
  const base::json::Value* kept_member = v2.Find(schema::v1::kKeptPolicies);
  const base::json::Value kept = kept_member != nullptr ? *kept_member : base::json::Value();
  v2.Erase(schema::v1::kKeptPolicies);
  HNS_ASSIGN_OR_RETURN(schema::Endpoint wanted, schema::ReadEndpoint(std::move(v2)));
  return Write([&](Change& change) -> base::Status {
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint old, LoadEndpoint(change.store, id));
    schema::Endpoint base = old;
    base.rest.Erase(schema::v1::kKeptPolicies);
    if (!kept.IsNull()) base.rest.Set(schema::v1::kKeptPolicies, kept);
    // Without any given, Update takes all away.
    HNS_ASSIGN_OR_RETURN(base, hns::ModifyEndpoint(change.context, std::move(base),
                                                   {.request = schema::RequestType::kUpdate, .settings = {}}));
    schema::ModifyEndpointRequest add{.request = schema::RequestType::kAdd, .settings = std::move(wanted.policies)};
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint,
                         hns::ModifyEndpoint(change.context, std::move(base), std::move(add)));
    return change.Reprogram(old, endpoint);
  });
}

base::Result<base::json::Value> Service::AcceleratedMacs() {
  HNS_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> store, Read());
  const auto text = store->Get(Table::kMeta, kAcceleratedMacs);
  if (!text) return base::json::Value(base::json::Array());
  return base::json::Parse(*text);
}

base::Status Service::SetAcceleratedMacs(const base::json::Array& list) {
  for (const base::json::Value& item : list) {
    const base::json::Value* mac = item.IsObject() ? item.AsObject()->FindIgnoringCase("MacAddress") : nullptr;
    if (mac == nullptr || mac->AsString() == nullptr || !base::MacAddress::Parse(*mac->AsString())) {
      return base::MakeError(base::hr::ERROR_INVALID_PARAMETER,
                             "`MacAddressList` wants objects such as {\"MacAddress\":\"00-15-5D-00-00-01\"}");
    }
  }
  return Write([&](Change& change) -> base::Status {
    change.store.Put(Table::kMeta, kAcceleratedMacs, base::json::Write(base::json::Value(list)));
    return {};
  });
}

}  // namespace hns
