// Where a frame came into the switch.
#pragma once

#include <cstdint>

#include "vfp/internal/flow_entry.h"

namespace vfp {

enum class Ingress : std::uint8_t {
  kPort,
  kUplink,  // As it is.
  kTunnel,  // By the uplink, in VXLAN, which has been taken away.
};
// What came from outside does not go back there.
constexpr bool GoesBack(Ingress from, Egress to) {
  return (from == Ingress::kUplink && to == Egress::kUplink) || (from == Ingress::kTunnel && to == Egress::kTunnel);
}

}  // namespace vfp
