// NetworkACL policies: ACLs that every local endpoint of a network has beside
// its own. Their rules stand once, in groups that the endpoints' ports share.
//
// They are a stage of their own with an ACL's meaning: a packet must pass the
// network's and the endpoint's, and from the first NetworkACL on the network
// denies by default, in both directions and families. Rules of type Host are a
// stage before those of type Switch, as an endpoint's are. Unverified: all of
// it; HCN says of NetworkACL only that its settings are an ACL's, and of the
// possible readings this is the strictest.
#pragma once

#include <vector>

#include "hns/program/placed_rule.h"
#include "hns/program/policy_change.h"
#include "schema/network.h"

namespace hns {

NetworkAclStages NetworkAclStagesOf(const schema::Network& network);
std::vector<PlacedRule> NetworkAclRules(const schema::Network& network);

}  // namespace hns
