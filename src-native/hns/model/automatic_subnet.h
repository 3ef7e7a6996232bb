// The subnet of a NAT or ICS network that came without one.
#pragma once

#include <optional>

#include "hns/model/records.h"
#include "schema/subnet.h"

namespace hns {

// A 172.x/20 that overlaps no network's subnet, with .1 as its gateway; nullopt
// when none of the 256 is free. Which one comes from the context's random
// numbers, as Windows' choice cannot be foretold either.
base::Result<std::optional<schema::Subnet>> AutomaticSubnet(Context& context);

}  // namespace hns
