// UTF-16 at the ABI, UTF-8 inside.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace base {

// nullopt when the input is not well-formed (lone surrogates, bad UTF-8).
std::optional<std::string> Utf16ToUtf8(std::u16string_view text);
std::optional<std::u16string> Utf8ToUtf16(std::string_view text);

}  // namespace base
