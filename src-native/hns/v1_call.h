// HNSCall: the v1 API, as paths over the same objects (hcn.md 5).
#pragma once

#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "hns/service.h"

namespace hns {

// What the Output of the answer's envelope is; null: the answer has none.
//
// Paths match in any case, with or without a trailing slash. ERROR_NOT_FOUND: no
// such path. HCN_E_REQUEST_UNSUPPORTED: the path has no such method. Else what
// the call of HCN answers that does the same.
base::Result<base::json::Value> HnsCall(Service& service, std::string_view method, std::string_view path,
                                        std::string_view request);

}  // namespace hns
