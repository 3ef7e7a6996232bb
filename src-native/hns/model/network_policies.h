// What the policies of a network say, and what makes a list of them valid.
// Which there are: network_policy_table.h.
#pragma once

#include <vector>

#include "base/guid.h"
#include "base/result.h"
#include "schema/modify_request.h"
#include "schema/network.h"

namespace hns {

// HCN_E_INVALID_POLICY_TYPE: not for this type of network.
// HCN_E_POLICY_ALREADY_EXISTS: more of it than there may be.
// HCN_E_INVALID_POLICY: too many. HCN_E_SWITCH_EXTENSION_NOT_FOUND.
base::Status CheckNetworkPolicies(const schema::Network& network);

// Adds what the service says by itself: an overlay's DrMacAddress.
void FillNetworkPolicies(schema::Network* network);

base::Status ModifyNetworkPolicies(schema::Network* network, schema::RequestType request,
                                   std::vector<schema::NetworkPolicy> policies);

// The modify resource Extension: kept as the policy VSwitchExtension, so that
// both ways of saying it are one. Unverified: HNS shows it in v1 documents only.
base::Status SetExtension(schema::Network* network, const base::Guid& id, bool enabled);

}  // namespace hns
