// Whether a data.mdb may be given to LMDB, which trusts every page it maps: a
// file that was cut off or written over would end the process.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace hns {

// Reads every page that the newest state names: it must be in the file, be what
// its place in the tree says, and be named once. ERR_STATE_DAMAGED says what is
// wrong, and how many objects can still be read. A file that is not there or is
// empty is whole. REQUIRES: nobody writes to it.
base::Status CheckLmdbFile(const std::filesystem::path& file);

}  // namespace hns
