#include "abi/system_memory.h"

#include <objbase.h>

namespace abi {

static_assert(sizeof(wchar_t) == sizeof(char16_t));

char16_t* TaskText(std::u16string_view text) {
  auto* copy = static_cast<char16_t*>(::CoTaskMemAlloc((text.size() + 1) * sizeof(char16_t)));
  if (copy == nullptr) return nullptr;
  text.copy(copy, text.size());
  copy[text.size()] = u'\0';
  return copy;
}

}  // namespace abi
