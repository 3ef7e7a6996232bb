// A switch on the bench: ports with names, packets as text, a clock turned by
// hand.
//
// Every frame sent is explained first, and what explain says is held against
// what happens: the port it arrives at, its final headers, the reason of a drop,
// and that explaining left no trace. Every frame delivered is checked for right
// checksums; every frame that leaves the uplink for pods' MACs; every counter
// for packets = forwarded + dropped + answered + waiting.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "native/test.h"
#include "vfp/engine.h"
#include "wire/frame_builder.h"

namespace engine_test {

using Bytes = std::vector<std::uint8_t>;
using Texts = std::vector<std::string>;

// "tcp 10.1.0.4:31337 > 10.96.0.10:80 S", "udp [fd00::1]:53 > [fd00::2]:53",
// "ping 10.1.0.4 > 10.1.0.5 id 7", "pong ...", "gre 10.1.0.4 > 10.1.0.5".
// Flags: S A F R P. MACs are the lab's business. "unreachable 10.1.0.5 >
// 10.1.0.4 about udp 10.1.0.4:1000 > 10.1.0.5:53": an ICMP error that quotes a
// packet; others are time-exceeded, too-big, parameter-problem, redirect.
// With a tag: "vlan 100 udp ...". In a tunnel:
// "vxlan 4096 192.168.0.2 > 192.168.0.1 [tcp 10.2.0.4:80 > 10.1.0.4:31337 SA]".
Bytes Packet(std::string_view text, const base::MacAddress& source, const base::MacAddress& destination);
std::string Describe(const Bytes& frame);
// With a VLAN tag of this TCI in front.
Bytes Tagged(std::uint16_t tci, Bytes frame);
// A VXLAN packet with this frame inside, from one provider address to another.
Bytes InTunnel(std::uint32_t vsid, std::string_view from, std::string_view to, const Bytes& inner,
               const base::MacAddress& source, const base::MacAddress& destination);
// The frame inside; empty when it is no VXLAN packet to port 4789.
Bytes OutOfTunnel(const Bytes& frame);
base::IpAddress Ip(std::string_view text);
base::MacAddress Mac(std::string_view text);

// Conditions in short: {.protocols = {6}} is the struct itself; these are for
// the usual ones.
vfp::Conditions To(std::string_view prefix, std::string_view ports = "", std::uint8_t protocol = 0);
vfp::Conditions From(std::string_view prefix, std::string_view ports = "", std::uint8_t protocol = 0);

constexpr std::uint32_t kStateful = vfp::Rule::kTerminating | vfp::Rule::kStateful;
vfp::Rule MakeRule(std::string id, std::uint16_t priority, vfp::Action action, vfp::Conditions conditions = {},
                   std::uint32_t flags = kStateful);
vfp::GroupSpec Group(vfp::Direction direction, std::vector<vfp::Rule> rules,
                     base::IpFamily family = base::IpFamily::kIpv4);
vfp::LayerSpec Layer(std::string id, std::uint16_t priority, std::vector<vfp::GroupSpec> groups,
                     bool default_allow = true);
// An endpoint's ACL layer: denies by default, as from the first ACL on.
vfp::LayerSpec Acl(std::vector<vfp::Rule> in, std::vector<vfp::Rule> out);
// Backends "10.1.0.7:8080".
vfp::LoadBalance Balance(std::vector<std::string_view> backends);
// The VIP's rule in a pod's own LB layer.
vfp::LayerSpec LoadBalancer(std::string_view vip, std::string_view port, vfp::LoadBalance action);

inline constexpr vfp::Direction kIn = vfp::Direction::kInbound;
inline constexpr vfp::Direction kOut = vfp::Direction::kOutbound;

// Host 192.168.0.1 with subnets 10.1.0.0/24 (VSID 4096) and 10.3.0.0/24 (VSID 4097);
// 192.168.0.2 has 10.2.0.0/24 (VSID 4096), with router 02-00-00-00-02-00.
vfp::OverlaySpec LabOverlay();

class Lab : public vfp::PacketSink {
 public:
  explicit Lab(vfp::EngineOptions options = {}, std::optional<vfp::OverlaySpec> overlay = {},
               vfp::SegmentKind kind = vfp::SegmentKind::kBridge);

  vfp::PortIndex Pod(const std::string& name, std::vector<std::string_view> addresses, std::uint16_t vlan = 0);
  vfp::PortIndex Uplink();
  vfp::PortIndex Host(std::vector<std::string_view> addresses, std::uint16_t vlan = 0);
  void Remote(std::string_view address, std::string_view mac, std::string_view provider = "");
  // 192.168.0.2 has told its MAC, 52-54-00-00-00-02. REQUIRES: an uplink, a pod.
  void Meet(vfp::PortIndex pod, vfp::PortIndex uplink);
  void Policy(vfp::PortIndex port, std::vector<vfp::LayerSpec> layers);
  base::Status Commit(vfp::ChangeSet change) { return engine.Commit(std::move(change)); }

  // What arrived where: "web tcp 10.1.0.4:31337 > 10.1.0.7:8080 S", or "drop
  // acl-blocked", or nothing.
  Texts Send(vfp::PortIndex port, std::string_view packet);
  Texts SendFrame(vfp::PortIndex port, Bytes frame);
  // The same, when exactly one thing happens.
  std::string One(vfp::PortIndex port, std::string_view packet);
  std::string OneFrame(vfp::PortIndex port, Bytes frame);

  vfp::Explanation Explain(vfp::PortIndex port, std::string_view packet);
  std::vector<vfp::FlowInfo> Flows(vfp::PortIndex port = vfp::kNoPort) const;
  // All that can be seen of the engine, as text.
  std::string Dump() const;
  void Wait(std::chrono::milliseconds time) { clock.Advance(time); }

  // The packet as that port would send it.
  Bytes Frame(vfp::PortIndex port, std::string_view packet) const;

  void OnFrames(vfp::PortIndex port, std::span<wire::Frame> frames) noexcept override;

  base::ManualClock clock;
  vfp::Engine engine;
  vfp::SegmentId segment = 0;
  std::vector<std::pair<vfp::PortIndex, Bytes>> delivered;  // By the last send.
  bool forgets = false;                                     // Set where deliveries are only to be counted...
  std::uint64_t forgotten = 0;                              // ... here.
  bool explains = true;                                     // Off where thousands of frames are sent.
  base::MacAddress host_mac, gateway_mac, outside_mac;

 private:
  struct Port {
    std::string name;
    base::MacAddress mac;
    vfp::PortKind kind = vfp::PortKind::kEndpoint;
    std::vector<base::IpAddress> addresses;
  };
  vfp::PortIndex Add(vfp::PortSpec spec);
  void CheckExplanation(vfp::PortIndex port, const vfp::Explanation& said);
  void CheckDelivered();
  std::map<vfp::DropReason, std::uint64_t> Drops() const;

  // Of what was delivered, what the switch says for itself: questions on an
  // overlay's wire, a router's errors to the sender.
  bool IsSwitchesOwn(vfp::PortIndex sender, vfp::PortIndex to, const Bytes& frame) const;

  const bool overlay_;
  const bool keeps_macs_;
  std::map<vfp::PortIndex, Port> ports_;
  std::map<vfp::DropReason, std::uint64_t> dropped_;  // By the last send.
};

}  // namespace engine_test
