#include "vfp/header_transposition.h"

#include <algorithm>

#include "vfp/flow_key.h"
#include "vfp/prepared_transposition.h"

namespace vfp {

using HT = HeaderTransposition;

bool HeaderTransposition::operator==(const HeaderTransposition& other) const {
  if (modify != other.modify) return false;
  const auto same = [this](std::uint16_t bit, const auto& a, const auto& b) { return (modify & bit) == 0 || a == b; };
  return same(kSourceMac, source_mac, other.source_mac) &&
         same(kDestinationMac, destination_mac, other.destination_mac) && same(kSourceAddress, source, other.source) &&
         same(kDestinationAddress, destination, other.destination) &&
         same(kSourcePort, source_port, other.source_port) &&
         same(kDestinationPort, destination_port, other.destination_port) &&
         same(kDecrementTtl, ttl_decrement, other.ttl_decrement);
}

std::string HeaderTransposition::ToString() const {
  std::string text;
  const auto add = [&text](const char* what, const std::string& value) {
    if (!text.empty()) text += ", ";
    text += what;
    text += value;
  };
  if (modify & kSourceMac) add("source mac -> ", source_mac.ToString());
  if (modify & kDestinationMac) add("destination mac -> ", destination_mac.ToString());
  if (modify & kSourceAddress) add("source -> ", source.ToString());
  if (modify & kDestinationAddress) add("destination -> ", destination.ToString());
  if (modify & kSourcePort) add("source port -> ", std::to_string(source_port));
  if (modify & kDestinationPort) add("destination port -> ", std::to_string(destination_port));
  if (modify & kDecrementTtl) add("ttl - ", std::to_string(ttl_decrement));
  return text.empty() ? "none" : text;
}

HeaderTransposition Compose(const HeaderTransposition& a, const HeaderTransposition& b) {
  HeaderTransposition both = a;
  both.modify |= b.modify;
  if (b.modify & HT::kSourceMac) both.source_mac = b.source_mac;
  if (b.modify & HT::kDestinationMac) both.destination_mac = b.destination_mac;
  if (b.modify & HT::kSourceAddress) both.source = b.source;
  if (b.modify & HT::kDestinationAddress) both.destination = b.destination;
  if (b.modify & HT::kSourcePort) both.source_port = b.source_port;
  if (b.modify & HT::kDestinationPort) both.destination_port = b.destination_port;
  if (b.modify & HT::kDecrementTtl) {
    // Saturating, as the TTL itself is at zero: 255 empties any TTL.
    const unsigned before = (a.modify & HT::kDecrementTtl) ? a.ttl_decrement : 0u;
    both.ttl_decrement = static_cast<std::uint8_t>(std::min(255u, before + b.ttl_decrement));
  }
  return both;
}

void ApplyToMetadata(const HeaderTransposition& transposition, wire::ParsedFrame* parsed) {
  const std::uint16_t modify = transposition.modify;
  if (modify & HT::kSourceMac) parsed->source_mac = transposition.source_mac;
  if (modify & HT::kDestinationMac) parsed->destination_mac = transposition.destination_mac;
  if (!parsed->IsIp()) return;
  if (modify & HT::kSourceAddress) parsed->source = transposition.source;
  if (modify & HT::kDestinationAddress) parsed->destination = transposition.destination;
  if (modify & HT::kDecrementTtl) parsed->ttl = detail::DecrementTtl(parsed->ttl, transposition.ttl_decrement);
  if (parsed->l4_offset == 0) return;
  if (parsed->is_icmp_echo) {
    const bool request = parsed->icmp_type == (parsed->kind == wire::EtherKind::kIpv4 ? 8 : 128);
    const std::uint16_t bit = request ? HT::kSourcePort : HT::kDestinationPort;
    if ((modify & bit) == 0) return;
    parsed->source_port = parsed->destination_port =
        request ? transposition.source_port : transposition.destination_port;
  } else if (parsed->protocol == wire::kProtoTcp || parsed->protocol == wire::kProtoUdp) {
    if (modify & HT::kSourcePort) parsed->source_port = transposition.source_port;
    if (modify & HT::kDestinationPort) parsed->destination_port = transposition.destination_port;
  }
}

void ApplyToFrame(const HeaderTransposition& transposition, const wire::ParsedFrame& parsed, wire::Frame* frame) {
  if (transposition.empty()) return;
  const PreparedTransposition prepared =
      parsed.IsIp() ? Prepare(transposition, MakeFlowKey(parsed, kNoPort, Direction::kOutbound))
                    : PrepareMacs(transposition);
  Apply(prepared, frame->data, parsed.l3_offset, parsed.l4_offset, frame->offload);
}

}  // namespace vfp
