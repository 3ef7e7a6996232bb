// The v1 documents of stored objects.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "hns/service.h"
#include "hns/store/store.h"

namespace hns {

base::Result<base::json::Object> V1ToV2(ObjectKind kind, base::json::Object document);

// `document`: as it is stored. Adds what v1 shows of other objects: the name of
// an endpoint's network, how many endpoints a network has, its ManagementIP.
base::Result<std::string> V1Document(Transaction& store, ObjectKind kind, std::string_view document);

}  // namespace hns
