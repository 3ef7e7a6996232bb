// Segments, the ports on them, who has which address, and groups that ports
// share: the switch without its connections.
//
// Generations. A flow is stamped with port.generation + segment.generation.
// Both only ever rise, so a sum never comes back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "vfp/engine.h"
#include "vfp/internal/connection.h"
#include "vfp/internal/layer_state.h"
#include "vfp/internal/overlay_state.h"
#include "vfp/internal/port_routes.h"
#include "vfp/internal/shaper.h"

namespace vfp {

struct SegmentState;
class SegmentType;

struct PortState {
  PortIndex index = kNoPort;
  bool live = false;
  PortKind kind = PortKind::kEndpoint;
  std::uint32_t generation = 0;
  SegmentState* segment = nullptr;
  PacketSink* sink = nullptr;
  std::uint32_t connections_head = kNone;
  base::MacAddress mac;
  std::uint16_t vlan = 0;
  std::unique_ptr<Shaper> shapers[2];  // By Direction; null: no limit.
  DirectionCounters counters[2];       // By Direction.
  std::uint64_t connections = 0;
  FlowCounts flows;
  CompiledLayers layers;
  std::unique_ptr<const PortRoutes> routes;  // Null: none.
  PortSpec spec;

  std::uint32_t stamp() const;
  bool Owns(const base::IpAddress& address) const;
};

struct AddressEntry {
  PortIndex port = kNoPort;  // Local; else `mac` is that of a remote.
  base::MacAddress mac;
  std::optional<base::IpAddress> provider;  // A remote's.
  std::uint16_t vlan = 0;                   // The local port's.
};

struct MacEntry {
  std::uint32_t ports = 0;    // That have it...
  PortState* port = nullptr;  // ... and one of them.
};

struct VlanState {
  std::uint32_t ports = 0;
  base::MacAddress router_mac{};  // As SegmentState's.
};

struct SegmentState {
  SegmentId id = 0;
  SegmentSpec spec;
  const SegmentType* type = nullptr;      // By spec.
  std::unique_ptr<OverlayState> overlay;  // Null: no overlay.
  std::uint32_t generation = 0;
  PortState* uplink = nullptr;
  PortState* host = nullptr;
  std::vector<PortState*> ports;
  std::unordered_map<base::IpAddress, AddressEntry, base::IpAddressHash> addresses;
  std::unordered_map<std::uint64_t, MacEntry> macs;    // Of local ports.
  base::MacAddress router_mac{};                       // Seen outside, by the uplink, without a tag; zero until then.
  std::unordered_map<std::uint16_t, VlanState> vlans;  // That ports are in.
  // What rules here translate sources to, and how many do.
  std::unordered_map<base::IpAddress, std::uint32_t, base::IpAddressHash> nat_addresses;

  const AddressEntry* Find(const base::IpAddress& address) const {
    const auto found = addresses.find(address);
    return found == addresses.end() ? nullptr : &found->second;
  }
  // The same for who is in a VLAN, or in none: a port of another one is not there.
  const AddressEntry* FindIn(std::uint16_t vlan, const base::IpAddress& address) const {
    const AddressEntry* entry = Find(address);
    return entry != nullptr && entry->port != kNoPort && entry->vlan != vlan ? nullptr : entry;
  }
  PortState* FindMac(std::uint16_t vlan, const base::MacAddress& mac) const {
    const auto found = macs.find(mac.ToUint64());
    return found == macs.end() || found->second.port->vlan != vlan ? nullptr : found->second.port;
  }
  PortState* HostIn(std::uint16_t vlan) const { return host != nullptr && host->vlan == vlan ? host : nullptr; }
  // REQUIRES: 0, or a VLAN that a port is in.
  const base::MacAddress& RouterIn(std::uint16_t vlan) const {
    return vlan == 0 ? router_mac : vlans.find(vlan)->second.router_mac;
  }
  void SetRouter(std::uint16_t vlan, const base::MacAddress& mac) {
    (vlan == 0 ? router_mac : vlans.find(vlan)->second.router_mac) = mac;
  }
  // Of everybody here: multicast, limited broadcast, or a subnet's own.
  bool IsGroup(const base::IpAddress& address) const;
  bool IsGateway(const base::IpAddress& address) const;
  bool IsOnLink(const base::IpAddress& address) const;
  // Of a rule that comes or goes. The first of an address is a new generation:
  // routes towards it must be asked about from then on.
  void CountNatAddress(const Rule& rule, bool comes);
};

inline std::uint32_t PortState::stamp() const { return generation + segment->generation; }

struct SharedGroup {
  SegmentId segment = 0;
  std::unique_ptr<CompiledGroup> group;
  std::uint32_t users = 0;  // Layers that refer to it.
};

class SwitchState {
 public:
  base::Result<SegmentId> AddSegment(SegmentSpec spec);
  base::Status UpdateSegment(SegmentId id, SegmentSpec spec);
  base::Status RemoveSegment(SegmentId id);
  SegmentState* segment(SegmentId id) const { return id < segments_.size() ? segments_[id].get() : nullptr; }

  base::Result<PortIndex> AddPort(PortSpec spec);
  // REQUIRES: the port is live and its connections are gone when it returns true
  // for ChangesIdentity.
  base::Status UpdatePort(PortIndex port, PortSpec spec);
  bool ChangesIdentity(const PortState& port, const PortSpec& spec) const {
    return port.spec.mac != spec.mac || port.spec.addresses != spec.addresses || port.spec.guards != spec.guards ||
           port.spec.vlan != spec.vlan;
  }
  void RemovePort(PortIndex port, StringPool& names);
  PortState* port(PortIndex index) const { return ports_[index].get(); }
  // Null for what is not a live port.
  PortState* FindLive(PortIndex index) const {
    return index < ports_.size() && ports_[index]->live ? ports_[index].get() : nullptr;
  }
  std::optional<PortIndex> FindPort(std::string_view id) const;
  const std::vector<std::unique_ptr<PortState>>& ports() const { return ports_; }

  base::Result<SharedGroupId> AddSharedGroup(SegmentId segment, const GroupSpec& spec, BackendTables& tables,
                                             StringPool& names);
  base::Status RemoveSharedGroup(SharedGroupId id, StringPool& names);
  SharedGroup* shared_group(SharedGroupId id) const {
    return id < shared_groups_.size() ? shared_groups_[id].get() : nullptr;
  }

  // REQUIRES: the group is there.
  void SetSharedRule(SharedGroupId id, PreparedRule rule, StringPool& names);
  void RemoveSharedRule(SharedGroupId id, std::string_view rule_id, StringPool& names);

  // The port's old layers are in `layers` afterwards, without names.
  // REQUIRES: CheckLayers said yes.
  void SwapLayers(PortState& port, CompiledLayers& layers, StringPool& names);
  base::Status CheckLayers(const PortState& port, const CompiledLayers& layers) const;
  // ERROR_INVALID_PARAMETER: an uplink, or a next hop of the other family.
  static base::Status CheckRoutes(const PortState& port, const std::vector<PortRoute>& routes);
  static void SetRoutes(PortState& port, const std::vector<PortRoute>& routes);
  // REQUIRES: the segment is there.
  void SetRemote(SegmentId segment, const RemoteAddress& remote, bool remove);
  base::Status CheckRemote(SegmentId segment, const RemoteAddress& remote, bool remove) const;

 private:
  base::Status CheckPort(const SegmentState& segment, const PortSpec& spec, const PortState* self) const;
  void ClaimAddresses(PortState& port);
  void ReleaseAddresses(PortState& port);
  void ReleaseLayers(PortState& port, StringPool& names);

  std::vector<std::unique_ptr<SegmentState>> segments_;
  std::vector<std::unique_ptr<PortState>> ports_;
  std::vector<PortIndex> free_ports_;
  std::unordered_map<std::string, PortIndex> port_ids_;
  std::unordered_map<std::string, SegmentId> segment_ids_;
  std::vector<std::unique_ptr<SharedGroup>> shared_groups_;
};

}  // namespace vfp
