#include "vfp/internal/icmp_error.h"

#include <cstring>

#include "wire/bytes.h"
#include "wire/checksum.h"

namespace vfp {
namespace {

using HT = HeaderTransposition;

constexpr std::uint8_t kIcmpV4Redirect = 5;
constexpr std::uint16_t kAroundL3 = HT::kSourceMac | HT::kDestinationMac | HT::kDecrementTtl;

// 16-bit fields inside the error's body: each write changes its checksum.
// Quoted headers are of whole 32-bit words and start at an even offset, so the
// fields are words of that checksum.
class Body {
 public:
  explicit Body(std::uint8_t* data) : data_(data) {}

  std::uint16_t Get(std::size_t at) const { return wire::Load16(data_ + at); }
  void Put(std::size_t at, std::uint16_t value) {
    delta_.Word(Get(at), value);
    wire::Store16(data_ + at, value);
  }
  void PutAddress(std::size_t at, const base::IpAddress& address) {
    const std::size_t bytes = address.IsV4() ? 4 : 16;
    for (std::size_t i = 0; i < bytes; i += 2) Put(at + i, wire::Load16(address.bytes.data() + i));
  }
  std::uint16_t delta() const { return delta_.value(); }

 private:
  std::uint8_t* data_;
  wire::ChecksumDelta delta_;
};

}  // namespace

bool IsIcmpRedirect(const wire::ParsedFrame& parsed) {
  return parsed.is_icmp_error && parsed.kind == wire::EtherKind::kIpv4 && parsed.icmp_type == kIcmpV4Redirect;
}

std::optional<wire::QuotedPacket> QuoteOf(const wire::Frame& frame, const wire::ParsedFrame& parsed) {
  if (!parsed.is_icmp_error) return std::nullopt;
  const auto quote = wire::ParseQuotedPacket(frame, parsed);
  if (!quote || quote->source != parsed.destination) return std::nullopt;
  return quote;
}

FlowKey ReplyKeyOf(const wire::QuotedPacket& quote, PortIndex port, Direction direction) {
  FlowKey key;
  std::memcpy(key.source, quote.destination.bytes.data(), 16);
  std::memcpy(key.destination, quote.source.bytes.data(), 16);
  key.source_port = quote.destination_port;
  key.destination_port = quote.source_port;
  key.port = port;
  key.protocol = quote.protocol;
  key.family = quote.source.IsV6() ? 6 : 4;
  key.direction = static_cast<std::uint8_t>(direction);
  return key;
}

Tuple ReplyTupleOf(const wire::QuotedPacket& quote) {
  return {.source = quote.destination,
          .destination = quote.source,
          .source_port = quote.destination_port,
          .destination_port = quote.source_port,
          .protocol = quote.protocol,
          .has_ports = quote.has_ports};
}

HeaderTransposition OuterChange(const HeaderTransposition& reply, const wire::ParsedFrame& error,
                                const wire::QuotedPacket& quote, bool leaves) {
  HT change = reply;
  change.modify = static_cast<std::uint16_t>(reply.modify & (kAroundL3 | HT::kDestinationAddress));
  const bool from_far_end = error.source == quote.destination;
  if (from_far_end || leaves) {
    change.modify = static_cast<std::uint16_t>(change.modify | (reply.modify & HT::kSourceAddress));
  }
  return change;
}

HeaderTransposition QuoteChange(const HeaderTransposition& reply, const wire::QuotedPacket& quote) {
  HT change;
  if (reply.modify & HT::kDestinationAddress) {
    change.modify |= HT::kSourceAddress;
    change.source = reply.destination;
  }
  if (reply.modify & HT::kSourceAddress) {
    change.modify |= HT::kDestinationAddress;
    change.destination = reply.source;
  }
  // A reply to a quoted request carries its identifier as a destination port,
  // and the request the quoted reply answers as a source port.
  const bool source_port = quote.has_ports || (quote.is_echo && quote.is_echo_request);
  const bool destination_port = quote.has_ports || (quote.is_echo && !quote.is_echo_request);
  if (source_port && (reply.modify & HT::kDestinationPort) != 0) {
    change.modify |= HT::kSourcePort;
    change.source_port = reply.destination_port;
  }
  if (destination_port && (reply.modify & HT::kSourcePort) != 0) {
    change.modify |= HT::kDestinationPort;
    change.destination_port = reply.source_port;
  }
  return change;
}

void ApplyToQuote(const HeaderTransposition& change, wire::QuotedPacket* quote) {
  if (change.modify & HT::kSourceAddress) quote->source = change.source;
  if (change.modify & HT::kDestinationAddress) quote->destination = change.destination;
  if (change.modify & HT::kSourcePort) quote->source_port = change.source_port;
  if (change.modify & HT::kDestinationPort) quote->destination_port = change.destination_port;
  if (!quote->is_echo) return;
  if (change.modify & HT::kSourcePort) quote->destination_port = change.source_port;
  if (change.modify & HT::kDestinationPort) quote->source_port = change.destination_port;
}

void RewriteQuote(const HeaderTransposition& change, const wire::QuotedPacket& quote, const wire::ParsedFrame& error,
                  wire::Frame* frame) {
  if (change.empty()) return;
  wire::QuotedPacket after = quote;
  ApplyToQuote(change, &after);
  Body body(frame->data);
  wire::ChecksumDelta addresses, l4;
  addresses.Address(quote.source, after.source);
  addresses.Address(quote.destination, after.destination);
  const bool v4 = quote.source.IsV4();
  body.PutAddress(quote.l3_offset + (v4 ? 12u : 8u), after.source);
  body.PutAddress(quote.l3_offset + (v4 ? 16u : 24u), after.destination);
  if (v4) body.Put(quote.l3_offset + 10u, wire::ApplyDelta(body.Get(quote.l3_offset + 10u), addresses.value()));
  const bool has_pseudo_header = quote.has_ports || !v4;
  if (has_pseudo_header) {
    l4.Address(quote.source, after.source);
    l4.Address(quote.destination, after.destination);
  }
  if (quote.has_ports) {
    body.Put(quote.l4_offset, after.source_port);
    body.Put(quote.l4_offset + 2u, after.destination_port);
    l4.Word(quote.source_port, after.source_port);
    l4.Word(quote.destination_port, after.destination_port);
  } else if (quote.is_echo) {
    body.Put(quote.l4_offset + 4u, after.source_port);
    l4.Word(quote.source_port, after.source_port);
  }
  if (quote.checksum_offset != 0) {
    const bool udp = quote.protocol == wire::kProtoUdp;
    const std::uint16_t checksum = body.Get(quote.checksum_offset);
    if (!udp || checksum != 0) {  // Zero: the sender computed none.
      const std::uint16_t updated = wire::ApplyDelta(checksum, l4.value());
      body.Put(quote.checksum_offset, udp && updated == 0 ? std::uint16_t{0xffff} : updated);
    }
  }
  const bool owed = frame->offload.NeedsChecksum() && frame->offload.checksum_start == error.l4_offset;
  if (owed) return;  // Summed when it is sent on, over the bytes as they are then.
  std::uint8_t* field = frame->data + error.l4_offset + 2;
  wire::Store16(field, wire::ApplyDelta(wire::Load16(field), body.delta()));
}

}  // namespace vfp
