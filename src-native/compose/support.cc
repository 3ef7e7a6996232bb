#include "compose/support.h"

#include <optional>
#include <utility>

#include "base/json.h"
#include "hns/model/endpoint_policy_table.h"
#include "hns/model/limits.h"
#include "hns/model/network_policy_table.h"
#include "hns/model/network_types.h"
#include "hns/model/version_gates.h"
#include "hns/profile.h"
#include "schema/policy.h"

namespace compose {

namespace {

using base::json::Array;
using base::json::Object;

std::string Since(std::optional<hns::Feature> gate) { return gate ? hns::VersionsText(*gate) : std::string(); }

Array ModesOf(std::uint32_t modes) {
  Array names;
  for (const hns::NetworkTypeRow& row : hns::NetworkTypes()) {
    if ((modes & hns::NetworkModeBit(row.mode)) != 0) names.push_back(schema::NetworkModeName(row.mode));
  }
  return names;
}

std::string Subnets(const hns::NetworkTypeRow& row) {
  std::string text = row.subnets_per_family > 1 ? "several" : "one";
  if (row.fills_subnet) text += "; without any a free 172.x/20";
  if (row.addresses_without_subnet) text += ", or none";
  if (row.dhcp) text += "; Ipam `Dhcp`";
  if (row.vlan) text += ", `VLAN`";
  if (row.vsid) text += row.needs_vsid ? ", each with `VSID` (4096 to 16777215)" : ", `VSID`";
  return text;
}

Object Describe(const hns::NetworkTypeRow& row) {
  Object type;
  type.Set("name", schema::NetworkModeName(row.mode));
  type.Set("schema", std::to_string(row.since.major) + "." + std::to_string(row.since.minor));
  type.Set("subnets", Subnets(row));
  type.Set("addedFlags", row.added_flags);
  type.Set("packets", row.packets);
  return type;
}

Object Describe(const hns::NetworkPolicyRow& row) {
  Object policy;
  policy.Set("name", schema::PolicyTypeName(row.type));
  policy.Set("hns", Since(hns::FeatureOf(row.type)));
  policy.Set("on", ModesOf(row.modes));
  policy.Set("several", row.several);
  policy.Set("effect", row.effect == hns::Effect::kApplied ? "applied" : "not yet");
  policy.Set("about", row.note);
  return policy;
}

Object Describe(const hns::EndpointPolicyRow& row) {
  Object policy;
  policy.Set("name", schema::PolicyTypeName(row.type));
  policy.Set("hns", Since(row.gate));
  policy.Set("on", ModesOf(row.modes));
  policy.Set("elsewhere", base::ErrorSymbol(row.refused_elsewhere));
  policy.Set("onRemote", row.on_remote);
  policy.Set("once", row.once);
  policy.Set("effect", hns::EffectName(row.effect));
  policy.Set("about", row.about);
  return policy;
}

template <typename Rows>
Array DescribeAll(const Rows& rows) {
  Array described;
  for (const auto& row : rows) described.push_back(Describe(row));
  return described;
}

}  // namespace

std::string DescribeSupport() {
  Object described;
  described.Set("networkTypes", DescribeAll(hns::NetworkTypes()));
  described.Set("networkPolicies", DescribeAll(hns::NetworkPolicyRows()));
  described.Set("endpointPolicies", DescribeAll(hns::EndpointPolicyTable()));
  return base::json::Write(std::move(described));
}

}  // namespace compose
