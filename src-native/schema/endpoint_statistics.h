// What passed an endpoint, as v1's /endpointstats writes it (hcn.md 5.7).
#pragma once

#include <cstdint>

#include "base/guid.h"
#include "base/json.h"

namespace schema {

// Frames, as the endpoint sees them: sent is away from it. Dropped ones are
// among those sent and received. Unverified: whether HNS counts them so.
struct EndpointStatistics {
  base::Guid endpoint_id;
  base::Guid instance_id;                            // Of the switch port that counted.
  std::uint64_t bytes_received = 0, bytes_sent = 0;  // Ethernet header included, no FCS.
  std::uint64_t packets_received = 0, packets_sent = 0;
  std::uint64_t dropped_incoming = 0, dropped_outgoing = 0;
};

base::json::Value WriteEndpointStatistics(const EndpointStatistics& statistics);

}  // namespace schema
