// The versions that have each feature, as their clients know them (hcsshim's
// ranges), around every hole.
#include "hns/features.h"

#include <cstdlib>
#include <map>

#include "hns/profile.h"
#include "native/hns_support.h"

namespace {

using namespace hns_test;
using hns::Feature;
using hns::HnsVersion;

bool Has(const char* version, Feature feature) { return hns::Supports(*hns::ParseHnsVersion(version), feature); }

TEST("a version compares by its major number first") {
  CHECK((HnsVersion{9, 10} < HnsVersion{10, 0}));
  CHECK((HnsVersion{11, 9} < HnsVersion{11, 10}));
  CHECK((*hns::ParseHnsVersion("15.4") == HnsVersion{15, 4}));
  for (const char* text : {"", "15", ".", "15.", ".4", "15.4.1", "15,4", " 15.4", "-1.0", "70000.0", "1.70000"}) {
    CHECK(!hns::ParseHnsVersion(text).has_value());
  }
}

TEST("features without holes begin with one version and stay") {
  const std::map<Feature, std::pair<const char*, const char*>> since = {
      {Feature::kAclAddressLists, {"7.1", "7.2"}},
      {Feature::kAclNoHostRulePriority, {"7.1", "7.2"}},
      {Feature::kAclPortRanges, {"7.1", "7.2"}},
      {Feature::kAclRuleId, {"7.1", "7.2"}},
      {Feature::kApiV2, {"9.1", "9.2"}},
      {Feature::kRemoteSubnet, {"9.1", "9.2"}},
      {Feature::kHostRoute, {"9.1", "9.2"}},
      {Feature::kAclSupportForProtocol252, {"10.9", "11.0"}},
      {Feature::kVxlanPort, {"10.2", "10.3"}},
      {Feature::kIpv6DualStack, {"11.9", "11.10"}},
      {Feature::kSessionAffinity, {"11.99", "12.0"}},
      {Feature::kSetPolicy, {"12.9", "13.0"}},
      {Feature::kL4WfpProxy, {"13.1", "13.2"}},
      {Feature::kTierAcl, {"13.9", "14.0"}},
      {Feature::kNetworkAcl, {"14.9", "15.0"}},
      {Feature::kNestedIpSet, {"14.9", "15.0"}},
      {Feature::kDisableHostPort, {"15.0", "15.1"}},
      {Feature::kModifyLoadBalancer, {"15.3", "15.4"}},
      {Feature::kAccelnet, {"15.3", "15.4"}},
  };
  for (const auto& [feature, versions] : since) {
    CHECK(!Has(versions.first, feature));
    CHECK(Has(versions.second, feature));
    CHECK(Has("99.0", feature));
  }
  CHECK(Has("1.0", Feature::kApiV1));
}

TEST("features that were carried back have holes between the lines") {
  struct Hole {
    Feature feature;
    const char* has;
    const char* lacks;
  };
  const Hole holes[] = {
      {Feature::kDsr, "9.3 9.99 10.2 10.3 11.0", "9.2 10.0 10.1"},
      {Feature::kSlash32EndpointPrefixes, "9.3 9.99 10.4 11.0", "9.2 10.0 10.3"},
      {Feature::kL4Proxy, "9.5 9.99 10.5 10.99 11.11 11.99 12.1 12.99 13.1 13.3 14.0",
       "9.4 10.0 10.4 11.0 11.10 12.0 13.0"},
  };
  for (const Hole& hole : holes) {
    std::istringstream has(hole.has);
    std::istringstream lacks(hole.lacks);
    for (std::string version; has >> version;) CHECK(Has(version.c_str(), hole.feature));
    for (std::string version; lacks >> version;) CHECK(!Has(version.c_str(), hole.feature));
  }
  CHECK_EQ(hns::VersionsText(Feature::kDsr), "9.3 to 9.x, 10.2 and later");
}

TEST("what a version lacks is refused with a sentence that names the versions that have it") {
  CHECK(hns::Require({13, 0}, Feature::kSetPolicy, "`SetPolicy`").ok());
  const base::Status refused = hns::Require({9, 2}, Feature::kSetPolicy, "`SetPolicy`");
  CHECK(!refused.ok());
  CHECK_EQ(CodeName(refused.error().code), "HCN_E_INVALID_POLICY_TYPE");
  CHECK_EQ(refused.error().detail, "`SetPolicy` needs HNS 13.0 and later; the profile of this host is 9.2");
}

TEST("a profile is a release whose version is published, or a version") {
  CHECK((hns::ParseProfile("server2019")->version == HnsVersion{9, 2}));
  CHECK((hns::ParseProfile("server2022")->version == HnsVersion{13, 3}));
  CHECK((hns::ParseProfile("latest")->version == HnsVersion{15, 4}));
  CHECK((hns::ParseProfile("13.2")->version == HnsVersion{13, 2}));
  CHECK(*hns::ParseProfile("") == *hns::ParseProfile("server2022"));
  CHECK((hns::ParseProfile("server2019")->schema == schema::SchemaVersion{2, 0}));
  CHECK((hns::ParseProfile("server2022")->schema == schema::SchemaVersion{2, 11}));
  for (const char* text : {"server2025", "Server2022", "13", "0.0"}) CHECK(!hns::ParseProfile(text).ok());
}

TEST("documents carry the version and the schema of the profile") {
  compose::HostOptions options = TestHost::Defaults();
  options.profile = *hns::ParseProfile("server2019");
  TestHost host(options);
  const Value made = host.Document(Kind::kNamespace, host.Create(Kind::kNamespace, R"({"Type":"Host"})").handle);
  CHECK_EQ(Text(made, "Version"), "38654705666");
  CHECK_EQ(Text(made, "SchemaVersion"), R"({"Major":2,"Minor":0})");
}

}  // namespace
