#include "hns/program/acl.h"

#include <array>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/guid.h"
#include "base/json.h"
#include "hns/program/layers.h"

namespace hns {

namespace {

// A rule without a Priority comes last among those with one that is safe on
// Windows. Unverified: HNS takes it for something, nobody says what.
constexpr std::uint16_t kPriorityWhenAbsent = 65500;

// Equal settings have equal ids, so that a rule stays the same rule, counters
// and all, when the list around it changes.
base::Guid RuleId(const std::string& settings, std::uint64_t salt) {
  constexpr std::uint64_t kPrime = 0x100000001b3;  // FNV-1a.
  std::uint64_t high = 0xcbf29ce484222325 ^ salt;
  std::uint64_t low = 0x9ae16a3b2f90404f + salt;
  for (char c : settings) {
    high = (high ^ static_cast<std::uint8_t>(c)) * kPrime;
    low = (low + static_cast<std::uint8_t>(c)) * 0xd6e8feb86659fd93;
    low ^= low >> 32;
  }
  base::Guid id;
  id.data1 = static_cast<std::uint32_t>(high >> 32);
  id.data2 = static_cast<std::uint16_t>(high >> 16);
  id.data3 = static_cast<std::uint16_t>(high);
  for (std::uint8_t& byte : id.data4) {
    byte = static_cast<std::uint8_t>(low);
    low >>= 8;
  }
  return id;
}

// The prefixes of one family. False: there are some, but none of this family,
// so no packet of the family matches.
bool OfFamily(const std::vector<base::IpPrefix>& all, base::IpFamily family, std::vector<base::IpPrefix>* out) {
  for (const base::IpPrefix& prefix : all) {
    if (prefix.address.family == family) out->push_back(prefix.Masked());
  }
  return all.empty() || !out->empty();
}

class Stage {
 public:
  explicit Stage(const LayerPlace& place) {
    layer_.id = std::string(place.name);
    layer_.priority = place.priority;
    for (const auto direction : {vfp::Direction::kInbound, vfp::Direction::kOutbound}) {
      for (const auto family : kFamilies) {
        vfp::GroupSpec group;
        group.id = GroupName("ACL_ENDPOINT_GROUP", "IPV", family, direction);
        group.priority = 1;
        group.direction = direction;
        group.family = family;
        layer_.groups.push_back(std::move(group));
      }
    }
  }

  void Add(const schema::EndpointPolicy& policy, const schema::AclPolicy& acl) {
    any_ = true;
    const bool inbound = acl.direction == schema::AclDirection::kIn;
    const base::json::Object* settings = policy.settings.AsObject();
    const bool has_priority = settings != nullptr && settings->FindIgnoringCase("Priority") != nullptr;
    vfp::Rule rule;
    rule.id = UniqueId(base::json::Write(policy.settings));
    rule.name = acl.id;
    rule.priority = has_priority ? acl.priority : kPriorityWhenAbsent;
    rule.flags = kStatefulTerminating;
    if (acl.action == schema::AclAction::kBlock) rule.action = vfp::Block{};
    rule.conditions.protocols = acl.protocols;
    rule.conditions.source_ports = inbound ? acl.remote_ports : acl.local_ports;
    rule.conditions.destination_ports = inbound ? acl.local_ports : acl.remote_ports;
    for (vfp::GroupSpec& group : layer_.groups) {
      if ((group.direction == vfp::Direction::kInbound) != inbound) continue;
      std::vector<base::IpPrefix> sources, destinations;
      if (!OfFamily(inbound ? acl.remote_addresses : acl.local_addresses, group.family, &sources)) continue;
      if (!OfFamily(inbound ? acl.local_addresses : acl.remote_addresses, group.family, &destinations)) continue;
      vfp::Rule& added = group.rules.emplace_back(rule);
      added.conditions.sources = std::move(sources);
      added.conditions.destinations = std::move(destinations);
    }
  }

  bool any() const { return any_; }

  vfp::LayerSpec Take(bool default_allow) {
    layer_.default_allow = default_allow;
    return std::move(layer_);
  }

 private:
  std::string UniqueId(const std::string& settings) {
    for (std::uint64_t salt = 0;; ++salt) {
      const base::Guid id = RuleId(settings, salt);
      if (ids_.insert(id).second) return id.ToString();
    }
  }

  vfp::LayerSpec layer_;
  std::unordered_set<base::Guid, base::GuidHash> ids_;
  bool any_ = false;
};

}  // namespace

std::vector<vfp::LayerSpec> AclLayers(const schema::Endpoint& endpoint) {
  std::vector<vfp::LayerSpec> layers;
  bool has_acl = false;
  for (const schema::EndpointPolicy& policy : endpoint.policies) has_acl |= policy.AsAcl() != nullptr;
  if (!has_acl) return layers;
  Stage host(kAclHostLayer);
  Stage port(kAclLayer);
  for (const schema::EndpointPolicy& policy : endpoint.policies) {
    if (const schema::AclPolicy* acl = policy.AsAcl()) {
      (acl->rule_type == schema::AclRuleType::kHost ? host : port).Add(policy, *acl);
    }
  }
  if (host.any()) layers.push_back(host.Take(/*default_allow=*/port.any()));
  if (port.any()) layers.push_back(port.Take(/*default_allow=*/false));
  return layers;
}

}  // namespace hns
