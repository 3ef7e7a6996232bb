#include "hns/model/endpoints.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "hns/model/address_sets.h"
#include "hns/model/backends.h"
#include "hns/model/endpoint_addresses.h"
#include "hns/model/endpoint_policies.h"
#include "hns/model/ipam.h"
#include "hns/model/limits.h"
#include "hns/model/mac_pool.h"
#include "hns/model/names.h"
#include "hns/model/network_cache.h"
#include "hns/model/networks.h"
#include "hns/model/policy_list.h"
#include "hns/model/version_gates.h"

namespace hns {

namespace {

base::Error Invalid(std::string detail) { return base::MakeError(base::hr::HCN_E_INVALID_ENDPOINT, std::move(detail)); }

// Flags that promise something nothing here keeps.
base::Status CheckFlags(std::uint32_t flags) {
  constexpr std::uint32_t kNotCarried = schema::endpoint_flags::kDisableInterComputeCommunication |
                                        schema::endpoint_flags::kEnableMirroring | schema::endpoint_flags::kEnableDhcp;
  if ((flags & kNotCarried) == 0) return {};
  return base::MakeError(base::hr::HCN_E_REQUEST_UNSUPPORTED,
                         "`Flags` is " + std::to_string(flags) +
                             ": DisableInterComputeCommunication (2), EnableMirroring (4) and EnableDhcp (32) are not "
                             "carried by this version of the embedded host");
}

schema::NetworkMode ModeOf(const schema::Network& network) { return network.type.value_or(schema::NetworkMode::kNat); }

base::Status CheckSizes(const schema::Endpoint& endpoint) {
  HNS_RETURN_IF_ERROR(CheckNames(endpoint, base::hr::HCN_E_INVALID_ENDPOINT));
  if (endpoint.ip_configurations.size() > limits::kAddressesPerEndpoint) {
    return Invalid("more than " + std::to_string(limits::kAddressesPerEndpoint) + " addresses");
  }
  if (endpoint.routes.size() > limits::kRoutesPerEndpoint) {
    return Invalid("more than " + std::to_string(limits::kRoutesPerEndpoint) + " routes");
  }
  return {};
}

base::Status GiveMac(Context& context, const schema::Network& network, schema::Endpoint* endpoint) {
  MacPool pool(context.store, network.id);
  if (!endpoint->mac_address) {
    HNS_ASSIGN_OR_RETURN(const base::MacAddress mac, pool.TakeAny(endpoint->id));
    endpoint->mac_address = schema::MacText::Of(mac);
    return {};
  }
  const base::MacAddress& mac = endpoint->mac_address->value;
  if (mac.IsGroup() || mac.IsZero())
    return Invalid("`" + endpoint->mac_address->text + "` is no station's MAC address");
  return pool.Take(mac, endpoint->id);
}

// A peer on another host: what it has is said, not handed out, and its address
// need not be of a subnet, because other hosts have other subnets.
base::Status AddRemote(Context& context, const schema::Network& network, schema::Endpoint* endpoint) {
  HNS_RETURN_IF_ERROR(CheckEndpointPolicies(endpoint->policies, {ModeOf(network), /*is_remote=*/true}));
  if (ModeOf(network) == schema::NetworkMode::kOverlay && endpoint->policies.empty()) {
    return Invalid("a remote endpoint of an overlay network needs a `ProviderAddress` policy: its host's address");
  }
  if (const auto provider = ProviderOf(*endpoint); provider && !provider->IsV4()) {
    return base::MakeError(base::hr::HCN_E_INVALID_POLICY,
                           "the provider address `" + provider->ToString() + "` is not IPv4: tunnels are IPv4 outside");
  }
  if (!endpoint->mac_address) return Invalid("a remote endpoint needs its `MacAddress`");
  // Not unique: kube-proxy gives all remote endpoints one MAC address.
  if (endpoint->mac_address->value.IsGroup() || endpoint->mac_address->value.IsZero()) {
    return Invalid("`" + endpoint->mac_address->text + "` is no station's MAC address");
  }
  if (endpoint->ip_configurations.empty()) return Invalid("a remote endpoint needs its `IpConfigurations`");
  const auto ranges = RangesOf(network);
  Ipam ipam(context.store, network.id);
  for (schema::IpConfiguration& configuration : endpoint->ip_configurations) {
    if (!configuration.address) return Invalid("a remote endpoint needs its `IpAddress`");
    const base::IpAddress& address = *configuration.address;
    if (address.IsUnspecified() || address.IsMulticast() || address.IsV4Broadcast()) {
      return base::MakeError(base::hr::HCN_E_ADDR_INVALID_OR_RESERVED,
                             "`" + address.ToString() + "` is no host's address");
    }
    const AddressRange* range = FindRange(ranges, address);
    if (range != nullptr) {
      HNS_RETURN_IF_ERROR(ipam.Take(*range, address, endpoint->id));
      configuration.ip_subnet_id = range->ip_subnet;
    } else {
      HNS_RETURN_IF_ERROR(ipam.TakeOutside(address, endpoint->id));
    }
    if (!configuration.prefix_length) {
      configuration.prefix_length =
          static_cast<std::uint8_t>(range != nullptr ? range->subnet_prefix.length : address.BitLength());
    }
  }
  return {};
}

// Those that its ACLs name are there.
base::Status CheckSets(const schema::Network& network, const schema::Endpoint& endpoint) {
  const AddressSets sets(network);
  for (const schema::EndpointPolicy& policy : endpoint.policies) {
    if (policy.AsAcl() != nullptr) HNS_RETURN_IF_ERROR(sets.CheckAcl(*policy.AsAcl()));
  }
  return {};
}

base::Status AddLocal(Context& context, const schema::Network& network, schema::Endpoint* endpoint) {
  HNS_RETURN_IF_ERROR(CheckEndpointPolicies(endpoint->policies, {ModeOf(network), /*is_remote=*/false}));
  HNS_RETURN_IF_ERROR(CheckSets(network, *endpoint));
  HNS_RETURN_IF_ERROR(GiveAddresses(context, network, endpoint));
  HNS_RETURN_IF_ERROR(GiveMac(context, network, endpoint));
  HNS_RETURN_IF_ERROR(FillRoutes(network, endpoint));
  HNS_RETURN_IF_ERROR(ClaimExternalPorts(context, endpoint));
  if (endpoint->dns.empty()) endpoint->dns = network.dns;
  return {};
}

Key NameKey(const schema::Endpoint& endpoint) { return Key().AddText(endpoint.name).AddByte(0).Add(endpoint.id); }

}  // namespace

std::vector<base::IpAddress> AddressesOf(const schema::Endpoint& endpoint) {
  std::vector<base::IpAddress> addresses;
  for (const schema::IpConfiguration& configuration : endpoint.ip_configurations) {
    if (configuration.address) addresses.push_back(*configuration.address);
  }
  return addresses;
}

base::Result<schema::Endpoint> CreateEndpoint(Context& context, const schema::Network& network, const base::Guid& id,
                                              schema::Endpoint wanted) {
  HNS_RETURN_IF_ERROR(CheckVersion(context.profile.version, wanted));
  HNS_RETURN_IF_ERROR(CheckFlags(wanted.flags));
  HNS_RETURN_IF_ERROR(CheckSizes(wanted));
  HNS_RETURN_IF_ERROR(ChooseId(context, Table::kEndpoints, id, &wanted));
  wanted.network_id = network.id;
  wanted.namespace_id = {};  // Read only: namespaces attach endpoints, not the other way round.
  HNS_RETURN_IF_ERROR(IsRemote(wanted) ? AddRemote(context, network, &wanted) : AddLocal(context, network, &wanted));
  FillBase(context, &wanted);
  wanted.state = static_cast<std::uint16_t>(EndpointState::kCreated);

  context.store.Put(Table::kEndpointNames, NameKey(wanted), {});
  context.store.Put(Table::kNetworkEndpoints, Key(network.id).Add(wanted.id), IsRemote(wanted) ? "r" : "");
  SaveEndpoint(context.store, wanted);
  return wanted;
}

void RemoveEndpoint(Transaction& store, const schema::Network& network, const schema::Endpoint& endpoint) {
  const auto ranges = RangesOf(network);
  Ipam ipam(store, network.id);
  for (const base::IpAddress& address : AddressesOf(endpoint)) ipam.Release(FindRange(ranges, address), address);
  if (!IsRemote(endpoint) && endpoint.mac_address) {
    MacPool(store, network.id).Release(endpoint.mac_address->value, MacRangesOf(network));
  }
  ReleaseExternalPorts(store, endpoint);
  store.Erase(Table::kEndpointNames, NameKey(endpoint));
  store.Erase(Table::kNetworkEndpoints, Key(network.id).Add(endpoint.id));
  store.Erase(Table::kEndpoints, Key(endpoint.id));
  EraseBackend(store, endpoint.id);
}

base::Result<schema::Endpoint> ModifyEndpoint(Context& context, schema::Endpoint endpoint,
                                              schema::ModifyEndpointRequest request) {
  if (IsRemote(endpoint)) {
    return base::MakeError(base::hr::HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION, "a remote endpoint cannot be modified");
  }
  auto* policies = std::get_if<std::vector<schema::EndpointPolicy>>(&request.settings);
  if (policies == nullptr) {
    // Ports of virtual machines: there are none here.
    return base::MakeError(base::hr::HCN_E_REQUEST_UNSUPPORTED,
                           "an endpoint of the embedded host has its port from creation to deletion; of its "
                           "resources `Policy` can be modified");
  }
  ReleaseExternalPorts(context.store, endpoint);
  HNS_RETURN_IF_ERROR(ChangePolicies(&endpoint.policies, request.request, std::move(*policies)));
  HNS_RETURN_IF_ERROR(CheckVersion(context.profile.version, endpoint));
  HNS_ASSIGN_OR_RETURN(const auto network, context.networks.Load(context.store, endpoint.network_id));
  HNS_RETURN_IF_ERROR(CheckEndpointPolicies(endpoint.policies, {ModeOf(*network), /*is_remote=*/false}));
  HNS_RETURN_IF_ERROR(CheckSets(*network, endpoint));
  HNS_RETURN_IF_ERROR(ClaimExternalPorts(context, &endpoint));
  SaveEndpoint(context.store, endpoint);
  return endpoint;
}

schema::Endpoint WithoutAcls(schema::Endpoint* endpoint) {
  std::vector<schema::EndpointPolicy> policies = std::move(endpoint->policies);
  endpoint->policies.clear();
  schema::Endpoint copy = *endpoint;
  std::copy_if(policies.begin(), policies.end(), std::back_inserter(copy.policies),
               [](const auto& policy) { return policy.AsAcl() == nullptr && policy.AsTierAcl() == nullptr; });
  endpoint->policies = std::move(policies);
  return copy;
}

std::vector<base::Guid> EndpointsOfNetwork(Transaction& store, const base::Guid& network) {
  std::vector<base::Guid> ids;
  store.ForEach(Table::kNetworkEndpoints, Key(network), [&](const Entry& entry) {
    ids.push_back(ReadGuid(entry.key.substr(16)));
    return true;
  });
  return ids;
}

}  // namespace hns
