// Settings of the endpoint policy TierAcl.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/acl_policy.h"

namespace schema {

// Pass leaves the tier: the next one is asked.
enum class TierAclAction : std::uint8_t { kAllow = 0, kBlock = 1, kPass = 2 };

// Empty lists mean any.
struct TierAclRule {
  std::string id;
  std::vector<std::uint8_t> protocols;
  TierAclAction action = TierAclAction::kAllow;
  std::vector<base::IpPrefix> local_addresses;
  std::vector<base::IpPrefix> remote_addresses;
  std::vector<base::PortRange> local_ports;
  std::vector<base::PortRange> remote_ports;
  std::uint16_t priority = 0;  // Lower is matched first.

  bool operator==(const TierAclRule&) const = default;
};

struct TierAclPolicy {
  std::string name;
  AclDirection direction = AclDirection::kIn;
  std::uint16_t order = 0;  // Lower is asked first.
  std::vector<TierAclRule> rules;

  bool operator==(const TierAclPolicy&) const = default;
};

// Direction and Order must be there, and TierAclRuleAction in each rule.
TierAclPolicy ReadTierAclPolicy(json::Object settings, const Scope& scope);

}  // namespace schema
