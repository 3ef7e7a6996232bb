#include "vfp/internal/connection.h"

#include <algorithm>

namespace vfp {
namespace {

using wire::kTcpAck;
using wire::kTcpFin;
using wire::kTcpRst;
using wire::kTcpSyn;
using State = ConnectionState;

State NextTcpState(State state, std::uint8_t flags, bool from_initiator) {
  if ((flags & kTcpRst) != 0) return State::kReset;
  const bool fin = (flags & kTcpFin) != 0;
  const bool ack = (flags & kTcpAck) != 0;
  switch (state) {
    case State::kSynSent:
      // A lone SYN from the other side is a simultaneous open (RFC 9293, 3.5).
      if (!from_initiator) return (flags & kTcpSyn) != 0 ? State::kSynReceived : state;
      // Past the handshake: the answer went another way (see kTracksTcp).
      return (flags & kTcpSyn) == 0 && ack ? State::kEstablished : state;
    case State::kSynReceived:
      if (fin) return from_initiator ? State::kFinWait : State::kCloseWait;
      return from_initiator && ack ? State::kEstablished : state;
    case State::kEstablished:
      if (fin) return from_initiator ? State::kFinWait : State::kCloseWait;
      return state;
    case State::kFinWait:  // The initiator has finished.
      return fin && !from_initiator ? State::kClosing : state;
    case State::kCloseWait:  // The other side has.
      return fin && from_initiator ? State::kLastAck : state;
    case State::kClosing: return from_initiator && ack && !fin ? State::kTimeWait : state;
    case State::kLastAck: return !from_initiator && ack && !fin ? State::kTimeWait : state;
    default: return state;
  }
}

}  // namespace

std::string_view ConnectionStateName(ConnectionState state) {
  switch (state) {
    case State::kNew: return "new";
    case State::kReplied: return "replied";
    case State::kSynSent: return "syn-sent";
    case State::kSynReceived: return "syn-received";
    case State::kEstablished: return "established";
    case State::kFinWait: return "fin-wait";
    case State::kCloseWait: return "close-wait";
    case State::kClosing: return "closing";
    case State::kLastAck: return "last-ack";
    case State::kTimeWait: return "time-wait";
    case State::kReset: return "reset";
    case State::kBlocked: return "blocked";
  }
  return "";
}

bool OpensTcp(std::uint8_t tcp_flags) { return (tcp_flags & (kTcpSyn | kTcpAck | kTcpFin | kTcpRst)) == kTcpSyn; }

ConnectionState FirstState(std::uint8_t protocol, std::uint8_t tcp_flags) {
  if (protocol != wire::kProtoTcp) return State::kNew;
  if (OpensTcp(tcp_flags)) return State::kSynSent;
  if ((tcp_flags & kTcpRst) != 0) return State::kReset;
  return (tcp_flags & kTcpFin) != 0 ? State::kFinWait : State::kEstablished;
}

bool IsLegal(ConnectionState state, std::uint8_t tcp_flags) {
  if (state != State::kSynSent) return true;
  // Neither side sends anything else before it has seen the other's SYN.
  return (tcp_flags & (kTcpSyn | kTcpRst)) != 0;
}

ConnectionState NextState(ConnectionState state, std::uint8_t protocol, std::uint8_t tcp_flags, bool from_initiator) {
  if (protocol == wire::kProtoTcp) return NextTcpState(state, tcp_flags, from_initiator);
  return from_initiator ? state : State::kReplied;
}

bool MayStartAnew(ConnectionState state) { return state == State::kTimeWait || state == State::kReset; }

bool IsSettled(ConnectionState state) {
  return state == State::kReplied || state == State::kEstablished || state == State::kTimeWait;
}

IdleLimits::IdleLimits(const Timeouts& timeouts)
    : half_open_(ToTicks(timeouts.tcp_half_open)),
      established_(ToTicks(timeouts.tcp_established)),
      time_wait_(ToTicks(timeouts.tcp_time_wait)),
      reset_(ToTicks(timeouts.tcp_reset)),
      udp_(ToTicks(timeouts.udp)),
      icmp_(ToTicks(timeouts.icmp)),
      other_(ToTicks(timeouts.other)),
      smallest_(std::min({half_open_, established_, time_wait_, reset_, udp_, icmp_, other_})) {}

Tick IdleLimits::Of(ConnectionState state, std::uint8_t protocol) const {
  switch (protocol) {
    case wire::kProtoUdp: return udp_;
    case wire::kProtoIcmp:
    case wire::kProtoIcmpV6: return icmp_;
    case wire::kProtoTcp: break;
    default: return other_;
  }
  switch (state) {
    case State::kSynSent:
    case State::kSynReceived: return half_open_;
    case State::kTimeWait: return time_wait_;
    case State::kReset: return reset_;
    default: return established_;
  }
}

}  // namespace vfp
