// What went wrong with a state folder, as an error of ours.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace hns {

// From errno, or on Windows from GetLastError; `verb`: "open", "write".
// ERROR_ACCESS_DENIED, ERROR_DISK_FULL, else ERR_STATE_UNAVAILABLE.
base::Error SystemError(int code, std::string_view verb, const std::filesystem::path& what);
// From LMDB's own codes, too. ERR_STATE_DAMAGED.
base::Error LmdbError(int code, std::string_view verb, const std::filesystem::path& folder);

}  // namespace hns
