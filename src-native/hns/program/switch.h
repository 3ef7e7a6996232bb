// The engine and the driver as the model sees them: a segment per network with
// a port for the host and one for an uplink, a port per local endpoint, shared
// groups by what they are for.
//
// What can fail comes before the store's commit and leaves its reverse in an
// Undo; what comes after the commit cannot fail, because it was checked.
//
// Threads: callers take turns.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/guid.h"
#include "base/result.h"
#include "hns/program/policy_change.h"
#include "hns/program/vlan.h"
#include "hns/undo.h"
#include "ports/port_driver.h"
#include "schema/endpoint.h"
#include "schema/network.h"
#include "vfp/engine.h"

namespace hns {

// Ports that are no endpoint's have ids derived from their network's.
base::Guid HostPortId(const base::Guid& network);
base::Guid UplinkPortId(const base::Guid& network);

class Switch {
 public:
  // Both outlive the switch.
  Switch(vfp::Engine& engine, ports::PortDriver& driver) : engine_(engine), driver_(driver) {}

  // --- Before the commit ---
  // An overlay that says its adapter and not its provider address has the adapter's.
  void FillProvider(schema::Network* network) const;
  base::Status AddNetwork(const schema::Network& network, Undo* undo);
  // From `old` to `network`: prefixes, gateways, MACs, the uplink.
  base::Status UpdateNetwork(const schema::Network& old, const schema::Network& network, Undo* undo);
  // The port has its policy before anything reaches it.
  base::Status AddEndpoint(const schema::Endpoint& endpoint, PortPolicy policy, Undo* undo);
  // The port's name, MTU and VLAN, from `old` to `endpoint`. `compartment`: where it is attached, if it is.
  base::Status UpdateEndpoint(const schema::Endpoint& old, const schema::Endpoint& endpoint,
                              const std::optional<base::Guid>& compartment, Undo* undo);
  // Gives the endpoint an interface in a compartment. In the host's compartment
  // it is the network's host port that gets it: call MoveToHost after the commit.
  base::Status Attach(const schema::Endpoint& endpoint, const base::Guid& compartment, bool is_host, Undo* undo);
  // Makes the port the endpoint will have after MoveFromHost.
  base::Status PrepareMoveFromHost(const schema::Endpoint& endpoint, Undo* undo);
  base::Status AddCompartment(const base::Guid& id, bool is_host, Undo* undo);

  // --- After the commit ---
  // The host port takes the place of the endpoint's own port, and gives it back.
  base::Status MoveToHost(const schema::Endpoint& endpoint);
  base::Status MoveFromHost(const schema::Endpoint& endpoint);  // REQUIRES: prepared.
  // REQUIRES: attached, not in the host compartment.
  void Detach(const base::Guid& endpoint);
  void RemoveEndpoint(const base::Guid& endpoint);
  // REQUIRES: its endpoints are gone.
  void RemoveNetwork(const base::Guid& network);
  void RemoveCompartment(const base::Guid& id) { driver_.RemoveCompartment(id); }
  // All of it between two packets. Rules of networks and endpoints that are
  // gone are passed over.
  base::Status Apply(PolicyChange change);

  // --- Looking ---
  // False: the owner's layers must be set along with the first rule of this kind.
  bool HasNatGroup(const base::Guid& endpoint, base::IpFamily family) const;
  bool IsInHost(const base::Guid& endpoint) const;
  bool HasEndpoint(const base::Guid& endpoint) const { return endpoints_.contains(endpoint); }
  std::optional<vfp::SegmentId> SegmentOf(const base::Guid& network) const;
  base::Result<ports::CompartmentInfo> DescribeCompartment(const base::Guid& id) const {
    return driver_.DescribeCompartment(id);
  }

 private:
  // By family: IPv4, IPv6.
  using GroupPair = std::array<vfp::SharedGroupId, 2>;

  struct NetworkPorts {
    vfp::SegmentId segment = 0;
    std::string name;
    base::MacAddress host_mac;
    std::uint16_t overhead = 0;  // See DefaultOverheadOf.
    std::vector<SubnetVlan> vlans;
    std::uint16_t host_vlan = 0;
    vfp::PortIndex host = vfp::kNoPort;
    bool host_endpoint = false;  // An endpoint has taken the host port's place.
    std::optional<vfp::PortIndex> uplink;
    GroupPair dsr{}, hairpin{}, balance{};
    GroupPair acl_in{}, acl_out{}, acl_host_in{}, acl_host_out{};
  };
  struct EndpointPort {
    base::Guid network;
    vfp::PortIndex own = vfp::kNoPort;    // kNoPort while in the host compartment.
    vfp::PortIndex spare = vfp::kNoPort;  // Prepared: its own again soon.
    std::array<std::optional<vfp::SharedGroupId>, 2> nat{};
  };

  base::Result<vfp::PortIndex> AddPort(vfp::PortSpec spec, Undo* undo);
  void RemovePort(vfp::PortIndex port);
  base::Status UpdatePort(vfp::PortIndex port, vfp::PortSpec spec, Undo* undo);
  base::Status AddUplink(const schema::Network& network, NetworkPorts* ports, Undo* undo);
  base::Result<GroupPair> AddGroups(vfp::SegmentId segment, std::string_view stem, std::string_view ip,
                                    vfp::Direction direction, Undo* undo);
  base::Result<base::MacAddress> HostMacOf(const schema::Network& network);

  base::Result<vfp::SegmentSpec> SegmentSpecOf(const schema::Network& network, const base::MacAddress& host_mac) const;
  vfp::PortSpec EndpointSpec(const schema::Endpoint& endpoint, const NetworkPorts& ports) const;
  vfp::PortSpec HostSpec(const base::Guid& network, const NetworkPorts& ports) const;
  // The host port in the endpoint's place.
  vfp::PortSpec HostSpec(const schema::Endpoint& endpoint, const NetworkPorts& ports) const;

  std::optional<vfp::SharedGroupId> GroupOf(const PlacedRule& rule) const;
  base::Status MakeNatGroup(const PlacedRule& rule);
  // Its layers and limits, if its owner is there.
  void AddPortPolicy(PortPolicy policy, vfp::ChangeSet* change) const;
  std::optional<vfp::ChangeSet::PortLayers> LayersOf(PortPolicy policy) const;
  const NetworkPorts* FindNetwork(const base::Guid& network) const;
  NetworkPorts* FindNetwork(const base::Guid& network);

  vfp::Engine& engine_;
  ports::PortDriver& driver_;
  std::unordered_map<base::Guid, NetworkPorts, base::GuidHash> networks_;
  std::unordered_map<base::Guid, EndpointPort, base::GuidHash> endpoints_;
};

}  // namespace hns
