#include "hns/model/load_balancers.h"

#include <string>
#include <utility>

#include "hns/model/endpoint_list.h"
#include "hns/model/endpoint_policies.h"
#include "hns/model/limits.h"
#include "hns/model/names.h"
#include "hns/model/version_gates.h"

namespace hns {

namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;

base::Error Invalid(std::string detail) {
  return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, std::move(detail));
}

Key FrontendKey(const schema::LoadBalancerPortMapping& mapping, const base::IpAddress* vip) {
  Key key;
  key.AddByte(mapping.protocol).AddPort(mapping.external_port);
  if (vip != nullptr) key.Add(*vip);
  return key;
}

template <typename Visit>
void ForEachFrontend(const schema::LoadBalancer& load_balancer, Visit visit) {
  for (const schema::LoadBalancerPortMapping& mapping : load_balancer.port_mappings) {
    if (load_balancer.frontend_vips.empty()) visit(mapping, nullptr);
    for (const base::IpAddress& vip : load_balancer.frontend_vips) visit(mapping, &vip);
  }
}

base::Status CheckMappings(const schema::LoadBalancer& wanted) {
  // kube-proxy reads PortMappings[0] of every load balancer unchecked.
  if (wanted.port_mappings.empty()) return Invalid("`PortMappings` is missing or empty");
  if (wanted.port_mappings.size() > limits::kPortMappings) {
    return Invalid("more than " + std::to_string(limits::kPortMappings) + " port mappings");
  }
  for (const schema::LoadBalancerPortMapping& mapping : wanted.port_mappings) {
    if (mapping.protocol != kTcp && mapping.protocol != kUdp) {
      return Invalid("`Protocol` is " + std::to_string(mapping.protocol) +
                     "; a load balancer carries 6 (TCP) and 17 (UDP)");
    }
    if (mapping.internal_port == 0) return base::MakeError(base::hr::HCN_E_INVALID_INTERNAL_PORT);
    if (mapping.external_port == 0) return Invalid("`ExternalPort` is missing or 0");
  }
  return {};
}

base::Status CheckFrontends(const schema::LoadBalancer& wanted) {
  if (wanted.frontend_vips.size() > limits::kFrontendVips) {
    return Invalid("more than " + std::to_string(limits::kFrontendVips) + " frontend VIPs");
  }
  for (const base::IpAddress& vip : wanted.frontend_vips) {
    if (vip.IsUnspecified() || vip.IsMulticast() || vip.IsV4Broadcast()) {
      return Invalid("the frontend VIP `" + vip.ToString() + "` is no host's address");
    }
    if (wanted.source_vip && wanted.source_vip->family != vip.family) {
      return Invalid("`SourceVIP` `" + wanted.source_vip->ToString() + "` is not of the family of the frontend VIP `" +
                     vip.ToString() + "`");
    }
  }
  if (wanted.source_vip && (wanted.source_vip->IsUnspecified() || wanted.source_vip->IsMulticast())) {
    return Invalid("`SourceVIP` is `" + wanted.source_vip->ToString() + "`, which is no host's address");
  }
  return {};
}

// All backends are of one network, which becomes the load balancer's.
base::Status CheckBackends(Transaction& store, schema::LoadBalancer* wanted) {
  HNS_ASSIGN_OR_RETURN(const base::Guid network,
                       NetworkOfAll(store, &wanted->endpoint_ids, "backends", limits::kBackendsPerLoadBalancer));
  if (!network.IsZero()) {
    wanted->network_id = network;
  } else if (!wanted->network_id.IsZero() && !FindRecord(store, Table::kNetworks, wanted->network_id)) {
    return NotFound(Table::kNetworks, wanted->network_id);
  }
  return {};
}

base::Status ClaimFrontends(Transaction& store, const schema::LoadBalancer& load_balancer) {
  base::Status status;
  ForEachFrontend(load_balancer, [&](const schema::LoadBalancerPortMapping& mapping, const base::IpAddress* vip) {
    if (!status.ok()) return;
    const Key key = FrontendKey(mapping, vip);
    const std::string text = (vip != nullptr ? vip->ToString() : "host") + " port " +
                             std::to_string(mapping.external_port) + " protocol " + std::to_string(mapping.protocol);
    if (const auto owner = store.Get(Table::kFrontends, key)) {
      status =
          base::MakeError(base::hr::ERROR_ALREADY_EXISTS,
                          "the frontend `" + text + "` belongs to load balancer `" + ReadGuid(*owner).ToString() + "`");
    } else if (vip == nullptr ? IsExternalPortMapped(store, mapping.protocol, mapping.external_port)
                              : store.Get(Table::kPortMappings, key).has_value()) {
      status = base::MakeError(base::hr::HCN_E_PORT_ALREADY_EXISTS, "a port mapping has `" + text + "`");
    } else {
      store.Put(Table::kFrontends, key, Key(load_balancer.id));
    }
  });
  return status;
}

base::Result<schema::LoadBalancer> Add(Context& context, schema::LoadBalancer wanted) {
  HNS_RETURN_IF_ERROR(CheckVersion(context.profile.version, wanted));
  HNS_RETURN_IF_ERROR(CheckNames(wanted, base::hr::ERROR_INVALID_PARAMETER));
  HNS_RETURN_IF_ERROR(CheckMappings(wanted));
  HNS_RETURN_IF_ERROR(CheckFrontends(wanted));
  HNS_RETURN_IF_ERROR(CheckBackends(context.store, &wanted));
  HNS_RETURN_IF_ERROR(ClaimFrontends(context.store, wanted));
  FillBase(context, &wanted);
  wanted.state = 2;  // As v1 policy lists show it. Unverified: v2.
  context.store.Put(Table::kNetworkLoadBalancers, Key(wanted.network_id).Add(wanted.id), {});
  for (const base::Guid& endpoint : wanted.endpoint_ids) {
    context.store.Put(Table::kBackendLoadBalancers, Key(endpoint).Add(wanted.id), {});
  }
  SaveLoadBalancer(context.store, wanted);
  return wanted;
}

void RemoveIndexes(Transaction& store, const schema::LoadBalancer& load_balancer) {
  ForEachFrontend(load_balancer, [&](const schema::LoadBalancerPortMapping& mapping, const base::IpAddress* vip) {
    store.Erase(Table::kFrontends, FrontendKey(mapping, vip));
  });
  store.Erase(Table::kNetworkLoadBalancers, Key(load_balancer.network_id).Add(load_balancer.id));
  for (const base::Guid& endpoint : load_balancer.endpoint_ids) {
    store.Erase(Table::kBackendLoadBalancers, Key(endpoint).Add(load_balancer.id));
  }
}

}  // namespace

base::Result<schema::LoadBalancer> CreateLoadBalancer(Context& context, const base::Guid& id,
                                                      schema::LoadBalancer wanted) {
  HNS_RETURN_IF_ERROR(ChooseId(context, Table::kLoadBalancers, id, &wanted));
  return Add(context, std::move(wanted));
}

base::Result<schema::LoadBalancer> ReplaceLoadBalancer(Context& context, const schema::LoadBalancer& old,
                                                       schema::LoadBalancer wanted) {
  RemoveIndexes(context.store, old);
  wanted.id = old.id;
  return Add(context, std::move(wanted));
}

void RemoveLoadBalancer(Transaction& store, const schema::LoadBalancer& load_balancer) {
  RemoveIndexes(store, load_balancer);
  store.Erase(Table::kLoadBalancers, Key(load_balancer.id));
}

schema::LoadBalancer DropBackend(Transaction& store, schema::LoadBalancer load_balancer, const base::Guid& endpoint) {
  std::erase(load_balancer.endpoint_ids, endpoint);
  store.Erase(Table::kBackendLoadBalancers, Key(endpoint).Add(load_balancer.id));
  SaveLoadBalancer(store, load_balancer);
  return load_balancer;
}

schema::LoadBalancer DropNetwork(Transaction& store, schema::LoadBalancer load_balancer) {
  store.Erase(Table::kNetworkLoadBalancers, Key(load_balancer.network_id).Add(load_balancer.id));
  load_balancer.network_id = {};
  store.Put(Table::kNetworkLoadBalancers, Key(load_balancer.network_id).Add(load_balancer.id), {});
  SaveLoadBalancer(store, load_balancer);
  return load_balancer;
}

std::vector<base::Guid> LoadBalancersOfNetwork(Transaction& store, const base::Guid& network) {
  return SecondIds(store, Table::kNetworkLoadBalancers, network);
}

std::vector<base::Guid> LoadBalancersOfBackend(Transaction& store, const base::Guid& endpoint) {
  return SecondIds(store, Table::kBackendLoadBalancers, endpoint);
}

}  // namespace hns
