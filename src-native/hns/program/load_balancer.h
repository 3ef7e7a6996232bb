// Load balancers as rules of shared groups: one change, whatever the number of
// endpoints.
//
// With DSR, or without a SourceVIP, the client's own port chooses the backend
// (LB_DSR): the backend sees the client, and its reply is turned back at the
// client's port. What comes to the VIP from outside passes through the host's
// port, which chooses a backend here and leaves the VIP; the backend's port
// makes it the backend's own address, and turns the reply back.
//
// Without DSR and with a SourceVIP everything passes through the host's port,
// and the backend sees the SourceVIP.
//
// PreserveDIP and UseMux keep the VIP all the way: the backend owns it.
#pragma once

#include <vector>

#include "base/guid.h"
#include "hns/model/backends.h"
#include "hns/program/host_addresses.h"
#include "hns/program/placed_rule.h"
#include "schema/load_balancer.h"

namespace hns {

// The rules on one network.
std::vector<PlacedRule> LoadBalancerRules(const schema::LoadBalancer& load_balancer, const base::Guid& network,
                                          const std::vector<BackendEndpoint>& backends, const HostAddresses& host);

}  // namespace hns
