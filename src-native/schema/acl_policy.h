// Settings of the endpoint policy ACL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "schema/common.h"

namespace schema {

enum class AclAction : std::uint8_t { kAllow = 0, kBlock = 1 };
enum class AclDirection : std::uint8_t { kIn = 0, kOut = 1 };  // As seen from the endpoint.
// Switch rules are enforced in the switch port (VFP), Host rules in the
// endpoint's own stack (WFP).
enum class AclRuleType : std::uint8_t { kSwitch = 0, kHost = 1 };

// Empty lists mean any.
struct AclPolicy {
  std::string id;
  std::vector<std::uint8_t> protocols;  // IP protocol numbers; 256 ("any") is not among them.
  AclAction action = AclAction::kAllow;
  AclDirection direction = AclDirection::kIn;
  // Absent: Switch. Unverified: no source says what HNS takes it for.
  AclRuleType rule_type = AclRuleType::kSwitch;
  std::vector<base::IpPrefix> local_addresses;
  std::vector<base::IpPrefix> remote_addresses;
  // Instead of addresses: ids of the network's address sets, which an address
  // must be in each of. Where a side names sets, both sides are the packet's:
  // local is its source and remote its destination, whatever the direction.
  std::vector<std::string> local_sets;
  std::vector<std::string> remote_sets;
  std::vector<base::PortRange> local_ports;
  std::vector<base::PortRange> remote_ports;
  std::uint16_t priority = 0;  // Lower is matched first.

  bool operator==(const AclPolicy&) const = default;
};

// Action and Direction must be there.
AclPolicy ReadAclPolicy(json::Object settings, const Scope& scope);

}  // namespace schema
