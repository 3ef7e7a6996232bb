// HostComputeEndpoint.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/guid.h"
#include "base/ip_address.h"
#include "schema/common.h"
#include "schema/dns.h"
#include "schema/policy.h"
#include "schema/route.h"

namespace schema {

namespace endpoint_flags {
inline constexpr std::uint32_t kRemoteEndpoint = 1;
inline constexpr std::uint32_t kDisableInterComputeCommunication = 2;
inline constexpr std::uint32_t kEnableMirroring = 4;
inline constexpr std::uint32_t kEnableLowInterfaceMetric = 8;
inline constexpr std::uint32_t kOverrideDnsServerOrder = 16;
inline constexpr std::uint32_t kEnableDhcp = 32;
}  // namespace endpoint_flags

// Empty (`{}`) means: the service picks an address.
struct IpConfiguration {
  std::optional<base::IpAddress> address;
  std::optional<std::uint8_t> prefix_length;  // Absent: that of the subnet.
  base::Guid ip_subnet_id;                    // Zero: not given.
  json::Object rest;

  bool operator==(const IpConfiguration&) const = default;
};

struct Endpoint : ObjectBase {
  base::Guid network_id;    // HostComputeNetwork
  base::Guid namespace_id;  // HostComputeNamespace; zero: not attached.
  std::vector<EndpointPolicy> policies;
  std::vector<IpConfiguration> ip_configurations;
  Dns dns;
  std::vector<Route> routes;
  std::optional<MacText> mac_address;
  std::uint32_t flags = 0;  // endpoint_flags; unknown bits are kept.

  bool operator==(const Endpoint&) const = default;
};

base::Result<Endpoint> ReadEndpoint(json::Object document);
json::Value WriteEndpoint(const Endpoint& endpoint);
json::Value WriteIpConfiguration(const IpConfiguration& configuration);

}  // namespace schema
