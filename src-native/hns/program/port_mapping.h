// PortMapping policies as rules: a packet to the host's port passes through the
// host's switch port, which sends it on to the endpoint's; there its
// destination becomes the endpoint's own, so that the endpoint sees who called.
#pragma once

#include <vector>

#include "hns/program/host_addresses.h"
#include "hns/program/placed_rule.h"
#include "schema/endpoint.h"

namespace hns {

std::vector<PlacedRule> PortMappingRules(const schema::Endpoint& endpoint, const HostAddresses& host);

}  // namespace hns
