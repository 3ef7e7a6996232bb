// HostComputeLoadBalancer.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/guid.h"
#include "base/ip_address.h"
#include "schema/common.h"

namespace schema {

namespace load_balancer_flags {
inline constexpr std::uint32_t kEnableDirectServerReturn = 1;
inline constexpr std::uint32_t kIpv6 = 2;
}  // namespace load_balancer_flags

namespace port_mapping_flags {
inline constexpr std::uint32_t kEnableInternalLoadBalancer = 1;
inline constexpr std::uint32_t kLocalRoutedVip = 2;
inline constexpr std::uint32_t kUseMux = 4;
inline constexpr std::uint32_t kEnablePreserveDip = 8;
inline constexpr std::uint32_t kVipExternalIp = 16;
}  // namespace port_mapping_flags

enum class DistributionType : std::uint8_t { kNone = 0, kSourceIpProtocol = 1, kSourceIp = 2 };

struct LoadBalancerPortMapping {
  std::uint8_t protocol = 0;  // IP protocol number; 0 is "unknown".
  std::uint16_t internal_port = 0;
  std::uint16_t external_port = 0;
  DistributionType distribution = DistributionType::kNone;
  std::uint32_t flags = 0;  // port_mapping_flags; unknown bits are kept.
  json::Object rest;

  bool operator==(const LoadBalancerPortMapping&) const = default;
};

struct LoadBalancer : ObjectBase {
  base::Guid network_id;                 // HostComputeNetwork; output since 2.5. Zero: not given.
  std::vector<base::Guid> endpoint_ids;  // In the order given.
  std::optional<base::IpAddress> source_vip;
  std::vector<base::IpAddress> frontend_vips;  // Empty: every address of the host (node port).
  std::vector<LoadBalancerPortMapping> port_mappings;
  std::uint32_t flags = 0;  // load_balancer_flags; unknown bits are kept.

  bool operator==(const LoadBalancer&) const = default;
};

base::Result<LoadBalancer> ReadLoadBalancer(json::Object document);
// Endpoint ids in upper case: kube-proxy compares their text (hcn.md 6.9).
json::Value WriteLoadBalancer(const LoadBalancer& load_balancer);

}  // namespace schema
