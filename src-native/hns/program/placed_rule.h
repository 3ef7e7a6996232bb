// A rule of a shared group, and which group that is, before anybody knows the
// engine's numbers.
#pragma once

#include "base/guid.h"
#include "base/ip_address.h"
#include "vfp/rule.h"

namespace hns {

enum class Place : std::uint8_t {
  kDsrOut,      // Every endpoint port of the network: LB_DSR, outbound.
  kHairpinIn,   // The network's host port: SLB_HAIRPIN_LAYER, inbound.
  kBalanceOut,  // The network's host port: SLB_LB_LAYER, outbound.
  kNatIn,       // One endpoint's port: SLB_NAT_LAYER, inbound.
  // Every endpoint port of the network: ACL_NETWORK_LAYER, ACL_NETWORK_HOST_LAYER.
  kNetworkAclIn,
  kNetworkAclOut,
  kNetworkAclHostIn,
  kNetworkAclHostOut,
};

constexpr bool IsNetworkAcl(Place place) { return place >= Place::kNetworkAclIn; }

struct PlacedRule {
  Place place = Place::kDsrOut;
  base::Guid owner;  // The network; for kNatIn the endpoint.
  base::IpFamily family = base::IpFamily::kIpv4;
  vfp::Rule rule;
};

}  // namespace hns
