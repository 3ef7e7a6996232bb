// What does not outlive the service.
#pragma once

#include "base/result.h"
#include "hns/store/store.h"

namespace hns {

// Removes the networks that are flagged EnableNonPersistent, and with each its
// endpoints and load balancers. Unverified: what HNS makes of the latter.
base::Status RemoveNonPersistent(Transaction& store);

}  // namespace hns
