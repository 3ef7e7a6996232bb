// The switch's endpoints: their ports, and the interfaces they get.
#include <utility>

#include "hns/model/endpoint_policies.h"
#include "hns/model/endpoints.h"
#include "hns/program/switch.h"

namespace hns {

namespace {

ports::InterfaceSpec InterfaceOf(const schema::Endpoint& endpoint, const base::Guid& compartment, std::uint16_t mtu) {
  ports::InterfaceSpec spec;
  spec.endpoint = endpoint.id;
  spec.compartment = compartment;
  spec.mac = endpoint.mac_address->value;
  spec.mtu = mtu;
  for (const schema::IpConfiguration& configuration : endpoint.ip_configurations) {
    spec.addresses.push_back({*configuration.address, *configuration.prefix_length});
  }
  for (const schema::Route& route : endpoint.routes) {
    // 0.0.0.0 says "no gateway": the host endpoint of an l2bridge is made so.
    if (!route.destination || !route.next_hop || route.next_hop->IsUnspecified()) continue;
    spec.routes.push_back({route.destination->Masked(), *route.next_hop, route.metric.value_or(0)});
  }
  spec.resolver.domain = endpoint.dns.domain;
  spec.resolver.search = endpoint.dns.search;
  spec.resolver.servers = endpoint.dns.server_list;
  spec.resolver.options = endpoint.dns.options;
  return spec;
}

}  // namespace

base::Status Switch::AddEndpoint(const schema::Endpoint& endpoint, PortPolicy policy, Undo* undo) {
  const NetworkPorts* ports = FindNetwork(endpoint.network_id);
  if (ports == nullptr) return base::MakeError(base::hr::HCN_E_SWITCH_NOT_FOUND);
  vfp::PortSpec spec = EndpointSpec(endpoint, *ports);
  spec.sink = &driver_.sink();
  HNS_ASSIGN_OR_RETURN(const vfp::PortIndex port, engine_.AddPort(std::move(spec)));
  undo->Push([this, port] { (void)engine_.RemovePort(port); });
  endpoints_.emplace(endpoint.id, EndpointPort{endpoint.network_id, port, vfp::kNoPort, {}});
  undo->Push([this, id = endpoint.id] { endpoints_.erase(id); });
  vfp::ChangeSet change;
  AddPortPolicy(std::move(policy), &change);
  HNS_RETURN_IF_ERROR(engine_.Commit(std::move(change)));
  HNS_RETURN_IF_ERROR(driver_.AddPort(port));
  undo->Push([this, port] { driver_.RemovePort(port); });
  return {};
}

base::Status Switch::UpdateEndpoint(const schema::Endpoint& old, const schema::Endpoint& endpoint,
                                    const std::optional<base::Guid>& compartment, Undo* undo) {
  const auto it = endpoints_.find(endpoint.id);
  const NetworkPorts* ports = FindNetwork(endpoint.network_id);
  if (it == endpoints_.end() || ports == nullptr) return base::MakeError(base::hr::HCN_E_PORT_NOT_FOUND);
  const std::uint16_t mtu = MtuOf(endpoint, ports->overhead), old_mtu = MtuOf(old, ports->overhead);
  const bool same_mtu = mtu == old_mtu;
  const bool same_vlan = VlanOf(old, ports->vlans) == VlanOf(endpoint, ports->vlans);
  if (same_mtu && same_vlan && PortNameOf(old) == PortNameOf(endpoint)) return {};
  const bool in_host = it->second.own == vfp::kNoPort;
  const vfp::PortIndex port = in_host ? ports->host : it->second.own;
  HNS_RETURN_IF_ERROR(UpdatePort(port, in_host ? HostSpec(endpoint, *ports) : EndpointSpec(endpoint, *ports), undo));
  if (same_mtu || !compartment) return {};
  HNS_RETURN_IF_ERROR(driver_.Attach(port, InterfaceOf(endpoint, *compartment, mtu)));
  undo->Push([this, port, spec = InterfaceOf(old, *compartment, old_mtu)] { (void)driver_.Attach(port, spec); });
  return {};
}

base::Status Switch::Attach(const schema::Endpoint& endpoint, const base::Guid& compartment, bool is_host, Undo* undo) {
  const auto it = endpoints_.find(endpoint.id);
  const NetworkPorts* ports = FindNetwork(endpoint.network_id);
  if (it == endpoints_.end() || ports == nullptr) return base::MakeError(base::hr::HCN_E_PORT_NOT_FOUND);
  const vfp::PortIndex port = is_host ? ports->host : it->second.own;
  HNS_RETURN_IF_ERROR(driver_.Attach(port, InterfaceOf(endpoint, compartment, MtuOf(endpoint, ports->overhead))));
  undo->Push([this, port] { driver_.Detach(port); });
  return {};
}

void Switch::Detach(const base::Guid& endpoint) {
  const auto it = endpoints_.find(endpoint);
  if (it != endpoints_.end() && it->second.own != vfp::kNoPort) driver_.Detach(it->second.own);
}

base::Status Switch::MoveToHost(const schema::Endpoint& endpoint) {
  const auto it = endpoints_.find(endpoint.id);
  NetworkPorts* ports = FindNetwork(endpoint.network_id);
  if (it == endpoints_.end() || ports == nullptr) return base::MakeError(base::hr::HCN_E_PORT_NOT_FOUND);
  RemovePort(it->second.own);
  ports->host_endpoint = true;
  it->second.own = vfp::kNoPort;
  vfp::PortSpec spec = HostSpec(endpoint, *ports);
  spec.sink = &driver_.sink();
  return engine_.UpdatePort(ports->host, std::move(spec));
}

base::Status Switch::PrepareMoveFromHost(const schema::Endpoint& endpoint, Undo* undo) {
  const auto it = endpoints_.find(endpoint.id);
  const NetworkPorts* ports = FindNetwork(endpoint.network_id);
  if (it == endpoints_.end() || ports == nullptr) return base::MakeError(base::hr::HCN_E_PORT_NOT_FOUND);
  // The addresses are the host port's until the move.
  vfp::PortSpec spec = EndpointSpec(endpoint, *ports);
  spec.addresses.clear();
  HNS_ASSIGN_OR_RETURN(it->second.spare, AddPort(std::move(spec), undo));
  undo->Push([this, id = endpoint.id] { endpoints_[id].spare = vfp::kNoPort; });
  return {};
}

base::Status Switch::MoveFromHost(const schema::Endpoint& endpoint) {
  const auto it = endpoints_.find(endpoint.id);
  NetworkPorts* ports = FindNetwork(endpoint.network_id);
  if (it == endpoints_.end() || ports == nullptr) return base::MakeError(base::hr::HCN_E_PORT_NOT_FOUND);
  driver_.Detach(ports->host);
  ports->host_endpoint = false;
  vfp::PortSpec spec = HostSpec(endpoint.network_id, *ports);
  spec.sink = &driver_.sink();
  HNS_RETURN_IF_ERROR(engine_.UpdatePort(ports->host, std::move(spec)));
  it->second.own = std::exchange(it->second.spare, vfp::kNoPort);
  vfp::PortSpec own = EndpointSpec(endpoint, *ports);
  own.sink = &driver_.sink();
  return engine_.UpdatePort(it->second.own, std::move(own));
}

void Switch::RemoveEndpoint(const base::Guid& endpoint) {
  const auto it = endpoints_.find(endpoint);
  if (it == endpoints_.end()) return;
  if (it->second.own != vfp::kNoPort) RemovePort(it->second.own);
  for (const auto& group : it->second.nat) {
    if (group) (void)engine_.RemoveSharedGroup(*group);
  }
  endpoints_.erase(it);
}

base::Status Switch::AddCompartment(const base::Guid& id, bool is_host, Undo* undo) {
  HNS_RETURN_IF_ERROR(driver_.AddCompartment(id, is_host));
  undo->Push([this, id] { driver_.RemoveCompartment(id); });
  return {};
}

}  // namespace hns
