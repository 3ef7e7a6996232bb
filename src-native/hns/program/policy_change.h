// What a call changes in the policy of ports and shared groups, by the names of
// objects; the switch finds the engine's numbers when it applies it.
#pragma once

#include <vector>

#include "base/guid.h"
#include "hns/program/placed_rule.h"
#include "vfp/engine.h"

namespace hns {

// Which layers of a network's ACLs its endpoints' ports have.
struct NetworkAclStages {
  bool host = false;
  bool port = false;
  bool operator==(const NetworkAclStages&) const = default;
};

// The layers of one port that are its own; shared groups are added by the switch.
struct PortPolicy {
  // An endpoint, or a network: its host port while nobody is attached there.
  base::Guid owner;
  std::vector<vfp::LayerSpec> acl;
  std::vector<vfp::GroupSpec> nat_out;  // With rules; of SLB_NAT_LAYER.
  NetworkAclStages network_acl = {};
  vfp::PortShaping shaping = {};
  std::vector<vfp::PortRoute> routes = {};
};

struct PolicyChange {
  std::vector<PlacedRule> remove;  // Only place, owner, family and rule id count.
  std::vector<PlacedRule> set;
  std::vector<PortPolicy> ports;
  std::vector<vfp::ChangeSet::SegmentRemote> remotes;
};

}  // namespace hns
