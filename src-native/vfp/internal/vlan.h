// VLANs: an endpoint's and the host's ports are access ports, of one VLAN each
// or of none, and see no tags; the uplink is the trunk, where every frame of a
// VLAN has its tag. Ports reach each other inside a VLAN; what has no tag, or a
// tag that only gives a priority, is of the ports without VLAN.
#pragma once

#include <optional>

#include "vfp/drop_reason.h"
#include "vfp/internal/switch_state.h"
#include "wire/frame.h"

namespace vfp {

// Takes the tag off a frame that enters at `port`: `*vlan` is the one it is of.
// Or says why the frame is not taken. True in `*untagged`: it has become another.
std::optional<DropReason> Untag(const PortState& port, wire::Frame* frame, std::uint16_t* vlan, bool* untagged);

// Whether a frame of `vlan` may leave by this port.
inline bool IsIn(const PortState& port, std::uint16_t vlan) {
  return port.kind == PortKind::kUplink || port.vlan == vlan;
}

}  // namespace vfp
