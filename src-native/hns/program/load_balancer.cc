#include "hns/program/load_balancer.h"

#include <optional>
#include <string>
#include <utility>

#include "hns/program/layers.h"

namespace hns {

namespace {

std::optional<base::IpAddress> AddressOf(const BackendEndpoint& backend, base::IpFamily family) {
  for (const base::IpAddress& address : backend.addresses) {
    if (address.family == family) return address;
  }
  return std::nullopt;
}

vfp::Affinity AffinityOf(schema::DistributionType type) {
  switch (type) {
    case schema::DistributionType::kSourceIpProtocol: return vfp::Affinity::kSourceAddressAndProtocol;
    case schema::DistributionType::kSourceIp: return vfp::Affinity::kSourceAddress;
    case schema::DistributionType::kNone: break;
  }
  return vfp::Affinity::kFiveTuple;
}

// What clients connect to: one VIP, or the host's own addresses.
struct Frontend {
  std::string name;
  base::IpFamily family;
  vfp::List<base::IpPrefix> addresses;
};

// One port of a frontend: what its rules have in common.
struct FrontendPort {
  const Frontend& frontend;
  const schema::LoadBalancerPortMapping& mapping;
  std::string name;
  vfp::Conditions conditions;
};

class Builder {
 public:
  Builder(const schema::LoadBalancer& load_balancer, const base::Guid& network,
          const std::vector<BackendEndpoint>& backends, const HostAddresses& host)
      : load_balancer_(load_balancer),
        id_(load_balancer.id.ToString()),
        network_(network),
        backends_(backends),
        host_(host) {}

  std::vector<PlacedRule> Run() {
    for (const base::IpAddress& vip : load_balancer_.frontend_vips) {
      AddFrontend({vip.ToString(), vip.family, {base::IpPrefix::Host(vip)}});
    }
    if (load_balancer_.frontend_vips.empty()) {
      const bool is_v6 = (load_balancer_.flags & schema::load_balancer_flags::kIpv6) != 0;
      const base::IpFamily family = is_v6 ? base::IpFamily::kIpv6 : base::IpFamily::kIpv4;
      // None yet: nobody can call.
      if (auto addresses = host_.Prefixes(family); !addresses.empty()) {
        AddFrontend({"NODEPORT", family, std::move(addresses)});
      }
    }
    return std::move(rules_);
  }

 private:
  void AddFrontend(const Frontend& frontend) {
    const bool is_dsr = (load_balancer_.flags & schema::load_balancer_flags::kEnableDirectServerReturn) != 0;
    const bool has_source = load_balancer_.source_vip && load_balancer_.source_vip->family == frontend.family;
    for (const schema::LoadBalancerPortMapping& mapping : load_balancer_.port_mappings) {
      const FrontendPort port = PortOf(frontend, mapping);
      if (!is_dsr && has_source) {
        AddProxied(port);
      } else {
        AddDirect(port);
      }
    }
  }

  FrontendPort PortOf(const Frontend& frontend, const schema::LoadBalancerPortMapping& mapping) const {
    FrontendPort port{frontend, mapping, {}, {}};
    port.name = "_" + id_ + "_" + frontend.name + "_" + std::to_string(mapping.external_port) + "_" +
                std::to_string(mapping.internal_port) + "_" + std::to_string(mapping.protocol);
    port.conditions.protocols = {mapping.protocol};
    port.conditions.destinations = frontend.addresses;
    port.conditions.destination_ports = {{mapping.external_port, mapping.external_port}};
    return port;
  }

  // Through the host's port, from the SourceVIP.
  void AddProxied(const FrontendPort& port) {
    AddHairpin(port);
    vfp::Rule rule = NewRule("LB", port);
    rule.action = Balance(port, /*local_only=*/false, load_balancer_.source_vip, Keeps(port.mapping));
    Put(Place::kBalanceOut, network_, port, std::move(rule));
  }

  // At the client's port; from outside, at the host's and the backend's.
  void AddDirect(const FrontendPort& port) {
    // A backend on another host cannot turn the VIP into itself, so backends
    // here go first, and where there is none the destination is rewritten.
    // Unverified: which one Windows takes.
    const bool any_local = HasLocal(port.frontend.family);
    const bool keeps = Keeps(port.mapping);
    const bool to_backends = any_local && !keeps;
    rules_.reserve(rules_.size() + 4 + (to_backends ? backends_.size() : 0));

    vfp::Rule client = NewRule("LB_DSR", port);
    client.action = Balance(port, false, std::nullopt, keeps);
    // The host is a client, too; its port is this one.
    if (auto sources = HostSources(port.frontend.family); !sources.empty()) {
      vfp::Rule from_host = NewRule("LB_HOST", port);
      from_host.priority = kBalanceFromHostPriority;
      from_host.conditions.sources = std::move(sources);
      from_host.action = client.action;
      Put(Place::kBalanceOut, network_, port, std::move(from_host));
    }
    Put(Place::kDsrOut, network_, port, std::move(client));

    AddHairpin(port);
    vfp::Rule from_outside = NewRule("LB", port);
    from_outside.action = Balance(port, any_local, std::nullopt, any_local || keeps);
    Put(Place::kBalanceOut, network_, port, std::move(from_outside));
    if (!to_backends) return;
    // They differ in the address alone, and share the rest.
    const vfp::Rule to_backend = NewRule("NAT", port);
    for (const BackendEndpoint& backend : backends_) {
      const auto address = AddressOf(backend, port.frontend.family);
      if (!backend.is_local || !address) continue;
      vfp::Rule nat = to_backend;
      nat.action = vfp::StaticNat{false, *address, port.mapping.internal_port};
      Put(Place::kNatIn, backend.id, port, std::move(nat));
    }
  }

  void AddHairpin(const FrontendPort& port) { Put(Place::kHairpinIn, network_, port, NewRule("HairPin", port)); }

  static bool Keeps(const schema::LoadBalancerPortMapping& mapping) {
    constexpr std::uint32_t kKeep =
        schema::port_mapping_flags::kEnablePreserveDip | schema::port_mapping_flags::kUseMux;
    return (mapping.flags & kKeep) != 0;
  }

  bool HasLocal(base::IpFamily family) const {
    for (const BackendEndpoint& backend : backends_) {
      if (backend.is_local && AddressOf(backend, family)) return true;
    }
    return false;
  }

  vfp::List<base::IpPrefix> HostSources(base::IpFamily family) const {
    vfp::List<base::IpPrefix> sources;
    for (const base::IpAddress& address : host_.endpoint) {
      if (address.family == family) sources.push_back(base::IpPrefix::Host(address));
    }
    return sources;
  }

  vfp::LoadBalance Balance(const FrontendPort& port, bool local_only, std::optional<base::IpAddress> source,
                           bool preserve) const {
    std::vector<vfp::Backend> backends;
    backends.reserve(backends_.size());
    for (const BackendEndpoint& backend : backends_) {
      if (local_only && !backend.is_local) continue;
      if (const auto address = AddressOf(backend, port.frontend.family)) {
        backends.push_back({*address, port.mapping.internal_port});
      }
    }
    vfp::LoadBalance balance;
    balance.backends = backends;
    balance.affinity = AffinityOf(port.mapping.distribution);
    balance.source_address = preserve ? std::nullopt : source;
    balance.preserve_destination = preserve;
    return balance;
  }

  // The id names what the rule is about, not its backends: connections keep
  // theirs when others come and go.
  vfp::Rule NewRule(const char* kind, const FrontendPort& port) const {
    vfp::Rule rule;
    rule.id = rule.name = kind + port.name;
    rule.priority = kBalancePriority;
    rule.flags = kStatefulTerminating;
    rule.conditions = port.conditions;
    return rule;
  }

  void Put(Place place, const base::Guid& owner, const FrontendPort& port, vfp::Rule rule) {
    rules_.push_back({place, owner, port.frontend.family, std::move(rule)});
  }

  const schema::LoadBalancer& load_balancer_;
  const std::string id_;
  const base::Guid network_;
  const std::vector<BackendEndpoint>& backends_;
  const HostAddresses& host_;
  std::vector<PlacedRule> rules_;
};

}  // namespace

std::vector<PlacedRule> LoadBalancerRules(const schema::LoadBalancer& load_balancer, const base::Guid& network,
                                          const std::vector<BackendEndpoint>& backends, const HostAddresses& host) {
  return Builder(load_balancer, network, backends, host).Run();
}

}  // namespace hns
