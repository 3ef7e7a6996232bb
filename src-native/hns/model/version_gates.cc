#include "hns/model/version_gates.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "hns/model/endpoint_policy_table.h"

namespace hns {

namespace {

constexpr std::uint8_t kVxlanProtocol = 252;

template <typename Policy>
base::Status CheckPolicyType(HnsVersion version, const Policy& policy) {
  const auto feature = FeatureOf(policy.type);
  if (!feature) return {};
  return Require(version, *feature, "the policy `" + std::string(schema::PolicyTypeName(policy.type)) + "`");
}

// True when both families are among what `visit` shows.
template <typename Each>
bool HasBothFamilies(Each each) {
  bool v4 = false;
  bool v6 = false;
  each([&](const base::IpAddress& address) { (address.IsV4() ? v4 : v6) = true; });
  return v4 && v6;
}

}  // namespace

std::optional<Feature> FeatureOf(schema::EndpointPolicyType type) { return RowOf(type).gate; }

std::optional<Feature> FeatureOf(schema::NetworkPolicyType type) {
  switch (type) {
    case schema::NetworkPolicyType::kRemoteSubnetRoute: return Feature::kRemoteSubnet;
    case schema::NetworkPolicyType::kHostRoute: return Feature::kHostRoute;
    case schema::NetworkPolicyType::kVxlanPort: return Feature::kVxlanPort;
    case schema::NetworkPolicyType::kSetPolicy: return Feature::kSetPolicy;
    case schema::NetworkPolicyType::kL4Proxy: return Feature::kL4Proxy;
    case schema::NetworkPolicyType::kNetworkAcl: return Feature::kNetworkAcl;
    default: return std::nullopt;
  }
}

base::Status CheckVersion(HnsVersion version, const schema::Network& network) {
  if ((network.flags & schema::network_flags::kDisableHostPort) != 0) {
    HNS_RETURN_IF_ERROR(Require(version, Feature::kDisableHostPort, "the flag DisableHostPort (1024)"));
  }
  for (const schema::NetworkPolicy& policy : network.policies) {
    HNS_RETURN_IF_ERROR(CheckPolicyType(version, policy));
    const schema::AddressSetPolicy* set = policy.AsAddressSet();
    if (set != nullptr && set->nested) {
      HNS_RETURN_IF_ERROR(Require(version, Feature::kNestedIpSet, "a SetPolicy of PolicyType `NESTEDIPSET`"));
    }
  }
  const bool dual = HasBothFamilies([&](auto take) {
    for (const schema::Ipam& ipam : network.ipams) {
      for (const schema::Subnet& subnet : ipam.subnets) {
        if (subnet.prefix) take(subnet.prefix->address);
      }
    }
  });
  return dual ? Require(version, Feature::kIpv6DualStack, "a network of both families") : base::Status();
}

base::Status CheckVersion(HnsVersion version, const schema::Endpoint& endpoint) {
  for (const schema::EndpointPolicy& policy : endpoint.policies) {
    HNS_RETURN_IF_ERROR(CheckPolicyType(version, policy));
    const schema::AclPolicy* acl = policy.AsAcl();
    if (acl != nullptr &&
        std::find(acl->protocols.begin(), acl->protocols.end(), kVxlanProtocol) != acl->protocols.end()) {
      HNS_RETURN_IF_ERROR(Require(version, Feature::kAclSupportForProtocol252, "an ACL for protocol 252"));
    }
  }
  const bool dual = HasBothFamilies([&](auto take) {
    for (const schema::IpConfiguration& configuration : endpoint.ip_configurations) {
      if (configuration.address) take(*configuration.address);
    }
  });
  if (dual)
    HNS_RETURN_IF_ERROR(Require(version, Feature::kIpv6DualStack, "an endpoint with addresses of both families"));
  for (const schema::IpConfiguration& configuration : endpoint.ip_configurations) {
    if (configuration.address && configuration.address->IsV4() && configuration.prefix_length == 32) {
      return Require(version, Feature::kSlash32EndpointPrefixes, "a `PrefixLength` of 32");
    }
  }
  return {};
}

base::Status CheckVersion(HnsVersion version, const schema::LoadBalancer& load_balancer) {
  if ((load_balancer.flags & schema::load_balancer_flags::kEnableDirectServerReturn) != 0) {
    HNS_RETURN_IF_ERROR(Require(version, Feature::kDsr, "the flag EnableDirectServerReturn (1)"));
  }
  const auto& vips = load_balancer.frontend_vips;
  if ((load_balancer.flags & schema::load_balancer_flags::kIpv6) != 0 ||
      std::any_of(vips.begin(), vips.end(), [](const base::IpAddress& vip) { return !vip.IsV4(); })) {
    HNS_RETURN_IF_ERROR(Require(version, Feature::kIpv6DualStack, "a load balancer for IPv6"));
  }
  for (const schema::LoadBalancerPortMapping& mapping : load_balancer.port_mappings) {
    if (mapping.distribution != schema::DistributionType::kNone) {
      return Require(version, Feature::kSessionAffinity, "a `DistributionType` other than 0");
    }
  }
  return {};
}

}  // namespace hns
