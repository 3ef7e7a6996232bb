#include "hns/program/switch.h"

#include <cassert>
#include <utility>

#include "hns/model/endpoint_policies.h"
#include "hns/model/endpoints.h"
#include "hns/model/networks.h"
#include "hns/program/layers.h"

namespace hns {

namespace {

std::size_t FamilyIndex(base::IpFamily family) { return family == base::IpFamily::kIpv4 ? 0 : 1; }

base::Guid Derive(const base::Guid& network, std::uint32_t mark) {
  base::Guid id = network;
  id.data1 ^= mark;
  id.data4[7] = static_cast<std::uint8_t>(~id.data4[7]);
  return id;
}

// A locally administered address that is the same in every process.
base::MacAddress DerivedMac(const base::Guid& network, std::uint64_t mark) {
  std::uint64_t value = base::GuidHash{}(network) ^ (mark * 0x9e3779b97f4a7c15);
  value ^= value >> 29;
  return base::MacAddress::FromUint64(0x020000000000 | (value & 0x00ffffffffff));
}

ports::InterfaceSpec InterfaceOf(const schema::Endpoint& endpoint, const base::Guid& compartment) {
  ports::InterfaceSpec spec;
  spec.endpoint = endpoint.id;
  spec.compartment = compartment;
  spec.mac = endpoint.mac_address->value;
  spec.mtu = MtuOf(endpoint);
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

vfp::LayerSpec Layer(const LayerPlace& place) {
  vfp::LayerSpec layer;
  layer.id = std::string(place.name);
  layer.priority = place.priority;
  return layer;
}

}  // namespace

base::Guid HostPortId(const base::Guid& network) { return Derive(network, 0x486f7374); }
base::Guid UplinkPortId(const base::Guid& network) { return Derive(network, 0x55706c6b); }

// --- Networks ---

base::Status Switch::AddNetwork(const schema::Network& network, Undo* undo) {
  NetworkPorts ports;
  ports.name = network.name;
  HNS_ASSIGN_OR_RETURN(ports.host_mac, HostMacOf(network));
  HNS_ASSIGN_OR_RETURN(ports.segment, engine_.AddSegment(SegmentSpecOf(network, ports.host_mac)));
  undo->Push([this, segment = ports.segment] { (void)engine_.RemoveSegment(segment); });

  using vfp::Direction;
  HNS_ASSIGN_OR_RETURN(ports.dsr, AddGroups(ports.segment, "LB_DSR", Direction::kOutbound, undo));
  HNS_ASSIGN_OR_RETURN(ports.hairpin, AddGroups(ports.segment, "SLB_GROUP_HAIRPIN", Direction::kInbound, undo));
  HNS_ASSIGN_OR_RETURN(ports.balance, AddGroups(ports.segment, "SLB_GROUP_LB", Direction::kOutbound, undo));

  HNS_ASSIGN_OR_RETURN(ports.host, AddPort(HostSpec(network.id, ports), undo));
  HNS_RETURN_IF_ERROR(AddUplink(network, &ports, undo));
  networks_.emplace(network.id, std::move(ports));
  undo->Push([this, id = network.id] { networks_.erase(id); });
  PolicyChange change;
  change.ports.push_back({.owner = network.id, .acl = {}, .nat_out = {}});
  return Apply(change);
}

base::Status Switch::AddUplink(const schema::Network& network, NetworkPorts* ports, Undo* undo) {
  const std::string adapter = AdapterNameOf(network);
  if (adapter.empty()) return {};
  vfp::PortSpec spec;
  spec.id = UplinkPortId(network.id).ToString();
  spec.friendly_name = adapter;
  spec.segment = ports->segment;
  spec.kind = vfp::PortKind::kUplink;
  spec.mac = ports->host_mac;
  HNS_ASSIGN_OR_RETURN(const vfp::PortIndex port, AddPort(std::move(spec), undo));
  ports->uplink = port;
  // RemovePort takes the adapter away again.
  return driver_.AttachAdapter(port, adapter);
}

base::Status Switch::UpdateNetwork(const schema::Network& old, const schema::Network& network, Undo* undo) {
  NetworkPorts* found = FindNetwork(network.id);
  if (found == nullptr) return base::MakeError(base::hr::HCN_E_SWITCH_NOT_FOUND);
  NetworkPorts& ports = *found;
  const base::MacAddress old_mac = ports.host_mac;
  HNS_ASSIGN_OR_RETURN(const base::MacAddress host_mac, HostMacOf(network));
  HNS_RETURN_IF_ERROR(engine_.UpdateSegment(ports.segment, SegmentSpecOf(network, host_mac)));
  undo->Push([this, &ports, spec = SegmentSpecOf(old, old_mac)] { (void)engine_.UpdateSegment(ports.segment, spec); });
  ports.host_mac = host_mac;
  undo->Push([&ports, old_mac] { ports.host_mac = old_mac; });
  if (host_mac != old_mac && !ports.host_endpoint) {
    HNS_RETURN_IF_ERROR(UpdatePort(ports.host, HostSpec(network.id, ports), undo));
  }

  if (AdapterNameOf(old) == AdapterNameOf(network)) return {};
  // A segment has one uplink at most, so the old one goes first. Should the new
  // adapter not do, the old one is attached again.
  if (ports.uplink) {
    RemovePort(*ports.uplink);
    ports.uplink.reset();
    undo->Push([this, &ports, old] {
      Undo nothing;
      if (AddUplink(old, &ports, &nothing).ok()) nothing.Forget();
    });
  }
  undo->Push([&ports] { ports.uplink.reset(); });
  return AddUplink(network, &ports, undo);
}

void Switch::RemoveNetwork(const base::Guid& network) {
  const auto it = networks_.find(network);
  if (it == networks_.end()) return;
  const NetworkPorts& ports = it->second;
  if (ports.uplink) RemovePort(*ports.uplink);
  RemovePort(ports.host);
  for (const GroupPair* pair : {&ports.dsr, &ports.hairpin, &ports.balance}) {
    for (const vfp::SharedGroupId group : *pair) (void)engine_.RemoveSharedGroup(group);
  }
  [[maybe_unused]] const base::Status removed = engine_.RemoveSegment(ports.segment);
  assert(removed.ok());
  networks_.erase(it);
}

base::Result<base::MacAddress> Switch::HostMacOf(const schema::Network& network) {
  if (const auto mac = SourceMacOf(network)) return *mac;
  const std::string adapter = AdapterNameOf(network);
  if (!adapter.empty()) return driver_.AdapterMac(adapter);
  return DerivedMac(network.id, 1);
}

vfp::SegmentSpec Switch::SegmentSpecOf(const schema::Network& network, const base::MacAddress& host_mac) const {
  vfp::SegmentSpec spec;
  spec.id = network.id.ToString();
  spec.host_mac = host_mac;
  spec.gateway_mac = DerivedMac(network.id, 2);
  for (const schema::Ipam& ipam : network.ipams) {
    for (const schema::Subnet& subnet : ipam.subnets) {
      spec.prefixes.push_back(*subnet.prefix);
      if (const auto gateway = subnet.Gateway()) spec.gateways.push_back(*gateway);
    }
  }
  return spec;
}

base::Result<Switch::GroupPair> Switch::AddGroups(vfp::SegmentId segment, std::string_view stem,
                                                  vfp::Direction direction, Undo* undo) {
  GroupPair pair{};
  for (const auto family : kFamilies) {
    vfp::GroupSpec spec;
    spec.id = GroupName(stem, "IPv", family, direction);
    spec.direction = direction;
    spec.family = family;
    HNS_ASSIGN_OR_RETURN(const vfp::SharedGroupId group, engine_.AddSharedGroup(segment, std::move(spec)));
    undo->Push([this, group] { (void)engine_.RemoveSharedGroup(group); });
    pair[FamilyIndex(family)] = group;
  }
  return pair;
}

// --- Ports ---

base::Result<vfp::PortIndex> Switch::AddPort(vfp::PortSpec spec, Undo* undo) {
  spec.sink = &driver_.sink();
  HNS_ASSIGN_OR_RETURN(const vfp::PortIndex port, engine_.AddPort(std::move(spec)));
  undo->Push([this, port] { (void)engine_.RemovePort(port); });
  HNS_RETURN_IF_ERROR(driver_.AddPort(port));
  undo->Push([this, port] { driver_.RemovePort(port); });
  return port;
}

// The driver first: an index may be used again as soon as the engine has given it up.
void Switch::RemovePort(vfp::PortIndex port) {
  driver_.RemovePort(port);
  (void)engine_.RemovePort(port);
}

base::Status Switch::UpdatePort(vfp::PortIndex port, vfp::PortSpec spec, Undo* undo) {
  HNS_ASSIGN_OR_RETURN(vfp::PortInfo before, engine_.Port(port));
  spec.sink = before.spec.sink = &driver_.sink();
  HNS_RETURN_IF_ERROR(engine_.UpdatePort(port, std::move(spec)));
  undo->Push([this, port, old = std::move(before.spec)] { (void)engine_.UpdatePort(port, old); });
  return {};
}

vfp::PortSpec Switch::EndpointSpec(const schema::Endpoint& endpoint, const NetworkPorts& ports) const {
  vfp::PortSpec spec;
  spec.id = endpoint.id.ToString();
  spec.friendly_name = PortNameOf(endpoint);
  spec.segment = ports.segment;
  spec.kind = vfp::PortKind::kEndpoint;
  spec.mac = endpoint.mac_address->value;
  spec.addresses = AddressesOf(endpoint);
  spec.mtu = MtuOf(endpoint);
  return spec;
}

vfp::PortSpec Switch::HostSpec(const base::Guid& network, const NetworkPorts& ports) const {
  vfp::PortSpec spec;
  spec.id = HostPortId(network).ToString();
  spec.friendly_name = "Host Vnic " + ports.name;
  spec.segment = ports.segment;
  spec.kind = vfp::PortKind::kHost;
  spec.mac = ports.host_mac;
  return spec;
}

vfp::PortSpec Switch::HostSpec(const schema::Endpoint& endpoint, const NetworkPorts& ports) const {
  vfp::PortSpec spec = HostSpec(endpoint.network_id, ports);
  spec.mac = endpoint.mac_address->value;
  spec.addresses = AddressesOf(endpoint);
  spec.mtu = MtuOf(endpoint);
  return spec;
}

// --- Endpoints ---

base::Status Switch::AddEndpoint(const schema::Endpoint& endpoint, const PortPolicy& policy, Undo* undo) {
  const NetworkPorts* ports = FindNetwork(endpoint.network_id);
  if (ports == nullptr) return base::MakeError(base::hr::HCN_E_SWITCH_NOT_FOUND);
  vfp::PortSpec spec = EndpointSpec(endpoint, *ports);
  spec.sink = &driver_.sink();
  HNS_ASSIGN_OR_RETURN(const vfp::PortIndex port, engine_.AddPort(std::move(spec)));
  undo->Push([this, port] { (void)engine_.RemovePort(port); });
  endpoints_.emplace(endpoint.id, EndpointPort{endpoint.network_id, port, vfp::kNoPort, {}});
  undo->Push([this, id = endpoint.id] { endpoints_.erase(id); });
  vfp::ChangeSet change;
  if (auto layers = LayersOf(policy)) change.set_port_layers.push_back(*std::move(layers));
  HNS_RETURN_IF_ERROR(engine_.Commit(std::move(change)));
  HNS_RETURN_IF_ERROR(driver_.AddPort(port));
  undo->Push([this, port] { driver_.RemovePort(port); });
  return {};
}

base::Status Switch::UpdateEndpoint(const schema::Endpoint& old, const schema::Endpoint& endpoint,
                                    const std::optional<base::Guid>& compartment, Undo* undo) {
  const bool same_mtu = MtuOf(old) == MtuOf(endpoint);
  if (same_mtu && PortNameOf(old) == PortNameOf(endpoint)) return {};
  const auto it = endpoints_.find(endpoint.id);
  const NetworkPorts* ports = FindNetwork(endpoint.network_id);
  if (it == endpoints_.end() || ports == nullptr) return base::MakeError(base::hr::HCN_E_PORT_NOT_FOUND);
  const bool in_host = it->second.own == vfp::kNoPort;
  const vfp::PortIndex port = in_host ? ports->host : it->second.own;
  HNS_RETURN_IF_ERROR(UpdatePort(port, in_host ? HostSpec(endpoint, *ports) : EndpointSpec(endpoint, *ports), undo));
  if (same_mtu || !compartment) return {};
  HNS_RETURN_IF_ERROR(driver_.Attach(port, InterfaceOf(endpoint, *compartment)));
  undo->Push([this, port, spec = InterfaceOf(old, *compartment)] { (void)driver_.Attach(port, spec); });
  return {};
}

base::Status Switch::Attach(const schema::Endpoint& endpoint, const base::Guid& compartment, bool is_host, Undo* undo) {
  const auto it = endpoints_.find(endpoint.id);
  const NetworkPorts* ports = FindNetwork(endpoint.network_id);
  if (it == endpoints_.end() || ports == nullptr) return base::MakeError(base::hr::HCN_E_PORT_NOT_FOUND);
  const vfp::PortIndex port = is_host ? ports->host : it->second.own;
  HNS_RETURN_IF_ERROR(driver_.Attach(port, InterfaceOf(endpoint, compartment)));
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

// --- Policy ---

base::Status Switch::Apply(const PolicyChange& change) {
  vfp::ChangeSet set;
  for (const PlacedRule& rule : change.remove) {
    if (const auto group = GroupOf(rule)) set.remove_shared_rules.push_back({*group, rule.rule.id});
  }
  for (const PlacedRule& rule : change.set) {
    if (rule.place == Place::kNatIn) HNS_RETURN_IF_ERROR(MakeNatGroup(rule));
    if (const auto group = GroupOf(rule)) set.set_shared_rules.push_back({*group, rule.rule});
  }
  // After the groups above were made, which these layers refer to.
  for (const PortPolicy& policy : change.ports) {
    if (auto layers = LayersOf(policy)) set.set_port_layers.push_back(*std::move(layers));
  }
  set.remotes = change.remotes;
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
    case Place::kDsrOut:
      return ports->dsr[family];
    case Place::kHairpinIn:
      return ports->hairpin[family];
    default:
      return ports->balance[family];
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
  HNS_ASSIGN_OR_RETURN(it->second.nat[FamilyIndex(rule.family)], engine_.AddSharedGroup(ports->segment, std::move(spec)));
  return {};
}

std::optional<vfp::ChangeSet::PortLayers> Switch::LayersOf(const PortPolicy& policy) const {
  const auto endpoint = endpoints_.find(policy.owner);
  const bool is_endpoint = endpoint != endpoints_.end();
  const NetworkPorts* ports = FindNetwork(is_endpoint ? endpoint->second.network : policy.owner);
  if (ports == nullptr) return std::nullopt;
  const bool is_host_port = !is_endpoint || endpoint->second.own == vfp::kNoPort;

  vfp::ChangeSet::PortLayers result;
  result.port = is_host_port ? ports->host : endpoint->second.own;
  result.layers = policy.acl;
  if (!is_host_port) {
    vfp::LayerSpec dsr = Layer(kDsrLayer);
    dsr.shared_groups.assign(ports->dsr.begin(), ports->dsr.end());
    result.layers.push_back(std::move(dsr));
  }
  vfp::LayerSpec nat = Layer(kNatLayer);
  nat.groups = policy.nat_out;
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

// --- Looking ---

bool Switch::HasNatGroup(const base::Guid& endpoint, base::IpFamily family) const {
  const auto it = endpoints_.find(endpoint);
  return it != endpoints_.end() && it->second.nat[FamilyIndex(family)].has_value();
}

bool Switch::IsInHost(const base::Guid& endpoint) const {
  const auto it = endpoints_.find(endpoint);
  return it != endpoints_.end() && it->second.own == vfp::kNoPort;
}

std::optional<vfp::SegmentId> Switch::SegmentOf(const base::Guid& network) const {
  const NetworkPorts* ports = FindNetwork(network);
  if (ports == nullptr) return std::nullopt;
  return ports->segment;
}

const Switch::NetworkPorts* Switch::FindNetwork(const base::Guid& network) const {
  const auto it = networks_.find(network);
  return it == networks_.end() ? nullptr : &it->second;
}

Switch::NetworkPorts* Switch::FindNetwork(const base::Guid& network) {
  const auto it = networks_.find(network);
  return it == networks_.end() ? nullptr : &it->second;
}

}  // namespace hns
