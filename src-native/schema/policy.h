// Policies of endpoints and networks: {"Type", "Settings"}.
//
// Every type HCN has is known by name, and its settings are kept and given back
// exactly as they came, and validated whole; those that are
// programmed are read into structs as well, the others say `std::monostate`.
// Whether a known type is accepted is for the service to decide.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "schema/acl_policy.h"
#include "schema/address_set_policy.h"
#include "schema/common.h"
#include "schema/nat_policy.h"
#include "schema/tier_acl_policy.h"

namespace schema {

// Numbered as in hcn.md 2.9; a client may send the number.
enum class EndpointPolicyType : std::uint8_t {
  kPortMapping = 0,
  kAcl = 1,
  kQos = 2,
  kL2Driver = 3,
  kOutBoundNat = 4,
  kSdnRoute = 5,
  kL4Proxy = 6,
  kL4WfpProxy = 7,
  kProviderAddress = 8,
  kPortName = 9,
  kEncapOverhead = 10,
  kInterfaceConstraint = 11,
  kEncryption = 12,
  kVlan = 13,
  kInterfaceParameters = 14,
  kIov = 15,
  kTierAcl = 16,
  kVmNic = 17,
  kFirewall = 18,
};

// Numbered as in hcn.md 2.10.
enum class NetworkPolicyType : std::uint8_t {
  kSourceMacAddress = 0,
  kNetAdapterName = 1,
  kInterfaceConstraint = 2,
  kVSwitchExtension = 3,
  kProviderAddress = 4,
  kDrMacAddress = 5,
  kAutomaticDns = 6,
  kRemoteSubnetRoute = 7,
  kVxlanPort = 8,
  kHostRoute = 9,
  kSetPolicy = 10,
  kL4Proxy = 11,
  kLayerConstraint = 12,
  kNetworkAcl = 13,
  kNeighborDiscovery = 14,
};

std::string_view PolicyTypeName(EndpointPolicyType type);  // "OutBoundNAT"
std::string_view PolicyTypeName(NetworkPolicyType type);

struct EndpointPolicy {
  EndpointPolicyType type = EndpointPolicyType::kAcl;
  std::variant<std::monostate, PortMappingPolicy, AclPolicy, OutBoundNatPolicy, TierAclPolicy> typed;
  json::Value settings;  // As received; null when there were none.
  json::Object rest;     // Members beside Type and Settings.

  const AclPolicy* AsAcl() const { return std::get_if<AclPolicy>(&typed); }
  const OutBoundNatPolicy* AsOutBoundNat() const { return std::get_if<OutBoundNatPolicy>(&typed); }
  const PortMappingPolicy* AsPortMapping() const { return std::get_if<PortMappingPolicy>(&typed); }
  const TierAclPolicy* AsTierAcl() const { return std::get_if<TierAclPolicy>(&typed); }
  bool operator==(const EndpointPolicy&) const = default;
};

struct NetworkPolicy {
  NetworkPolicyType type = NetworkPolicyType::kNetAdapterName;
  std::variant<std::monostate, AclPolicy, AddressSetPolicy> typed;
  json::Value settings;
  json::Object rest;

  const AclPolicy* AsNetworkAcl() const { return std::get_if<AclPolicy>(&typed); }
  const AddressSetPolicy* AsAddressSet() const { return std::get_if<AddressSetPolicy>(&typed); }
  bool operator==(const NetworkPolicy&) const = default;
};

// What a list of policies is for: those to be removed may name their settings
// in part, so they are not validated and stay std::monostate.
enum class PolicyUse : std::uint8_t { kApply, kRemove };

// Member `name` ("Policies") of `reader`'s object. Entries `{}` are skipped.
std::vector<EndpointPolicy> ReadEndpointPolicies(Reader* reader, std::string_view name, PolicyUse use);
std::vector<NetworkPolicy> ReadNetworkPolicies(Reader* reader, std::string_view name, PolicyUse use);

json::Value WriteEndpointPolicy(const EndpointPolicy& policy);
json::Value WriteNetworkPolicy(const NetworkPolicy& policy);

// True when `pattern` is of the same type and each setting it names has the
// same value in `policy`. Member names in any case. Unverified: HNS' own rule.
bool IsRemovedBy(const EndpointPolicy& policy, const EndpointPolicy& pattern);
bool IsRemovedBy(const NetworkPolicy& policy, const NetworkPolicy& pattern);

}  // namespace schema
