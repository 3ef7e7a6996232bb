// The free texts of an object.
#pragma once

#include "base/error_codes.h"
#include "base/result.h"
#include "schema/common.h"

namespace hns {

// `code` when `Name` or `Owner` is longer than limits::kNameBytes.
base::Status CheckNames(const schema::ObjectBase& object, base::HResult code);

}  // namespace hns
