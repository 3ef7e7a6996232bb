// An ACL, or a rule of a tier, as a rule of the engine; of one family, because
// groups are.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/guid.h"
#include "base/ip_address.h"
#include "base/json.h"
#include "hns/model/address_sets.h"
#include "schema/acl_policy.h"
#include "vfp/rule.h"

namespace hns {

// A rule without a Priority comes last among those with one that is safe on
// Windows. Unverified: HNS takes it for something, nobody says what.
inline constexpr std::uint16_t kPriorityWhenAbsent = 65500;

inline bool IsInbound(schema::AclDirection direction) { return direction == schema::AclDirection::kIn; }

// Ids for the rules of one list. Equal settings have equal ids, so that a rule
// stays the same rule, counters and all, when the list around it changes.
class RuleIds {
 public:
  std::string For(const std::string& settings);

 private:
  std::unordered_set<base::Guid, base::GuidHash> taken_;
};

// The rule without its conditions. `settings`: as the policy has them.
vfp::Rule AclRule(const base::json::Value& settings, const schema::AclPolicy& acl, RuleIds* ids);

// False: there are some, but none of this family, so no packet of it matches.
bool PrefixesOfFamily(const std::vector<base::IpPrefix>& all, base::IpFamily family, vfp::List<base::IpPrefix>* out);

// nullopt: no packet of the family meets them. `Rule`: what names lists as an ACL does.
template <typename Rule>
std::optional<vfp::Conditions> ConditionsOf(const Rule& of, bool inbound, base::IpFamily family) {
  vfp::Conditions conditions;
  conditions.protocols = of.protocols;
  conditions.source_ports = inbound ? of.remote_ports : of.local_ports;
  conditions.destination_ports = inbound ? of.local_ports : of.remote_ports;
  const auto& sources = inbound ? of.remote_addresses : of.local_addresses;
  const auto& destinations = inbound ? of.local_addresses : of.remote_addresses;
  if (!PrefixesOfFamily(sources, family, &conditions.sources)) return std::nullopt;
  if (!PrefixesOfFamily(destinations, family, &conditions.destinations)) return std::nullopt;
  return conditions;
}

// Of an ACL that may name sets.
std::optional<vfp::Conditions> ConditionsOf(const schema::AclPolicy& acl, const AddressSets& sets,
                                            base::IpFamily family);

}  // namespace hns
