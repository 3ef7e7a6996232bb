#include "hns/program/vlan.h"

#include "hns/model/endpoint_policies.h"
#include "hns/model/endpoints.h"
#include "hns/model/network_types.h"

namespace hns {

std::vector<SubnetVlan> SubnetVlansOf(const schema::Network& network) {
  std::vector<SubnetVlan> vlans;
  for (const schema::Ipam& ipam : network.ipams) {
    for (const schema::Subnet& subnet : ipam.subnets) {
      for (const schema::SubnetPolicy& policy : subnet.policies) {
        if (policy.type != schema::SubnetPolicyType::kVlan) continue;
        vlans.push_back({*subnet.prefix, static_cast<std::uint16_t>(policy.isolation_id)});
      }
    }
  }
  return vlans;
}

std::uint16_t VlanOf(const schema::Endpoint& endpoint, const std::vector<SubnetVlan>& subnets) {
  if (const auto own = VlanPolicyOf(endpoint)) return *own;
  for (const base::IpAddress& address : AddressesOf(endpoint)) {
    for (const SubnetVlan& subnet : subnets) {
      if (subnet.prefix.Contains(address)) return subnet.vlan;
    }
  }
  return 0;
}

std::uint16_t HostVlanOf(const schema::Network& network) {
  if (TypeRowOf(network).uplink != Uplink::kNone) return 0;
  const std::vector<SubnetVlan> vlans = SubnetVlansOf(network);
  return vlans.empty() ? 0 : vlans.front().vlan;
}

}  // namespace hns
