// The text of a compartment's resolver file.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "ports/port_driver.h"

namespace ports {

// ERROR_INVALID_PARAMETER when a value could not stand as one word of the file.
base::Status CheckResolver(const ResolverSettings& settings);

// One file for all interfaces of a compartment: the servers, suffixes and
// options of each, in their order, once. An interface's own domain is searched
// before its list: the file's `domain` line would be overruled by `search`.
std::string ResolverText(const std::vector<const ResolverSettings*>& interfaces);

}  // namespace ports
