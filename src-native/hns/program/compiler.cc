#include "hns/program/compiler.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "hns/model/address_sets.h"
#include "hns/model/endpoint_policies.h"
#include "hns/model/endpoints.h"
#include "hns/model/load_balancers.h"
#include "hns/model/network_cache.h"
#include "hns/model/records.h"
#include "hns/program/acl.h"
#include "hns/program/layers.h"
#include "hns/program/load_balancer.h"
#include "hns/program/network_acl.h"
#include "hns/program/outbound_nat.h"
#include "hns/program/port_mapping.h"
#include "hns/program/routes.h"

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

base::Result<HostAddresses> HostOf(Context& context, const base::Guid& network) {
  HNS_ASSIGN_OR_RETURN(const auto loaded, context.networks.Load(context.store, network));
  return HostAddressesOf(context.store, *loaded);
}

base::Result<std::vector<BackendEndpoint>> BackendsOf(Transaction& store, const schema::LoadBalancer& load_balancer) {
  std::vector<BackendEndpoint> backends;
  backends.reserve(load_balancer.endpoint_ids.size());
  for (const base::Guid& id : load_balancer.endpoint_ids) {
    HNS_ASSIGN_OR_RETURN(BackendEndpoint backend, LoadBackend(store, id));
    backends.push_back(std::move(backend));
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

// What a rule is called, over all groups.
struct RuleName {
  Place place;
  base::Guid owner;
  base::IpFamily family;
  std::string_view id;
  bool operator==(const RuleName&) const = default;
};
struct RuleNameHash {
  std::size_t operator()(const RuleName& name) const {
    const std::size_t where = static_cast<std::size_t>(name.place) << 8 | static_cast<std::size_t>(name.family);
    return std::hash<std::string_view>()(name.id) ^ (base::GuidHash()(name.owner) + where) * 0x9e3779b97f4a7c15;
  }
};
RuleName NameOf(const PlacedRule& rule) { return {rule.place, rule.owner, rule.family, rule.rule.id}; }

void Append(std::vector<PlacedRule> rules, std::vector<PlacedRule>* out) {
  out->insert(out->end(), std::make_move_iterator(rules.begin()), std::make_move_iterator(rules.end()));
}

template <typename Wanted>
base::Result<std::vector<PortPolicy>> CompilePortsWhere(Context& context, const base::Guid& network, Wanted wanted) {
  std::vector<PortPolicy> policies;
  for (const base::Guid& id : EndpointsOfNetwork(context.store, network)) {
    HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint, LoadEndpoint(context.store, id));
    if (!wanted(endpoint)) continue;
    HNS_ASSIGN_OR_RETURN(PortPolicy policy, CompilePortPolicy(context, endpoint));
    policies.push_back(std::move(policy));
  }
  return policies;
}

}  // namespace

base::Result<PortPolicy> CompilePortPolicy(Context& context, const schema::Endpoint& endpoint) {
  RouteMemo memo;
  return CompilePortPolicy(context, endpoint, &memo);
}

base::Result<PortPolicy> CompilePortPolicy(Context& context, const schema::Endpoint& endpoint, RouteMemo* memo) {
  HNS_ASSIGN_OR_RETURN(const auto network, context.networks.Load(context.store, endpoint.network_id));
  PortPolicy policy;
  policy.owner = endpoint.id;
  policy.acl = AclLayers(endpoint, AddressSets(*network));
  policy.network_acl = NetworkAclStagesOf(*network);
  HNS_ASSIGN_OR_RETURN(policy.routes, RoutesOf(context.store, *network, endpoint, memo));
  policy.shaping = ShapingOf(endpoint);
  if (!HasPolicy(endpoint, schema::EndpointPolicyType::kOutBoundNat)) return policy;
  HNS_ASSIGN_OR_RETURN(const HostAddresses host, HostAddressesOf(context.store, *network));
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

base::Result<std::vector<PlacedRule>> CompileLoadBalancer(Context& context, const schema::LoadBalancer& load_balancer) {
  HNS_ASSIGN_OR_RETURN(const std::vector<BackendEndpoint> backends, BackendsOf(context.store, load_balancer));
  std::vector<base::Guid> networks = {load_balancer.network_id};
  if (load_balancer.network_id.IsZero()) networks = AllNetworks(context.store);
  std::vector<PlacedRule> rules;
  for (const base::Guid& network : networks) {
    HNS_ASSIGN_OR_RETURN(const HostAddresses host, HostOf(context, network));
    Append(LoadBalancerRules(load_balancer, network, backends, host), &rules);
  }
  return rules;
}

base::Result<std::vector<PlacedRule>> CompileNetworkRules(Context& context, const base::Guid& network) {
  Transaction& store = context.store;
  std::vector<PlacedRule> rules;
  HNS_ASSIGN_OR_RETURN(const auto loaded, context.networks.Load(store, network));
  Append(NetworkAclRules(*loaded), &rules);
  HNS_ASSIGN_OR_RETURN(const HostAddresses host, HostAddressesOf(store, *loaded));
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

base::Result<std::vector<PlacedRule>> CompileHomelessRules(Context& context) {
  std::vector<PlacedRule> rules;
  for (const base::Guid& id : LoadBalancersOfNetwork(context.store, base::Guid())) {
    HNS_ASSIGN_OR_RETURN(const schema::LoadBalancer load_balancer, LoadLoadBalancer(context.store, id));
    HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> more, CompileLoadBalancer(context, load_balancer));
    Append(std::move(more), &rules);
  }
  return rules;
}

base::Result<std::vector<PortPolicy>> CompileHostDependentPorts(Context& context, const base::Guid& network) {
  return CompilePortsWhere(context, network, [](const schema::Endpoint& endpoint) {
    return HasPolicy(endpoint, schema::EndpointPolicyType::kOutBoundNat);
  });
}

base::Result<std::vector<PortPolicy>> CompileSetDependentPorts(Context& context, const base::Guid& network) {
  return CompilePortsWhere(context, network,
                           [](const schema::Endpoint& endpoint) { return !IsRemote(endpoint) && NamesSets(endpoint); });
}

base::Result<std::vector<PortPolicy>> CompilePorts(Context& context, const base::Guid& network) {
  return CompilePortsWhere(context, network, [](const schema::Endpoint& endpoint) { return !IsRemote(endpoint); });
}

void RuleDiff::Before(std::vector<PlacedRule> rules) { Append(std::move(rules), &before_); }
void RuleDiff::After(std::vector<PlacedRule> rules) {
  is_one_step_ = after_.empty() && !rules.empty();
  if (is_one_step_) {
    after_ = std::move(rules);
  } else {
    Append(std::move(rules), &after_);
  }
}

void RuleDiff::MoveTo(PolicyChange* change) {
  // What comes newly, and only once, needs no comparing.
  if (before_.empty() && is_one_step_ && change->set.empty()) {
    change->set = std::exchange(after_, {});
    return;
  }
  // Views of what stands in the lists, where nothing moves until all are asked.
  // Of a rule that several steps of one call speak about, the first "before" and
  // the last "after" count.
  std::unordered_map<RuleName, std::size_t, RuleNameHash> last;
  for (std::size_t i = 0; i < after_.size(); ++i) last.insert_or_assign(NameOf(after_[i]), i);
  std::unordered_set<RuleName, RuleNameHash> seen;
  std::vector<bool> gone(before_.size()), passed_over(after_.size());
  for (std::size_t i = 0; i < before_.size(); ++i) {
    const RuleName name = NameOf(before_[i]);
    if (!seen.insert(name).second) continue;
    const auto stays = last.find(name);
    gone[i] = stays == last.end();
    if (!gone[i]) passed_over[stays->second] = before_[i].rule == after_[stays->second].rule;
  }
  for (std::size_t i = 0; i < after_.size(); ++i) {
    if (last.find(NameOf(after_[i]))->second != i) passed_over[i] = true;
  }
  for (std::size_t i = 0; i < before_.size(); ++i) {
    if (gone[i]) change->remove.push_back(std::move(before_[i]));
  }
  for (std::size_t i = 0; i < after_.size(); ++i) {
    if (!passed_over[i]) change->set.push_back(std::move(after_[i]));
  }
  before_.clear();
  after_.clear();
}

}  // namespace hns
