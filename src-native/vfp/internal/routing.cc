// The slow path as a router: out of tunnels, and what a router refuses to pass on.
#include <algorithm>

#include "vfp/internal/icmp_error.h"
#include "vfp/internal/segment_type.h"
#include "vfp/internal/slow_path.h"
#include "wire/segmentation.h"

namespace vfp {

bool IsTunnelPacket(const PortState& port, const wire::ParsedFrame& parsed) {
  const OverlayState* overlay = port.segment->overlay.get();
  return overlay != nullptr && port.kind == PortKind::kUplink && parsed.kind == wire::EtherKind::kIpv4 &&
         parsed.protocol == wire::kProtoUdp && parsed.l4_offset != 0 &&
         parsed.destination_port == overlay->spec().udp_port && parsed.destination == overlay->spec().provider;
}

std::optional<DropReason> Unpack(const SegmentState& segment, wire::Frame* frame, wire::ParsedFrame* parsed,
                                 Encapsulation* popped) {
  wire::VxlanPacket packet;
  switch (wire::ReadVxlan(*frame, *parsed, &packet)) {
    case wire::VxlanError::kNone: break;
    case wire::VxlanError::kFragment: return DropReason::kFragment;
    default: return DropReason::kInvalidTunnel;
  }
  popped->source = packet.source;
  popped->destination = packet.destination;
  popped->vsid = packet.vni;
  popped->udp_port = parsed->destination_port;
  popped->ttl = parsed->ttl;
  popped->source_mac = parsed->source_mac;
  popped->destination_mac = parsed->destination_mac;
  if (!segment.overlay->HasVsid(packet.vni)) return DropReason::kUnknownVsid;
  wire::PopVxlan(packet, frame);
  if (!CombineEcn(packet.outer_tos, frame)) return DropReason::kTunnelCongestion;
  wire::StoreMac(frame->data + 6, segment.spec.gateway_mac);
  wire::Parse(*frame, parsed);
  if (const auto reason = CheckFrame(*parsed)) return reason;
  // Nobody asks through tunnels: each host knows who is where.
  if (!parsed->IsIp()) return DropReason::kBlockNonIp;
  if (segment.IsGroup(parsed->destination)) return DropReason::kNoDestinationBroadcast;
  const OverlaySubnet* subnet = segment.overlay->SubnetOf(parsed->destination);
  if (subnet == nullptr || subnet->vsid != packet.vni) return DropReason::kUnknownVsid;
  return std::nullopt;
}

std::optional<Objection> ObjectionTo(const PortState& port, const wire::Frame& frame, std::uint8_t ttl,
                                     std::uint8_t ttl_decrement, Egress egress) {
  if (ttl_decrement != 0 && ttl <= ttl_decrement) {
    return Objection{.reason = DropReason::kTtlExceeded, .tells = wire::IcmpErrorKind::kTimeExceeded};
  }
  if (egress != Egress::kTunnel || Delivery::FitsTunnel(port, frame)) return std::nullopt;
  wire::ParsedFrame parsed;
  wire::Parse(frame, &parsed);
  const std::uint32_t mtu = Delivery::TunnelMtu(port);
  std::optional<wire::Segmenter> pieces = wire::Segmenter::OfSegments(frame, parsed);
  const bool to_be_segmented = frame.offload.gso_type != wire::Offload::kGsoNone;
  if (!to_be_segmented && parsed.ip_length <= mtu) return std::nullopt;
  if (!to_be_segmented) pieces = wire::Segmenter::OfFragments(frame, parsed, mtu);
  if (pieces && pieces->longest_packet() <= mtu) return std::nullopt;
  return Objection{.reason = DropReason::kMtuExceeded,
                   .tells = wire::IcmpErrorKind::kPacketTooBig,
                   .mtu = static_cast<std::uint16_t>(mtu)};
}

const base::IpAddress* ObjectingGateway(const SegmentState& segment, const wire::ParsedFrame& parsed) {
  if (!wire::MayCauseIcmpError(parsed)) return nullptr;
  const base::IpAddress* any = nullptr;
  for (const base::IpAddress& gateway : segment.spec.gateways) {
    if (gateway.family != parsed.source.family) continue;
    const bool own = std::any_of(
        segment.spec.prefixes.begin(), segment.spec.prefixes.end(),
        [&](const base::IpPrefix& prefix) { return prefix.Contains(gateway) && prefix.Contains(parsed.source); });
    if (own) return &gateway;
    any = &gateway;
  }
  return any;
}

std::optional<DropReason> SlowPath::CheckOnward(const Traveller& frame, std::uint8_t ttl_decrement, Egress egress) {
  PortState& port = *path_.net.port(frame.port);
  if (ttl_decrement == 0 && egress != Egress::kTunnel) return std::nullopt;
  wire::ParsedFrame parsed;
  wire::Parse(*frame.frame, &parsed);
  const auto objection = ObjectionTo(port, *frame.frame, parsed.ttl, ttl_decrement, egress);
  if (!objection) return std::nullopt;
  // Only who sent it as it is now can make sense of what is quoted.
  const bool as_sent = frame.forwarded == 0 && frame.direction == Direction::kOutbound;
  if (!as_sent) return objection->reason;
  const base::IpAddress* gateway = ObjectingGateway(*port.segment, parsed);
  if (gateway == nullptr) return objection->reason;
  wire::Frame error;
  error.data = copy();
  error.length =
      static_cast<std::uint32_t>(wire::WriteIcmpError(objection->tells, objection->mtu, *frame.frame, parsed, *gateway,
                                                      port.segment->spec.gateway_mac, {copy(), wire::kMaxFrameBytes}));
  delivery_.HandOver(port, error);
  return objection->reason;
}

bool SlowPath::DropAsking(const Traveller& frame, DropReason reason, const std::optional<base::IpAddress>& ask_for) {
  if (ask_for) delivery_.AskUnderlay(*path_.net.port(frame.port)->segment, *ask_for);
  return Drop(frame, reason);
}

Route SlowPath::FindRouteFromOutside(const Traveller& frame, const wire::ParsedFrame& parsed) const {
  const PortState& uplink = *path_.net.port(frame.port);
  const auto quote = QuoteOf(*frame.frame, parsed);
  return FindRoute(path_, {.segment = uplink.segment,
                           .from = &uplink,
                           .tuple = quote ? ReplyTupleOf(*quote) : TupleOf(parsed),
                           .is_echo = quote ? quote->is_echo : parsed.is_icmp_echo,
                           .reach = std::nullopt,
                           .destination_mac = parsed.destination_mac,
                           .vlan = frame.vlan,
                           .ingress = frame.ingress});
}

bool SlowPath::LeaveTunnel(Traveller* frame, wire::ParsedFrame& parsed) {
  const PortState& uplink = *path_.net.port(frame->port);
  ++path_.net.port(frame->port)->counters[static_cast<std::size_t>(frame->direction)].fast_path;
  frame->unpacked = true;
  frame->ingress = Ingress::kTunnel;
  Encapsulation popped;
  if (const auto reason = Unpack(*uplink.segment, frame->frame, &parsed, &popped)) return Drop(*frame, *reason);
  const Route route = FindRouteFromOutside(*frame, parsed);
  if (route.egress != Egress::kPort) return Drop(*frame, route.drop);
  return delivery_.Advance(frame, route.egress, route.port);
}

}  // namespace vfp
