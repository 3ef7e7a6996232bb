// What a network's documents say about its overlay, in the engine's words.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "ports/port_driver.h"
#include "schema/endpoint.h"
#include "schema/network.h"
#include "vfp/engine.h"

namespace hns {

// nullopt: the network is none. `adapter`: what its uplink has. HCN_E_INVALID_POLICY:
// a provider address that is not IPv4, or a VSID of more than 24 bits.
base::Result<std::optional<vfp::OverlaySpec>> OverlayOf(const schema::Network& network,
                                                        const ports::AdapterAddresses& adapter);
// What switches are told of a remote endpoint. REQUIRES: it is one.
std::vector<vfp::RemoteAddress> RemotesOf(const schema::Endpoint& endpoint);
// What the tunnel takes of the MTU, where no policy says it: 50 on an overlay.
std::uint16_t DefaultOverheadOf(const schema::Network& network);

}  // namespace hns
