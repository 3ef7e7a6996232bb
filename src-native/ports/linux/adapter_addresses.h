// What addresses the machine itself has on an adapter, and its way out.
#pragma once

#include <string>

#include "ports/port_driver.h"

namespace ports {

// IPv4 only. Nothing for an adapter that has none, or is not there.
AdapterAddresses ReadAdapterAddresses(const std::string& adapter);

}  // namespace ports
