// Memory that a Windows API gives away: whoever gets it gives it back with CoTaskMemFree.
#pragma once

#include <string_view>

namespace abi {

// A copy with its NUL; null only when memory has run out. wchar_t and char16_t
// are the same in memory there.
char16_t* TaskText(std::u16string_view text);

}  // namespace abi
