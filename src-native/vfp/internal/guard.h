// Anti-spoofing: what an endpoint may say it is (vfp.md 3.12).
//
// A frame that enters at an endpoint's port must come from the endpoint's MAC
// and one of its addresses, in ARP and Neighbor Discovery too, where others would
// believe it. An endpoint is no router and no DHCP server.
//
// The source address is asked of packets that begin something: a connection's
// own packets keep the addresses it was made with, such as a VIP that a backend
// answers for.
#pragma once

#include <optional>

#include "vfp/drop_reason.h"
#include "vfp/internal/switch_state.h"
#include "wire/ndp.h"
#include "wire/parsed_frame.h"

namespace vfp {

// Null, or which guard of `port` stops the frame, whatever connection it is of.
// `nd` is null unless it is Neighbor Discovery. REQUIRES: the frame has no error
// and enters outbound.
std::optional<DropReason> CheckGuards(const PortState& port, const wire::ParsedFrame& parsed,
                                      const std::optional<wire::NdView>& nd);
// Null, or why an IP packet may not be the first of anything.
std::optional<DropReason> CheckSource(const PortState& port, const wire::ParsedFrame& parsed);

}  // namespace vfp
