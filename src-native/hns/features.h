// What each version of the Host Networking Service can do.
//
// One row per feature, by the name its clients know it by (hcsshim's
// SupportedFeatures), and the versions that have it. Some were carried back to
// older lines, so that a set of versions has holes: never compare with a lowest
// version, always ask Supports.
//
// To gate something: name its Feature and call Require where it is checked. To
// add a feature: a Feature and its row; every list made of them (hns.features,
// docs/support.md) follows.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hns {

struct HnsVersion {
  std::uint16_t major = 0;
  std::uint16_t minor = 0;

  auto operator<=>(const HnsVersion&) const = default;
  std::string ToString() const;  // "13.3"
  // The `Version` member of documents.
  constexpr std::uint64_t Packed() const { return std::uint64_t{major} << 32 | minor; }
};

// "13.3", two numbers from 0 to 65535; nullopt for anything else.
std::optional<HnsVersion> ParseHnsVersion(std::string_view text);

enum class Feature : std::uint8_t {
  kAclAddressLists,
  kAclNoHostRulePriority,
  kAclPortRanges,
  kAclRuleId,
  kApiV1,
  kApiV2,
  kRemoteSubnet,
  kHostRoute,
  kDsr,
  kSlash32EndpointPrefixes,
  kAclSupportForProtocol252,
  kVxlanPort,
  kIpv6DualStack,
  kSessionAffinity,
  kSetPolicy,
  kL4Proxy,
  kL4WfpProxy,
  kTierAcl,
  kNetworkAcl,
  kNestedIpSet,
  kDisableHostPort,
  kModifyLoadBalancer,
  kAccelnet,
};

// Both ends belong to it.
struct VersionRange {
  HnsVersion first;
  HnsVersion last;
};

struct FeatureRow {
  Feature feature;
  std::string_view name;   // "ACL.AclAddressLists"
  std::string_view about;  // One clause for people.
  std::span<const VersionRange> versions;
  // What a version without it answers to whoever asks for it.
  base::HResult refused_with;
  // False, Unverified: no source gives the code.
  bool is_code_known;
};

// Sorted by Feature, one row each.
std::span<const FeatureRow> FeatureTable();
const FeatureRow& RowOf(Feature feature);

bool Supports(HnsVersion version, Feature feature);
// Ok, or the feature's code; the message says which versions have it. `what`
// names what was asked for: "the policy `TierAcl`".
base::Status Require(HnsVersion version, Feature feature, std::string_view what);
// "9.3 to 9.x, 10.2 and later"
std::string VersionsText(Feature feature);

}  // namespace hns
