// A recursive descent over the text, once. Values are made where they stay.

#include <algorithm>
#include <array>
#include <charconv>

#include "base/hex.h"
#include "base/json.h"
#include "base/utf8.h"

namespace base::json {
namespace {

// Room for so many before the first is read.
constexpr std::size_t kUsualMembers = 4;
// Up to this many members, comparing each with each is cheaper than sorting.
constexpr std::size_t kFewMembers = 12;

// Bytes of a string that need no second look: no quote, escape, control
// character or start of a multi-byte sequence.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t i = 0x20; i < 0x80; ++i) plain[i] = i != '"' && i != '\\';
  return plain;
}();

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Keeps the last value of each name, at the place of the first.
void DropDuplicates(std::vector<Member>* members) {
  const std::size_t count = members->size();
  std::vector<bool> dropped;
  const auto merge = [&](std::size_t earlier, std::size_t later) {
    if (dropped.empty()) dropped.resize(count);
    (*members)[earlier].value = std::move((*members)[later].value);
    dropped[later] = true;
  };
  if (count <= kFewMembers) {
    for (std::size_t later = 1; later < count; ++later) {
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        if ((*members)[earlier].name != (*members)[later].name) continue;
        merge(earlier, later);
        break;
      }
    }
  } else {
    std::vector<std::size_t> order(count);
    for (std::size_t i = 0; i < count; ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const int names = (*members)[a].name.compare((*members)[b].name);
      return names != 0 ? names < 0 : a < b;
    });
    std::size_t first = 0;
    for (std::size_t i = 1; i < count; ++i) {
      if ((*members)[order[i]].name == (*members)[order[first]].name) {
        merge(order[first], order[i]);
      } else {
        first = i;
      }
    }
  }
  if (dropped.empty()) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (dropped[i]) continue;
    if (kept != i) (*members)[kept] = std::move((*members)[i]);
    ++kept;
  }
  members->resize(kept);
}

class Parser {
 public:
  Parser(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

  Result<Value> ParseDocument() {
    Value value;
    SkipSpace();
    if (!ParseValue(&value)) return std::move(error_);
    SkipSpace();
    if (at_ < text_.size()) {
      FailExpecting("the end of the document");
      return std::move(error_);
    }
    return value;
  }

 private:
  bool Fail(HResult code, std::string detail) {
    error_ = MakeError(code, std::move(detail));
    return false;
  }

  bool FailInvalid(std::string_view what, std::size_t offset) {
    return Fail(hr::HCN_E_INVALID_JSON, "at byte " + std::to_string(offset) + ": " + std::string(what));
  }

  bool FailExpecting(std::string_view what) {
    std::string detail = "at byte " + std::to_string(at_) + ": expected " + std::string(what) + ", found ";
    if (at_ >= text_.size()) {
      detail += "the end of the document";
    } else if (const auto c = static_cast<unsigned char>(text_[at_]); c > 0x20 && c < 0x7f) {
      detail += "`" + std::string(1, text_[at_]) + "`";
    } else {
      detail += "the byte 0x";
      detail += {kLowerHexDigits[c >> 4], kLowerHexDigits[c & 15]};
    }
    return Fail(hr::HCN_E_INVALID_JSON, std::move(detail));
  }

  // NUL outside the document: no token starts with it.
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool Consume(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void SkipSpace() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
      ++at_;
    }
  }

  bool ParseValue(Value* out) {
    switch (Peek()) {
      case '{': return ParseObject(out);
      case '[': return ParseArray(out);
      case '"': return ParseString(&out->BecomeString());
      case 't': return ParseLiteral("true", Value(true), out);
      case 'f': return ParseLiteral("false", Value(false), out);
      case 'n': return ParseLiteral("null", Value(), out);
      default: return ParseNumber(out);
    }
  }

  bool ParseLiteral(std::string_view literal, Value value, Value* out) {
    if (text_.substr(at_, literal.size()) != literal) return FailExpecting("a value");
    at_ += literal.size();
    *out = std::move(value);
    return true;
  }

  bool Enter() {
    if (depth_ == max_depth_) {
      return Fail(hr::ERR_DOCUMENT_TOO_LARGE, "at byte " + std::to_string(at_) + ": nested deeper than " +
                                                  std::to_string(max_depth_) + " objects and arrays");
    }
    ++depth_;
    ++at_;
    SkipSpace();
    return true;
  }

  bool ParseArray(Value* out) {
    if (!Enter()) return false;
    Array elements;
    if (Peek() != ']') {
      do {
        SkipSpace();
        if (!ParseValue(&elements.emplace_back())) return false;
        SkipSpace();
      } while (Consume(','));
    }
    if (!Consume(']')) return FailExpecting("`,` or `]`");
    --depth_;
    Fit(&elements);
    *out = Value(std::move(elements));
    return true;
  }

  bool ParseObject(Value* out) {
    if (!Enter()) return false;
    std::vector<Member> members;
    if (Peek() != '}') {
      members.reserve(kUsualMembers);
      do {
        SkipSpace();
        if (Peek() != '"') return FailExpecting("a member name in double quotes");
        Member& member = members.emplace_back();
        if (!ParseString(&member.name)) return false;
        SkipSpace();
        if (!Consume(':')) return FailExpecting("`:`");
        SkipSpace();
        if (!ParseValue(&member.value)) return false;
        SkipSpace();
      } while (Consume(','));
    }
    if (!Consume('}')) return FailExpecting("`,` or `}`");
    --depth_;
    DropDuplicates(&members);
    Fit(&members);
    *out = Value(Object(std::move(members)));
    return true;
  }

  // A document of a million small objects shall not take twice what it needs.
  template <typename T>
  static void Fit(std::vector<T>* items) {
    if (items->capacity() > 2 * items->size()) items->shrink_to_fit();
  }

  // REQUIRES: at a double quote.
  bool ParseString(std::string* out) {
    ++at_;
    while (true) {
      const std::size_t run = at_;
      while (at_ < text_.size() && kPlain[static_cast<unsigned char>(text_[at_])]) ++at_;
      if (at_ >= text_.size()) return FailExpecting("the closing quote of a string");
      out->append(text_, run, at_ - run);
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c == '\\') {
        if (!ParseEscape(out)) return false;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        return FailInvalid("a control character in a string must be escaped", at_);
      } else {
        const std::size_t start = at_;
        if (DecodeUtf8(text_, &at_) < 0) return FailInvalid("the string is not valid UTF-8", start);
        out->append(text_, start, at_ - start);
      }
    }
  }

  // REQUIRES: at a backslash.
  bool ParseEscape(std::string* out) {
    const std::size_t start = at_++;
    const char c = Peek();
    ++at_;
    switch (c) {
      case '"':
      case '\\':
      case '/': out->push_back(c); return true;
      case 'b': out->push_back('\b'); return true;
      case 'f': out->push_back('\f'); return true;
      case 'n': out->push_back('\n'); return true;
      case 'r': out->push_back('\r'); return true;
      case 't': out->push_back('\t'); return true;
      case 'u': return ParseUnicodeEscape(start, out);
      default: return FailInvalid("unknown escape in a string; `\\\\` stands for a backslash", start);
    }
  }

  bool ParseUnicodeEscape(std::size_t start, std::string* out) {
    const int unit = ParseFourHexDigits();
    if (unit < 0) return FailInvalid("`\\u` must be followed by four hexadecimal digits", start);
    char32_t code_point = static_cast<char32_t>(unit);
    if (unit >= 0xd800 && unit <= 0xdfff) {
      const bool pair = unit <= 0xdbff && Consume('\\') && Consume('u');
      const int low = pair ? ParseFourHexDigits() : -1;
      if (low < 0xdc00 || low > 0xdfff) return FailInvalid("a lone surrogate is no character", start);
      code_point = 0x10000u + (static_cast<char32_t>(unit - 0xd800) << 10) + static_cast<char32_t>(low - 0xdc00);
    }
    AppendUtf8(code_point, out);
    return true;
  }

  int ParseFourHexDigits() {
    if (text_.size() - at_ < 4 || at_ > text_.size()) return -1;
    int value = 0;
    for (int i = 0; i < 4; ++i) {
      const int digit = HexDigitValue(text_[at_ + static_cast<std::size_t>(i)]);
      if (digit < 0) return -1;
      value = value << 4 | digit;
    }
    at_ += 4;
    return value;
  }

  bool SkipDigits() {
    const std::size_t start = at_;
    while (IsDigit(Peek())) ++at_;
    return at_ > start;
  }

  bool ParseNumber(Value* out) {
    const std::size_t start = at_;
    const bool negative = Consume('-');
    if (!IsDigit(Peek())) return FailExpecting(negative ? "a digit" : "a value");
    if (Consume('0')) {
      if (IsDigit(Peek())) return FailInvalid("a number must not start with 0", start);
    } else {
      SkipDigits();
    }
    bool integer = true;
    if (Consume('.')) {
      integer = false;
      if (!SkipDigits()) return FailExpecting("a digit");
    }
    if (Peek() == 'e' || Peek() == 'E') {
      ++at_;
      integer = false;
      if (!Consume('+')) Consume('-');
      if (!SkipDigits()) return FailExpecting("a digit");
    }
    const char* const first = text_.data() + start;
    const char* const last = text_.data() + at_;
    if (integer && StoreInteger(first, last, negative, out)) return true;
    double number = 0;
    if (std::from_chars(first, last, number).ec != std::errc()) {
      return FailInvalid("the number is out of range", start);
    }
    *out = Value(number);
    return true;
  }

  // False when 64 bits cannot hold it, or for -0, which only a double can.
  static bool StoreInteger(const char* first, const char* last, bool negative, Value* out) {
    if (negative) {
      std::int64_t number = 0;
      if (std::from_chars(first, last, number).ec != std::errc() || number == 0) return false;
      *out = Value(number);
    } else {
      std::uint64_t number = 0;
      if (std::from_chars(first, last, number).ec != std::errc()) return false;
      *out = Value(number);
    }
    return true;
  }

  const std::string_view text_;
  const std::size_t max_depth_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  Error error_;
};

}  // namespace

Result<Value> Parse(std::string_view text, const ParseLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return MakeError(hr::ERR_DOCUMENT_TOO_LARGE, std::to_string(text.size()) + " bytes are more than the " +
                                                     std::to_string(limits.max_bytes) + " a document may have");
  }
  return Parser(text, limits.max_depth).ParseDocument();
}

}  // namespace base::json
