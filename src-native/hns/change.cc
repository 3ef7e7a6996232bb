#include "hns/change.h"

#include <optional>
#include <string>
#include <utility>

#include "hns/model/address_sets.h"
#include "hns/model/endpoints.h"
#include "hns/model/namespaces.h"
#include "hns/program/network_acl.h"
#include "hns/program/overlay.h"
#include "hns/v1_documents.h"

namespace hns {

base::Status CheckObject(Transaction& store, ObjectKind kind, const ObjectRef& object) {
  const auto record = FindRecord(store, TableOf(kind), object.id);
  if (record && record->incarnation == object.incarnation) return {};
  return base::MakeError(base::hr::HCN_E_OBJECT_USED_AFTER_UNLOAD,
                         "the object `" + object.id.ToString() + "` of this handle is gone");
}

base::Status Service::Change::Check(ObjectKind kind, const ObjectRef& object) {
  return CheckObject(store, kind, object);
}

void Service::Change::SetPort(PortPolicy port) {
  const auto [place, is_new] = port_places.emplace(port.owner, policy.ports.size());
  if (is_new) {
    policy.ports.push_back(std::move(port));
  } else {
    policy.ports[place->second] = std::move(port);
  }
}

base::Status Service::Change::AddRules(std::vector<PlacedRule> after) {
  for (const PlacedRule& rule : after) {
    if (rule.place != Place::kNatIn || ports.HasNatGroup(rule.owner, rule.family)) continue;
    if (port_places.contains(rule.owner)) continue;
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint, LoadEndpoint(store, rule.owner));
    HNS_ASSIGN_OR_RETURN(PortPolicy port, CompilePortPolicy(context, endpoint));
    SetPort(std::move(port));
  }
  rules.After(std::move(after));
  return {};
}

base::Status Service::Change::Attach(schema::Namespace* name_space, const base::Guid& id) {
  HNS_ASSIGN_OR_RETURN(schema::Endpoint endpoint, LoadEndpoint(store, id));
  const bool is_host = IsHostCompartment(*name_space);
  std::vector<PlacedRule> before;
  if (is_host) {
    HNS_ASSIGN_OR_RETURN(before, CompileNetworkRules(context, endpoint.network_id));
  }
  HNS_ASSIGN_OR_RETURN(const Attachment attachment, AttachEndpoint(store, name_space, &endpoint));
  if (attachment == Attachment::kUnchanged) return {};
  HNS_RETURN_IF_ERROR(ports.Attach(endpoint, CompartmentOf(store, *name_space), is_host, &undo));
  if (!is_host) return {};
  moves.push_back([this, endpoint] { return ports.MoveToHost(endpoint); });
  HNS_ASSIGN_OR_RETURN(PortPolicy port, CompilePortPolicy(context, endpoint));
  SetPort(std::move(port));
  return SetHostDependents(endpoint.network_id, std::move(before));
}

base::Status Service::Change::Detach(schema::Namespace* name_space, const base::Guid& id) {
  HNS_ASSIGN_OR_RETURN(schema::Endpoint endpoint, LoadEndpoint(store, id));
  // A host compartment's endpoint is the only one whose going changes others.
  const bool is_host = IsHostCompartment(*name_space) && endpoint.namespace_id == name_space->id;
  std::vector<PlacedRule> before;
  if (is_host) {
    HNS_ASSIGN_OR_RETURN(before, CompileNetworkRules(context, endpoint.network_id));
  }
  HNS_RETURN_IF_ERROR(DetachEndpoint(store, name_space, &endpoint));
  if (!is_host) {
    removals.push_back([this, id] { ports.Detach(id); });
    return {};
  }
  // It could not be had here, so there is nothing to move.
  if (!ports.HasEndpoint(id)) return {};
  HNS_RETURN_IF_ERROR(ports.PrepareMoveFromHost(endpoint, &undo));
  moves.push_back([this, endpoint] { return ports.MoveFromHost(endpoint); });
  HNS_ASSIGN_OR_RETURN(PortPolicy port, CompilePortPolicy(context, endpoint));
  SetPort(std::move(port));
  SetPort({.owner = endpoint.network_id, .acl = {}, .nat_out = {}});
  return SetHostDependents(endpoint.network_id, std::move(before));
}

base::Status Service::Change::Drop(const schema::Network& network, schema::Endpoint endpoint) {
  if (!endpoint.namespace_id.IsZero()) {
    HNS_ASSIGN_OR_RETURN(schema::Namespace name_space, LoadNamespace(store, endpoint.namespace_id));
    HNS_RETURN_IF_ERROR(Detach(&name_space, endpoint.id));
  }
  hns::RemoveEndpoint(store, network, endpoint);
  if (IsRemote(endpoint)) {
    if (const auto segment = ports.SegmentOf(network.id)) {
      for (vfp::RemoteAddress& remote : RemotesOf(endpoint)) {
        policy.remotes.push_back({*segment, std::move(remote), /*remove=*/true});
      }
    }
    return {};
  }
  removals.push_back([this, id = endpoint.id] { ports.RemoveEndpoint(id); });
  return {};
}

base::Status Service::Change::Reprogram(const schema::Endpoint& old, const schema::Endpoint& endpoint) {
  std::optional<base::Guid> compartment;
  if (!endpoint.namespace_id.IsZero()) {
    HNS_ASSIGN_OR_RETURN(const schema::Namespace name_space, LoadNamespace(store, endpoint.namespace_id));
    compartment = CompartmentOf(store, name_space);
  }
  HNS_RETURN_IF_ERROR(ports.UpdateEndpoint(old, endpoint, compartment, &undo));
  HNS_ASSIGN_OR_RETURN(PortPolicy port, CompilePortPolicy(context, endpoint));
  SetPort(std::move(port));
  HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> before, CompilePortMappings(store, old));
  rules.Before(std::move(before));
  HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> after, CompilePortMappings(store, endpoint));
  return AddRules(std::move(after));
}

base::Status Service::Change::SetHostDependents(const base::Guid& network, std::vector<PlacedRule> before) {
  rules.Before(std::move(before));
  HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> after, CompileNetworkRules(context, network));
  HNS_RETURN_IF_ERROR(AddRules(std::move(after)));
  HNS_ASSIGN_OR_RETURN(std::vector<PortPolicy> dependents, CompileHostDependentPorts(context, network));
  for (PortPolicy& port : dependents) SetPort(std::move(port));
  return {};
}

base::Status Service::Change::ReprogramAcls(const schema::Network& old, const schema::Network& network) {
  if (old.policies == network.policies) return {};
  rules.Before(NetworkAclRules(old));
  rules.After(NetworkAclRules(network));
  // The rules are shared; only the layers that hold them are each port's own.
  const bool same_stages = NetworkAclStagesOf(old) == NetworkAclStagesOf(network);
  if (same_stages && HaveSameSets(old, network)) return {};
  HNS_ASSIGN_OR_RETURN(std::vector<PortPolicy> changed,
                       same_stages ? CompileSetDependentPorts(context, network.id) : CompilePorts(context, network.id));
  for (PortPolicy& port : changed) SetPort(std::move(port));
  return {};
}

Table TableOf(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kNetwork: return Table::kNetworks;
    case ObjectKind::kEndpoint: return Table::kEndpoints;
    case ObjectKind::kNamespace: return Table::kNamespaces;
    case ObjectKind::kLoadBalancer: return Table::kLoadBalancers;
    case ObjectKind::kSdnRoute: return Table::kSdnRoutes;
    case ObjectKind::kGuestNetworkService: break;
  }
  return Table::kGuestNetworkServices;
}

base::Result<base::json::Object> ParseSettings(ObjectKind kind, std::string_view settings) {
  HNS_ASSIGN_OR_RETURN(base::json::Object document, schema::ParseObject(settings));
  if (schema::DialectOf(document) == schema::Dialect::kV2) return document;
  return V1ToV2(kind, std::move(document));
}

}  // namespace hns
