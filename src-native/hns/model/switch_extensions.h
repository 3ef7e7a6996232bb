// The extensions a switch may have.
#pragma once

#include "base/guid.h"
#include "base/result.h"

namespace hns {

// HCN_E_SWITCH_EXTENSION_NOT_FOUND: neither WFP nor VFP nor the NDIS capture
// filter. HCN_E_REQUEST_UNSUPPORTED: VFP, switched off; the embedded switch is
// nothing else. Unverified: the second code.
base::Status CheckExtension(const base::Guid& id, bool enabled);

}  // namespace hns
