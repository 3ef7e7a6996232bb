#include "hns/program/routes.h"

#include <string_view>

#include "hns/model/endpoint_list.h"
#include "hns/model/network_types.h"
#include "schema/sdn_route.h"

namespace hns {

namespace {

bool HasRouteLayer(const schema::Network& network) {
  switch (TypeRowOf(network).mode) {
    case schema::NetworkMode::kL2Bridge:
    case schema::NetworkMode::kL2Tunnel:
    case schema::NetworkMode::kOverlay: return true;
    default: return false;
  }
}

std::optional<vfp::PortRoute> RouteOf(const schema::EndpointPolicy& policy) {
  const base::json::Object* settings = policy.settings.AsObject();
  if (policy.type != schema::EndpointPolicyType::kSdnRoute || settings == nullptr) return std::nullopt;
  const auto text = [&](std::string_view name) {
    const base::json::Value* value = settings->FindIgnoringCase(name);
    const std::string* found = value != nullptr ? value->AsString() : nullptr;
    return found != nullptr ? std::string_view(*found) : std::string_view();
  };
  const auto destination = base::IpPrefix::Parse(text("DestinationPrefix"));
  if (!destination) return std::nullopt;
  const base::json::Value* encapsulate = settings->FindIgnoringCase("NeedEncap");
  return vfp::PortRoute{.destination = *destination,
                        .next_hop = base::IpAddress::Parse(text("NextHop")),
                        .encapsulate = encapsulate != nullptr && encapsulate->AsBool().value_or(false)};
}

base::Status Read(Transaction& store, const base::Guid& id, RouteMemo* memo) {
  HNS_ASSIGN_OR_RETURN(const schema::SdnRoute object, LoadSdnRoute(store, id));
  std::vector<vfp::PortRoute>& routes = (*memo)[id];
  for (const schema::SdnRouteSetting& setting : object.settings) {
    routes.push_back({.destination = *setting.destination,
                      .next_hop = setting.next_hop,
                      .encapsulate = setting.need_encap.value_or(false)});
  }
  return {};
}

}  // namespace

base::Result<std::vector<vfp::PortRoute>> RoutesOf(Transaction& store, const schema::Network& network,
                                                   const schema::Endpoint& endpoint, RouteMemo* memo) {
  std::vector<vfp::PortRoute> routes;
  if (!HasRouteLayer(network)) return routes;
  for (const schema::EndpointPolicy& policy : endpoint.policies) {
    if (const auto route = RouteOf(policy)) routes.push_back(*route);
  }
  for (const base::Guid& id : SecondIds(store, Table::kEndpointSdnRoutes, endpoint.id)) {
    const auto known = memo->find(id);
    if (known == memo->end()) HNS_RETURN_IF_ERROR(Read(store, id, memo));
    const std::vector<vfp::PortRoute>& more = (*memo)[id];
    routes.insert(routes.end(), more.begin(), more.end());
  }
  return routes;
}

}  // namespace hns
