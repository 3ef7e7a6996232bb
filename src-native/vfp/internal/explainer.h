// A packet on its way, told instead of carried (see explain.h). One object a packet.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vfp/internal/planner.h"
#include "vfp/internal/slow_path.h"

namespace vfp {

// What people see of a packet with these headers.
TupleView ViewOf(const wire::ParsedFrame& parsed);

class Explainer final : public WalkObserver {
 public:
  Explainer(const Datapath& path, const PortState& port, const wire::Frame& frame);
  ~Explainer() override;
  Explainer(const Explainer&) = delete;
  Explainer& operator=(const Explainer&) = delete;

  Explanation Run();

  void OnLayer(const CompiledLayer& layer, const LayerOutcome* outcome, const Tuple& before, const Tuple& after,
               std::optional<DropReason> drop) override;

 private:
  using HT = HeaderTransposition;

  TupleView ViewOfTuple(const Tuple& tuple) const;
  ExplainStep& Step(std::string_view action, std::string detail);
  bool Drop(DropReason reason);
  bool Arrive(const PortState& port);
  void Change(const HT& change) { ApplyToMetadata(change, &parsed_); }
  void ChangeMacs(const HT& macs);
  void TellTag();  // Of a frame that leaves by the uplink.
  std::uint16_t Vlan() const { return port_->kind == PortKind::kUplink ? vlan_ : port_->vlan; }
  // Tokens for the frame, which are not taken: false, and it is dropped (explain_shaping.cc).
  bool Shape(Egress egress);
  bool MayFlood(const PortState& port, Direction direction) const;
  // See Delivery::Advance.
  bool Advance(Egress egress, PortIndex egress_port);
  bool Route(const Tuple& after, const std::optional<base::IpAddress>& reach);

  // explain_tunnel.cc
  bool Object(const Objection& objection);
  bool IntoTunnel(const Encapsulation& planned);
  // Of the tunnel, for the packet with the headers it has by now.
  std::uint16_t SourcePort();
  bool OutOfTunnel();

  // Onward with a change that has been decided.
  bool Leave(const HT& change, Egress inbound_egress, const std::optional<base::IpAddress>& reach);
  // See SlowPath::Process.
  bool AtPort();
  bool Flow();
  Plan* FreshPlan();
  // A packet that a load balancer sends back to its sender, from and to the same
  // port number, is the reply to itself: its connection has that key.
  bool OwnReply(const Plan& plan);
  bool LeaveAsReply(const Plan& plan);
  bool Alone();
  std::optional<DropReason> CheckSourceHere() const;
  bool New(const FlowKey& key, const PacketFacts& facts, ConnectionIndex replaces);
  // What reconciling would release.
  void GiveUpBindings(const Connection& connection, PortIndex owner);
  void RememberConnection();
  // A frame would hold them by now, and the ports to come would see them taken
  // (or their address in use). So they are taken for as long as this lasts.
  void HoldBindings(PortIndex owner);
  bool Member(std::uint32_t index, const FlowKey& key, const PacketFacts& facts);

  // explain_error.cc. See SlowPath::ProcessError.
  bool Error();
  bool LeaveAsError(const HeaderTransposition& reply, Egress inbound_egress,
                    const std::optional<base::IpAddress>& reach);

  // explain_group.cc: what is for everybody, and questions about addresses.
  bool Neighbor(const std::optional<wire::NdView>& nd);
  bool Outside();
  bool Flood();
  bool ToOthers(bool through_layers);

  const Datapath& path_;
  const Planner planner_;
  const PortState* port_;
  Direction direction_ = Direction::kOutbound;
  Direction walked_ = Direction::kOutbound;  // Of the layers that are being told.
  std::vector<std::uint8_t> bytes_;
  wire::Frame frame_;
  wire::ParsedFrame parsed_;                 // The frame as it is by now.
  std::optional<wire::QuotedPacket> quote_;  // What it quotes by now.
  std::uint8_t forwarded_ = 0;
  Ingress ingress_ = Ingress::kPort;
  std::uint16_t vlan_ = 0;  // That the frame came in with.
  bool left_by_tunnel_ = false;
  std::vector<std::shared_ptr<const Plan>> carried_;  // Out, if this were a frame.
  std::vector<FlowKey> keys_;                         // Of connections as the frame would have left them by now.
  std::vector<NatBindingKey> held_;
  std::vector<std::pair<NatBindingKey, PortIndex>> given_up_;
  std::size_t made_ = 0;        // Connections a frame would have made so far.
  bool entered_ = false;        // Beyond the first port.
  std::shared_ptr<Plan> plan_;  // Of the step at hand.
  WalkResult reply_;
  Explanation result_;
};

}  // namespace vfp
