// ACL and TierAcl policies as layers.
//
// From the first ACL on, an endpoint denies by default, in both directions and
// families: what Microsoft's own answers say (hcsshim#1059,
// Windows-Containers#616), and the safe reading where others say one direction.
// Without any ACL there is no layer, and all is allowed.
//
// Rules of type Switch stand in the switch port, rules of type Host in the
// endpoint's own stack; a packet must pass both. Where both kinds exist, it is
// the switch that denies by default: agents add single Host rules (the node's
// access to its pods) beside a full set of Switch rules, and both work together
// on Windows. Unverified: the default of the Host stage.
//
// Tiers are asked before the Switch ACLs, by Order, those of one Order as they
// stand in the document. What no tier and no ACL decides is denied, in both
// directions. Unverified: that default, and where ACLs stand among tiers.
//
// Sets of addresses that ACLs name stand in the rules by what is in them.
// A network's own ACLs are another stage: network_acl.h.
#pragma once

#include <vector>

#include "hns/model/address_sets.h"
#include "schema/endpoint.h"
#include "vfp/rule.h"

namespace hns {

std::vector<vfp::LayerSpec> AclLayers(const schema::Endpoint& endpoint, const AddressSets& sets);

}  // namespace hns
