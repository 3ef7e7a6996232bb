#include "compose/versions.h"

#include <utility>

#include "base/json.h"
#include "hns/profile.h"

namespace compose {

namespace {

using base::json::Array;
using base::json::Object;

Array Pair(const hns::HnsVersion& version) {
  Array pair;
  pair.push_back(version.major);
  pair.push_back(version.minor);
  return pair;
}

Object Describe(const hns::FeatureRow& row) {
  Array versions;
  for (const hns::VersionRange& range : row.versions) {
    Object object;
    object.Set("first", Pair(range.first));
    object.Set("last", Pair(range.last));
    versions.push_back(std::move(object));
  }
  Object feature;
  feature.Set("name", row.name);
  feature.Set("about", row.about);
  feature.Set("versions", std::move(versions));
  feature.Set("versionsText", hns::VersionsText(row.feature));
  feature.Set("refusedWith", base::ErrorSymbol(row.refused_with));
  feature.Set("isCodeKnown", row.is_code_known);
  return feature;
}

}  // namespace

std::string DescribeVersions() {
  Object described;
  Object profiles;
  for (const hns::NamedProfile& named : hns::NamedProfiles()) {
    profiles.Set(named.name, named.version.ToString());
    if (named.version == hns::Profile().version) described.Set("defaultProfile", named.name);
  }
  Array features;
  for (const hns::FeatureRow& row : hns::FeatureTable()) features.push_back(Describe(row));
  described.Set("profiles", std::move(profiles));
  described.Set("features", std::move(features));
  return base::json::Write(std::move(described));
}

}  // namespace compose
