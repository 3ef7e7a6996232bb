#include "vfp/internal/switch_state.h"

#include <algorithm>
#include <set>
#include <utility>

#include "vfp/internal/segment_type.h"
#include "wire/vlan.h"

namespace vfp {
namespace {

using base::MakeError;
namespace hr = base::hr;

base::Error NoSegment(SegmentId id) {
  return MakeError(hr::ERROR_NOT_FOUND, "there is no segment `" + std::to_string(id) + "`");
}

// Tunnels are IPv4 outside, whatever is inside.
base::Status CheckOverlay(const SegmentSpec& spec) {
  if (!spec.overlay) return {};
  const auto check_vsid = [](std::uint32_t vsid) -> base::Status {
    if (vsid <= wire::kMaxVni) return {};
    return MakeError(hr::ERROR_INVALID_PARAMETER, "`" + std::to_string(vsid) + "` does not fit the 24 bits of a VSID");
  };
  const auto check_provider = [](const base::IpAddress& provider) -> base::Status {
    if (provider.IsV4()) return {};
    return MakeError(hr::ERROR_INVALID_PARAMETER, "the provider address `" + provider.ToString() + "` is not IPv4");
  };
  HNS_RETURN_IF_ERROR(check_provider(spec.overlay->provider));
  if (spec.overlay->gateway) HNS_RETURN_IF_ERROR(check_provider(*spec.overlay->gateway));
  for (const OverlaySubnet& subnet : spec.overlay->subnets) HNS_RETURN_IF_ERROR(check_vsid(subnet.vsid));
  for (const RemoteSubnet& subnet : spec.overlay->remote_subnets) {
    HNS_RETURN_IF_ERROR(check_vsid(subnet.vsid));
    HNS_RETURN_IF_ERROR(check_provider(subnet.provider));
  }
  return {};
}

const SegmentType& TypeOfSpec(const SegmentSpec& spec) {
  if (spec.overlay) return Overlay();
  switch (spec.kind) {
    case SegmentKind::kL2Tunnel: return L2Tunnel();
    case SegmentKind::kTransparent: return Transparent();
    case SegmentKind::kPrivate: return Private();
    case SegmentKind::kBridge: break;
  }
  return Bridge();
}

void SetType(SegmentState& segment) {
  segment.type = &TypeOfSpec(segment.spec);
  if (!segment.spec.overlay) {
    segment.overlay.reset();
  } else if (segment.overlay != nullptr) {
    segment.overlay->Update(*segment.spec.overlay, segment.spec.host_mac);
  } else {
    segment.overlay = std::make_unique<OverlayState>(*segment.spec.overlay, segment.spec.host_mac);
  }
}

// The place of a new element in a vector of owners: the first empty one.
template <typename T>
std::size_t FreePlace(std::vector<std::unique_ptr<T>>& all) {
  const auto free = std::find(all.begin(), all.end(), nullptr);
  if (free != all.end()) return static_cast<std::size_t>(free - all.begin());
  all.emplace_back();
  return all.size() - 1;
}

}  // namespace

bool PortState::Owns(const base::IpAddress& address) const {
  return std::find(spec.addresses.begin(), spec.addresses.end(), address) != spec.addresses.end();
}

bool SegmentState::IsGroup(const base::IpAddress& address) const {
  if (address.IsMulticast() || address.IsV4Broadcast()) return true;
  if (!address.IsV4()) return false;
  return std::any_of(spec.prefixes.begin(), spec.prefixes.end(), [&](const base::IpPrefix& prefix) {
    return prefix.address.IsV4() && prefix.length < 31 && prefix.Last() == address;
  });
}

bool SegmentState::IsGateway(const base::IpAddress& address) const {
  return std::find(spec.gateways.begin(), spec.gateways.end(), address) != spec.gateways.end();
}

bool SegmentState::IsOnLink(const base::IpAddress& address) const {
  if (address.IsLinkLocal() || address.IsUnspecified()) return true;
  return std::any_of(spec.prefixes.begin(), spec.prefixes.end(),
                     [&](const base::IpPrefix& prefix) { return prefix.Contains(address); });
}

void SegmentState::CountNatAddress(const Rule& rule, bool comes) {
  const base::IpAddress* address = nullptr;
  if (const auto* dynamic = std::get_if<DynamicNat>(&rule.action)) address = &dynamic->address;
  if (const auto* balance = std::get_if<LoadBalance>(&rule.action); balance != nullptr && balance->source_address) {
    address = &*balance->source_address;
  }
  if (address == nullptr) return;
  std::uint32_t& count = nat_addresses[*address];
  if (comes) {
    if (++count == 1) ++generation;
  } else if (--count == 0) {
    nat_addresses.erase(*address);
  }
}

base::Result<SegmentId> SwitchState::AddSegment(SegmentSpec spec) {
  HNS_RETURN_IF_ERROR(CheckOverlay(spec));
  if (segment_ids_.contains(spec.id)) {
    return MakeError(hr::ERROR_ALREADY_EXISTS, "segment `" + spec.id + "` is there already");
  }
  const auto id = static_cast<SegmentId>(FreePlace(segments_));
  segment_ids_.emplace(spec.id, id);
  segments_[id] = std::make_unique<SegmentState>();
  segments_[id]->id = id;
  segments_[id]->spec = std::move(spec);
  SetType(*segments_[id]);
  return id;
}

base::Status SwitchState::UpdateSegment(SegmentId id, SegmentSpec spec) {
  SegmentState* state = segment(id);
  if (state == nullptr) return NoSegment(id);
  HNS_RETURN_IF_ERROR(CheckOverlay(spec));
  if (const auto other = segment_ids_.find(spec.id); other != segment_ids_.end() && other->second != id) {
    return MakeError(hr::ERROR_ALREADY_EXISTS, "segment `" + spec.id + "` is there already");
  }
  segment_ids_.erase(state->spec.id);
  segment_ids_.emplace(spec.id, id);
  state->spec = std::move(spec);
  SetType(*state);
  ++state->generation;
  return {};
}

base::Status SwitchState::RemoveSegment(SegmentId id) {
  const SegmentState* state = segment(id);
  if (state == nullptr) return NoSegment(id);
  if (!state->ports.empty()) {
    return MakeError(hr::HCN_E_ENTITY_HAS_REFERENCES,
                     "segment `" + state->spec.id + "` has `" + std::to_string(state->ports.size()) + "` ports");
  }
  for (const auto& group : shared_groups_) {
    if (group != nullptr && group->segment == id) {
      return MakeError(hr::HCN_E_ENTITY_HAS_REFERENCES, "segment `" + state->spec.id + "` has shared groups");
    }
  }
  segment_ids_.erase(state->spec.id);
  segments_[id] = nullptr;
  return {};
}

base::Status SwitchState::CheckPort(const SegmentState& segment, const PortSpec& spec, const PortState* self) const {
  if (spec.vlan > wire::kMaxVlan) {
    return MakeError(hr::ERROR_INVALID_PARAMETER, "`" + std::to_string(spec.vlan) + "` is no VLAN; the last is 4094");
  }
  if (spec.vlan != 0 && (segment.overlay != nullptr || spec.kind == PortKind::kUplink)) {
    return MakeError(hr::ERROR_INVALID_PARAMETER, "an uplink and the ports of an overlay are in no VLAN");
  }
  std::set<base::IpAddress> seen;
  for (const base::IpAddress& address : spec.addresses) {
    const AddressEntry* entry = segment.Find(address);
    const bool taken = entry != nullptr && entry->port != kNoPort && (self == nullptr || entry->port != self->index);
    if (taken || !seen.insert(address).second) {
      return MakeError(hr::ERROR_ALREADY_EXISTS, "address `" + address.ToString() + "` is taken");
    }
  }
  return {};
}

base::Result<PortIndex> SwitchState::AddPort(PortSpec spec) {
  SegmentState* state = segment(spec.segment);
  if (state == nullptr) return NoSegment(spec.segment);
  if (port_ids_.contains(spec.id)) {
    return MakeError(hr::ERROR_ALREADY_EXISTS, "port `" + spec.id + "` is there already");
  }
  if ((spec.kind == PortKind::kUplink && state->uplink != nullptr) ||
      (spec.kind == PortKind::kHost && state->host != nullptr)) {
    return MakeError(hr::ERROR_ALREADY_EXISTS, "segment `" + state->spec.id + "` has such a port already");
  }
  HNS_RETURN_IF_ERROR(CheckPort(*state, spec, nullptr));
  PortIndex index;
  if (free_ports_.empty()) {
    index = static_cast<PortIndex>(ports_.size());
    ports_.push_back(std::make_unique<PortState>());
  } else {
    index = free_ports_.back();
    free_ports_.pop_back();
  }
  PortState& port = *ports_[index];
  const std::uint32_t generation = port.generation + 1;
  port = PortState{};
  port.generation = generation;
  port.index = index;
  port.live = true;
  port.kind = spec.kind;
  port.segment = state;
  port.sink = spec.sink;
  port.spec = std::move(spec);
  port_ids_.emplace(port.spec.id, index);
  if (port.kind == PortKind::kUplink) state->uplink = &port;
  if (port.kind == PortKind::kHost) state->host = &port;
  state->ports.push_back(&port);
  ClaimAddresses(port);
  ++state->generation;
  return index;
}

base::Status SwitchState::UpdatePort(PortIndex index, PortSpec spec) {
  PortState& port = *ports_[index];
  HNS_RETURN_IF_ERROR(CheckPort(*port.segment, spec, &port));
  ReleaseAddresses(port);
  // What a port is and where does not change.
  spec.id = port.spec.id;
  spec.segment = port.spec.segment;
  spec.kind = port.spec.kind;
  port.sink = spec.sink;
  port.spec = std::move(spec);
  ClaimAddresses(port);
  ++port.generation;
  ++port.segment->generation;
  return {};
}

void SwitchState::RemovePort(PortIndex index, StringPool& names) {
  PortState& port = *ports_[index];
  ReleaseAddresses(port);
  ReleaseLayers(port, names);
  port.layers.clear();
  SegmentState& state = *port.segment;
  if (state.uplink == &port) state.uplink = nullptr;
  if (state.host == &port) state.host = nullptr;
  std::erase(state.ports, &port);
  ++state.generation;
  port_ids_.erase(port.spec.id);
  port.live = false;
  port.sink = nullptr;
  free_ports_.push_back(index);
}

void SwitchState::ClaimAddresses(PortState& port) {
  port.mac = port.spec.mac;
  port.vlan = port.spec.vlan;
  if (port.vlan != 0) ++port.segment->vlans[port.vlan].ports;
  for (const base::IpAddress& address : port.spec.addresses) {
    // A local owner hides a remote of the same address.
    AddressEntry& entry = port.segment->addresses[address];
    entry.port = port.index;
    entry.vlan = port.vlan;
  }
  if (port.kind == PortKind::kUplink) return;
  MacEntry& mac = port.segment->macs[port.mac.ToUint64()];
  ++mac.ports;
  mac.port = &port;
}

void SwitchState::ReleaseAddresses(PortState& port) {
  SegmentState& state = *port.segment;
  for (const base::IpAddress& address : port.spec.addresses) {
    const auto entry = state.addresses.find(address);
    if (entry->second.mac.IsZero()) {
      state.addresses.erase(entry);
    } else {
      entry->second.port = kNoPort;
    }
  }
  if (port.vlan != 0 && --state.vlans[port.vlan].ports == 0) state.vlans.erase(port.vlan);
  if (port.kind == PortKind::kUplink) return;
  const auto mac = state.macs.find(port.mac.ToUint64());
  if (--mac->second.ports == 0) {
    state.macs.erase(mac);
    return;
  }
  for (PortState* other : state.ports) {
    if (other != &port && other->kind != PortKind::kUplink && other->mac == port.mac) mac->second.port = other;
  }
}

std::optional<PortIndex> SwitchState::FindPort(std::string_view id) const {
  const auto found = port_ids_.find(std::string(id));
  if (found == port_ids_.end()) return std::nullopt;
  return found->second;
}

base::Result<SharedGroupId> SwitchState::AddSharedGroup(SegmentId segment_id, const GroupSpec& spec,
                                                        BackendTables& tables, StringPool& names) {
  SegmentState* state = segment(segment_id);
  if (state == nullptr) return NoSegment(segment_id);
  auto shared = std::make_unique<SharedGroup>();
  shared->segment = segment_id;
  shared->group = std::make_unique<CompiledGroup>(spec, true);
  for (const Rule& rule : spec.rules) {
    HNS_ASSIGN_OR_RETURN(PreparedRule prepared, PrepareRule(rule, spec.family, tables));
    HNS_RETURN_IF_ERROR(shared->group->Add(std::move(prepared), nullptr));
  }
  shared->group->BindNames(names);
  shared->group->rules().ForEach([&](const CompiledRule& rule) { state->CountNatAddress(rule.rule, true); });
  const auto id = static_cast<SharedGroupId>(FreePlace(shared_groups_));
  shared_groups_[id] = std::move(shared);
  return id;
}

base::Status SwitchState::RemoveSharedGroup(SharedGroupId id, StringPool& names) {
  SharedGroup* shared = shared_group(id);
  if (shared == nullptr) return MakeError(hr::ERROR_NOT_FOUND, "there is no shared group `" + std::to_string(id) + "`");
  if (shared->users != 0) {
    return MakeError(hr::HCN_E_ENTITY_HAS_REFERENCES, "shared group `" + shared->group->id() + "` is part of `" +
                                                          std::to_string(shared->users) + "` layers");
  }
  shared->group->ReleaseNames(names);
  SegmentState& state = *segment(shared->segment);
  shared->group->rules().ForEach([&](const CompiledRule& rule) { state.CountNatAddress(rule.rule, false); });
  shared_groups_[id] = nullptr;
  return {};
}

void SwitchState::SetSharedRule(SharedGroupId id, PreparedRule rule, StringPool& names) {
  RemoveSharedRule(id, rule.rule.id, names);
  SharedGroup& shared = *shared_groups_[id];
  segments_[shared.segment]->CountNatAddress(rule.rule, true);
  shared.group->AddNew(std::move(rule), &names);
}

void SwitchState::RemoveSharedRule(SharedGroupId id, std::string_view rule_id, StringPool& names) {
  SharedGroup& shared = *shared_groups_[id];
  SegmentState& state = *segments_[shared.segment];
  ++state.generation;
  const CompiledRule* rule = shared.group->Find(rule_id);
  if (rule == nullptr) return;
  state.CountNatAddress(rule->rule, false);
  shared.group->Remove(rule_id, names);
}

base::Status SwitchState::CheckLayers(const PortState& port, const CompiledLayers& layers) const {
  if (port.kind == PortKind::kUplink && !layers.empty()) {
    return MakeError(hr::ERROR_INVALID_PARAMETER, "an uplink carries no layers");
  }
  for (const auto& layer : layers) {
    for (const SharedGroupId id : layer->shared) {
      const SharedGroup* shared = shared_group(id);
      if (shared == nullptr || shared->segment != port.segment->id) {
        return MakeError(hr::ERROR_NOT_FOUND, "layer `" + layer->id + "` refers to shared group `" +
                                                  std::to_string(id) + "`, which its segment does not have");
      }
    }
  }
  return {};
}

void SwitchState::ReleaseLayers(PortState& port, StringPool& names) {
  for (const auto& layer : port.layers) {
    for (const auto& group : layer->own) {
      group->ReleaseNames(names);
      group->rules().ForEach([&](const CompiledRule& rule) { port.segment->CountNatAddress(rule.rule, false); });
    }
    for (const SharedGroupId id : layer->shared) --shared_groups_[id]->users;
    names.Release(layer->name);
  }
}

void SwitchState::SwapLayers(PortState& port, CompiledLayers& layers, StringPool& names) {
  for (const auto& layer : layers) {
    layer->name = names.Acquire(layer->id);
    std::vector<const CompiledGroup*> shared;
    for (const SharedGroupId id : layer->shared) {
      ++shared_groups_[id]->users;
      shared.push_back(shared_groups_[id]->group.get());
    }
    for (const auto& group : layer->own) {
      group->BindNames(names);
      group->rules().ForEach([&](const CompiledRule& rule) { port.segment->CountNatAddress(rule.rule, true); });
    }
    layer->SortGroups(shared);
  }
  ReleaseLayers(port, names);
  port.layers.swap(layers);
  ++port.generation;
}

base::Status SwitchState::CheckRoutes(const PortState& port, const std::vector<PortRoute>& routes) {
  if (port.kind == PortKind::kUplink && !routes.empty()) {
    return MakeError(hr::ERROR_INVALID_PARAMETER, "an uplink has no routes");
  }
  for (const PortRoute& route : routes) {
    if (!route.next_hop || route.next_hop->family == route.destination.address.family) continue;
    return MakeError(hr::ERROR_INVALID_PARAMETER, "the next hop `" + route.next_hop->ToString() +
                                                      "` is not of the family of `" + route.destination.ToString() +
                                                      "`");
  }
  return {};
}

void SwitchState::SetRoutes(PortState& port, const std::vector<PortRoute>& routes) {
  auto wanted = routes.empty() ? nullptr : std::make_unique<const PortRoutes>(routes);
  const bool same = wanted == nullptr || port.routes == nullptr ? wanted == port.routes : *wanted == *port.routes;
  if (same) return;
  port.routes = std::move(wanted);
  ++port.generation;
}

base::Status SwitchState::CheckRemote(SegmentId id, const RemoteAddress& remote, bool remove) const {
  const SegmentState* state = segment(id);
  if (state == nullptr) return NoSegment(id);
  if (remove) {
    const AddressEntry* entry = state->Find(remote.address);
    if (entry == nullptr || entry->mac.IsZero()) {
      return MakeError(hr::ERROR_NOT_FOUND, "no remote has the address `" + remote.address.ToString() + "`");
    }
    return {};
  }
  if (remote.mac.IsZero() || remote.mac.IsGroup()) {
    return MakeError(hr::ERROR_INVALID_PARAMETER, "`" + remote.mac.ToString() + "` is nobody's MAC address");
  }
  if (remote.provider && !remote.provider->IsV4()) {
    return MakeError(hr::ERROR_INVALID_PARAMETER,
                     "the provider address `" + remote.provider->ToString() + "` is not IPv4");
  }
  return {};
}

void SwitchState::SetRemote(SegmentId id, const RemoteAddress& remote, bool remove) {
  SegmentState& state = *segments_[id];
  if (remove) {
    const auto entry = state.addresses.find(remote.address);
    if (entry == state.addresses.end()) return;
    entry->second.mac = base::MacAddress{};
    entry->second.provider.reset();
    if (entry->second.port == kNoPort) state.addresses.erase(entry);
  } else {
    AddressEntry& entry = state.addresses[remote.address];
    entry.mac = remote.mac;
    entry.provider = remote.provider;
  }
  ++state.generation;
}

}  // namespace vfp
