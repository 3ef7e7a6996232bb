// The routes of an endpoint's port: what its SDNRoute policies say, and the
// HostComputeRoute objects it is on.
//
// Unverified: that a policy goes before an object of the same prefix, and which
// types of network have a route layer (vfp.md 2.6: those that VFP programs).
#pragma once

#include <unordered_map>
#include <vector>

#include "base/guid.h"
#include "base/result.h"
#include "hns/model/records.h"
#include "schema/endpoint.h"
#include "schema/network.h"
#include "vfp/port_route.h"

namespace hns {

// Objects that were read, for who asks for many endpoints while none of them changes.
using RouteMemo = std::unordered_map<base::Guid, std::vector<vfp::PortRoute>, base::GuidHash>;

base::Result<std::vector<vfp::PortRoute>> RoutesOf(Transaction& store, const schema::Network& network,
                                                   const schema::Endpoint& endpoint, RouteMemo* memo);

}  // namespace hns
