// Out of a tunnel without a full parse: what LeaveTunnel (slow_path.h) does, for
// packets that have nothing odd about them.
#pragma once

#include <array>

#include "vfp/internal/datapath.h"
#include "wire/fast_view.h"

namespace vfp {

// Who has an address inside, as it was found last: good under one stamp of the uplink.
struct TunnelOwners {
  struct Owner {
    base::IpAddress address;
    std::uint32_t vni = 0, stamp = 0;
    PortIndex uplink = kNoPort, port = kNoPort;
  };
  std::array<Owner, 64> owners;  // By the address's last byte.
};

// Takes the tunnel's headers off `frame`, which then is the one inside, of which
// *view tells, and returns the port here that it is for. kNoPort: nothing was
// done, and the slow path has to look. REQUIRES: ParseFast has accepted `frame`,
// which entered at `uplink`, and *view is what it said.
PortIndex LeavePlainTunnel(const Datapath& path, const PortState& uplink, TunnelOwners* owners, wire::Frame* frame,
                           wire::FastView* view);

}  // namespace vfp
