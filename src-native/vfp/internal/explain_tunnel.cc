// Into tunnels, out of them, and what a router has to say against it (see routing.cc).
#include "vfp/internal/explainer.h"
#include "vfp/internal/icmp_error.h"

namespace vfp {

bool Explainer::Object(const Objection& objection) {
  const bool as_sent = forwarded_ == 0 && direction_ == Direction::kOutbound;
  const base::IpAddress* gateway = as_sent ? ObjectingGateway(*port_->segment, parsed_) : nullptr;
  if (gateway != nullptr) {
    const bool too_big = objection.tells == wire::IcmpErrorKind::kPacketTooBig;
    Step("answer",
         gateway->ToString() + (too_big ? " tells the sender: at most " + std::to_string(objection.mtu) + " bytes fit"
                                        : std::string(" tells the sender: no hops are left")));
  }
  return Drop(objection.reason);
}

bool Explainer::IntoTunnel(const Encapsulation& planned) {
  if (!Shape(Egress::kTunnel)) return false;
  const OverlayState& overlay = *port_->segment->overlay;
  const Encapsulation push = overlay.Completed(planned);
  const std::uint16_t source_port = SourcePort();
  const base::IpAddress next_hop = overlay.NextHopTo(push.destination);
  std::string detail = push.ToString() + ", UDP source port " + std::to_string(source_port);
  if (push.destination_mac.IsZero()) {
    detail += "; waits until the MAC of " + next_hop.ToString() + " is known";
  } else if (next_hop != push.destination) {
    detail += ", by " + next_hop.ToString();
  }
  ExplainStep& step = Step("encap", std::move(detail));
  step.push = push;
  result_.final_tuple = step.after = {.source_mac = push.source_mac,
                                      .destination_mac = push.destination_mac,
                                      .source = push.source,
                                      .destination = push.destination,
                                      .protocol = wire::kProtoUdp,
                                      .source_port = source_port,
                                      .destination_port = push.udp_port};
  left_by_tunnel_ = true;
  return Arrive(*port_->segment->uplink);
}

std::uint16_t Explainer::SourcePort() {
  std::vector<std::uint8_t> bytes = bytes_;
  wire::Frame copy = frame_;
  copy.data = bytes.data() + (frame_.data - bytes_.data());
  wire::ParsedFrame before;
  wire::Parse(copy, &before);
  HT change;
  change.modify = HT::kSourceAddress | HT::kDestinationAddress;
  change.source = parsed_.source;
  change.destination = parsed_.destination;
  if (before.l4_offset != 0 && (parsed_.protocol == wire::kProtoTcp || parsed_.protocol == wire::kProtoUdp)) {
    change.modify |= HT::kSourcePort | HT::kDestinationPort;
    change.source_port = parsed_.source_port;
    change.destination_port = parsed_.destination_port;
  }
  ApplyToFrame(change, before, &copy);
  return wire::VxlanSourcePort(copy.bytes());
}

bool Explainer::OutOfTunnel() {
  Encapsulation popped;
  ingress_ = Ingress::kTunnel;
  const TupleView outer = ViewOf(parsed_);
  const auto reason = Unpack(*port_->segment, &frame_, &parsed_, &popped);
  const bool has_header = popped.destination == outer.destination;
  if (has_header) {
    ExplainStep& step = Step("decap", popped.ToString());
    step.before = outer;
    step.push = popped;
  }
  if (reason) return Drop(*reason);
  quote_ = QuoteOf(frame_, parsed_);
  return Route(TupleOf(parsed_), std::nullopt);
}
}  // namespace vfp
