// The embedded host's entries for guest network services beyond those that all
// kinds of objects have: callbacks and port reservations.
#pragma once

#include "abi/hcn_table.h"

namespace abi {

void FillGuestEntries(HcnTable* table);

}  // namespace abi
