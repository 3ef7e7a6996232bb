// Which objects a query's filter names. An index narrows the candidates where
// there is one for a property; every candidate is then checked whole.
#include <optional>
#include <utility>
#include <vector>

#include "base/json.h"
#include "hns/change.h"
#include "hns/model/endpoints.h"
#include "schema/query.h"

namespace hns {

namespace {

using schema::FilterProperty;
using schema::PropertyValue;

PropertyValue OrNothing(const base::Guid& id) { return id.IsZero() ? PropertyValue() : PropertyValue(id); }

std::vector<base::Guid> All(Transaction& store, Table table) {
  std::vector<base::Guid> ids;
  store.ForEach(table, {}, [&](const Entry& entry) {
    ids.push_back(ReadGuid(entry.key));
    return true;
  });
  return ids;
}

std::vector<base::Guid> EndpointsNamed(Transaction& store, const std::string& name) {
  std::vector<base::Guid> ids;
  const Key prefix = Key().AddText(name).AddByte(0);
  store.ForEach(Table::kEndpointNames, prefix, [&](const Entry& entry) {
    // A longer name may hold a zero byte at this place.
    if (entry.key.size() == prefix.bytes().size() + 16)
      ids.push_back(ReadGuid(entry.key.substr(prefix.bytes().size())));
    return true;
  });
  return ids;
}

std::vector<base::Guid> Candidates(Transaction& store, ObjectKind kind, const schema::Filter& filter) {
  if (filter.impossible()) return {};
  if (const auto id = filter.WantedGuid(FilterProperty::kId)) return {*id};
  if (const std::string* name = filter.WantedText(FilterProperty::kName)) {
    if (kind == ObjectKind::kEndpoint) return EndpointsNamed(store, *name);
    if (kind == ObjectKind::kNetwork) {
      const auto id = store.Get(Table::kNetworkNames, *name);
      return id ? std::vector<base::Guid>{ReadGuid(*id)} : std::vector<base::Guid>();
    }
  }
  if (kind == ObjectKind::kEndpoint) {
    if (const auto network = filter.WantedGuid(FilterProperty::kVirtualNetwork)) {
      return EndpointsOfNetwork(store, *network);
    }
  }
  return All(store, TableOf(kind));
}

PropertyValue BaseProperty(const schema::ObjectBase& object, FilterProperty property) {
  switch (property) {
    case FilterProperty::kId: return object.id;
    case FilterProperty::kName: return std::string_view(object.name);
    case FilterProperty::kOwner: return std::string_view(object.owner);
    default: return {};
  }
}

bool Matches(Transaction&, const schema::Network& network, const schema::Filter& filter) {
  return filter.Matches([&](FilterProperty property) -> PropertyValue {
    if (property == FilterProperty::kType) return schema::NetworkModeName(*network.type);
    if (property == FilterProperty::kFlags) return std::uint64_t{network.flags};
    return BaseProperty(network, property);
  });
}

bool Matches(Transaction& store, const schema::Endpoint& endpoint, const schema::Filter& filter) {
  std::optional<schema::Network> network;
  return filter.Matches([&](FilterProperty property) -> PropertyValue {
    switch (property) {
      case FilterProperty::kVirtualNetwork: return endpoint.network_id;
      case FilterProperty::kVirtualNetworkName: {
        auto found = FindNetwork(store, endpoint.network_id);
        if (!found.ok() || !found->has_value()) return {};
        network = std::move(**found);
        return std::string_view(network->name);
      }
      case FilterProperty::kNamespace: return OrNothing(endpoint.namespace_id);
      case FilterProperty::kMacAddress: return std::string_view(endpoint.mac_address->text);
      case FilterProperty::kFlags: return std::uint64_t{endpoint.flags};
      default: return BaseProperty(endpoint, property);
    }
  });
}

bool Matches(Transaction&, const schema::Namespace& name_space, const schema::Filter& filter) {
  return filter.Matches([&](FilterProperty property) -> PropertyValue {
    if (property == FilterProperty::kType) return schema::NamespaceTypeName(*name_space.type);
    return BaseProperty(name_space, property);
  });
}

bool Matches(Transaction&, const schema::LoadBalancer& load_balancer, const schema::Filter& filter) {
  return filter.Matches([&](FilterProperty property) -> PropertyValue {
    if (property == FilterProperty::kVirtualNetwork) return OrNothing(load_balancer.network_id);
    if (property == FilterProperty::kFlags) return std::uint64_t{load_balancer.flags};
    return BaseProperty(load_balancer, property);
  });
}

bool Matches(Transaction&, const schema::SdnRoute& route, const schema::Filter& filter) {
  return filter.Matches([&](FilterProperty property) -> PropertyValue {
    if (property == FilterProperty::kVirtualNetwork) return OrNothing(route.network_id);
    return BaseProperty(route, property);
  });
}

bool Matches(Transaction&, const schema::GuestNetworkService& service, const schema::Filter& filter) {
  return filter.Matches([&](FilterProperty property) -> PropertyValue {
    if (property == FilterProperty::kFlags) return std::uint64_t{service.flags};
    return BaseProperty(service, property);
  });
}

template <typename T>
base::Result<bool> Check(Transaction& store, const base::Result<std::optional<T>>& found,
                         const schema::Filter& filter) {
  if (!found.ok()) return found.error();
  return found->has_value() && Matches(store, **found, filter);
}

base::Result<bool> Check(Transaction& store, ObjectKind kind, const base::Guid& id, const schema::Filter& filter) {
  switch (kind) {
    case ObjectKind::kNetwork: return Check(store, FindNetwork(store, id), filter);
    case ObjectKind::kEndpoint: return Check(store, FindEndpoint(store, id), filter);
    case ObjectKind::kNamespace: return Check(store, FindNamespace(store, id), filter);
    case ObjectKind::kLoadBalancer: return Check(store, FindLoadBalancer(store, id), filter);
    case ObjectKind::kSdnRoute: return Check(store, FindSdnRoute(store, id), filter);
    case ObjectKind::kGuestNetworkService: break;
  }
  return Check(store, FindGuestNetworkService(store, id), filter);
}

}  // namespace

base::Result<std::string> Service::Enumerate(ObjectKind kind, std::string_view query) {
  HNS_ASSIGN_OR_RETURN(const schema::Query parsed, schema::ParseQuery(query));
  HNS_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> store, Read());
  base::json::Array ids;
  for (const base::Guid& id : Candidates(*store, kind, parsed.filter)) {
    if (!parsed.filter.empty()) {
      HNS_ASSIGN_OR_RETURN(const bool matches, Check(*store, kind, id, parsed.filter));
      if (!matches) continue;
    }
    ids.emplace_back(id.ToString());
  }
  HNS_RETURN_IF_ERROR(store->status());
  return base::json::Write(std::move(ids));
}

}  // namespace hns
