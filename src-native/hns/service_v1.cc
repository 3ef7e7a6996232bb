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
// GCN_E_NETCOMPARTMENT_NOT_FOUND
constexpr base::HResult kCompartmentNotFound = base::MakeHResult(0x803B0027u);
constexpr std::string_view kAcceleratedMacs = "accelnet";

bool Lists(const schema::Namespace& name_space, const std::string& container) {
  return std::any_of(name_space.resources.begin(), name_space.resources.end(), [&](const auto& resource) {
    return resource.type == schema::NamespaceResourceType::kContainer && resource.container_id == container;
  });
}

std::size_t CountContainers(const schema::Namespace& name_space) {
  return name_space.resources.size() - EndpointsOf(name_space).size();
}

// The first that is wanted. `part` is in the text of every such record: a text
// without it is not parsed, which is most of the cost.
template <typename Wanted>
base::Result<std::optional<schema::Namespace>> FindNamespace(Transaction& store, std::string_view part, Wanted wanted) {
  std::vector<base::Guid> ids;
  store.ForEach(Table::kNamespaces, {}, [&](const Entry& entry) {
    if (entry.value.find(part) != std::string_view::npos) ids.push_back(ReadGuid(entry.key));
    return true;
  });
  for (const base::Guid& id : ids) {
    HNS_ASSIGN_OR_RETURN(schema::Namespace name_space, LoadNamespace(store, id));
    if (wanted(name_space)) return std::optional(std::move(name_space));
  }
  return std::optional<schema::Namespace>();
}

// v2 may have put the container anywhere, so all namespaces are looked at.
base::Result<std::optional<schema::Namespace>> NamespaceOf(Transaction& store, const std::string& container) {
  const std::string quoted = base::json::Write(base::json::Value(container));
  return FindNamespace(store, quoted, [&](const schema::Namespace& one) { return Lists(one, container); });
}

// Several namespaces may share the host's compartment: its own stands for them.
base::Result<schema::Namespace> NamespaceWith(Transaction& store, std::uint32_t compartment) {
  HNS_ASSIGN_OR_RETURN(schema::Namespace host, LoadNamespace(store, HostNamespace(store)));
  if (host.compartment_id == compartment) return host;
  HNS_ASSIGN_OR_RETURN(auto found, FindNamespace(store, std::to_string(compartment), [&](const schema::Namespace& one) {
                         return one.compartment_id == compartment;
                       }));
  if (found) return *std::move(found);
  return base::MakeError(kCompartmentNotFound, "there is no compartment " + std::to_string(compartment));
}

base::Error InAnother(const std::string& container) {
  return base::MakeError(base::hr::HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS,
                         "container `" + container + "` and the endpoint are in two compartments");
}

// A compartment that is named is the one meant, or there is nothing to do.
base::Status CheckCompartment(Transaction& store, const schema::Namespace& name_space,
                              const std::optional<std::uint32_t>& compartment) {
  if (!compartment || name_space.compartment_id == compartment) return {};
  HNS_ASSIGN_OR_RETURN(const schema::Namespace other, NamespaceWith(store, *compartment));
  return base::MakeError(base::hr::HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS,
                         "the endpoint is in another compartment than " + std::to_string(*other.compartment_id));
}

base::Error NotAttached(const schema::Endpoint& endpoint, std::string_view container) {
  return base::MakeError(base::hr::HCN_E_ENDPOINT_NOT_ATTACHED,
                         "endpoint `" + endpoint.id.ToString() + "` is not attached to " +
                             (container.empty() ? "the host" : "container `" + std::string(container) + "`"));
}

}  // namespace

base::Status Service::Attach(const base::Guid& id, const V1Attachment& attachment) {
  const std::string& container = attachment.container;
  return Write([&](Change& change) -> base::Status {
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint, LoadEndpoint(change.store, id));
    if (container.empty()) {
      HNS_ASSIGN_OR_RETURN(schema::Namespace host, LoadNamespace(change.store, HostNamespace(change.store)));
      if (attachment.compartment && attachment.compartment != host.compartment_id) {
        return base::MakeError(kCompartmentNotFound,
                               "the host has no compartment " + std::to_string(*attachment.compartment));
      }
      return change.Attach(&host, id);
    }
    HNS_ASSIGN_OR_RETURN(std::optional<schema::Namespace> own, NamespaceOf(change.store, container));
    if (!endpoint.namespace_id.IsZero()) {
      HNS_ASSIGN_OR_RETURN(schema::Namespace shared, LoadNamespace(change.store, endpoint.namespace_id));
      HNS_RETURN_IF_ERROR(CheckCompartment(change.store, shared, attachment.compartment));
      if (own && own->id != shared.id) return InAnother(container);
      return AddContainers(change.store, &shared, {&container, 1});
    }
    if (own) {
      HNS_RETURN_IF_ERROR(CheckCompartment(change.store, *own, attachment.compartment));
      return change.Attach(&*own, id);
    }
    if (attachment.compartment) {
      HNS_ASSIGN_OR_RETURN(own, NamespaceWith(change.store, *attachment.compartment));
    } else {
      schema::Namespace wanted;
      wanted.owner = kOwner;
      HNS_ASSIGN_OR_RETURN(own, hns::CreateNamespace(change.context, {}, std::move(wanted)));
      HNS_RETURN_IF_ERROR(change.ports.AddCompartment(own->id, /*is_host=*/false, &change.undo));
      change.events = {{Notification::kNamespaceCreate, own->id}};
    }
    HNS_RETURN_IF_ERROR(AddContainers(change.store, &*own, {&container, 1}));
    return change.Attach(&*own, id);
  });
}

base::Status Service::Detach(const base::Guid& id, const V1Attachment& attachment) {
  const std::string& container = attachment.container;
  return Write([&](Change& change) -> base::Status {
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint, LoadEndpoint(change.store, id));
    if (endpoint.namespace_id.IsZero()) return NotAttached(endpoint, container);
    HNS_ASSIGN_OR_RETURN(schema::Namespace name_space, LoadNamespace(change.store, endpoint.namespace_id));
    HNS_RETURN_IF_ERROR(CheckCompartment(change.store, name_space, attachment.compartment));
    if (container.empty()) {
      if (!IsHostCompartment(name_space)) return NotAttached(endpoint, container);
      return change.Detach(&name_space, id);
    }
    if (!Lists(name_space, container)) return NotAttached(endpoint, container);
    const bool shares_endpoint = CountContainers(name_space) > 1;
    const bool has_other_endpoints = EndpointsOf(name_space).size() > 1;
    // Others in the compartment keep the endpoint; the container keeps the others.
    if (shares_endpoint) return RemoveContainer(change.store, &name_space, container);
    HNS_RETURN_IF_ERROR(change.Detach(&name_space, id));
    if (has_other_endpoints) return {};
    HNS_RETURN_IF_ERROR(RemoveContainer(change.store, &name_space, container));
    if (name_space.owner != kOwner) return {};
    RemoveNamespace(change.store, name_space);
    change.removals.push_back([&change, gone = name_space.id] { change.ports.RemoveCompartment(gone); });
    change.events = {{Notification::kNamespaceDelete, name_space.id}};
    return {};
  });
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
