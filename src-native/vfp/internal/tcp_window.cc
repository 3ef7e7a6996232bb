#include "vfp/internal/tcp_window.h"

#include <algorithm>

#include "wire/parsed_frame.h"

namespace vfp {
namespace {

// How far behind an acknowledgement may lie: the sender may have offered less
// by now than when what it acknowledges was sent.
constexpr std::uint32_t kLeastAckWindow = 66'000;

// In sequence space, which is a circle (RFC 9293, 3.4).
bool After(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) > 0; }
std::uint32_t Later(std::uint32_t a, std::uint32_t b) { return After(a, b) ? a : b; }

bool Has(const wire::TcpSegment& segment, std::uint8_t flag) { return (segment.flags & flag) != 0; }

TcpWindow::Side FirstOf(const wire::TcpSegment& syn) {
  return {.end = syn.end(),
          .most_end = syn.end(),
          .window = std::max<std::uint32_t>(syn.window, 1),
          .scale = syn.scale.value_or(0),
          .scales = syn.scale.has_value()};
}

}  // namespace

TcpWindow TcpWindow::Begin(Direction initiator, const wire::TcpSegment& syn) {
  TcpWindow window;
  window.side(initiator) = FirstOf(syn);
  return window;
}

bool TcpWindow::Accepts(Direction from, const wire::TcpSegment& segment) const {
  const Side& sender = side(from);
  const Side& receiver = side(Reverse(from));
  const bool has_ack = Has(segment, wire::kTcpAck);
  const std::uint32_t ack = has_ack ? segment.acknowledgment : receiver.end;
  if (After(ack, receiver.end)) return false;
  if (has_ack && After(receiver.end - std::max(sender.window, kLeastAckWindow), ack)) return false;
  if (sender.window == 0) return true;  // Its first segment says where it starts.
  // A SYN in the handshake starts its side anew: the last one was lost.
  if (Has(segment, wire::kTcpSyn)) return true;
  if (After(segment.sequence, sender.most_end)) return false;
  return receiver.window == 0 || After(segment.end(), sender.end - receiver.window - 1);
}

void TcpWindow::Advance(Direction from, const wire::TcpSegment& segment) {
  Side& sender = side(from);
  Side& receiver = side(Reverse(from));
  const bool syn = Has(segment, wire::kTcpSyn);
  if (Has(segment, wire::kTcpRst)) return;
  if (syn) {
    const std::uint32_t most = sender.window == 0 ? segment.end() : Later(sender.most_end, segment.end());
    sender = FirstOf(segment);
    sender.most_end = most;
    // Scaling counts when both sides have offered it.
    if (receiver.window != 0 && !(sender.scales && receiver.scales)) sender.scale = receiver.scale = 0;
  } else if (sender.window == 0) {
    return;  // No SYN of it: only a reset comes first.
  } else {
    sender.end = Later(sender.end, segment.end());
  }
  const std::uint32_t offered = syn ? segment.window : std::uint32_t{segment.window} << sender.scale;
  sender.window = std::max(sender.window, offered);
  if (!Has(segment, wire::kTcpAck) || receiver.window == 0) return;
  // A closed window is probed with one byte.
  receiver.most_end = Later(receiver.most_end, segment.acknowledgment + std::max<std::uint32_t>(offered, 1));
}

bool TcpWindows::Set(ConnectionIndex connection, const TcpWindow& window) {
  while (windows_.size() <= connection) {
    if (!windows_.Grow()) return false;
  }
  windows_[connection] = window;
  return true;
}

}  // namespace vfp
