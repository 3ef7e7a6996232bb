// A failed system call as a value: what was tried, and errno in words.
#pragma once

#include <errno.h>
#include <string.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace ports {

inline base::Error SystemError(std::string_view what, int error_number) {
  return base::MakeError(base::hr::ERR_PORT_DRIVER, std::string(what) + ": " + ::strerror(error_number));
}
inline base::Error SystemError(std::string_view what) { return SystemError(what, errno); }

}  // namespace ports
