#include "hns/model/networks.h"

#include <algorithm>
#include <string>
#include <utility>

#include "hns/model/limits.h"
#include "hns/model/network_policies.h"
#include "hns/model/subnets.h"
#include "hns/model/version_gates.h"

namespace hns {

namespace {

// Types this version carries. The others come with their data paths.
base::Status CheckType(const schema::Network& network) {
  if (network.type == schema::NetworkMode::kL2Bridge) return {};
  std::string given = "NAT, which is what no Type means,";
  if (network.type) given = "`" + std::string(schema::NetworkModeName(*network.type)) + "`";
  return base::MakeError(base::hr::HCN_E_INVALID_NETWORK_TYPE,
                         given + " is not carried by this version of the embedded host; it carries `L2Bridge`");
}

base::Status CheckName(const schema::Network& network) {
  if (network.name.empty()) return base::MakeError(base::hr::HCN_E_INVALID_NETWORK, "`Name` is missing");
  if (network.name.size() <= limits::kNameBytes) return {};
  return base::MakeError(base::hr::HCN_E_INVALID_NETWORK,
                         "`Name` has more than " + std::to_string(limits::kNameBytes) + " bytes");
}

base::Status CheckNameIsFree(Transaction& store, const std::string& name) {
  const auto owner = store.Get(Table::kNetworkNames, name);
  if (!owner) return {};
  return base::MakeError(base::hr::HCN_E_NETWORK_ALREADY_EXISTS,
                         "`" + name + "` is the name of network `" + ReadGuid(*owner).ToString() + "`");
}

base::Status FillMacPool(Context& context, schema::Network* network) {
  if (network->mac_ranges.size() > limits::kMacRangesPerNetwork) {
    return base::MakeError(base::hr::HCN_E_INVALID_NETWORK,
                           "more than " + std::to_string(limits::kMacRangesPerNetwork) + " MAC ranges");
  }
  if (network->mac_ranges.empty()) {
    const MacRange range = TakeDefaultMacRange(context.store, context.random.Next());
    network->mac_ranges.push_back({schema::MacText::Of(range.first), schema::MacText::Of(range.last), {}});
  } else {
    for (const MacRange& range : MacRangesOf(*network)) {
      if (range.first.IsGroup() || range.last.IsGroup()) {
        return base::MakeError(base::hr::HCN_E_INVALID_NETWORK,
                               "the MAC range from `" + range.first.ToString() + "` holds group addresses");
      }
      ClaimMacRange(context.store, range);
    }
  }
  MacPool pool(context.store, network->id);
  for (const MacRange& range : MacRangesOf(*network)) pool.AddRange(range);
  return {};
}

base::Status AddSubnets(Context& context, schema::Network* network, std::vector<schema::Subnet> subnets) {
  if (subnets.empty()) return base::MakeError(base::hr::HCN_E_INVALID_SUBNET, "no subnet was given");
  if (network->ipams.empty()) network->ipams.emplace_back();
  std::vector<schema::Subnet>& list = network->ipams.front().subnets;
  const std::size_t first = list.size();
  list.insert(list.end(), std::make_move_iterator(subnets.begin()), std::make_move_iterator(subnets.end()));
  HNS_RETURN_IF_ERROR(CheckAndFillSubnets(context, network));
  Ipam ipam(context.store, network->id);
  for (std::size_t i = first; i < list.size(); ++i) {
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

base::Error Unsupported(schema::RequestType request, const char* resource) {
  return base::MakeError(base::hr::HCN_E_REQUEST_UNSUPPORTED,
                         "`" + std::string(schema::RequestTypeName(request)) + "` of a network's `" + resource + "`");
}

struct Modifier {
  Context& context;
  schema::Network& network;
  schema::RequestType request;

  base::Status operator()(std::vector<schema::NetworkPolicy>& policies) {
    return ModifyNetworkPolicies(&network, request, std::move(policies));
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
  base::Status operator()(schema::IpSubnetsChange&) { return Unsupported(request, "IPSubnet"); }
  base::Status operator()(schema::ExtensionChange& change) {
    return base::MakeError(base::hr::HCN_E_SWITCH_EXTENSION_NOT_FOUND,
                           "the embedded switch has no extension `" + change.id.ToString() + "`");
  }
};

}  // namespace

base::Result<schema::Network> CreateNetwork(Context& context, const base::Guid& id, schema::Network wanted) {
  HNS_RETURN_IF_ERROR(CheckVersion(context.profile.version, wanted));
  HNS_RETURN_IF_ERROR(CheckType(wanted));
  HNS_RETURN_IF_ERROR(CheckName(wanted));
  HNS_RETURN_IF_ERROR(CheckNetworkPolicies(wanted.policies));
  HNS_RETURN_IF_ERROR(ChooseId(context, Table::kNetworks, id, &wanted));
  HNS_RETURN_IF_ERROR(CheckNameIsFree(context.store, wanted.name));
  HNS_RETURN_IF_ERROR(CheckAndFillSubnets(context, &wanted));
  HNS_RETURN_IF_ERROR(FillMacPool(context, &wanted));
  FillBase(context, &wanted);
  wanted.state = 1;  // As v1 networks show it. Unverified: v2.

  Ipam ipam(context.store, wanted.id);
  for (const AddressRange& range : RangesOf(wanted)) ipam.AddRange(range);
  context.store.Put(Table::kNetworkNames, wanted.name, Key(wanted.id));
  SaveNetwork(context.store, wanted);
  return wanted;
}

void RemoveNetwork(Transaction& store, const schema::Network& network) {
  Ipam ipam(store, network.id);
  for (const AddressRange& range : RangesOf(network)) ipam.RemoveRange(range);
  MacPool(store, network.id).Clear();
  for (const MacRange& range : MacRangesOf(network)) ReleaseMacRange(store, range);
  store.Erase(Table::kNetworkNames, network.name);
  store.Erase(Table::kNetworks, Key(network.id));
}

base::Result<schema::Network> ModifyNetwork(Context& context, schema::Network network,
                                            schema::ModifyNetworkRequest request) {
  HNS_RETURN_IF_ERROR(std::visit(Modifier{context, network, request.request}, request.settings));
  HNS_RETURN_IF_ERROR(CheckVersion(context.profile.version, network));
  SaveNetwork(context.store, network);
  return network;
}

std::vector<AddressRange> RangesOf(const schema::Network& network) {
  std::vector<AddressRange> ranges;
  for (const schema::Ipam& ipam : network.ipams) {
    for (const schema::Subnet& subnet : ipam.subnets) {
      const auto of_subnet = RangesOf(subnet);
      ranges.insert(ranges.end(), of_subnet.begin(), of_subnet.end());
    }
  }
  return ranges;
}

std::vector<MacRange> MacRangesOf(const schema::Network& network) {
  std::vector<MacRange> ranges;
  for (const schema::MacRange& range : network.mac_ranges) ranges.push_back({range.start.value, range.end.value});
  return ranges;
}

}  // namespace hns
