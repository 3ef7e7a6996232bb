// OutBoundNAT policies as rules of SLB_NAT_LAYER, outbound.
//
// Order: policies with Destinations (translate only those), then Exceptions
// (left alone), then everything else. TCP, UDP and ICMP echo are translated.
// An endpoint for which no address can be found does not leave untranslated:
// its packets are dropped.
#pragma once

#include "hns/program/host_addresses.h"
#include "schema/endpoint.h"
#include "vfp/rule.h"

namespace hns {

// The group of one family; without rules when no policy speaks of the family.
vfp::GroupSpec OutboundNatGroup(const schema::Endpoint& endpoint, const HostAddresses& host, base::IpFamily family);

}  // namespace hns
