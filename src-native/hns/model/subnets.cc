#include "hns/model/subnets.h"

#include <algorithm>
#include <string>
#include <utility>

#include "hns/model/limits.h"

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

base::Status CheckAndFillIpSubnets(Context& context, schema::Subnet* subnet) {
  if (subnet->ip_subnets.size() > limits::kIpSubnetsPerSubnet) {
    return base::MakeError(base::hr::HCN_E_INVALID_SUBNET,
                           "more than " + std::to_string(limits::kIpSubnetsPerSubnet) + " IP subnets");
  }
  if (subnet->ip_subnets.empty()) {
    schema::IpSubnet whole;
    whole.prefix = subnet->prefix;
    whole.flags = schema::ip_subnet_flags::kServiceDefault;
    subnet->ip_subnets.push_back(std::move(whole));
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

}  // namespace

base::Status CheckAndFillSubnets(Context& context, schema::Network* network) {
  std::vector<const schema::Subnet*> all;
  for (schema::Ipam& ipam : network->ipams) {
    // Differs from HNS: its l2bridge says Static only, too, but nobody has published what it answers to this.
    if (ipam.type == schema::IpamType::kDhcp) {
      return base::MakeError(base::hr::HCN_E_INVALID_NETWORK, "an L2Bridge network's Ipam is `Static`");
    }
    for (schema::Subnet& subnet : ipam.subnets) {
      HNS_RETURN_IF_ERROR(CheckPrefix(subnet.prefix, base::hr::HCN_E_INVALID_SUBNET));
      if (!subnet.policies.empty()) {
        return base::MakeError(base::hr::HCN_E_INVALID_POLICY_TYPE,
                               "policies of subnets (VLAN, VSID) are not carried by this version of the embedded host");
      }
      HNS_RETURN_IF_ERROR(CheckAndFillGateway(&subnet));
      HNS_RETURN_IF_ERROR(CheckAndFillIpSubnets(context, &subnet));
      if (subnet.id.IsZero()) subnet.id = context.random.NextGuid();
      FillSchema(context, &subnet);
      all.push_back(&subnet);
    }
  }
  if (all.size() > limits::kSubnetsPerNetwork) {
    return base::MakeError(base::hr::HCN_E_INVALID_NETWORK,
                           "more than " + std::to_string(limits::kSubnetsPerNetwork) + " subnets");
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
