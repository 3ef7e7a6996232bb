#include "hns/model/subnets.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "hns/model/limits.h"
#include "hns/model/network_types.h"

namespace hns {

namespace {

std::string Quoted(const base::IpPrefix& prefix) { return "`" + prefix.ToString() + "`"; }

base::Status CheckPrefix(const std::optional<base::IpPrefix>& prefix, base::HResult missing) {
  if (!prefix) return base::MakeError(missing, "`IpAddressPrefix` is missing");
  if (prefix->HasHostBits()) {
    return base::MakeError(base::hr::HCN_E_INVALID_PREFIX,
                           Quoted(*prefix) + " has host bits set; " + Quoted(prefix->Masked()) + " would be right");
  }
  if (prefix->length == 0 || prefix->address.IsMulticast() || prefix->address.IsUnspecified()) {
    return base::MakeError(base::hr::HCN_E_INVALID_PREFIX, Quoted(*prefix) + " is no prefix for endpoints");
  }
  return {};
}

base::Status CheckOverlaps(const std::vector<const schema::Subnet*>& subnets) {
  for (std::size_t i = 0; i < subnets.size(); ++i) {
    for (std::size_t j = i + 1; j < subnets.size(); ++j) {
      if (subnets[i]->prefix->Overlaps(*subnets[j]->prefix)) {
        return base::MakeError(
            base::hr::HCN_E_INVALID_PREFIX,
            Quoted(*subnets[j]->prefix) + " overlaps " + Quoted(*subnets[i]->prefix) + " of the same network");
      }
      if (subnets[i]->id == subnets[j]->id) {
        return base::MakeError(base::hr::HCN_E_INVALID_SUBNET,
                               "two subnets have the id `" + subnets[i]->id.ToString() + "`");
      }
    }
  }
  return {};
}

// The gateway is the next hop of the default route; a subnet without one gets
// its first address. Unverified: hcsshim refuses such a subnet before HNS sees
// it, so nobody has published what HNS does.
base::Status CheckAndFillGateway(schema::Subnet* subnet) {
  const base::IpPrefix& prefix = *subnet->prefix;
  const auto first = prefix.First().Plus(1);
  const bool has_room = prefix.address.BitLength() - prefix.length >= 2;
  bool has_default = false;
  for (schema::Route& route : subnet->routes) {
    if (!route.IsDefault()) continue;
    if (route.destination->address.family != prefix.address.family) {
      return base::MakeError(base::hr::HCN_E_INVALID_SUBNET, "the default route " + Quoted(*route.destination) +
                                                                 " is not of the family of " + Quoted(prefix));
    }
    has_default = true;
    if (!route.next_hop && has_room) route.next_hop = first;
    if (!route.next_hop) continue;
    const bool is_edge =
        *route.next_hop == prefix.First() || (prefix.address.IsV4() && has_room && *route.next_hop == prefix.Last());
    if (!prefix.Contains(*route.next_hop) || (is_edge && has_room)) {
      return base::MakeError(base::hr::HCN_E_INVALID_SUBNET, "the gateway `" + route.next_hop->ToString() +
                                                                 "` is no host address of " + Quoted(prefix));
    }
  }
  if (has_default || !has_room) return {};
  schema::Route route;
  route.destination = base::IpPrefix{base::IpAddress{{}, prefix.address.family}, 0};
  route.next_hop = first;
  subnet->routes.push_back(std::move(route));
  return {};
}

base::Status CheckSubnetPolicies(const schema::Network& network, const schema::Subnet& subnet) {
  constexpr std::uint32_t kLastVlan = 4094;  // IEEE 802.1Q.
  // Windows keeps the ids below for itself, and VXLAN has 24 bits.
  constexpr std::uint32_t kFirstVsid = 4096;
  constexpr std::uint32_t kLastVsid = 0xffffff;
  const NetworkTypeRow& row = TypeRowOf(network);
  bool has_vlan = false;
  bool has_vsid = false;
  for (const schema::SubnetPolicy& policy : subnet.policies) {
    const bool is_vlan = policy.type == schema::SubnetPolicyType::kVlan;
    const std::string name = is_vlan ? "VLAN" : "VSID";
    if (!(is_vlan ? row.vlan : row.vsid)) {
      return base::MakeError(base::hr::HCN_E_INVALID_POLICY_TYPE,
                             "`" + name + "` is no policy for a subnet of " + TypeText(row.mode) + " network");
    }
    bool& has = is_vlan ? has_vlan : has_vsid;
    if (has) return base::MakeError(base::hr::HCN_E_POLICY_ALREADY_EXISTS, "a subnet has one `" + name + "` at most");
    has = true;
    const std::uint32_t first = is_vlan ? 1 : kFirstVsid;
    const std::uint32_t last = is_vlan ? kLastVlan : kLastVsid;
    if (policy.isolation_id < first || policy.isolation_id > last) {
      return base::MakeError(base::hr::HCN_E_INVALID_POLICY, "`IsolationId` of `" + name + "` is `" +
                                                                 std::to_string(policy.isolation_id) + "`: expected " +
                                                                 std::to_string(first) + " to " + std::to_string(last));
    }
  }
  if (row.needs_vsid && !has_vsid) {
    return base::MakeError(base::hr::HCN_E_INVALID_SUBNET,
                           "the subnet " + Quoted(*subnet.prefix) + " of an Overlay network needs a `VSID` policy");
  }
  return {};
}

}  // namespace

std::string TypeText(schema::NetworkMode mode) {
  const std::string name(schema::NetworkModeName(mode));
  const bool sounds_like_a_vowel = std::string_view("IOL").find(name.front()) != std::string_view::npos;
  return (sounds_like_a_vowel ? "an " : "a ") + name;
}

base::Status CheckAndFillIpSubnets(Context& context, schema::Subnet* subnet) {
  if (subnet->ip_subnets.size() > limits::kIpSubnetsPerSubnet) {
    return base::MakeError(base::hr::HCN_E_INVALID_SUBNET,
                           "more than " + std::to_string(limits::kIpSubnetsPerSubnet) + " IP subnets");
  }
  for (std::size_t i = 0; i < subnet->ip_subnets.size(); ++i) {
    schema::IpSubnet& ip_subnet = subnet->ip_subnets[i];
    HNS_RETURN_IF_ERROR(CheckPrefix(ip_subnet.prefix, base::hr::HCN_E_INVALID_IP_SUBNET));
    if (ip_subnet.prefix->length < subnet->prefix->length || !subnet->prefix->Contains(ip_subnet.prefix->address)) {
      return base::MakeError(base::hr::HCN_E_INVALID_IP_SUBNET,
                             Quoted(*ip_subnet.prefix) + " is not part of " + Quoted(*subnet->prefix));
    }
    // Unverified: what HNS takes absent flags of a given IP subnet for.
    if (ip_subnet.flags == 0) ip_subnet.flags = schema::ip_subnet_flags::kServiceDefault;
    if (ip_subnet.id.IsZero()) ip_subnet.id = context.random.NextGuid();
    FillSchema(context, &ip_subnet);
    for (std::size_t j = 0; j < i; ++j) {
      const schema::IpSubnet& other = subnet->ip_subnets[j];
      if (other.prefix->Overlaps(*ip_subnet.prefix) || other.id == ip_subnet.id) {
        return base::MakeError(
            base::hr::HCN_E_INVALID_IP_SUBNET,
            Quoted(*ip_subnet.prefix) + " overlaps " + Quoted(*other.prefix) + " of the same subnet, or has its id");
      }
    }
  }
  return {};
}

base::Status CheckAndFillSubnet(Context& context, const schema::Network& network, schema::Subnet* subnet) {
  HNS_RETURN_IF_ERROR(CheckPrefix(subnet->prefix, base::hr::HCN_E_INVALID_SUBNET));
  HNS_RETURN_IF_ERROR(CheckSubnetPolicies(network, *subnet));
  HNS_RETURN_IF_ERROR(CheckAndFillGateway(subnet));
  if (subnet->ip_subnets.empty()) {
    schema::IpSubnet whole;
    whole.prefix = subnet->prefix;
    whole.flags = schema::ip_subnet_flags::kServiceDefault;
    subnet->ip_subnets.push_back(std::move(whole));
  }
  HNS_RETURN_IF_ERROR(CheckAndFillIpSubnets(context, subnet));
  if (subnet->id.IsZero()) subnet->id = context.random.NextGuid();
  FillSchema(context, subnet);
  return {};
}

base::Status CheckSubnets(const schema::Network& network) {
  const NetworkTypeRow& row = TypeRowOf(network);
  std::vector<const schema::Subnet*> all;
  std::array<std::size_t, 2> of_family{};
  for (const schema::Ipam& ipam : network.ipams) {
    if (ipam.type == schema::IpamType::kDhcp && !row.dhcp) {
      return base::MakeError(base::hr::HCN_E_INVALID_NETWORK,
                             "`Ipams[].Type` is `Dhcp`: the Ipam of " + TypeText(row.mode) + " network is `Static`");
    }
    for (const schema::Subnet& subnet : ipam.subnets) {
      all.push_back(&subnet);
      ++of_family[subnet.prefix->address.IsV4() ? 0 : 1];
    }
  }
  if (all.size() > limits::kSubnetsPerNetwork) {
    return base::MakeError(base::hr::HCN_E_INVALID_NETWORK,
                           "more than " + std::to_string(limits::kSubnetsPerNetwork) + " subnets");
  }
  if (of_family[0] > row.subnets_per_family || of_family[1] > row.subnets_per_family) {
    // Unverified: the code.
    return base::MakeError(base::hr::HCN_E_INVALID_SUBNET,
                           TypeText(row.mode) + " network has one subnet of each address family at most");
  }
  return CheckOverlaps(all);
}

std::vector<AddressRange> RangesOf(const schema::Subnet& subnet) {
  std::vector<AddressRange> ranges;
  for (const schema::IpSubnet& ip_subnet : subnet.ip_subnets) {
    AddressRange range;
    range.subnet = subnet.id;
    range.ip_subnet = ip_subnet.id;
    range.prefix = *ip_subnet.prefix;
    range.subnet_prefix = *subnet.prefix;
    range.gateway = subnet.Gateway();
    range.reserve_gateway = (subnet.flags & schema::subnet_flags::kDoNotReserveGatewayAddress) == 0;
    range.reserve_first = (ip_subnet.flags & schema::ip_subnet_flags::kReserveNetworkAddress) != 0;
    range.reserve_last = (ip_subnet.flags & schema::ip_subnet_flags::kEnableBroadcast) != 0;
    ranges.push_back(range);
  }
  return ranges;
}

}  // namespace hns
