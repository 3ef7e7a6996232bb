#include "hns/program/compiler.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "hns/model/endpoints.h"
#include "hns/model/load_balancers.h"
#include "hns/model/records.h"
#include "hns/program/acl.h"
#include "hns/program/layers.h"
#include "hns/program/load_balancer.h"
#include "hns/program/outbound_nat.h"
#include "hns/program/port_mapping.h"

namespace hns {

namespace {

bool HasPolicy(const schema::Endpoint& endpoint, schema::EndpointPolicyType type) {
  return std::any_of(endpoint.policies.begin(), endpoint.policies.end(),
                     [&](const schema::EndpointPolicy& policy) { return policy.type == type; });
}

base::Result<HostAddresses> HostOf(Transaction& store, const base::Guid& network) {
  HNS_ASSIGN_OR_RETURN(const schema::Network loaded, LoadNetwork(store, network));
  return HostAddressesOf(store, loaded);
}

base::Result<std::vector<BackendEndpoint>> BackendsOf(Transaction& store, const schema::LoadBalancer& load_balancer) {
  std::vector<BackendEndpoint> backends;
  backends.reserve(load_balancer.endpoint_ids.size());
  for (const base::Guid& id : load_balancer.endpoint_ids) {
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint, LoadEndpoint(store, id));
    backends.push_back({id, !IsRemote(endpoint), AddressesOf(endpoint)});
  }
  return backends;
}

std::vector<base::Guid> AllNetworks(Transaction& store) {
  std::vector<base::Guid> networks;
  store.ForEach(Table::kNetworks, {}, [&](const Entry& entry) {
    networks.push_back(ReadGuid(entry.key));
    return true;
  });
  return networks;
}

void Append(std::vector<PlacedRule> rules, std::vector<PlacedRule>* out) {
  out->insert(out->end(), std::make_move_iterator(rules.begin()), std::make_move_iterator(rules.end()));
}

}  // namespace

base::Result<PortPolicy> CompilePortPolicy(Transaction& store, const schema::Endpoint& endpoint) {
  PortPolicy policy;
  policy.owner = endpoint.id;
  policy.acl = AclLayers(endpoint);
  if (!HasPolicy(endpoint, schema::EndpointPolicyType::kOutBoundNat)) return policy;
  HNS_ASSIGN_OR_RETURN(const HostAddresses host, HostOf(store, endpoint.network_id));
  for (const auto family : kFamilies) {
    vfp::GroupSpec group = OutboundNatGroup(endpoint, host, family);
    if (!group.rules.empty()) policy.nat_out.push_back(std::move(group));
  }
  return policy;
}

base::Result<std::vector<PlacedRule>> CompilePortMappings(Transaction& store, const schema::Endpoint& endpoint) {
  if (!HasPolicy(endpoint, schema::EndpointPolicyType::kPortMapping)) return std::vector<PlacedRule>();
  HNS_ASSIGN_OR_RETURN(const HostAddresses host, HostOf(store, endpoint.network_id));
  return PortMappingRules(endpoint, host);
}

base::Result<std::vector<PlacedRule>> CompileLoadBalancer(Transaction& store,
                                                          const schema::LoadBalancer& load_balancer) {
  HNS_ASSIGN_OR_RETURN(const std::vector<BackendEndpoint> backends, BackendsOf(store, load_balancer));
  std::vector<base::Guid> networks = {load_balancer.network_id};
  if (load_balancer.network_id.IsZero()) networks = AllNetworks(store);
  std::vector<PlacedRule> rules;
  for (const base::Guid& network : networks) {
    HNS_ASSIGN_OR_RETURN(const HostAddresses host, HostOf(store, network));
    Append(LoadBalancerRules(load_balancer, network, backends, host), &rules);
  }
  return rules;
}

base::Result<std::vector<PlacedRule>> CompileNetworkRules(Transaction& store, const base::Guid& network) {
  std::vector<PlacedRule> rules;
  HNS_ASSIGN_OR_RETURN(const HostAddresses host, HostOf(store, network));
  for (const base::Guid& id : EndpointsOfNetwork(store, network)) {
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint, LoadEndpoint(store, id));
    Append(PortMappingRules(endpoint, host), &rules);
  }
  for (const base::Guid& home : {network, base::Guid()}) {
    for (const base::Guid& id : LoadBalancersOfNetwork(store, home)) {
      HNS_ASSIGN_OR_RETURN(const schema::LoadBalancer load_balancer, LoadLoadBalancer(store, id));
      HNS_ASSIGN_OR_RETURN(const std::vector<BackendEndpoint> backends, BackendsOf(store, load_balancer));
      Append(LoadBalancerRules(load_balancer, network, backends, host), &rules);
    }
  }
  return rules;
}

base::Result<std::vector<PlacedRule>> CompileHomelessRules(Transaction& store) {
  std::vector<PlacedRule> rules;
  for (const base::Guid& id : LoadBalancersOfNetwork(store, base::Guid())) {
    HNS_ASSIGN_OR_RETURN(const schema::LoadBalancer load_balancer, LoadLoadBalancer(store, id));
    HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> more, CompileLoadBalancer(store, load_balancer));
    Append(std::move(more), &rules);
  }
  return rules;
}

base::Result<std::vector<PortPolicy>> CompileHostDependentPorts(Transaction& store, const base::Guid& network) {
  std::vector<PortPolicy> policies;
  for (const base::Guid& id : EndpointsOfNetwork(store, network)) {
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint, LoadEndpoint(store, id));
    if (!HasPolicy(endpoint, schema::EndpointPolicyType::kOutBoundNat)) continue;
    HNS_ASSIGN_OR_RETURN(PortPolicy policy, CompilePortPolicy(store, endpoint));
    policies.push_back(std::move(policy));
  }
  return policies;
}

void RuleDiff::Before(std::vector<PlacedRule> rules) { Append(std::move(rules), &before_); }
void RuleDiff::After(std::vector<PlacedRule> rules) { Append(std::move(rules), &after_); }

void RuleDiff::MoveTo(PolicyChange* change) {
  const auto key = [](const PlacedRule& rule) { return std::tie(rule.place, rule.owner, rule.family, rule.rule.id); };
  using KeyOf = std::tuple<Place, base::Guid, base::IpFamily, std::string>;
  std::set<KeyOf> staying;
  if (!before_.empty()) {
    for (const PlacedRule& rule : after_) staying.insert(KeyOf(key(rule)));
  }
  for (PlacedRule& rule : before_) {
    if (!staying.contains(KeyOf(key(rule)))) change->remove.push_back(std::move(rule));
  }
  Append(std::move(after_), &change->set);
  before_.clear();
  after_.clear();
}

}  // namespace hns
