#include "hns/model/namespaces.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "hns/model/endpoints.h"
#include "hns/model/limits.h"
#include "hns/model/names.h"

namespace hns {

namespace {

constexpr std::string_view kHostNamespaceKey = "host-namespace";

std::uint32_t NextCompartment(Transaction& store) {
  constexpr std::string_view kCounter = "compartment";
  const auto last = store.Get(Table::kMeta, kCounter);
  const auto next = static_cast<std::uint32_t>((last ? ReadBigEndian(*last) : kHostCompartment) + 1);
  store.Put(Table::kMeta, kCounter, Key().AddBigEndian(next, 4));
  return next;
}

std::vector<std::string> ContainersOf(const schema::Namespace& name_space) {
  std::vector<std::string> containers;
  for (const schema::NamespaceResource& resource : name_space.resources) {
    if (resource.type == schema::NamespaceResourceType::kContainer) containers.push_back(resource.container_id);
  }
  return containers;
}

// An endpoint shows its namespace, its state, and which containers share it.
void ShowAttachment(const schema::Namespace* name_space, schema::Endpoint* endpoint) {
  base::json::Array shared;
  EndpointState state = EndpointState::kCreated;
  if (name_space != nullptr) {
    const auto containers = ContainersOf(*name_space);
    state = containers.size() >= 2 ? EndpointState::kAttachedSharing : EndpointState::kAttached;
    for (const std::string& container : containers) shared.emplace_back(container);
  }
  endpoint->namespace_id = name_space != nullptr ? name_space->id : base::Guid();
  endpoint->state = static_cast<std::uint16_t>(state);
  base::json::Value* health = endpoint->rest.Find("Health");
  base::json::Object* members = health != nullptr ? health->AsObject() : nullptr;
  if (members == nullptr) return;
  base::json::Value* extra = members->Find("Extra");
  if (extra == nullptr || extra->AsObject() == nullptr) extra = &members->Set("Extra", base::json::Object());
  if (shared.empty()) {
    extra->AsObject()->Erase("SharedContainers");
  } else {
    extra->AsObject()->Set("SharedContainers", std::move(shared));
  }
}

base::Status ShowContainers(Transaction& store, const schema::Namespace& name_space) {
  for (const base::Guid& id : EndpointsOf(name_space)) {
    HNS_ASSIGN_OR_RETURN(schema::Endpoint endpoint, LoadEndpoint(store, id));
    ShowAttachment(&name_space, &endpoint);
    SaveEndpoint(store, endpoint);
  }
  return {};
}

auto FindResource(schema::Namespace& name_space, const base::Guid& endpoint) {
  return std::find_if(name_space.resources.begin(), name_space.resources.end(), [&](const auto& resource) {
    return resource.type == schema::NamespaceResourceType::kEndpoint && resource.endpoint_id == endpoint;
  });
}

auto FindResource(schema::Namespace& name_space, const std::string& container) {
  return std::find_if(name_space.resources.begin(), name_space.resources.end(), [&](const auto& resource) {
    return resource.type == schema::NamespaceResourceType::kContainer && resource.container_id == container;
  });
}

base::Error AttachFailed(std::string detail) {
  return base::MakeError(base::hr::HCN_E_NAMESPACE_ATTACH_FAILED, std::move(detail));
}

}  // namespace

void CreateHostNamespace(Context& context) {
  if (context.store.Get(Table::kMeta, kHostNamespaceKey)) return;
  schema::Namespace host;
  host.id = context.random.NextGuid();
  host.type = schema::NamespaceType::kHostDefault;
  host.compartment_id = kHostCompartment;
  host.compartment_guid = host.id;
  FillBase(context, &host);
  context.store.Put(Table::kMeta, kHostNamespaceKey, Key(host.id));
  SaveNamespace(context.store, host);
}

base::Guid HostNamespace(Transaction& store) {
  const auto id = store.Get(Table::kMeta, kHostNamespaceKey);
  return id && id->size() == 16 ? ReadGuid(*id) : base::Guid();
}

base::Guid CompartmentOf(Transaction& store, const schema::Namespace& name_space) {
  return IsHostCompartment(name_space) ? HostNamespace(store) : name_space.id;
}

base::Result<schema::Namespace> CreateNamespace(Context& context, const base::Guid& id, schema::Namespace wanted) {
  HNS_RETURN_IF_ERROR(CheckNames(wanted, base::hr::ERROR_INVALID_PARAMETER));
  HNS_RETURN_IF_ERROR(ChooseId(context, Table::kNamespaces, id, &wanted));
  if (!wanted.type) wanted.type = schema::NamespaceType::kHost;
  // Numbers are handed out; one in the document is replaced. Unverified.
  wanted.compartment_id = IsHostCompartment(wanted) ? kHostCompartment : NextCompartment(context.store);
  wanted.compartment_guid = CompartmentOf(context.store, wanted);
  wanted.resources.clear();
  FillBase(context, &wanted);
  SaveNamespace(context.store, wanted);
  return wanted;
}

base::Status CheckRemovable(Transaction& store, const schema::Namespace& name_space) {
  if (name_space.id != HostNamespace(store)) return {};
  return base::MakeError(base::hr::HCN_E_REQUEST_UNSUPPORTED, "the host's own namespace cannot be deleted");
}

void RemoveNamespace(Transaction& store, const schema::Namespace& name_space) {
  store.Erase(Table::kNamespaces, Key(name_space.id));
}

base::Result<Attachment> AttachEndpoint(Transaction& store, schema::Namespace* name_space, schema::Endpoint* endpoint) {
  if (IsRemote(*endpoint)) {
    return base::MakeError(base::hr::HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION,
                           "a remote endpoint cannot be attached to a namespace");
  }
  if (endpoint->namespace_id == name_space->id) return Attachment::kUnchanged;
  if (!endpoint->namespace_id.IsZero()) {
    return base::MakeError(base::hr::HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS,
                           "endpoint `" + endpoint->id.ToString() + "` is in namespace `" +
                               endpoint->namespace_id.ToString() + "`; detach it there first");
  }
  if (EndpointsOf(*name_space).size() >= limits::kEndpointsPerNamespace) {
    return AttachFailed("the namespace has " + std::to_string(limits::kEndpointsPerNamespace) + " endpoints already");
  }
  if (IsHostCompartment(*name_space)) {
    const Key key(endpoint->network_id);
    if (const auto other = store.Get(Table::kHostEndpoints, key)) {
      return AttachFailed("endpoint `" + ReadGuid(*other).ToString() +
                          "` connects the host compartment to this network already");
    }
    store.Put(Table::kHostEndpoints, key, Key(endpoint->id));
  }
  schema::NamespaceResource resource;
  resource.type = schema::NamespaceResourceType::kEndpoint;
  resource.endpoint_id = endpoint->id;
  name_space->resources.push_back(std::move(resource));
  ShowAttachment(name_space, endpoint);
  SaveNamespace(store, *name_space);
  SaveEndpoint(store, *endpoint);
  return Attachment::kChanged;
}

base::Status DetachEndpoint(Transaction& store, schema::Namespace* name_space, schema::Endpoint* endpoint) {
  const auto it = FindResource(*name_space, endpoint->id);
  if (it == name_space->resources.end()) {
    return base::MakeError(
        base::hr::HCN_E_ENDPOINT_NOT_ATTACHED,
        "endpoint `" + endpoint->id.ToString() + "` is not in namespace `" + name_space->id.ToString() + "`");
  }
  name_space->resources.erase(it);
  if (IsHostCompartment(*name_space)) store.Erase(Table::kHostEndpoints, Key(endpoint->network_id));
  ShowAttachment(nullptr, endpoint);
  SaveNamespace(store, *name_space);
  SaveEndpoint(store, *endpoint);
  return {};
}

namespace {

base::Status ListContainer(schema::Namespace* name_space, const std::string& container) {
  if (container.size() > limits::kNameBytes) {
    return AttachFailed("`ContainerId` has more than " + std::to_string(limits::kNameBytes) + " bytes");
  }
  if (FindResource(*name_space, container) != name_space->resources.end()) return {};
  if (ContainersOf(*name_space).size() >= limits::kContainersPerNamespace) {
    return AttachFailed("the namespace has " + std::to_string(limits::kContainersPerNamespace) + " containers already");
  }
  schema::NamespaceResource resource;
  resource.type = schema::NamespaceResourceType::kContainer;
  resource.container_id = container;
  name_space->resources.push_back(std::move(resource));
  return {};
}

}  // namespace

base::Status AddContainers(Transaction& store, schema::Namespace* name_space, std::span<const std::string> containers) {
  if (containers.empty()) return {};
  for (const std::string& container : containers) HNS_RETURN_IF_ERROR(ListContainer(name_space, container));
  SaveNamespace(store, *name_space);
  return ShowContainers(store, *name_space);
}

base::Status RemoveContainer(Transaction& store, schema::Namespace* name_space, const std::string& container) {
  const auto it = FindResource(*name_space, container);
  if (it == name_space->resources.end()) {
    return base::MakeError(base::hr::ERROR_NOT_FOUND, "the namespace has no container `" + container + "`");
  }
  name_space->resources.erase(it);
  SaveNamespace(store, *name_space);
  return ShowContainers(store, *name_space);
}

std::vector<base::Guid> EndpointsOf(const schema::Namespace& name_space) {
  std::vector<base::Guid> endpoints;
  for (const schema::NamespaceResource& resource : name_space.resources) {
    if (resource.type == schema::NamespaceResourceType::kEndpoint) endpoints.push_back(resource.endpoint_id);
  }
  return endpoints;
}

}  // namespace hns
