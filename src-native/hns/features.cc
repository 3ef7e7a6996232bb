#include "hns/features.h"

#include <charconv>

namespace hns {

namespace {

constexpr std::uint16_t kEnd = 0xFFFF;

constexpr VersionRange Since(std::uint16_t major, std::uint16_t minor) { return {{major, minor}, {kEnd, kEnd}}; }
// Carried back to the line of `major`, from `minor` on.
constexpr VersionRange Line(std::uint16_t major, std::uint16_t minor) { return {{major, minor}, {major, kEnd}}; }

constexpr VersionRange kAlways[] = {Since(0, 0)};
constexpr VersionRange kSince7_2[] = {Since(7, 2)};
constexpr VersionRange kSince9_2[] = {Since(9, 2)};
constexpr VersionRange kDsrVersions[] = {Line(9, 3), Since(10, 2)};
constexpr VersionRange kSlash32Versions[] = {Line(9, 3), Since(10, 4)};
constexpr VersionRange kSince10_3[] = {Since(10, 3)};
constexpr VersionRange kSince11_0[] = {Since(11, 0)};
constexpr VersionRange kSince11_10[] = {Since(11, 10)};
constexpr VersionRange kSince12_0[] = {Since(12, 0)};
constexpr VersionRange kSince13_0[] = {Since(13, 0)};
constexpr VersionRange kL4ProxyVersions[] = {Line(9, 5), Line(10, 5), Line(11, 11), Line(12, 1), Since(13, 1)};
constexpr VersionRange kSince13_2[] = {Since(13, 2)};
constexpr VersionRange kSince14_0[] = {Since(14, 0)};
constexpr VersionRange kSince15_0[] = {Since(15, 0)};
constexpr VersionRange kSince15_1[] = {Since(15, 1)};
constexpr VersionRange kSince15_4[] = {Since(15, 4)};

// Versions and codes seen with them. What only a code says about policies of a
// version that is too old, it says about all of them.
constexpr FeatureRow kFeatures[] = {
    {Feature::kAclAddressLists, "ACL.AclAddressLists", "comma lists in an ACL's addresses", kSince7_2,
     base::hr::HCN_E_INVALID_POLICY, false},
    {Feature::kAclNoHostRulePriority, "ACL.AclNoHostRulePriority", "ACLs of RuleType Host without a Priority",
     kSince7_2, base::hr::HCN_E_INVALID_POLICY, false},
    {Feature::kAclPortRanges, "ACL.AclPortRanges", "lists and ranges in an ACL's ports", kSince7_2,
     base::hr::HCN_E_INVALID_POLICY, false},
    {Feature::kAclRuleId, "ACL.AclRuleId", "the Id of an ACL", kSince7_2, base::hr::HCN_E_INVALID_POLICY, false},
    {Feature::kApiV1, "API.V1", "HNSCall", kAlways, base::hr::E_NOTIMPL, true},
    {Feature::kApiV2, "API.V2", "HCN's own functions", kSince9_2, base::hr::E_NOTIMPL, false},
    {Feature::kRemoteSubnet, "RemoteSubnet", "the network policy RemoteSubnetRoute", kSince9_2,
     base::hr::HCN_E_INVALID_POLICY_TYPE, true},
    {Feature::kHostRoute, "HostRoute", "the network policy HostRoute", kSince9_2, base::hr::HCN_E_INVALID_POLICY_TYPE,
     true},
    {Feature::kDsr, "DSR", "load balancers with direct server return", kDsrVersions, base::hr::ERROR_INVALID_PARAMETER,
     false},
    {Feature::kSlash32EndpointPrefixes, "Slash32EndpointPrefixes", "endpoints with a prefix of one address",
     kSlash32Versions, base::hr::HCN_E_INVALID_ENDPOINT, false},
    {Feature::kAclSupportForProtocol252, "AclSupportForProtocol252", "ACLs for protocol 252 (VXLAN)", kSince11_0,
     base::hr::HCN_E_INVALID_POLICY, false},
    {Feature::kVxlanPort, "VxlanPort", "the network policy VxlanPort", kSince10_3, base::hr::HCN_E_INVALID_POLICY_TYPE,
     true},
    {Feature::kIpv6DualStack, "IPv6DualStack", "IPv6 beside IPv4", kSince11_10, base::hr::ERROR_INVALID_PARAMETER,
     false},
    {Feature::kSessionAffinity, "SessionAffinity", "load balancers that keep a client on a backend", kSince12_0,
     base::hr::ERROR_INVALID_PARAMETER, false},
    {Feature::kSetPolicy, "SetPolicy", "the network policy SetPolicy", kSince13_0, base::hr::HCN_E_INVALID_POLICY_TYPE,
     true},
    {Feature::kL4Proxy, "L4Proxy", "the network policy L4Proxy", kL4ProxyVersions, base::hr::HCN_E_INVALID_POLICY_TYPE,
     true},
    {Feature::kL4WfpProxy, "L4WfpProxy", "the endpoint policy L4WFPPROXY", kSince13_2,
     base::hr::HCN_E_INVALID_POLICY_TYPE, true},
    {Feature::kTierAcl, "TierAcl", "the endpoint policy TierAcl", kSince14_0, base::hr::HCN_E_INVALID_POLICY_TYPE,
     true},
    {Feature::kNetworkAcl, "NetworkACL", "the network policy NetworkACL", kSince15_0,
     base::hr::HCN_E_INVALID_POLICY_TYPE, true},
    {Feature::kNestedIpSet, "NestedIpSet", "a SetPolicy of PolicyType NESTEDIPSET", kSince15_0,
     base::hr::HCN_E_INVALID_POLICY, false},
    {Feature::kDisableHostPort, "DisableHostPort", "the network flag DisableHostPort", kSince15_1,
     base::hr::HCN_E_INVALID_NETWORK, false},
    {Feature::kModifyLoadBalancer, "ModifyLoadbalancer", "changing a load balancer in place", kSince15_4,
     base::hr::E_NOTIMPL, true},
    {Feature::kAccelnet, "Accelnet", "/accelnet/ of HNSCall", kSince15_4, base::hr::ERROR_NOT_FOUND, false},
};

constexpr bool IsInOrder() {
  for (std::size_t i = 0; i < std::size(kFeatures); ++i) {
    if (static_cast<std::size_t>(kFeatures[i].feature) != i) return false;
  }
  return true;
}
static_assert(IsInOrder() && static_cast<std::size_t>(Feature::kAccelnet) + 1 == std::size(kFeatures));

std::optional<std::uint16_t> ParseNumber(std::string_view text) {
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string HnsVersion::ToString() const { return std::to_string(major) + "." + std::to_string(minor); }

std::optional<HnsVersion> ParseHnsVersion(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto major = ParseNumber(text.substr(0, dot));
  const auto minor = ParseNumber(text.substr(dot + 1));
  if (!major || !minor) return std::nullopt;
  return HnsVersion{*major, *minor};
}

std::span<const FeatureRow> FeatureTable() { return kFeatures; }

const FeatureRow& RowOf(Feature feature) { return kFeatures[static_cast<std::size_t>(feature)]; }

bool Supports(HnsVersion version, Feature feature) {
  for (const VersionRange& range : RowOf(feature).versions) {
    if (range.first <= version && version <= range.last) return true;
  }
  return false;
}

base::Status Require(HnsVersion version, Feature feature, std::string_view what) {
  if (Supports(version, feature)) return {};
  return base::MakeError(RowOf(feature).refused_with, std::string(what) + " needs HNS " + VersionsText(feature) +
                                                          "; the profile of this host is " + version.ToString());
}

std::string VersionsText(Feature feature) {
  std::string text;
  for (const VersionRange& range : RowOf(feature).versions) {
    if (!text.empty()) text += ", ";
    text += range.first.ToString();
    text += range.last.major == kEnd ? " and later" : " to " + std::to_string(range.last.major) + ".x";
  }
  return text;
}

}  // namespace hns
