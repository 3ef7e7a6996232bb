// The switch's policy: names of objects become the engine's numbers.
#include <array>
#include <initializer_list>
#include <utility>

#include "hns/program/layers.h"
#include "hns/program/switch.h"

namespace hns {

namespace {

vfp::LayerSpec Layer(const LayerPlace& place) {
  vfp::LayerSpec layer;
  layer.id = std::string(place.name);
  layer.priority = place.priority;
  return layer;
}

void AddPairs(std::initializer_list<const std::array<vfp::SharedGroupId, 2>*> pairs, vfp::LayerSpec* layer) {
  for (const auto* pair : pairs) layer->shared_groups.insert(layer->shared_groups.end(), pair->begin(), pair->end());
}

}  // namespace

base::Status Switch::Apply(PolicyChange change) {
  vfp::ChangeSet set;
  for (PlacedRule& rule : change.remove) {
    if (const auto group = GroupOf(rule)) set.remove_shared_rules.push_back({*group, std::move(rule.rule.id)});
  }
  set.set_shared_rules.reserve(change.set.size());
  for (PlacedRule& rule : change.set) {
    if (rule.place == Place::kNatIn) HNS_RETURN_IF_ERROR(MakeNatGroup(rule));
    if (const auto group = GroupOf(rule)) set.set_shared_rules.push_back({*group, std::move(rule.rule)});
  }
  // After the groups above were made, which these layers refer to.
  for (PortPolicy& policy : change.ports) {
    AddPortPolicy(std::move(policy), &set);
  }
  set.remotes = std::move(change.remotes);
  if (set.remove_shared_rules.empty() && set.set_shared_rules.empty() && set.set_port_layers.empty() &&
      set.remotes.empty()) {
    return {};
  }
  return engine_.Commit(std::move(set));
}

std::optional<vfp::SharedGroupId> Switch::GroupOf(const PlacedRule& rule) const {
  const std::size_t family = FamilyIndex(rule.family);
  if (rule.place == Place::kNatIn) {
    const auto it = endpoints_.find(rule.owner);
    return it == endpoints_.end() ? std::nullopt : it->second.nat[family];
  }
  const NetworkPorts* ports = FindNetwork(rule.owner);
  if (ports == nullptr) return std::nullopt;
  switch (rule.place) {
    case Place::kDsrOut: return ports->dsr[family];
    case Place::kHairpinIn: return ports->hairpin[family];
    case Place::kNetworkAclIn: return ports->acl_in[family];
    case Place::kNetworkAclOut: return ports->acl_out[family];
    case Place::kNetworkAclHostIn: return ports->acl_host_in[family];
    case Place::kNetworkAclHostOut: return ports->acl_host_out[family];
    default: return ports->balance[family];
  }
}

base::Status Switch::MakeNatGroup(const PlacedRule& rule) {
  const auto it = endpoints_.find(rule.owner);
  if (it == endpoints_.end() || it->second.nat[FamilyIndex(rule.family)]) return {};
  const NetworkPorts* ports = FindNetwork(it->second.network);
  if (ports == nullptr) return {};
  vfp::GroupSpec spec;
  spec.id = GroupName("SLB_GROUP_NAT", "IPv", rule.family, vfp::Direction::kInbound);
  spec.direction = vfp::Direction::kInbound;
  spec.family = rule.family;
  HNS_ASSIGN_OR_RETURN(it->second.nat[FamilyIndex(rule.family)],
                       engine_.AddSharedGroup(ports->segment, std::move(spec)));
  return {};
}

void Switch::AddPortPolicy(PortPolicy policy, vfp::ChangeSet* change) const {
  const vfp::PortShaping shaping = policy.shaping;
  std::vector<vfp::PortRoute> routes = std::move(policy.routes);
  auto layers = LayersOf(std::move(policy));
  if (!layers) return;
  change->set_shaping.push_back({layers->port, shaping});
  change->set_routes.push_back({layers->port, std::move(routes)});
  change->set_port_layers.push_back(*std::move(layers));
}

std::optional<vfp::ChangeSet::PortLayers> Switch::LayersOf(PortPolicy policy) const {
  const auto endpoint = endpoints_.find(policy.owner);
  const bool is_endpoint = endpoint != endpoints_.end();
  const NetworkPorts* ports = FindNetwork(is_endpoint ? endpoint->second.network : policy.owner);
  if (ports == nullptr) return std::nullopt;
  const bool is_host_port = !is_endpoint || endpoint->second.own == vfp::kNoPort;

  vfp::ChangeSet::PortLayers result;
  result.port = is_host_port ? ports->host : endpoint->second.own;
  result.layers = std::move(policy.acl);
  if (policy.network_acl.host) {
    vfp::LayerSpec acl = Layer(kNetworkAclHostLayer);
    acl.default_allow = policy.network_acl.port;  // As an endpoint's own: acl.h.
    AddPairs({&ports->acl_host_in, &ports->acl_host_out}, &acl);
    result.layers.push_back(std::move(acl));
  }
  if (policy.network_acl.port) {
    vfp::LayerSpec acl = Layer(kNetworkAclLayer);
    acl.default_allow = false;
    AddPairs({&ports->acl_in, &ports->acl_out}, &acl);
    result.layers.push_back(std::move(acl));
  }
  if (!is_host_port) {
    vfp::LayerSpec dsr = Layer(kDsrLayer);
    dsr.shared_groups.assign(ports->dsr.begin(), ports->dsr.end());
    result.layers.push_back(std::move(dsr));
  }
  vfp::LayerSpec nat = Layer(kNatLayer);
  nat.groups = std::move(policy.nat_out);
  if (is_endpoint) {
    for (const auto& group : endpoint->second.nat) {
      if (group) nat.shared_groups.push_back(*group);
    }
  }
  if (!nat.groups.empty() || !nat.shared_groups.empty()) result.layers.push_back(std::move(nat));
  if (is_host_port) {
    vfp::LayerSpec hairpin = Layer(kHairpinLayer);
    hairpin.shared_groups.assign(ports->hairpin.begin(), ports->hairpin.end());
    result.layers.push_back(std::move(hairpin));
    vfp::LayerSpec balance = Layer(kBalanceLayer);
    balance.shared_groups.assign(ports->balance.begin(), ports->balance.end());
    result.layers.push_back(std::move(balance));
  }
  return result;
}

}  // namespace hns
