#include "hns/program/host_addresses.h"

#include "hns/model/endpoints.h"
#include "hns/model/network_types.h"
#include "hns/model/networks.h"

namespace hns {

std::vector<base::IpPrefix> HostAddresses::Prefixes(base::IpFamily family) const {
  std::vector<base::IpPrefix> prefixes;
  for (const auto* list : {&provider, &endpoint, &gateways}) {
    for (const base::IpAddress& address : *list) {
      if (address.family == family) prefixes.push_back(base::IpPrefix::Host(address));
    }
  }
  return prefixes;
}

std::optional<base::IpAddress> HostAddresses::Preferred(base::IpFamily family) const {
  const auto prefixes = Prefixes(family);
  if (prefixes.empty()) return std::nullopt;
  return prefixes.front().address;
}

base::Result<HostAddresses> HostAddressesOf(Transaction& store, const schema::Network& network) {
  HostAddresses host;
  if (const auto id = store.Get(Table::kHostEndpoints, Key(network.id)); id && id->size() == 16) {
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint, LoadEndpoint(store, ReadGuid(*id)));
    host.endpoint = AddressesOf(endpoint);
  }
  const bool has_uplink = !UplinkAdapterOf(network).empty();
  if (has_uplink && network.type == schema::NetworkMode::kOverlay) {
    if (const auto provider = ProviderOf(network)) host.provider.push_back(*provider);
  }
  if (!has_uplink && TypeRowOf(network).host_has_gateway) {
    for (const schema::Ipam& ipam : network.ipams) {
      for (const schema::Subnet& subnet : ipam.subnets) {
        if (const auto gateway = subnet.Gateway()) host.gateways.push_back(*gateway);
      }
    }
  }
  return host;
}

}  // namespace hns
