#include "hns/program/switch.h"

#include <cassert>
#include <string_view>
#include <utility>

#include "hns/model/endpoint_policies.h"
#include "hns/model/endpoints.h"
#include "hns/model/network_types.h"
#include "hns/model/networks.h"
#include "hns/program/layers.h"
#include "hns/program/overlay.h"

namespace hns {

namespace {

base::Guid Derive(const base::Guid& network, std::uint32_t mark) {
  base::Guid id = network;
  id.data1 ^= mark;
  id.data4[7] = static_cast<std::uint8_t>(~id.data4[7]);
  return id;
}

constexpr std::string_view kNetworkAclGroup = "ACL_NETWORK_GROUP";

vfp::SegmentKind KindOf(const schema::Network& network) {
  switch (TypeRowOf(network).mode) {
    case schema::NetworkMode::kL2Tunnel: return vfp::SegmentKind::kL2Tunnel;
    case schema::NetworkMode::kTransparent: return vfp::SegmentKind::kTransparent;
    case schema::NetworkMode::kPrivate: return vfp::SegmentKind::kPrivate;
    default: return vfp::SegmentKind::kBridge;
  }
}

// A locally administered address that is the same in every process.
base::MacAddress DerivedMac(const base::Guid& network, std::uint64_t mark) {
  std::uint64_t value = base::GuidHash{}(network) ^ (mark * 0x9e3779b97f4a7c15);
  value ^= value >> 29;
  return base::MacAddress::FromUint64(0x020000000000 | (value & 0x00ffffffffff));
}

}  // namespace

base::Guid HostPortId(const base::Guid& network) { return Derive(network, 0x486f7374); }
base::Guid UplinkPortId(const base::Guid& network) { return Derive(network, 0x55706c6b); }

// --- Networks ---

base::Status Switch::AddNetwork(const schema::Network& network, Undo* undo) {
  NetworkPorts ports;
  ports.name = network.name;
  HNS_ASSIGN_OR_RETURN(ports.host_mac, HostMacOf(network));
  ports.overhead = DefaultOverheadOf(network);
  ports.vlans = SubnetVlansOf(network);
  ports.host_vlan = HostVlanOf(network);
  HNS_ASSIGN_OR_RETURN(vfp::SegmentSpec spec, SegmentSpecOf(network, ports.host_mac));
  HNS_ASSIGN_OR_RETURN(ports.segment, engine_.AddSegment(std::move(spec)));
  undo->Push([this, segment = ports.segment] { (void)engine_.RemoveSegment(segment); });

  using vfp::Direction;
  HNS_ASSIGN_OR_RETURN(ports.dsr, AddGroups(ports.segment, "LB_DSR", "IPv", Direction::kOutbound, undo));
  HNS_ASSIGN_OR_RETURN(ports.hairpin, AddGroups(ports.segment, "SLB_GROUP_HAIRPIN", "IPv", Direction::kInbound, undo));
  HNS_ASSIGN_OR_RETURN(ports.balance, AddGroups(ports.segment, "SLB_GROUP_LB", "IPv", Direction::kOutbound, undo));
  for (GroupPair* pair : {&ports.acl_in, &ports.acl_host_in}) {
    HNS_ASSIGN_OR_RETURN(*pair, AddGroups(ports.segment, kNetworkAclGroup, "IPV", Direction::kInbound, undo));
  }
  for (GroupPair* pair : {&ports.acl_out, &ports.acl_host_out}) {
    HNS_ASSIGN_OR_RETURN(*pair, AddGroups(ports.segment, kNetworkAclGroup, "IPV", Direction::kOutbound, undo));
  }

  HNS_ASSIGN_OR_RETURN(ports.host, AddPort(HostSpec(network.id, ports), undo));
  HNS_RETURN_IF_ERROR(AddUplink(network, &ports, undo));
  networks_.emplace(network.id, std::move(ports));
  undo->Push([this, id = network.id] { networks_.erase(id); });
  PolicyChange change;
  change.ports.push_back({.owner = network.id, .acl = {}, .nat_out = {}});
  return Apply(std::move(change));
}

base::Status Switch::AddUplink(const schema::Network& network, NetworkPorts* ports, Undo* undo) {
  const std::string adapter = UplinkAdapterOf(network);
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
  HNS_ASSIGN_OR_RETURN(vfp::SegmentSpec spec, SegmentSpecOf(network, host_mac));
  HNS_ASSIGN_OR_RETURN(vfp::SegmentSpec old_spec, SegmentSpecOf(old, old_mac));
  HNS_RETURN_IF_ERROR(engine_.UpdateSegment(ports.segment, std::move(spec)));
  undo->Push([this, &ports, before = std::move(old_spec)] { (void)engine_.UpdateSegment(ports.segment, before); });
  ports.host_mac = host_mac;
  undo->Push([&ports, old_mac] { ports.host_mac = old_mac; });
  // A subnet's policies come and go with it, and no endpoint is in it then.
  const std::uint16_t old_vlan = ports.host_vlan;
  ports.vlans = SubnetVlansOf(network);
  ports.host_vlan = HostVlanOf(network);
  undo->Push([&ports, old] {
    ports.vlans = SubnetVlansOf(old);
    ports.host_vlan = HostVlanOf(old);
  });
  if ((host_mac != old_mac || ports.host_vlan != old_vlan) && !ports.host_endpoint) {
    HNS_RETURN_IF_ERROR(UpdatePort(ports.host, HostSpec(network.id, ports), undo));
  }

  if (UplinkAdapterOf(old) == UplinkAdapterOf(network)) return {};
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
  for (const GroupPair* pair : {&ports.dsr, &ports.hairpin, &ports.balance, &ports.acl_in, &ports.acl_out,
                                &ports.acl_host_in, &ports.acl_host_out}) {
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

void Switch::FillProvider(schema::Network* network) const {
  const std::string adapter = UplinkAdapterOf(*network);
  if (network->type != schema::NetworkMode::kOverlay || adapter.empty()) return;
  const auto addresses = driver_.AddressesOfAdapter(adapter);
  // An adapter that is not there is told of when it is to be attached.
  if (addresses.ok() && !addresses->addresses.empty()) SetProvider(addresses->addresses.front().address, network);
}

base::Result<vfp::SegmentSpec> Switch::SegmentSpecOf(const schema::Network& network,
                                                     const base::MacAddress& host_mac) const {
  vfp::SegmentSpec spec;
  spec.id = network.id.ToString();
  spec.host_mac = host_mac;
  spec.kind = KindOf(network);
  spec.gateway_mac = RouterMacOf(network).value_or(DerivedMac(network.id, 2));
  for (const schema::Ipam& ipam : network.ipams) {
    for (const schema::Subnet& subnet : ipam.subnets) {
      spec.prefixes.push_back(*subnet.prefix);
      const auto gateway = subnet.Gateway();
      if (gateway && TypeRowOf(network).host_has_gateway) spec.gateways.push_back(*gateway);
    }
  }
  ports::AdapterAddresses addresses;
  const std::string adapter = UplinkAdapterOf(network);
  if (network.type == schema::NetworkMode::kOverlay && !adapter.empty()) {
    HNS_ASSIGN_OR_RETURN(addresses, driver_.AddressesOfAdapter(adapter));
  }
  HNS_ASSIGN_OR_RETURN(spec.overlay, OverlayOf(network, addresses));
  return spec;
}

base::Result<Switch::GroupPair> Switch::AddGroups(vfp::SegmentId segment, std::string_view stem, std::string_view ip,
                                                  vfp::Direction direction, Undo* undo) {
  GroupPair pair{};
  for (const auto family : kFamilies) {
    vfp::GroupSpec spec;
    spec.id = GroupName(stem, ip, family, direction);
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
  spec.vlan = VlanOf(endpoint, ports.vlans);
  spec.mtu = MtuOf(endpoint, ports.overhead);
  // Unverified: that every endpoint is guarded by default (vfp.md 3.12).
  spec.guards = vfp::PortGuards::All();
  return spec;
}

vfp::PortSpec Switch::HostSpec(const base::Guid& network, const NetworkPorts& ports) const {
  vfp::PortSpec spec;
  spec.id = HostPortId(network).ToString();
  spec.friendly_name = "Host Vnic " + ports.name;
  spec.segment = ports.segment;
  spec.kind = vfp::PortKind::kHost;
  spec.mac = ports.host_mac;
  spec.vlan = ports.host_vlan;
  return spec;
}

vfp::PortSpec Switch::HostSpec(const schema::Endpoint& endpoint, const NetworkPorts& ports) const {
  vfp::PortSpec spec = HostSpec(endpoint.network_id, ports);
  spec.mac = endpoint.mac_address->value;
  spec.addresses = AddressesOf(endpoint);
  spec.vlan = VlanOf(endpoint, ports.vlans);
  spec.mtu = MtuOf(endpoint, ports.overhead);
  return spec;
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
