// From what is stored to what is programmed: policies of an endpoint, rules of
// a load balancer, everything on a network that depends on the host's addresses.
// What comes out depends on the transaction alone.
#pragma once

#include <vector>

#include "base/guid.h"
#include "base/result.h"
#include "hns/model/records.h"
#include "hns/program/host_addresses.h"
#include "hns/program/policy_change.h"
#include "hns/program/routes.h"
#include "hns/store/store.h"
#include "schema/endpoint.h"
#include "schema/load_balancer.h"

namespace hns {

// REQUIRES (of each): the endpoint is local.
base::Result<PortPolicy> CompilePortPolicy(Context& context, const schema::Endpoint& endpoint);
base::Result<PortPolicy> CompilePortPolicy(Context& context, const schema::Endpoint& endpoint, RouteMemo* memo);
base::Result<std::vector<PlacedRule>> CompilePortMappings(Transaction& store, const schema::Endpoint& endpoint);

base::Result<std::vector<PlacedRule>> CompileLoadBalancer(Context& context, const schema::LoadBalancer& load_balancer);

// Port mappings, load balancers and ACLs of a network; load balancers without a network too.
base::Result<std::vector<PlacedRule>> CompileNetworkRules(Context& context, const base::Guid& network);
// Load balancers without a network, which every network has.
base::Result<std::vector<PlacedRule>> CompileHomelessRules(Context& context);

// The endpoints of a network whose layers depend on the host's addresses.
base::Result<std::vector<PortPolicy>> CompileHostDependentPorts(Context& context, const base::Guid& network);

// The endpoints of a network with ACLs that name its sets.
base::Result<std::vector<PortPolicy>> CompileSetDependentPorts(Context& context, const base::Guid& network);

// All local endpoints of a network.
base::Result<std::vector<PortPolicy>> CompilePorts(Context& context, const base::Guid& network);

// Rules as they were and as they are to be. A rule in both is set, not removed
// first, so that connections keep what it decided; one that is the same in both
// is left alone.
class RuleDiff {
 public:
  void Before(std::vector<PlacedRule> rules);
  void After(std::vector<PlacedRule> rules);
  void MoveTo(PolicyChange* change);

 private:
  std::vector<PlacedRule> before_;
  std::vector<PlacedRule> after_;
  bool is_one_step_ = false;  // All of after_ came in one call.
};

}  // namespace hns
