#include "hns/program/network_acl.h"

#include <optional>
#include <utility>

#include "hns/program/acl_rule.h"
#include "hns/program/layers.h"

namespace hns {

namespace {

Place PlaceOf(const schema::AclPolicy& acl) {
  if (acl.rule_type == schema::AclRuleType::kHost) {
    return IsInbound(acl.direction) ? Place::kNetworkAclHostIn : Place::kNetworkAclHostOut;
  }
  return IsInbound(acl.direction) ? Place::kNetworkAclIn : Place::kNetworkAclOut;
}

}  // namespace

NetworkAclStages NetworkAclStagesOf(const schema::Network& network) {
  NetworkAclStages stages;
  for (const schema::NetworkPolicy& policy : network.policies) {
    const schema::AclPolicy* acl = policy.AsNetworkAcl();
    if (acl != nullptr) (acl->rule_type == schema::AclRuleType::kHost ? stages.host : stages.port) = true;
  }
  return stages;
}

std::vector<PlacedRule> NetworkAclRules(const schema::Network& network) {
  std::vector<PlacedRule> rules;
  RuleIds ids;
  const AddressSets sets(network);
  for (const schema::NetworkPolicy& policy : network.policies) {
    const schema::AclPolicy* acl = policy.AsNetworkAcl();
    if (acl == nullptr) continue;
    const vfp::Rule rule = AclRule(policy.settings, *acl, &ids);
    for (const auto family : kFamilies) {
      auto conditions = ConditionsOf(*acl, sets, family);
      if (!conditions) continue;
      PlacedRule& placed = rules.emplace_back(PlacedRule{PlaceOf(*acl), network.id, family, rule});
      placed.rule.conditions = *std::move(conditions);
    }
  }
  return rules;
}

}  // namespace hns
