// What the schema tests share: documents in, documents and error texts out.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/error_codes.h"
#include "base/json.h"
#include "schema/reader.h"

namespace schema_test {

inline base::json::Object Document(std::string_view text) {
  auto object = schema::ParseObject(text);
  return object.ok() ? std::move(*object) : base::json::Object();
}

// "HCN_E_INVALID_IP: `FrontendVIPs[0]` is ...", or "" when there is no error.
template <typename T>
std::string ErrorOf(const base::Result<T>& result) {
  if (result.ok()) return {};
  return std::string(base::ErrorSymbol(result.error().code)) + ": " + result.error().detail;
}

}  // namespace schema_test
