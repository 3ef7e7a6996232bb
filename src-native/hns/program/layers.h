// The layers of an l2bridge's ports, by the names real nodes show (vfp.md 2.5).
// Only their relative order is published; the numbers are ours.
//
// Outbound packets pass layers in ascending order, inbound in descending: an
// endpoint's ACLs speak of what the endpoint itself sees, before load balancing
// on the way out, after address translation on the way in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ip_address.h"
#include "vfp/flow_key.h"
#include "vfp/rule.h"

namespace hns {

struct LayerPlace {
  std::string_view name;
  std::uint16_t priority;
};

// Endpoints' ports.
inline constexpr LayerPlace kAclHostLayer{"ACL_ENDPOINT_HOST_LAYER", 90};        // ACLs of RuleType Host.
inline constexpr LayerPlace kNetworkAclHostLayer{"ACL_NETWORK_HOST_LAYER", 95};  // Names of ours, as the next one.
inline constexpr LayerPlace kAclLayer{"ACL_ENDPOINT_LAYER", 100};
inline constexpr LayerPlace kNetworkAclLayer{"ACL_NETWORK_LAYER", 110};
inline constexpr LayerPlace kDsrLayer{"LB_DSR", 200};
inline constexpr LayerPlace kNatLayer{"SLB_NAT_LAYER", 300};
// The host's port.
inline constexpr LayerPlace kHairpinLayer{vfp::kHairpinLayer, 400};
inline constexpr LayerPlace kBalanceLayer{"SLB_LB_LAYER", 410};

// Priorities of rules inside SLB_NAT_LAYER: the order of OutBoundNAT's parts.
inline constexpr std::uint16_t kNatDestinationsPriority = 100;
inline constexpr std::uint16_t kNatExceptionsPriority = 200;
inline constexpr std::uint16_t kNatCatchAllPriority = 300;
// Inside SLB_LB_LAYER: what the host itself sends is asked for first.
inline constexpr std::uint16_t kBalanceFromHostPriority = 100;
inline constexpr std::uint16_t kBalancePriority = 200;

inline constexpr std::uint32_t kStatefulTerminating = vfp::Rule::kStateful | vfp::Rule::kTerminating;

// "ACL_ENDPOINT_GROUP" + "_IPV4_IN"; `ip` is "IPV" or "IPv", as each layer spells it.
inline std::string GroupName(std::string_view stem, std::string_view ip, base::IpFamily family,
                             vfp::Direction direction) {
  std::string name(stem);
  name += '_';
  name += ip;
  name += family == base::IpFamily::kIpv4 ? "4" : "6";
  name += direction == vfp::Direction::kOutbound ? "_OUT" : "_IN";
  return name;
}

// IPv4, IPv6: the index of arrays kept by family.
constexpr std::size_t FamilyIndex(base::IpFamily family) { return family == base::IpFamily::kIpv4 ? 0 : 1; }
inline constexpr base::IpFamily kFamilies[] = {base::IpFamily::kIpv4, base::IpFamily::kIpv6};

}  // namespace hns
