#include "hns/model/sdn_routes.h"

#include <string>
#include <utility>

#include "hns/model/endpoint_list.h"
#include "hns/model/limits.h"
#include "hns/model/names.h"

namespace hns {

namespace {

base::Error Invalid(std::string detail) {
  return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, std::move(detail));
}

base::Status CheckSettings(const schema::SdnRoute& wanted) {
  if (wanted.settings.empty()) return Invalid("`Routes` (or `Setting`) is missing or empty");
  if (wanted.settings.size() > limits::kRoutesPerSdnRoute) {
    return Invalid("more than " + std::to_string(limits::kRoutesPerSdnRoute) + " routes");
  }
  for (const schema::SdnRouteSetting& setting : wanted.settings) {
    if (!setting.destination) {
      return base::MakeError(base::hr::HCN_E_INVALID_PREFIX,
                             "`DestinationPrefix` is missing: expected a prefix such as 10.2.0.0/16");
    }
    if (!setting.next_hop) continue;
    const base::IpAddress& hop = *setting.next_hop;
    if (hop.IsUnspecified() || hop.IsMulticast() || hop.IsV4Broadcast()) {
      return base::MakeError(base::hr::HCN_E_INVALID_IP,
                             "`NextHop` is `" + hop.ToString() + "`, which is no host's address");
    }
    if (hop.family != setting.destination->address.family) {
      return base::MakeError(base::hr::HCN_E_INVALID_IP, "`NextHop` `" + hop.ToString() +
                                                             "` is not of the family of the destination `" +
                                                             setting.destination->ToString() + "`");
    }
  }
  return {};
}

void PutIndexes(Transaction& store, const schema::SdnRoute& route) {
  store.Put(Table::kNetworkSdnRoutes, Key(route.network_id).Add(route.id), {});
  for (const base::Guid& endpoint : route.endpoint_ids) {
    store.Put(Table::kEndpointSdnRoutes, Key(endpoint).Add(route.id), {});
  }
}

void EraseIndexes(Transaction& store, const schema::SdnRoute& route) {
  store.Erase(Table::kNetworkSdnRoutes, Key(route.network_id).Add(route.id));
  for (const base::Guid& endpoint : route.endpoint_ids) {
    store.Erase(Table::kEndpointSdnRoutes, Key(endpoint).Add(route.id));
  }
}

base::Result<schema::SdnRoute> Add(Context& context, schema::SdnRoute wanted) {
  HNS_RETURN_IF_ERROR(CheckNames(wanted, base::hr::ERROR_INVALID_PARAMETER));
  HNS_RETURN_IF_ERROR(CheckSettings(wanted));
  HNS_ASSIGN_OR_RETURN(const base::Guid network, NetworkOfAll(context.store, &wanted.endpoint_ids,
                                                              "endpoints of a route", limits::kEndpointsPerSdnRoute));
  if (!network.IsZero()) {
    wanted.network_id = network;
  } else if (!wanted.network_id.IsZero() && !FindRecord(context.store, Table::kNetworks, wanted.network_id)) {
    return NotFound(Table::kNetworks, wanted.network_id);
  }
  FillBase(context, &wanted);
  wanted.state = 2;  // As v1 policy lists show it. Unverified: v2.
  PutIndexes(context.store, wanted);
  SaveSdnRoute(context.store, wanted);
  return wanted;
}

}  // namespace

base::Result<schema::SdnRoute> CreateSdnRoute(Context& context, const base::Guid& id, schema::SdnRoute wanted) {
  HNS_RETURN_IF_ERROR(ChooseId(context, Table::kSdnRoutes, id, &wanted));
  return Add(context, std::move(wanted));
}

base::Result<schema::SdnRoute> ReplaceSdnRoute(Context& context, const schema::SdnRoute& old, schema::SdnRoute wanted) {
  EraseIndexes(context.store, old);
  wanted.id = old.id;
  return Add(context, std::move(wanted));
}

void RemoveSdnRoute(Transaction& store, const schema::SdnRoute& route) {
  EraseIndexes(store, route);
  store.Erase(Table::kSdnRoutes, Key(route.id));
}

base::Status DropFromSdnRoutes(Transaction& store, const base::Guid& endpoint) {
  for (const base::Guid& id : SecondIds(store, Table::kEndpointSdnRoutes, endpoint)) {
    HNS_ASSIGN_OR_RETURN(schema::SdnRoute route, LoadSdnRoute(store, id));
    std::erase(route.endpoint_ids, endpoint);
    store.Erase(Table::kEndpointSdnRoutes, Key(endpoint).Add(id));
    SaveSdnRoute(store, route);
  }
  return {};
}

base::Status DropNetworkFromSdnRoutes(Transaction& store, const base::Guid& network) {
  for (const base::Guid& id : SecondIds(store, Table::kNetworkSdnRoutes, network)) {
    HNS_ASSIGN_OR_RETURN(schema::SdnRoute route, LoadSdnRoute(store, id));
    EraseIndexes(store, route);
    route.network_id = {};
    route.endpoint_ids.clear();
    PutIndexes(store, route);
    SaveSdnRoute(store, route);
  }
  return {};
}

}  // namespace hns
