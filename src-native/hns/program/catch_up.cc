#include "hns/program/catch_up.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include "hns/model/address_sets.h"
#include "hns/model/endpoints.h"
#include "hns/model/load_balancers.h"
#include "hns/model/namespaces.h"
#include "hns/program/network_acl.h"
#include "hns/program/overlay.h"

namespace hns {

namespace {

// What cannot be read counts as not there.
template <typename T>
std::optional<T> Found(base::Result<std::optional<T>> found) {
  return found.ok() ? std::move(found).value() : std::nullopt;
}
std::optional<schema::Endpoint> EndpointIn(Transaction& store, const base::Guid& id) {
  return Found(FindEndpoint(store, id));
}
std::optional<schema::Network> NetworkIn(Transaction& store, const base::Guid& id) {
  return Found(FindNetwork(store, id));
}

bool IsThere(Transaction& store, Table table, const base::Guid& id) { return FindRecord(store, table, id).has_value(); }

void Append(base::Result<std::vector<PlacedRule>> rules, std::vector<PlacedRule>* out) {
  if (!rules.ok()) return;
  out->insert(out->end(), std::make_move_iterator(rules->begin()), std::make_move_iterator(rules->end()));
}

// A rule may be reached through its network and through its load balancer.
void DropRepeated(std::vector<PlacedRule>* rules) {
  std::set<std::tuple<Place, base::Guid, base::IpFamily, vfp::Text>> seen;
  std::erase_if(*rules, [&](const PlacedRule& rule) {
    return !seen.emplace(rule.place, rule.owner, rule.family, rule.rule.id).second;
  });
}

// Where a local endpoint is; nullopt when it is in no namespace.
struct Seat {
  base::Guid compartment;
  bool is_host = false;
  bool operator==(const Seat&) const = default;
};
std::optional<Seat> SeatOf(Transaction& store, const schema::Endpoint& endpoint) {
  if (endpoint.namespace_id.IsZero()) return std::nullopt;
  const auto name_space = Found(FindNamespace(store, endpoint.namespace_id));
  if (!name_space) return std::nullopt;
  return Seat{CompartmentOf(store, *name_space), IsHostCompartment(*name_space)};
}

}  // namespace

void CatchUp::Run(const std::set<std::pair<Table, base::Guid>>& objects) {
  Sort(objects);
  CollectRules();
  TakeAway();
  Bring();
  SetPolicy();
}

void CatchUp::Sort(const std::set<std::pair<Table, base::Guid>>& objects) {
  for (const auto& [table, id] : objects) {
    switch (table) {
      case Table::kNetworks: networks_.insert(id); break;
      case Table::kEndpoints: endpoints_.insert(id); break;
      case Table::kNamespaces: namespaces_.insert(id); break;
      case Table::kLoadBalancers: load_balancers_.insert(id); break;
      case Table::kSdnRoutes:
        for (Transaction* store : {&before_, &after_}) {
          const auto route = Found(FindSdnRoute(*store, id));
          if (route) ports_set_.insert(route->endpoint_ids.begin(), route->endpoint_ids.end());
        }
        break;
      default: break;  // Programs nothing.
    }
  }
  // An endpoint goes with its network, also when another network got its id.
  for (const base::Guid& network : networks_) {
    if (!IsGone(Table::kNetworks, network)) continue;
    for (const base::Guid& endpoint : EndpointsOfNetwork(before_, network)) endpoints_.insert(endpoint);
  }
  host_changed_ = networks_;
  for (Transaction* store : {&before_, &after_}) {
    for (const base::Guid& id : endpoints_) {
      const auto endpoint = EndpointIn(*store, id);
      if (!endpoint) continue;
      for (const base::Guid& balancer : LoadBalancersOfBackend(*store, id)) load_balancers_.insert(balancer);
      const auto seat = SeatOf(*store, *endpoint);
      if (seat && seat->is_host) host_changed_.insert(endpoint->network_id);
    }
  }
}

void CatchUp::CollectRules(Context& context, std::vector<PlacedRule>* rules) {
  Transaction& store = context.store;
  for (const base::Guid& id : host_changed_) {
    if (IsThere(store, Table::kNetworks, id)) Append(CompileNetworkRules(context, id), rules);
  }
  for (const base::Guid& id : load_balancers_) {
    const auto balancer = Found(FindLoadBalancer(store, id));
    if (balancer && !host_changed_.contains(balancer->network_id))
      Append(CompileLoadBalancer(context, *balancer), rules);
  }
  for (const base::Guid& id : endpoints_) {
    const auto endpoint = EndpointIn(store, id);
    if (!endpoint || IsRemote(*endpoint) || host_changed_.contains(endpoint->network_id)) continue;
    Append(CompilePortMappings(store, *endpoint), rules);
  }
  DropRepeated(rules);
}

void CatchUp::CollectRules() {
  std::vector<PlacedRule> was, is;
  CollectRules(before_context_, &was);
  CollectRules(after_context_, &is);
  // What stood at a network or endpoint that is gone goes with it, and is not
  // there already when another one has its id now.
  std::erase_if(was, [&](const PlacedRule& rule) {
    return IsGone(rule.place == Place::kNatIn ? Table::kEndpoints : Table::kNetworks, rule.owner);
  });
  rules_.Before(std::move(was));
  rules_.After(std::move(is));
  rules_.MoveTo(&policy_);
  // ACLs go in one step with those that come: a packet meets the old or the new.
  const auto acls = std::partition(policy_.remove.begin(), policy_.remove.end(),
                                   [](const PlacedRule& rule) { return !IsNetworkAcl(rule.place); });
  removals_.remove.assign(std::make_move_iterator(policy_.remove.begin()), std::make_move_iterator(acls));
  policy_.remove.erase(policy_.remove.begin(), acls);
}

void CatchUp::TakeAway() {
  for (const base::Guid& id : endpoints_) {
    const auto was = EndpointIn(before_, id);
    if (!was || !IsRemote(*was)) continue;
    if (const auto segment = ports_.SegmentOf(was->network_id)) {
      for (vfp::RemoteAddress& remote : RemotesOf(*was)) {
        removals_.remotes.push_back({*segment, std::move(remote), /*remove=*/true});
      }
    }
  }
  (void)ports_.Apply(std::move(removals_));

  for (const base::Guid& id : endpoints_) {
    const auto was = EndpointIn(before_, id);
    if (!was || IsRemote(*was)) continue;
    const auto is = EndpointIn(after_, id);
    const bool gone = IsGone(Table::kEndpoints, id) || IsGone(Table::kNetworks, was->network_id);
    if (gone || !is || SeatOf(before_, *was) != SeatOf(after_, *is)) Leave(*was);
    if (gone) ports_.RemoveEndpoint(id);
  }
  for (const base::Guid& id : networks_) {
    if (IsGone(Table::kNetworks, id)) ports_.RemoveNetwork(id);
  }
  for (const base::Guid& id : namespaces_) {
    const auto was = Found(FindNamespace(before_, id));
    if (was && IsGone(Table::kNamespaces, id) && !IsHostCompartment(*was)) ports_.RemoveCompartment(id);
  }
}

void CatchUp::Leave(const schema::Endpoint& was) {
  if (!ports_.IsInHost(was.id)) {
    ports_.Detach(was.id);
    return;
  }
  (void)Try([&](Undo* undo) -> base::Status {
    HNS_RETURN_IF_ERROR(ports_.PrepareMoveFromHost(was, undo));
    return ports_.MoveFromHost(was);
  });
  // The layers of a host port without an endpoint, should its network stay.
  if (!IsGone(Table::kNetworks, was.network_id)) {
    policy_.ports.push_back({.owner = was.network_id, .acl = {}, .nat_out = {}});
  }
}

void CatchUp::Bring() {
  for (const base::Guid& id : namespaces_) {
    const auto is = Found(FindNamespace(after_, id));
    const bool is_new = !IsThere(before_, Table::kNamespaces, id) || IsGone(Table::kNamespaces, id);
    if (!is || !is_new) continue;
    const bool is_host = id == HostNamespace(after_);
    if (IsHostCompartment(*is) && !is_host) continue;
    (void)Try([&](Undo* undo) { return ports_.AddCompartment(id, is_host, undo); });
  }
  for (const base::Guid& id : networks_) BringNetwork(id);
  for (const base::Guid& id : endpoints_) BringEndpoint(id);
}

void CatchUp::BringNetwork(const base::Guid& id) {
  const auto is = NetworkIn(after_, id);
  if (!is) return;
  const auto was = IsGone(Table::kNetworks, id) ? std::nullopt : NetworkIn(before_, id);
  (void)Try([&](Undo* undo) {
    return was && ports_.SegmentOf(id) ? ports_.UpdateNetwork(*was, *is, undo) : ports_.AddNetwork(*is, undo);
  });
}

void CatchUp::BringEndpoint(const base::Guid& id) {
  const auto is = EndpointIn(after_, id);
  if (!is) return;
  if (IsRemote(*is)) {
    if (const auto segment = ports_.SegmentOf(is->network_id)) {
      for (vfp::RemoteAddress& remote : RemotesOf(*is)) {
        policy_.remotes.push_back({*segment, std::move(remote)});
      }
    }
    return;
  }
  const auto was = EndpointIn(before_, id);
  const auto seat = SeatOf(after_, *is);
  if (was && ports_.HasEndpoint(id)) {
    const bool stays = SeatOf(before_, *was) == seat;
    (void)Try([&](Undo* undo) {
      const auto compartment = stays && seat ? std::optional(seat->compartment) : std::nullopt;
      return ports_.UpdateEndpoint(*was, *is, compartment, undo);
    });
    if (!stays && seat) Join(*is);
  } else {
    const bool added = Try([&](Undo* undo) -> base::Status {
      HNS_ASSIGN_OR_RETURN(PortPolicy policy, CompilePortPolicy(after_context_, *is));
      return ports_.AddEndpoint(*is, std::move(policy), undo);
    });
    if (added && seat) Join(*is);
  }
  ports_set_.insert(id);
}

void CatchUp::Join(const schema::Endpoint& endpoint) {
  const auto seat = SeatOf(after_, endpoint);
  const bool attached =
      Try([&](Undo* undo) { return ports_.Attach(endpoint, seat->compartment, seat->is_host, undo); });
  if (attached && seat->is_host) (void)ports_.MoveToHost(endpoint);
}

void CatchUp::SetPolicy() {
  for (const base::Guid& id : host_changed_) {
    auto dependents = CompileHostDependentPorts(after_context_, id);
    if (!dependents.ok()) continue;
    for (const PortPolicy& port : *dependents) ports_set_.insert(port.owner);
  }
  for (const base::Guid& id : networks_) {
    const auto was = NetworkIn(before_, id);
    const auto is = NetworkIn(after_, id);
    if (!was || !is) continue;
    if (NetworkAclStagesOf(*was) == NetworkAclStagesOf(*is) && HaveSameSets(*was, *is)) continue;
    for (const base::Guid& endpoint : EndpointsOfNetwork(after_, id)) ports_set_.insert(endpoint);
  }
  // Who gets its first rule of SLB_NAT_LAYER inbound gets the layer, too.
  for (const PlacedRule& rule : policy_.set) {
    if (rule.place == Place::kNatIn && !ports_.HasNatGroup(rule.owner, rule.family)) ports_set_.insert(rule.owner);
  }
  for (const base::Guid& id : ports_set_) SetPort(id);
  (void)ports_.Apply(std::move(policy_));
}

void CatchUp::SetPort(const base::Guid& id) {
  const auto endpoint = EndpointIn(after_, id);
  if (!endpoint || !ports_.HasEndpoint(id)) return;
  auto policy = CompilePortPolicy(after_context_, *endpoint, &routes_);
  if (policy.ok()) policy_.ports.push_back(std::move(policy).value());
}

bool CatchUp::IsGone(Table table, const base::Guid& id) {
  const auto was = FindRecord(before_, table, id);
  if (!was) return false;
  const auto is = FindRecord(after_, table, id);
  return !is || is->incarnation != was->incarnation;
}

bool CatchUp::Try(const std::function<base::Status(Undo*)>& step) {
  Undo undo;
  if (!step(&undo).ok()) return false;
  undo.Forget();
  return true;
}

}  // namespace hns
