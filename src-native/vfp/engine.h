// The packet engine: segments (a bridge, an overlay or another kind each), ports on them,
// layers of policy on the ports, one table of cached flows.
//
// How a frame travels. It enters at a port *outbound* (away from the endpoint).
// A cached flow applies at once (fast path). Otherwise the port's layers are
// walked in ascending priority (slow path), each may block, or rewrite the
// metadata view of the packet; the rewrites are composed into one transposition,
// written once to the bytes, and cached. The segment then routes by destination
// address: another port, entered *inbound* through its layers in descending
// priority; the uplink, with the host's MAC for source; on an overlay a tunnel to
// another host, in VXLAN; the host port; or nowhere. ARP and ND are answered or
// translated by the segment. What differs by the kind of segment is in
// internal/segment_type.h.
//
// Connections. A stateful rule makes a connection: both keys (one per direction,
// see flow_key.h), both transpositions, and what each stateful layer decided.
// Replies follow the connection without rule evaluation.
//
// Generations. Every change of policy raises a number and touches no flow. A
// cached flow of an older number is reconciled by the next packet of either
// direction: the layers are walked again for the connection's first direction,
// keeping translations whose rule, backend or pool still exists. Unchanged:
// stamped anew. Changed: replaced. Blocked: cut, in both directions.
//
// Threads. Any thread may call anything. Each call, and each batch of frames,
// runs alone (one lock, taken per batch, never per packet); a waiting control
// call goes before the next batch. A change set is prepared outside the lock
// and swapped in under it, so a packet meets all of it or nothing. Sinks are
// called under the lock and must not call back into the engine; after
// RemovePort returns, no call into that port's sink is running or follows.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ip_address.h"
#include "base/mac_address.h"
#include "base/result.h"
#include "vfp/drop_reason.h"
#include "vfp/encapsulation.h"
#include "vfp/flow_key.h"
#include "vfp/flow_limits.h"
#include "vfp/header_transposition.h"
#include "vfp/packet_sink.h"
#include "vfp/port_route.h"
#include "vfp/port_shaping.h"
#include "vfp/rule.h"
#include "wire/frame.h"

namespace vfp {

using SegmentId = std::uint32_t;

struct Timeouts {  // Idle times after which a connection is forgotten (vfp.md 3.13).
  std::chrono::seconds tcp_half_open{240};
  std::chrono::seconds tcp_established{240};
  std::chrono::seconds tcp_time_wait{240};
  std::chrono::seconds tcp_reset{4};
  std::chrono::seconds udp{240};
  std::chrono::seconds icmp{60};
  std::chrono::seconds other{240};
  std::chrono::seconds fragment{15};
};

struct EngineOptions {
  std::size_t max_connections = 4'000'000;  // Over all ports.
  std::uint64_t hash_seed = 0;              // Tables and Maglev; equal seeds choose alike.
  bool flow_cache = true;                   // False: every packet takes the slow path (for comparison).
  // Sequence numbers of every tracked TCP connection are checked, as if each of
  // its rules had Rule::kTrackTcp. Costs such a connection the fast path.
  bool tcp_windows = false;
  Timeouts timeouts;
  FlowLimits limits;  // Of each port.
};

struct OverlaySubnet {
  base::IpPrefix prefix;
  std::uint32_t vsid = 0;
};
// A subnet on another host.
struct RemoteSubnet {
  base::IpPrefix prefix;
  std::uint32_t vsid = 0;
  base::IpAddress provider;     // The host's provider address.
  base::MacAddress router_mac;  // What the host's router answers to.
};
// Makes a segment an overlay: what is for other hosts leaves in VXLAN (RFC 7348).
struct OverlaySpec {
  base::IpAddress provider;                 // This host's, IPv4. Unspecified: nothing can be sent to others.
  std::uint8_t provider_prefix_length = 0;  // Of its link. 0: every provider address is on the link.
  std::optional<base::IpAddress> gateway;   // The next hop for those that are not.
  std::uint16_t udp_port = wire::kVxlanPort;
  std::vector<OverlaySubnet> subnets;  // Of this host.
  std::vector<RemoteSubnet> remote_subnets;
};

// How ports of a segment that is no overlay meet each other and the uplink.
enum class SegmentKind : std::uint8_t {
  kBridge,       // Directly, and the uplink in the name of the host.
  kL2Tunnel,     // As kBridge, but endpoints meet each other through the uplink alone.
  kTransparent,  // By MAC, as on a switch; frames leave with the MAC of their port.
  kPrivate,      // Directly; no host and no uplink.
};

struct SegmentSpec {
  std::string id;             // The network's GUID.
  base::MacAddress host_mac;  // What every frame leaving the uplink carries as source.
  // Answers for `gateways` when the segment has no uplink. On an overlay always, and
  // for everybody on other hosts: the distributed router's.
  base::MacAddress gateway_mac;
  std::vector<base::IpAddress> gateways;
  std::vector<base::IpPrefix> prefixes;  // On-link subnets.
  SegmentKind kind = SegmentKind::kBridge;
  std::optional<OverlaySpec> overlay;  // Not there: `kind` says.
};

enum class PortKind : std::uint8_t {
  kEndpoint,  // A pod's or container's NIC.
  kUplink,    // The physical side; at most one per segment.
  kHost,      // The host's vNIC; at most one per segment. Also where load
              // balancing with a source VIP and traffic for host addresses happens.
};

// What a frame that enters at the port must be (anti-spoofing, guard.h).
struct PortGuards {
  bool mac = false;       // From the port's MAC.
  bool address = false;   // From one of its addresses, when it begins something.
  bool neighbor = false;  // ARP and ND speak of the port itself, and of no router.
  bool dhcp = false;      // No answer of a DHCP server.
  bool operator==(const PortGuards&) const = default;
  static constexpr PortGuards All() { return {true, true, true, true}; }
};

struct PortSpec {
  std::string id;  // GUID text; unique in the engine.
  std::string friendly_name;
  SegmentId segment = 0;
  PortKind kind = PortKind::kEndpoint;
  base::MacAddress mac;
  std::vector<base::IpAddress> addresses;  // Empty for an uplink.
  // 802.1Q: frames have its tag on the uplink and none here; 0: untagged there, too.
  // Ports of other VLANs are not reached. Not on an overlay, nor of an uplink.
  std::uint16_t vlan = 0;
  std::uint16_t mtu = 1500;
  PortGuards guards;
  PacketSink* sink = nullptr;  // Borrowed until RemovePort; null: frames are dropped as not ready.
};

// A peer that is not on this host but whose MAC is known (HNS remote endpoint).
struct RemoteAddress {
  base::IpAddress address;
  base::MacAddress mac;
  // Of an overlay: the host it is on. This host's own provider address: somebody
  // whom the host reaches, not the overlay.
  std::optional<base::IpAddress> provider{};
};

// One atomic change. Applied in the order of the members below.
struct ChangeSet {
  struct PortLayers {  // Replaces all layers of the port. An uplink has none.
    PortIndex port;
    std::vector<LayerSpec> layers;
  };
  struct SharedRule {  // Adds, or replaces the rule of that id.
    SharedGroupId group;
    Rule rule;
  };
  struct SharedRuleRemoval {
    SharedGroupId group;
    Text rule_id;
  };
  struct SegmentRemote {
    SegmentId segment;
    RemoteAddress remote;
    bool remove = false;
  };

  // Limits of a port, instead of those it has. What waits for a limit that goes
  // leaves at once, in its order; a limit that stays the same keeps its tokens.
  // An uplink has none.
  struct SetShaping {
    PortIndex port;
    PortShaping shaping;
  };

  struct PortRoutes {  // Replaces all routes of the port. An uplink has none.
    PortIndex port;
    std::vector<PortRoute> routes;
  };

  std::vector<SharedRuleRemoval> remove_shared_rules;
  std::vector<SharedRule> set_shared_rules;
  std::vector<PortLayers> set_port_layers;
  std::vector<SegmentRemote> remotes;
  std::vector<SetShaping> set_shaping;
  std::vector<PortRoutes> set_routes;
};

struct TupleView {  // For people: a packet's visible headers at one moment.
  base::MacAddress source_mac, destination_mac;
  base::IpAddress source, destination;
  std::uint8_t protocol = 0;
  std::uint16_t source_port = 0, destination_port = 0;
};

struct ExplainStep {
  std::string port;  // Port id.
  Direction direction = Direction::kOutbound;
  std::string layer;  // "" for the segment's own steps, see `action`.
  std::string group;
  std::string rule_id;  // "" when no rule matched.
  std::string rule_name;
  std::uint16_t rule_priority = 0;
  std::string action;  // allow, block, nat, dynnat, lbnat, default-allow, default-block, flow,
                       // l2-rewrite, route, encap, decap, vlan, answer, hairpin, qos (a limit on
                       // bandwidth), drop (for what no rule decided).
  std::string detail;  // One clause for people: the backend chosen, the port allocated, ...
  HeaderTransposition change;
  std::optional<Encapsulation> push{};  // With encap; with decap what was taken away.
  TupleView before, after;
};

enum class ExplainVerdict : std::uint8_t { kForward, kDrop, kAnswered };

struct Explanation {
  ExplainVerdict verdict = ExplainVerdict::kDrop;
  std::optional<DropReason> reason;  // With kDrop.
  std::string deliver_to;            // Port id, with kForward; several, comma separated, for a flood.
  bool cached = false;               // The ingress port had a current flow for it.
  std::vector<ExplainStep> steps;    // In the order of travel.
  TupleView final_tuple;             // Of a frame that leaves by a tunnel: the outer headers.
};

enum class ConnectionState : std::uint8_t {
  kNew,      // UDP, ICMP, other: seen in one direction.
  kReplied,  // ... in both.
  kSynSent,
  kSynReceived,
  kEstablished,
  kFinWait,
  kCloseWait,
  kClosing,
  kLastAck,
  kTimeWait,
  kReset,
  kBlocked,  // Cut by a policy change.
};
std::string_view ConnectionStateName(ConnectionState state);  // "established"

struct FlowInfo {  // One connection at one port.
  std::string port;
  Direction initiator = Direction::kOutbound;
  FlowKey outbound, inbound;  // Keys as entered.
  HeaderTransposition outbound_change, inbound_change;
  std::optional<Encapsulation> outbound_push;  // When it leaves by a tunnel.
  ConnectionState state = ConnectionState::kNew;
  bool current = true;  // Stamped with the present generation.
  std::uint64_t outbound_packets = 0, outbound_bytes = 0, inbound_packets = 0, inbound_bytes = 0;
  std::chrono::nanoseconds idle{0};
  std::chrono::nanoseconds expires_in{0};
  struct Decision {
    std::string layer, rule_id;
    std::string action;
    std::string detail;
  };
  std::vector<Decision> decisions;  // What stateful layers decided.
};

struct FlowPage {
  std::vector<FlowInfo> flows;
  std::uint64_t next = 0;  // Pass to the next call; 0 at the end.
};

struct DirectionCounters {
  std::uint64_t packets = 0, bytes = 0;  // That entered the port in this direction.
  std::uint64_t forwarded = 0;           // packets = forwarded + dropped + answered + waiting.
  std::uint64_t dropped = 0, answered = 0;
  std::uint64_t waiting = 0;  // For tokens, now: see port_shaping.h.
  std::uint64_t delayed = 0;  // That had to wait so, ever.
  // By a cached decision; by walking layers or by hand (ARP, garbage); of those,
  // to check a cached decision against a changed policy.
  std::uint64_t fast_path = 0, slow_path = 0, reconciled = 0;
  std::array<std::uint64_t, kDropReasonLimit> drops{};  // By DropReason.
};

struct PortInfo {
  PortIndex index = kNoPort;
  PortSpec spec;  // sink is null here.
  std::uint32_t generation = 0;
  DirectionCounters outbound, inbound;
  std::uint64_t connections = 0;
  FlowCounts flows;  // The same by kind.
  PortShaping shaping;
  std::uint64_t outbound_waiting_bytes = 0, inbound_waiting_bytes = 0;  // On the wire.
};

struct RuleInfo {
  Rule rule;
  // Packets that were evaluated: a cached flow counts at its first packet and
  // after changes of policy, not at each packet.
  std::uint64_t matched_packets = 0, dropped_packets = 0;
};
struct GroupInfo {
  std::string id;
  std::uint16_t priority = 0;
  Direction direction{};
  base::IpFamily family{};
  bool shared = false;
  std::vector<RuleInfo> rules;  // In order of evaluation.
};
struct LayerInfo {
  std::string id;
  std::uint16_t priority = 0;
  bool stateful = true;
  bool default_allow = true;
  std::vector<GroupInfo> groups;
};

class Engine final : public PacketSink {
 public:
  // `clock` outlives the engine.
  Engine(const base::Clock& clock, const EngineOptions& options);
  ~Engine() override;

  // --- Shape. Errors change nothing. ---
  base::Result<SegmentId> AddSegment(SegmentSpec spec);  // ERROR_ALREADY_EXISTS: id taken.
  base::Status UpdateSegment(SegmentId id, SegmentSpec spec);
  // REQUIRES: no port left on it; else HCN_E_ENTITY_HAS_REFERENCES.
  base::Status RemoveSegment(SegmentId id);
  // ERROR_ALREADY_EXISTS: id or an address taken. ERROR_INVALID_PARAMETER: a VLAN that cannot be.
  base::Result<PortIndex> AddPort(PortSpec spec);
  // New addresses, MAC, VLAN or guards: all flows of the port are dropped. segment, kind, id stay.
  base::Status UpdatePort(PortIndex port, PortSpec spec);
  // Its flows, bindings and layers go too. HCN_E_PORT_NOT_FOUND.
  base::Status RemovePort(PortIndex port);
  base::Result<SharedGroupId> AddSharedGroup(SegmentId segment, GroupSpec spec);
  base::Status RemoveSharedGroup(SharedGroupId group);  // REQUIRES: no layer refers to it.

  // --- Policy: all of it between two packets, or an error and nothing. ---
  base::Status Commit(ChangeSet change);

  // --- Frames. ---
  // `port`: where they enter, outbound. An uplink's frames enter the segment
  // from outside. Deliveries happen before it returns.
  void OnFrames(PortIndex port, std::span<wire::Frame> frames) noexcept override;

  // Lets go what waits for tokens and has them by now; also done whenever frames
  // come. Returns after what time there will be tokens for more; nothing: nothing waits.
  std::optional<std::chrono::nanoseconds> Poll() noexcept override;

  // --- Looking. ---
  std::vector<PortInfo> Ports() const;
  std::optional<PortIndex> FindPort(std::string_view id) const;
  base::Result<PortInfo> Port(PortIndex port) const;
  base::Result<std::vector<LayerInfo>> Layers(PortIndex port) const;
  // Up to `limit` connections of a port (kNoPort: all) from `cursor` (0: the
  // start) on. Takes the lock per page, so a million flows do not stop traffic;
  // for the same reason a page may hold fewer, or none, before the end.
  FlowPage Flows(PortIndex port, std::uint64_t cursor, std::size_t limit) const;
  // Walks the code a frame entering at `port` walks, and leaves no trace: no
  // flow, NAT port or counter. The bytes of `frame` are copied, not changed. The
  // layers are told even when a cached flow decides, as they would decide now.
  // ERR_INVALID_FRAME: larger than any frame.
  base::Result<Explanation> Explain(PortIndex port, const wire::Frame& frame) const;

  // --- Time. --- Forgets idle connections; returns how many. Also done a little
  // at a time while frames pass.
  std::size_t ExpireIdle();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vfp
