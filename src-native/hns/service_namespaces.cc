#include <utility>

#include "hns/change.h"
#include "hns/model/namespaces.h"
#include "schema/modify_request.h"

namespace hns {

base::Result<ObjectRef> Service::CreateNamespace(const base::Guid& id, std::string_view settings) {
  HNS_ASSIGN_OR_RETURN(base::json::Object document, ParseSettings(ObjectKind::kNamespace, settings));
  HNS_ASSIGN_OR_RETURN(schema::Namespace wanted, schema::ReadNamespace(std::move(document)));
  ObjectRef created;
  const base::Status written = Write([&](Change& change) -> base::Status {
    const std::vector<schema::NamespaceResource> resources = wanted.resources;
    HNS_ASSIGN_OR_RETURN(schema::Namespace name_space, hns::CreateNamespace(change.context, id, std::move(wanted)));
    const auto record = FindRecord(change.store, Table::kNamespaces, name_space.id);
    created = {name_space.id, record ? record->incarnation : 0};
    change.events = {{Notification::kNamespaceCreate, name_space.id}};
    if (!IsHostCompartment(name_space)) {
      HNS_RETURN_IF_ERROR(change.ports.AddCompartment(name_space.id, /*is_host=*/false, &change.undo));
    }
    // Containers that follow each other are added at once: each adding writes the whole document.
    std::vector<std::string> containers;
    for (const schema::NamespaceResource& resource : resources) {
      if (resource.type == schema::NamespaceResourceType::kContainer) {
        containers.push_back(resource.container_id);
        continue;
      }
      HNS_RETURN_IF_ERROR(AddContainers(change.store, &name_space, containers));
      containers.clear();
      HNS_RETURN_IF_ERROR(change.Attach(&name_space, resource.endpoint_id));
    }
    return AddContainers(change.store, &name_space, containers);
  });
  HNS_RETURN_IF_ERROR(written);
  return created;
}

base::Status Service::ModifyNamespace(const ObjectRef& object, std::string_view settings) {
  HNS_ASSIGN_OR_RETURN(base::json::Object document, schema::ParseObject(settings));
  HNS_ASSIGN_OR_RETURN(const schema::ModifyNamespaceRequest request,
                       schema::ReadModifyNamespaceRequest(std::move(document)));
  return Write([&](Change& change) -> base::Status {
    HNS_RETURN_IF_ERROR(change.Check(ObjectKind::kNamespace, object));
    HNS_ASSIGN_OR_RETURN(schema::Namespace name_space, LoadNamespace(change.store, object.id));
    const bool is_endpoint = request.resource == schema::NamespaceResourceType::kEndpoint;
    switch (request.request) {
      case schema::RequestType::kAdd:
        return is_endpoint ? change.Attach(&name_space, request.endpoint_id)
                           : AddContainers(change.store, &name_space, {&request.container_id, 1});
      case schema::RequestType::kRemove:
        return is_endpoint ? change.Detach(&name_space, request.endpoint_id)
                           : RemoveContainer(change.store, &name_space, request.container_id);
      default:
        return base::MakeError(base::hr::HCN_E_REQUEST_UNSUPPORTED,
                               "`" + std::string(schema::RequestTypeName(request.request)) +
                                   "` of a namespace's resources; `Add` and `Remove` are there");
    }
  });
}

base::Status Service::DeleteNamespace(const base::Guid& id) {
  return Write([&](Change& change) -> base::Status {
    HNS_ASSIGN_OR_RETURN(schema::Namespace name_space, LoadNamespace(change.store, id));
    HNS_RETURN_IF_ERROR(CheckRemovable(change.store, name_space));
    for (const base::Guid& endpoint : EndpointsOf(name_space))
      HNS_RETURN_IF_ERROR(change.Detach(&name_space, endpoint));
    RemoveNamespace(change.store, name_space);
    if (!IsHostCompartment(name_space)) {
      change.removals.push_back([&change, id] { change.ports.RemoveCompartment(id); });
    }
    change.events = {{Notification::kNamespaceDelete, id}};
    return {};
  });
}

}  // namespace hns
