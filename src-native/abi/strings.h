// Strings and error records across the ABI: UTF-16 outside, UTF-8 inside.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error_codes.h"
#include "base/result.h"

namespace abi {

// Longer strings are not even converted. In UTF-16 units; base::json's own limit is in bytes.
inline constexpr std::size_t kMaxTextUnits = 4 * 1024 * 1024;

// Null reads as "". HCN_E_INVALID_JSON: not well-formed UTF-16.
// ERR_DOCUMENT_TOO_LARGE: more than kMaxTextUnits.
base::Result<std::string> ReadText(const char16_t* text);

// What an entry gives out; for FreeText. Null only when `utf8` is malformed or
// memory has run out.
char16_t* NewText(std::string_view utf8);
void FreeText(char16_t* text);

// Sets `*record` (unless `record` is null) to the error record and returns the code.
base::HResult Fail(const base::Error& error, char16_t** record);

}  // namespace abi
