// UTF-8, one code point at a time. Strict: no surrogates, no overlong forms,
// nothing above U+10FFFF (RFC 3629).
#pragma once

#include <string>
#include <string_view>

namespace base {

// Reads the code point at `text[*at]` and moves `*at` behind it. Returns -1 and
// leaves `*at` alone when the bytes there are not well-formed.
// REQUIRES: *at < text.size().
inline int DecodeUtf8(std::string_view text, std::size_t* at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t left = text.size() - *at;
  const int lead = byte(*at);
  if (lead < 0x80) {
    ++*at;
    return lead;
  }
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || left < length) return -1;
  int code_point = lead & (0x7f >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(*at + i) & 0xc0) != 0x80) return -1;
    code_point = code_point << 6 | (byte(*at + i) & 0x3f);
  }
  const bool overlong = (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  if (overlong || surrogate || code_point > 0x10ffff) return -1;
  *at += length;
  return code_point;
}

// REQUIRES: `code_point` is a Unicode scalar value.
inline void AppendUtf8(char32_t code_point, std::string* out) {
  if (code_point < 0x80) {
    out->push_back(static_cast<char>(code_point));
    return;
  }
  if (code_point < 0x800) {
    out->push_back(static_cast<char>(0xc0 | code_point >> 6));
  } else {
    if (code_point < 0x10000) {
      out->push_back(static_cast<char>(0xe0 | code_point >> 12));
    } else {
      out->push_back(static_cast<char>(0xf0 | code_point >> 18));
      out->push_back(static_cast<char>(0x80 | (code_point >> 12 & 0x3f)));
    }
    out->push_back(static_cast<char>(0x80 | (code_point >> 6 & 0x3f)));
  }
  out->push_back(static_cast<char>(0x80 | (code_point & 0x3f)));
}

}  // namespace base
