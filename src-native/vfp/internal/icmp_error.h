// ICMP errors about packets of connections: unreachable, packet too big, time
// exceeded, parameter problem.
//
// An error travels against the packet it quotes. So at a port it has passed
// through everything a reply of that packet would pass: it is found by the
// reply's key, and what the connection does to replies is done to its outer
// header, and mirrored to the quote. The sender of the quoted packet then sees
// its own packet, whatever was translated on the way, port after port.
//
// An error makes no connection, moves none from state to state and keeps none
// alive (RFC 5508, REQ-4 and REQ-5).
#pragma once

#include "vfp/flow_key.h"
#include "vfp/header_transposition.h"
#include "vfp/internal/rule_table.h"
#include "vfp/internal/switch_state.h"
#include "wire/quoted_packet.h"

namespace vfp {

// Tells a host to send elsewhere from now on: never believed (vfp.md 3.15).
bool IsIcmpRedirect(const wire::ParsedFrame& parsed);

// What the error quotes, when it can be told and was sent to whom it concerns.
// REQUIRES: `parsed` is of this frame.
std::optional<wire::QuotedPacket> QuoteOf(const wire::Frame& frame, const wire::ParsedFrame& parsed);

// The key and the tuple of a reply to the quoted packet.
FlowKey ReplyKeyOf(const wire::QuotedPacket& quote, PortIndex port, Direction direction);
Tuple ReplyTupleOf(const wire::QuotedPacket& quote);

// What `reply`, the change of the connection's replies, does to the error's own
// headers. Its source changes when it is the far end of the connection, and
// always when it leaves an endpoint (`leaves`): whoever is behind a translation
// does not show (RFC 5508, REQ-5).
HeaderTransposition OuterChange(const HeaderTransposition& reply, const wire::ParsedFrame& error,
                                const wire::QuotedPacket& quote, bool leaves);
inline bool LeavesEndpoint(const PortState& port, Direction direction) {
  return port.kind == PortKind::kEndpoint && direction == Direction::kOutbound;
}
// ... and to the quoted packet.
HeaderTransposition QuoteChange(const HeaderTransposition& reply, const wire::QuotedPacket& quote);

// Of the metadata view...
void ApplyToQuote(const HeaderTransposition& change, wire::QuotedPacket* quote);
// ... and of the bytes: the quoted headers, their checksums as far as they are
// quoted, and the error's own, all by difference. A change of addresses in the
// outer header is not counted here. REQUIRES: `quote` was parsed from `frame`.
void RewriteQuote(const HeaderTransposition& change, const wire::QuotedPacket& quote, const wire::ParsedFrame& error,
                  wire::Frame* frame);

}  // namespace vfp
