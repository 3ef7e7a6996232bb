// Memory that callers of a Windows API give back with CoTaskMemFree.
#pragma once

#include <string_view>

#include <windows.h>

namespace dll {

// A copy with its NUL; null only when memory has run out.
wchar_t* TaskText(std::u16string_view text);

}  // namespace dll
