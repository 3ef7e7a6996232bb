// Address management of a network: Ipam, Subnet, IpSubnet.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "schema/common.h"
#include "schema/route.h"

namespace schema {

enum class IpamType : std::uint8_t { kStatic = 0, kDhcp = 1 };

namespace subnet_flags {
inline constexpr std::uint32_t kDoNotReserveGatewayAddress = 1;
}
namespace ip_subnet_flags {
inline constexpr std::uint32_t kEnableBroadcast = 1;
inline constexpr std::uint32_t kReserveNetworkAddress = 2;
inline constexpr std::uint32_t kServiceDefault = 3;  // Seen on every subnet HNS made by itself.
}  // namespace ip_subnet_flags

enum class SubnetPolicyType : std::uint8_t { kVlan = 0, kVsid = 1 };

struct SubnetPolicy {
  SubnetPolicyType type = SubnetPolicyType::kVlan;
  std::uint32_t isolation_id = 0;
  json::Object document;  // As given.

  bool operator==(const SubnetPolicy&) const = default;
};

struct IpSubnet : ObjectBase {
  std::optional<base::IpPrefix> prefix;
  std::uint32_t flags = 0;

  bool operator==(const IpSubnet&) const = default;
};

struct Subnet : ObjectBase {
  std::optional<base::IpPrefix> prefix;  // With its length; host bits may be set.
  std::vector<SubnetPolicy> policies;
  std::vector<Route> routes;
  std::vector<IpSubnet> ip_subnets;
  std::uint32_t flags = 0;

  bool operator==(const Subnet&) const = default;
  // The next hop of the default route, which is where v2 keeps the gateway.
  std::optional<base::IpAddress> Gateway() const;
};

struct Ipam {
  IpamType type = IpamType::kStatic;
  std::vector<Subnet> subnets;
  json::Object rest;

  bool operator==(const Ipam&) const = default;
};

Ipam ReadIpam(json::Object document, const Scope& scope);
Subnet ReadSubnet(json::Object document, const Scope& scope);
IpSubnet ReadIpSubnet(json::Object document, const Scope& scope);
json::Value WriteIpam(const Ipam& ipam);
json::Value WriteSubnet(const Subnet& subnet);
json::Value WriteIpSubnet(const IpSubnet& ip_subnet);

}  // namespace schema
