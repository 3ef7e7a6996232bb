// What the embedded host does with each type of network and each policy, from
// the tables of hns/, as docs/support.md tells it.
#pragma once

#include <string>

namespace compose {

// JSON: {"networkTypes":[{"name","schema","subnets","addedFlags","packets"},…],
// "networkPolicies":[{"name","hns","on","several","effect","about"},…],
// "endpointPolicies":[{"name","hns","on","elsewhere","onRemote","once","effect","about"},…]}.
// `on` is "all" or a list of types; `hns` is empty where every version has it.
std::string DescribeSupport();

}  // namespace compose
