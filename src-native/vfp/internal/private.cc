// A private segment: endpoints reach each other, and nobody else. There is no
// uplink, and the host is not on it.
#include "vfp/internal/bridge.h"

namespace vfp {
namespace {

class PrivateType final : public BridgeType {
 public:
  Route ToLocal(const RouteRequest& request, PortIndex port, const char* why) const override {
    const PortState* host = request.segment->host;
    if (host != nullptr && host->index == port) return Nowhere("the host is not on this network");
    return BridgeType::ToLocal(request, port, why);
  }
  Route Onward(const RouteRequest&) const override {
    return Nowhere("nobody here has the address, and neither a host nor an uplink is on this network");
  }
  bool FloodsTo(const PortState&, const PortState& to) const override { return to.kind == PortKind::kEndpoint; }
};

}  // namespace

const SegmentType& Private() {
  static const PrivateType type;
  return type;
}

}  // namespace vfp
