#include "vfp/internal/shaper.h"

#include "vfp/flow_key.h"

namespace vfp {

Shaper WithoutWhatIsDue(Shaper shaper, base::MonotonicTime now) {
  shaper.bucket.Refill(now);
  while (!shaper.backlog.empty() && shaper.bucket.Has(shaper.backlog.Next().cost)) {
    shaper.bucket.Take(shaper.backlog.Pop().cost);
  }
  return shaper;
}

std::uint32_t WireBytes(const wire::Frame& frame, bool tunnels) {
  std::uint32_t pieces = 1;
  std::uint32_t headers = 0;
  if (frame.offload.gso_type != wire::Offload::kGsoNone && frame.offload.gso_size != 0) {
    wire::ParsedFrame parsed;
    wire::Parse(frame, &parsed);
    headers = parsed.payload_offset;
    if (frame.length > headers) pieces = (frame.length - headers - 1) / frame.offload.gso_size + 1;
  }
  return frame.length + (pieces - 1) * headers + (tunnels ? pieces * wire::kVxlanPushBytes : 0);
}

std::uint64_t FlowHashOf(wire::ParsedFrame packet, std::uint64_t seed) {
  if (packet.is_fragment) packet.source_port = packet.destination_port = 0;
  return HashFlowKey(MakeFlowKey(packet, 0, Direction::kOutbound), seed);
}

}  // namespace vfp
