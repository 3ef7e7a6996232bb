#include <array>
#include <charconv>
#include <cmath>

#include "base/hex.h"
#include "base/json.h"
#include "base/utf8.h"

namespace base::json {
namespace {

constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

// Bytes that go out as they stand.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t i = 0x20; i < 0x80; ++i) plain[i] = i != '"' && i != '\\';
  return plain;
}();

void AppendEscaped(unsigned char c, std::string* out) {
  switch (c) {
    case '"': *out += "\\\""; return;
    case '\\': *out += "\\\\"; return;
    case '\b': *out += "\\b"; return;
    case '\f': *out += "\\f"; return;
    case '\n': *out += "\\n"; return;
    case '\r': *out += "\\r"; return;
    case '\t': *out += "\\t"; return;
    default:
      *out += "\\u00";
      out->push_back(kLowerHexDigits[c >> 4]);
      out->push_back(kLowerHexDigits[c & 15]);
  }
}

void AppendString(std::string_view text, std::string* out) {
  out->push_back('"');
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t run = i;
    while (i < text.size() && kPlain[static_cast<unsigned char>(text[i])]) ++i;
    out->append(text, run, i - run);
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      AppendEscaped(c, out);
      ++i;
      continue;
    }
    const std::size_t start = i;
    if (DecodeUtf8(text, &i) < 0) {
      *out += kReplacementCharacter;
      ++i;
    } else {
      out->append(text, start, i - start);
    }
  }
  out->push_back('"');
}

// The shortest text that reads back as the same number.
template <typename Number>
void AppendNumber(Number number, std::string* out) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out->append(text.data(), end);
}

struct Writer {
  std::string* out;

  void operator()(std::monostate) const { *out += "null"; }
  void operator()(bool value) const { *out += value ? "true" : "false"; }
  void operator()(std::int64_t value) const { AppendNumber(value, out); }
  void operator()(std::uint64_t value) const { AppendNumber(value, out); }
  void operator()(double value) const {
    if (std::isfinite(value)) {
      AppendNumber(value, out);
    } else {
      *out += "null";
    }
  }
  void operator()(const std::string& value) const { AppendString(value, out); }
  void operator()(const Array& value) const {
    out->push_back('[');
    bool first = true;
    for (const Value& element : value) {
      if (!first) out->push_back(',');
      first = false;
      element.Visit(*this);
    }
    out->push_back(']');
  }
  void operator()(const Object& value) const {
    out->push_back('{');
    bool first = true;
    for (const Member& member : value) {
      if (!first) out->push_back(',');
      first = false;
      AppendString(member.name, out);
      out->push_back(':');
      member.value.Visit(*this);
    }
    out->push_back('}');
  }
};

}  // namespace

void WriteTo(const Value& value, std::string* out) { value.Visit(Writer{out}); }

std::string Write(const Value& value) {
  std::string out;
  WriteTo(value, &out);
  return out;
}

}  // namespace base::json
