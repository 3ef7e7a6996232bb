// Modify requests of a network, by what they change.
#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "hns/model/address_sets.h"
#include "hns/model/endpoints.h"
#include "hns/model/network_policies.h"
#include "hns/model/networks.h"
#include "hns/model/subnets.h"
#include "hns/model/version_gates.h"

namespace hns {

namespace {

base::Status AddSubnets(Context& context, schema::Network* network, std::vector<schema::Subnet> subnets) {
  if (subnets.empty()) return base::MakeError(base::hr::HCN_E_INVALID_SUBNET, "no subnet was given");
  if (network->ipams.empty()) network->ipams.emplace_back();
  std::vector<schema::Subnet>& list = network->ipams.front().subnets;
  for (schema::Subnet& subnet : subnets) {
    HNS_RETURN_IF_ERROR(CheckAndFillSubnet(context, *network, &subnet));
    list.push_back(std::move(subnet));
  }
  HNS_RETURN_IF_ERROR(CheckSubnets(*network));
  Ipam ipam(context.store, network->id);
  for (std::size_t i = list.size() - subnets.size(); i < list.size(); ++i) {
    for (const AddressRange& range : RangesOf(list[i])) ipam.AddRange(range);
  }
  return {};
}

base::Status RemoveSubnet(Context& context, schema::Network* network, const schema::Subnet& wanted) {
  for (schema::Ipam& ipam_document : network->ipams) {
    std::vector<schema::Subnet>& list = ipam_document.subnets;
    const auto it = std::find_if(list.begin(), list.end(), [&](const schema::Subnet& subnet) {
      return wanted.id.IsZero() ? wanted.prefix && subnet.prefix == wanted.prefix : subnet.id == wanted.id;
    });
    if (it == list.end()) continue;
    Ipam ipam(context.store, network->id);
    for (const AddressRange& range : RangesOf(*it)) {
      if (ipam.InUse(range)) {
        return base::MakeError(base::hr::HCN_E_ENTITY_HAS_REFERENCES,
                               "endpoints have addresses of `" + range.prefix.ToString() + "`");
      }
      ipam.RemoveRange(range);
    }
    list.erase(it);
    return {};
  }
  return base::MakeError(base::hr::HCN_E_SUBNET_NOT_FOUND,
                         "network `" + network->name + "` has no subnet `" +
                             (wanted.id.IsZero() && wanted.prefix ? wanted.prefix->ToString() : wanted.id.ToString()) +
                             "`");
}

// HCN_E_SUBNET_NOT_FOUND.
base::Result<schema::Subnet*> FindSubnet(schema::Network* network, const base::Guid& id) {
  for (schema::Ipam& ipam : network->ipams) {
    for (schema::Subnet& subnet : ipam.subnets) {
      if (subnet.id == id) return &subnet;
    }
  }
  return base::MakeError(base::hr::HCN_E_SUBNET_NOT_FOUND,
                         "network `" + network->name + "` has no subnet `" + id.ToString() + "`");
}

base::Status AddIpSubnets(Context& context, schema::Network* network, schema::IpSubnetsChange change) {
  if (change.ip_subnets.empty()) return base::MakeError(base::hr::HCN_E_INVALID_IP_SUBNET, "no IP subnet was given");
  HNS_ASSIGN_OR_RETURN(schema::Subnet * subnet, FindSubnet(network, change.subnet_id));
  const std::size_t first = subnet->ip_subnets.size();
  subnet->ip_subnets.insert(subnet->ip_subnets.end(), std::make_move_iterator(change.ip_subnets.begin()),
                            std::make_move_iterator(change.ip_subnets.end()));
  HNS_RETURN_IF_ERROR(CheckAndFillIpSubnets(context, subnet));
  Ipam ipam(context.store, network->id);
  const auto ranges = RangesOf(*subnet);
  for (std::size_t i = first; i < ranges.size(); ++i) ipam.AddRange(ranges[i]);
  return {};
}

// By id, else by prefix. A subnet may be left without any: smaller ones than
// the whole, which it begins with, can only be added after that.
base::Status RemoveIpSubnets(Context& context, schema::Network* network, const schema::IpSubnetsChange& change) {
  if (change.ip_subnets.empty()) return base::MakeError(base::hr::HCN_E_INVALID_IP_SUBNET, "no IP subnet was named");
  HNS_ASSIGN_OR_RETURN(schema::Subnet * subnet, FindSubnet(network, change.subnet_id));
  Ipam ipam(context.store, network->id);
  for (const schema::IpSubnet& wanted : change.ip_subnets) {
    std::size_t i = 0;
    for (; i < subnet->ip_subnets.size(); ++i) {
      const schema::IpSubnet& candidate = subnet->ip_subnets[i];
      if (wanted.id.IsZero() ? wanted.prefix && candidate.prefix == wanted.prefix : candidate.id == wanted.id) break;
    }
    if (i == subnet->ip_subnets.size()) {
      // Unverified: the code.
      return base::MakeError(base::hr::HCN_E_INVALID_IP_SUBNET,
                             "subnet `" + subnet->prefix->ToString() + "` has no such IP subnet");
    }
    const AddressRange range = RangesOf(*subnet)[i];
    if (ipam.InUse(range)) {
      return base::MakeError(base::hr::HCN_E_ENTITY_HAS_REFERENCES,
                             "endpoints have addresses of `" + range.prefix.ToString() + "`");
    }
    ipam.RemoveRange(range);
    subnet->ip_subnets.erase(subnet->ip_subnets.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return {};
}

base::Error Unsupported(schema::RequestType request, const char* resource) {
  return base::MakeError(base::hr::HCN_E_REQUEST_UNSUPPORTED,
                         "`" + std::string(schema::RequestTypeName(request)) + "` of a network's `" + resource + "`");
}

// HCN_E_ENTITY_HAS_REFERENCES: an endpoint's ACL names a set that is gone.
base::Status CheckSetsInUse(Context& context, const schema::Network& before, const schema::Network& after) {
  const AddressSets sets(after);
  const bool any_gone =
      std::any_of(before.policies.begin(), before.policies.end(), [&](const schema::NetworkPolicy& policy) {
        return policy.AsAddressSet() != nullptr && sets.Find(policy.AsAddressSet()->id) == nullptr;
      });
  if (!any_gone) return {};
  for (const base::Guid& id : EndpointsOfNetwork(context.store, after.id)) {
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint, LoadEndpoint(context.store, id));
    for (const schema::EndpointPolicy& policy : endpoint.policies) {
      if (policy.AsAcl() == nullptr || sets.CheckAcl(*policy.AsAcl()).ok()) continue;
      return base::MakeError(base::hr::HCN_E_ENTITY_HAS_REFERENCES,
                             "an ACL of endpoint `" + endpoint.id.ToString() + "` names a set that would be gone");
    }
  }
  return {};
}

struct Modifier {
  Context& context;
  schema::Network& network;
  schema::RequestType request;

  base::Status operator()(std::vector<schema::NetworkPolicy>& policies) {
    const schema::Network before = network;
    HNS_RETURN_IF_ERROR(ModifyNetworkPolicies(&network, request, std::move(policies)));
    HNS_RETURN_IF_ERROR(AddressSets(network).Check(&before));
    return CheckSetsInUse(context, before, network);
  }
  base::Status operator()(schema::Dns& dns) {
    if (request != schema::RequestType::kUpdate) return Unsupported(request, "DNS");
    network.dns = std::move(dns);
    return {};
  }
  base::Status operator()(schema::SubnetsChange& change) {
    if (request == schema::RequestType::kAdd) return AddSubnets(context, &network, std::move(change.subnets));
    if (request != schema::RequestType::kRemove) return Unsupported(request, "Subnet");
    if (change.subnets.empty()) return base::MakeError(base::hr::HCN_E_INVALID_SUBNET, "no subnet was named");
    for (const schema::Subnet& subnet : change.subnets) HNS_RETURN_IF_ERROR(RemoveSubnet(context, &network, subnet));
    return {};
  }
  base::Status operator()(schema::IpSubnetsChange& change) {
    if (request == schema::RequestType::kAdd) return AddIpSubnets(context, &network, std::move(change));
    if (request == schema::RequestType::kRemove) return RemoveIpSubnets(context, &network, change);
    return Unsupported(request, "IPSubnet");
  }
  base::Status operator()(schema::ExtensionChange& change) {
    if (request != schema::RequestType::kUpdate) return Unsupported(request, "Extension");
    return SetExtension(&network, change.id, change.enabled);
  }
};

}  // namespace

base::Result<schema::Network> ModifyNetwork(Context& context, schema::Network network,
                                            schema::ModifyNetworkRequest request) {
  HNS_RETURN_IF_ERROR(std::visit(Modifier{context, network, request.request}, request.settings));
  HNS_RETURN_IF_ERROR(CheckVersion(context.profile.version, network));
  SaveNetwork(context.store, network);
  return network;
}

}  // namespace hns
