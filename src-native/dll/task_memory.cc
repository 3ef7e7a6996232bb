#include "dll/task_memory.h"

#include <cstring>

#include <objbase.h>

namespace dll {

static_assert(sizeof(wchar_t) == sizeof(char16_t));

wchar_t* TaskText(std::u16string_view text) {
  auto* copy = static_cast<wchar_t*>(::CoTaskMemAlloc((text.size() + 1) * sizeof(wchar_t)));
  if (copy == nullptr) return nullptr;
  std::memcpy(copy, text.data(), text.size() * sizeof(wchar_t));
  copy[text.size()] = L'\0';
  return copy;
}

}  // namespace dll
