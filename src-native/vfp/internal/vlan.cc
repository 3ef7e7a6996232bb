#include "vfp/internal/vlan.h"

#include "wire/vlan.h"

namespace vfp {

std::optional<DropReason> Untag(const PortState& port, wire::Frame* frame, std::uint16_t* vlan, bool* untagged) {
  const bool trunk = port.kind == PortKind::kUplink;
  std::uint16_t id = 0;
  *vlan = trunk ? 0 : port.vlan;
  *untagged = false;
  switch (wire::ReadTag(*frame, &id)) {
    case wire::Tagging::kNone: return std::nullopt;
    case wire::Tagging::kNested: return DropReason::kNestedVlan;
    case wire::Tagging::kTagged: break;
  }
  if (id != 0) {
    if (!trunk || !port.segment->vlans.contains(id)) return DropReason::kVlan;
    *vlan = id;
  }
  wire::PopTag(frame);
  *untagged = true;
  return std::nullopt;
}

}  // namespace vfp
