#include "base/utf16.h"

#include <cstddef>
#include <type_traits>

#include "base/utf8.h"

namespace base {
namespace {

constexpr bool IsHighSurrogate(char16_t unit) { return unit >= 0xd800 && unit <= 0xdbff; }
constexpr bool IsLowSurrogate(char16_t unit) { return unit >= 0xdc00 && unit <= 0xdfff; }

// How many characters at the start of `text` are ASCII. Documents nearly always
// are throughout, so these are converted in loops the compiler can widen.
template <typename Char>
std::size_t AsciiLength(std::basic_string_view<Char> text) {
  constexpr std::size_t kBlock = 32;
  std::size_t i = 0;
  for (; i + kBlock <= text.size(); i += kBlock) {
    unsigned bits = 0;
    for (std::size_t j = 0; j < kBlock; ++j) bits |= static_cast<std::make_unsigned_t<Char>>(text[i + j]);
    if (bits >= 0x80) break;
  }
  while (i < text.size() && static_cast<std::make_unsigned_t<Char>>(text[i]) < 0x80) ++i;
  return i;
}

}  // namespace

std::optional<std::string> Utf16ToUtf8(std::u16string_view text) {
  const std::size_t ascii = AsciiLength(text);
  std::string out(ascii, '\0');
  for (std::size_t i = 0; i < ascii; ++i) out[i] = static_cast<char>(text[i]);
  for (std::size_t i = ascii; i < text.size(); ++i) {
    const char16_t unit = text[i];
    if (unit < 0x80) {
      out.push_back(static_cast<char>(unit));
    } else if (IsHighSurrogate(unit)) {
      if (i + 1 == text.size() || !IsLowSurrogate(text[i + 1])) return std::nullopt;
      ++i;
      AppendUtf8(0x10000u + ((unit - 0xd800u) << 10) + (text[i] - 0xdc00u), &out);
    } else if (IsLowSurrogate(unit)) {
      return std::nullopt;
    } else {
      AppendUtf8(unit, &out);
    }
  }
  return out;
}

std::optional<std::u16string> Utf8ToUtf16(std::string_view text) {
  const std::size_t ascii = AsciiLength(text);
  std::u16string out(ascii, u'\0');
  for (std::size_t i = 0; i < ascii; ++i) out[i] = static_cast<char16_t>(text[i]);
  for (std::size_t i = ascii; i < text.size();) {
    const int code_point = DecodeUtf8(text, &i);
    if (code_point < 0) return std::nullopt;
    if (code_point < 0x10000) {
      out.push_back(static_cast<char16_t>(code_point));
    } else {
      const int offset = code_point - 0x10000;
      out.push_back(static_cast<char16_t>(0xd800 + (offset >> 10)));
      out.push_back(static_cast<char16_t>(0xdc00 + (offset & 0x3ff)));
    }
  }
  return out;
}

}  // namespace base
