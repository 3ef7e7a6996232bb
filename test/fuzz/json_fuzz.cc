// Any bytes: parsed or refused with a code; what was parsed and written is a
// fixed point of parsing and writing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/utf16.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = base::json::Parse(text);
  if (!value.ok()) {
    Require(value.error().code == base::hr::HCN_E_INVALID_JSON ||
            value.error().code == base::hr::ERR_DOCUMENT_TOO_LARGE);
    Require(!value.error().detail.empty());
    return 0;
  }
  const std::string written = base::json::Write(*value);
  Require(base::Utf8ToUtf16(written).has_value());
  const auto again = base::json::Parse(written);
  Require(again.ok());
  Require(*again == *value);
  Require(base::json::Write(*again) == written);
  return 0;
}
