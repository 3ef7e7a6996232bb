#include "hns/model/endpoint_addresses.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hns/model/ipam.h"
#include "hns/model/network_types.h"
#include "hns/model/networks.h"

namespace hns {

namespace {

base::Error Invalid(std::string detail) { return base::MakeError(base::hr::HCN_E_INVALID_ENDPOINT, std::move(detail)); }

// Gives an endpoint its addresses.
class Addressing {
 public:
  Addressing(Context& context, const schema::Network& network, schema::Endpoint* endpoint)
      : context_(context),
        type_(TypeRowOf(network)),
        ranges_(RangesOf(network)),
        ipam_(context.store, network.id),
        endpoint_(*endpoint) {}

  base::Status Run() {
    auto& configurations = endpoint_.ip_configurations;
    if (configurations.empty()) {
      // One of each family the network has.
      for (const auto family : {base::IpFamily::kIpv4, base::IpFamily::kIpv6}) {
        if (HasFamily(family)) configurations.emplace_back();
      }
      if (configurations.empty()) {
        return base::MakeError(base::hr::HCN_E_SUBNET_NOT_FOUND, "the network has no subnet to take an address from");
      }
    }
    // What was asked for first, so that nothing automatic takes it.
    for (schema::IpConfiguration& configuration : configurations) {
      if (configuration.address) HNS_RETURN_IF_ERROR(TakeGiven(&configuration));
    }
    for (schema::IpConfiguration& configuration : configurations) {
      if (!configuration.address) HNS_RETURN_IF_ERROR(TakeAny(&configuration));
    }
    return {};
  }

 private:
  bool HasFamily(base::IpFamily family) const {
    return std::any_of(ranges_.begin(), ranges_.end(),
                       [&](const AddressRange& range) { return range.prefix.address.family == family; });
  }

  bool HasAddressOf(base::IpFamily family) const {
    return std::any_of(endpoint_.ip_configurations.begin(), endpoint_.ip_configurations.end(),
                       [&](const schema::IpConfiguration& c) { return c.address && c.address->family == family; });
  }

  base::Status CheckLength(const schema::IpConfiguration& configuration) {
    if (!configuration.prefix_length) return {};
    if (*configuration.prefix_length >= 1 && *configuration.prefix_length <= configuration.address->BitLength())
      return {};
    return base::MakeError(base::hr::HCN_E_INVALID_PREFIX, "`PrefixLength` is " +
                                                               std::to_string(*configuration.prefix_length) + " for `" +
                                                               configuration.address->ToString() + "`");
  }

  void Fill(const AddressRange& range, schema::IpConfiguration* configuration) {
    if (!configuration->prefix_length) configuration->prefix_length = range.subnet_prefix.length;
    configuration->ip_subnet_id = range.ip_subnet;
  }

  base::Status TakeGiven(schema::IpConfiguration* configuration) {
    HNS_RETURN_IF_ERROR(CheckLength(*configuration));
    const base::IpAddress& address = *configuration->address;
    const AddressRange* range = FindRange(ranges_, address);
    if (range == nullptr && ranges_.empty() && type_.addresses_without_subnet) return TakeFromOutside(configuration);
    if (range == nullptr) {
      std::string subnets;
      for (const AddressRange& r : ranges_) subnets += " `" + r.prefix.ToString() + "`";
      return base::MakeError(base::hr::HCN_E_INVALID_IP, "`" + address.ToString() + "` is in no subnet of the network" +
                                                             (subnets.empty() ? ", which has none" : ":" + subnets));
    }
    HNS_RETURN_IF_ERROR(ipam_.Take(*range, address, endpoint_.id));
    Fill(*range, configuration);
    return {};
  }

  // The network leaves addresses to others, so the endpoint has to say it all.
  base::Status TakeFromOutside(schema::IpConfiguration* configuration) {
    const base::IpAddress& address = *configuration->address;
    if (address.IsUnspecified() || address.IsMulticast() || address.IsV4Broadcast()) {
      return base::MakeError(base::hr::HCN_E_ADDR_INVALID_OR_RESERVED,
                             "`" + address.ToString() + "` is no host's address");
    }
    if (!configuration->prefix_length) {
      return Invalid("`PrefixLength` of `" + address.ToString() + "` is missing, and the network has no subnet");
    }
    return ipam_.TakeOutside(address, endpoint_.id);
  }

  base::Status TakeAny(schema::IpConfiguration* configuration) {
    bool found_subnet = false;
    // The family the endpoint has no address of yet comes first.
    for (const bool second_of_family : {false, true}) {
      for (const AddressRange& range : ranges_) {
        if (HasAddressOf(range.prefix.address.family) != second_of_family) continue;
        if (!configuration->ip_subnet_id.IsZero() && configuration->ip_subnet_id != range.ip_subnet) continue;
        found_subnet = true;
        const auto address = ipam_.TakeAny(range, context_.random.Next(), endpoint_.id);
        if (!address) continue;
        configuration->address = address;
        HNS_RETURN_IF_ERROR(CheckLength(*configuration));
        Fill(range, configuration);
        return {};
      }
    }
    if (!configuration->ip_subnet_id.IsZero() && !found_subnet) {
      return base::MakeError(base::hr::HCN_E_INVALID_IP_SUBNET,
                             "the network has no IP subnet `" + configuration->ip_subnet_id.ToString() + "`");
    }
    // Unverified: the code.
    return base::MakeError(base::hr::HCN_E_SUBNET_NOT_FOUND, "no subnet of the network has a free address left");
  }

  Context& context_;
  const NetworkTypeRow& type_;
  const std::vector<AddressRange> ranges_;
  Ipam ipam_;
  schema::Endpoint& endpoint_;
};

std::optional<base::IpAddress> GatewayOf(const schema::Network& network, const schema::Endpoint& endpoint,
                                         base::IpFamily family) {
  const auto ranges = RangesOf(network);
  for (const schema::IpConfiguration& configuration : endpoint.ip_configurations) {
    if (configuration.address->family != family) continue;
    if (const AddressRange* range = FindRange(ranges, *configuration.address)) return range->gateway;
  }
  return std::nullopt;
}

}  // namespace

base::Status GiveAddresses(Context& context, const schema::Network& network, schema::Endpoint* endpoint) {
  return Addressing(context, network, endpoint).Run();
}

base::Status FillRoutes(const schema::Network& network, schema::Endpoint* endpoint) {
  std::vector<schema::Route> routes;
  for (schema::Route& route : endpoint->routes) {
    if (!route.destination) return Invalid("a route has no `DestinationPrefix`");
    const base::IpFamily family = route.destination->address.family;
    if (!route.next_hop) route.next_hop = GatewayOf(network, *endpoint, family);
    if (!route.next_hop) continue;
    if (route.next_hop->family != family) {
      return Invalid("the next hop `" + route.next_hop->ToString() + "` is not of the family of `" +
                     route.destination->ToString() + "`");
    }
    routes.push_back(std::move(route));
  }
  for (const auto family : {base::IpFamily::kIpv4, base::IpFamily::kIpv6}) {
    const bool has_default = std::any_of(routes.begin(), routes.end(), [&](const schema::Route& route) {
      return route.IsDefault() && route.destination->address.family == family;
    });
    if (has_default) continue;
    const auto gateway = GatewayOf(network, *endpoint, family);
    if (!gateway) continue;
    schema::Route route;
    route.destination = base::IpPrefix{base::IpAddress{{}, family}, 0};
    route.next_hop = gateway;
    routes.push_back(std::move(route));
  }
  endpoint->routes = std::move(routes);
  return {};
}

}  // namespace hns
