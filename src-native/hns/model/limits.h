// How much of everything there may be. Windows documents none of these; they
// keep one document from taking the host's memory. Unverified: the codes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hns::limits {

inline constexpr std::size_t kNameBytes = 256;                // The object's own code; ids of containers too
inline constexpr std::size_t kSubnetsPerNetwork = 64;         // HCN_E_INVALID_NETWORK
inline constexpr std::size_t kIpSubnetsPerSubnet = 16;        // HCN_E_INVALID_SUBNET
inline constexpr std::size_t kMacRangesPerNetwork = 64;       // HCN_E_INVALID_NETWORK
inline constexpr std::size_t kAddressesPerEndpoint = 16;      // HCN_E_INVALID_ENDPOINT
inline constexpr std::size_t kRoutesPerEndpoint = 256;        // HCN_E_INVALID_ENDPOINT
inline constexpr std::size_t kPoliciesPerObject = 8192;       // HCN_E_INVALID_POLICY
inline constexpr std::size_t kAclsPerEndpoint = 4096;         // HCN_E_INVALID_POLICY, rules of tiers too
inline constexpr std::size_t kAclsPerNetwork = 4096;          // HCN_E_INVALID_POLICY
inline constexpr std::size_t kSetValuesPerNetwork = 65536;    // HCN_E_INVALID_POLICY, of all SetPolicies
inline constexpr std::size_t kSetDepth = 8;                   // HCN_E_INVALID_POLICY, sets in sets
inline constexpr std::size_t kTiersPerEndpoint = 64;          // HCN_E_INVALID_POLICY
inline constexpr std::size_t kPrefixesPerAcl = 1024;          // HCN_E_INVALID_POLICY, each side
inline constexpr std::size_t kPortsPerAcl = 256;              // HCN_E_INVALID_POLICY, each side
inline constexpr std::size_t kPrefixesPerOutboundNat = 1024;  // HCN_E_INVALID_POLICY
inline constexpr std::size_t kEndpointsPerNamespace = 16;     // HCN_E_NAMESPACE_ATTACH_FAILED
inline constexpr std::size_t kContainersPerNamespace = 1024;  // HCN_E_NAMESPACE_ATTACH_FAILED
// Windows' tools stop at 64 backends; more is an extension of the embedded host.
inline constexpr std::size_t kBackendsPerLoadBalancer = 4096;  // ERROR_INVALID_PARAMETER
inline constexpr std::size_t kFrontendVips = 64;               // ERROR_INVALID_PARAMETER
inline constexpr std::size_t kPortMappings = 256;              // ERROR_INVALID_PARAMETER
inline constexpr std::size_t kEndpointsPerSdnRoute = 4096;     // ERROR_INVALID_PARAMETER
inline constexpr std::size_t kRoutesPerSdnRoute = 256;         // ERROR_INVALID_PARAMETER

inline constexpr std::uint16_t kMinMtu = 576;  // RFC 791's smallest that every host takes.
inline constexpr std::uint16_t kDefaultMtu = 1500;

}  // namespace hns::limits
