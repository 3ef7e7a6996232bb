// Settings of the endpoint policies OutBoundNAT and PortMapping.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ip_address.h"
#include "schema/common.h"

namespace schema {

namespace nat_flags {
inline constexpr std::uint32_t kLocalRoutedVip = 1;
inline constexpr std::uint32_t kIpv6 = 2;
inline constexpr std::uint32_t kExternalPortReserved = 4;
}  // namespace nat_flags

struct OutBoundNatPolicy {
  std::optional<base::IpAddress> virtual_ip;  // Absent: the host's own address.
  std::vector<base::IpPrefix> exceptions;     // Left untranslated.
  std::vector<base::IpPrefix> destinations;   // Not empty: only these are translated.
  std::uint32_t flags = 0;                    // nat_flags
  // Unverified: percent of the port pool one endpoint may use; 0 is no limit.
  std::uint16_t max_port_pool_usage = 0;

  bool operator==(const OutBoundNatPolicy&) const = default;
};

struct PortMappingPolicy {
  std::uint8_t protocol = 6;           // 6 TCP or 17 UDP.
  std::uint16_t internal_port = 0;     // Never 0 after reading.
  std::uint16_t external_port = 0;     // 0: the service picks one.
  std::optional<base::IpAddress> vip;  // Absent: any address of the host.
  std::uint32_t flags = 0;             // nat_flags

  bool operator==(const PortMappingPolicy&) const = default;
};

OutBoundNatPolicy ReadOutBoundNatPolicy(json::Object settings, const Scope& scope);
PortMappingPolicy ReadPortMappingPolicy(json::Object settings, const Scope& scope);

}  // namespace schema
