// Which network policies the embedded host carries, and what they say.
#pragma once

#include <vector>

#include "base/result.h"
#include "schema/modify_request.h"
#include "schema/network.h"

namespace hns {

// Carried are those with an effect: NetAdapterName (the uplink),
// SourceMacAddress (the MAC on the wire) and HostRoute (the host reaches its
// endpoints; the embedded switch always sees to that). Any other known type is
// HCN_E_INVALID_POLICY_TYPE, because a policy that is kept and does nothing is
// worse than none. HCN_E_INVALID_POLICY: its settings make no sense.
base::Status CheckNetworkPolicies(const std::vector<schema::NetworkPolicy>& policies);

base::Status ModifyNetworkPolicies(schema::Network* network, schema::RequestType request,
                                   std::vector<schema::NetworkPolicy> policies);

}  // namespace hns
