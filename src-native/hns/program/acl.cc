#include "hns/program/acl.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "hns/program/acl_rule.h"
#include "hns/program/layers.h"

namespace hns {

namespace {

// One stage of an endpoint's rules: each tier is a group of its layer, and the
// ACLs are the last one.
class Stage {
 public:
  explicit Stage(const LayerPlace& place) {
    layer_.id = std::string(place.name);
    layer_.priority = place.priority;
  }

  void Add(const schema::EndpointPolicy& policy, const schema::AclPolicy& acl, const AddressSets& sets) {
    any_ = true;
    if (!has_acl_) {
      has_acl_ = true;
      for (const auto direction : {vfp::Direction::kInbound, vfp::Direction::kOutbound}) {
        AddGroups("ACL_ENDPOINT_GROUP", kAclGroupPriority, direction, &acl_groups_);
      }
    }
    Place(AclRule(policy.settings, acl, &ids_), IsInbound(acl.direction), acl_groups_,
          [&](base::IpFamily family) { return ConditionsOf(acl, sets, family); });
  }

  // `rank` of the tier among all of its direction.
  void Add(const schema::TierAclPolicy& tier, std::uint16_t rank) {
    any_ = has_tier_ = true;
    const bool inbound = IsInbound(tier.direction);
    std::vector<std::size_t> groups;
    // The rank makes two tiers of one name and order two groups.
    AddGroups("ACL_TIER_GROUP_" + std::to_string(tier.order) + "_" + std::to_string(rank), rank,
              inbound ? vfp::Direction::kInbound : vfp::Direction::kOutbound, &groups);
    for (const schema::TierAclRule& of : tier.rules) {
      vfp::Rule rule;
      rule.id = ids_.For(tier.name + "/" + std::to_string(tier.order) + "/" + Spelling(of));
      rule.name = of.id.empty() ? tier.name : of.id;
      rule.priority = of.priority;
      // Pass leaves the decision to the groups that come.
      rule.flags = of.action == schema::TierAclAction::kPass ? vfp::Rule::kStateful : kStatefulTerminating;
      if (of.action == schema::TierAclAction::kBlock) rule.action = vfp::Block{};
      Place(rule, inbound, groups, [&](base::IpFamily family) { return ConditionsOf(of, inbound, family); });
    }
  }

  bool any() const { return any_; }

  vfp::LayerSpec Take(bool default_allow) {
    layer_.default_allow = default_allow;
    // A packet that was passed has met a rule, so the layer's own default would
    // not stop it any more.
    if (has_tier_ && !default_allow) AddLastWord();
    return std::move(layer_);
  }

 private:
  static constexpr std::uint16_t kAclGroupPriority = 1000;  // After limits::kTiersPerEndpoint ranks.
  static constexpr std::uint16_t kLastGroupPriority = 1001;

  void AddGroups(const std::string& stem, std::uint16_t priority, vfp::Direction direction,
                 std::vector<std::size_t>* added) {
    for (const auto family : kFamilies) {
      vfp::GroupSpec group;
      group.id = GroupName(stem, "IPV", family, direction);
      group.priority = priority;
      group.direction = direction;
      group.family = family;
      added->push_back(layer_.groups.size());
      layer_.groups.push_back(std::move(group));
    }
  }

  // Puts the rule where its direction's packets find it, with what `conditions` gives for their family.
  void Place(const vfp::Rule& rule, bool inbound, const std::vector<std::size_t>& groups, auto conditions) {
    for (const std::size_t index : groups) {
      vfp::GroupSpec& group = layer_.groups[index];
      if ((group.direction == vfp::Direction::kInbound) != inbound) continue;
      auto of_family = conditions(group.family);
      if (of_family) group.rules.emplace_back(rule).conditions = *std::move(of_family);
    }
  }

  void AddLastWord() {
    for (const auto direction : {vfp::Direction::kInbound, vfp::Direction::kOutbound}) {
      std::vector<std::size_t> groups;
      AddGroups("ACL_DEFAULT_GROUP", kLastGroupPriority, direction, &groups);
      for (const std::size_t index : groups) {
        vfp::Rule rule;
        rule.id = ids_.For("default");
        rule.name = "default";
        rule.priority = kPriorityWhenAbsent;
        rule.action = vfp::Block{};
        layer_.groups[index].rules.push_back(std::move(rule));
      }
    }
  }

  static std::string Spelling(const schema::TierAclRule& rule) {
    std::string text =
        rule.id + "/" + std::to_string(rule.priority) + "/" + std::to_string(static_cast<int>(rule.action));
    for (const std::uint8_t protocol : rule.protocols) text += "/" + std::to_string(protocol);
    for (const auto* prefixes : {&rule.local_addresses, &rule.remote_addresses}) {
      text += "/";
      for (const base::IpPrefix& prefix : *prefixes) text += prefix.ToString() + ",";
    }
    for (const auto* ports : {&rule.local_ports, &rule.remote_ports}) {
      text += "/";
      for (const base::PortRange& range : *ports) text += range.ToString() + ",";
    }
    return text;
  }

  vfp::LayerSpec layer_;
  std::vector<std::size_t> acl_groups_;  // Positions in the layer.
  RuleIds ids_;
  bool any_ = false;
  bool has_acl_ = false;
  bool has_tier_ = false;
};

// The tiers of one direction, in the order they are asked; equal orders as given.
std::vector<const schema::TierAclPolicy*> TiersOf(const schema::Endpoint& endpoint, schema::AclDirection direction) {
  std::vector<const schema::TierAclPolicy*> tiers;
  for (const schema::EndpointPolicy& policy : endpoint.policies) {
    const schema::TierAclPolicy* tier = policy.AsTierAcl();
    if (tier != nullptr && tier->direction == direction) tiers.push_back(tier);
  }
  std::stable_sort(tiers.begin(), tiers.end(), [](const auto* a, const auto* b) { return a->order < b->order; });
  return tiers;
}

}  // namespace

std::vector<vfp::LayerSpec> AclLayers(const schema::Endpoint& endpoint, const AddressSets& sets) {
  std::vector<vfp::LayerSpec> layers;
  const bool has_any = std::any_of(endpoint.policies.begin(), endpoint.policies.end(), [](const auto& policy) {
    return policy.AsAcl() != nullptr || policy.AsTierAcl() != nullptr;
  });
  if (!has_any) return layers;
  Stage host(kAclHostLayer);
  Stage port(kAclLayer);
  for (const schema::EndpointPolicy& policy : endpoint.policies) {
    if (const schema::AclPolicy* acl = policy.AsAcl()) {
      (acl->rule_type == schema::AclRuleType::kHost ? host : port).Add(policy, *acl, sets);
    }
  }
  for (const auto direction : {schema::AclDirection::kIn, schema::AclDirection::kOut}) {
    std::uint16_t rank = 0;
    for (const schema::TierAclPolicy* tier : TiersOf(endpoint, direction)) port.Add(*tier, rank++);
  }
  if (host.any()) layers.push_back(host.Take(/*default_allow=*/port.any()));
  if (port.any()) layers.push_back(port.Take(/*default_allow=*/false));
  return layers;
}

}  // namespace hns
