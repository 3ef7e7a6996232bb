#include "hns/model/networks.h"

#include <algorithm>
#include <string>
#include <utility>

#include "hns/model/address_sets.h"
#include "hns/model/automatic_subnet.h"
#include "hns/model/limits.h"
#include "hns/model/names.h"
#include "hns/model/network_policies.h"
#include "hns/model/network_types.h"
#include "hns/model/subnets.h"
#include "hns/model/version_gates.h"

namespace hns {

namespace {

base::Status CheckType(const Context& context, schema::NetworkMode mode) {
  const schema::SchemaVersion since = TypeRowOf(mode).since;
  if (context.profile.schema >= since) return {};
  return base::MakeError(base::hr::HCN_E_INVALID_NETWORK_TYPE,
                         "`" + std::string(schema::NetworkModeName(mode)) + "` needs schema " +
                             std::to_string(since.major) + "." + std::to_string(since.minor) +
                             "; the profile of this host has " + std::to_string(context.profile.schema.major) + "." +
                             std::to_string(context.profile.schema.minor));
}

base::Status CheckName(const schema::Network& network) {
  if (network.name.empty()) return base::MakeError(base::hr::HCN_E_INVALID_NETWORK, "`Name` is missing");
  return CheckNames(network, base::hr::HCN_E_INVALID_NETWORK);
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

base::Status FillSubnets(Context& context, schema::Network* network) {
  const bool has_subnet = std::any_of(network->ipams.begin(), network->ipams.end(),
                                      [](const schema::Ipam& ipam) { return !ipam.subnets.empty(); });
  if (!has_subnet && TypeRowOf(*network).fills_subnet) {
    HNS_ASSIGN_OR_RETURN(std::optional<schema::Subnet> subnet, AutomaticSubnet(context));
    // Unverified: the code.
    if (!subnet) return base::MakeError(base::hr::HCN_E_SUBNET_NOT_FOUND, "no /20 of `172.16.0.0/12` is free");
    if (network->ipams.empty()) network->ipams.emplace_back();
    network->ipams.front().subnets.push_back(*std::move(subnet));
  }
  for (schema::Ipam& ipam : network->ipams) {
    for (schema::Subnet& subnet : ipam.subnets) HNS_RETURN_IF_ERROR(CheckAndFillSubnet(context, *network, &subnet));
  }
  return CheckSubnets(*network);
}

}  // namespace

base::Result<schema::Network> CreateNetwork(Context& context, const base::Guid& id, schema::Network wanted) {
  HNS_RETURN_IF_ERROR(CheckVersion(context.profile.version, wanted));
  if (!wanted.type) wanted.type = schema::NetworkMode::kNat;
  HNS_RETURN_IF_ERROR(CheckType(context, *wanted.type));
  HNS_RETURN_IF_ERROR(CheckName(wanted));
  HNS_RETURN_IF_ERROR(CheckNetworkPolicies(wanted));
  HNS_RETURN_IF_ERROR(AddressSets(wanted).Check(nullptr));
  HNS_RETURN_IF_ERROR(ChooseId(context, Table::kNetworks, id, &wanted));
  HNS_RETURN_IF_ERROR(CheckNameIsFree(context.store, wanted.name));
  HNS_RETURN_IF_ERROR(FillSubnets(context, &wanted));
  HNS_RETURN_IF_ERROR(FillMacPool(context, &wanted));
  FillNetworkPolicies(&wanted);
  wanted.flags |= TypeRowOf(wanted).added_flags;
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
