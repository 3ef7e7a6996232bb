#include "abi/strings.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "base/json.h"
#include "base/utf16.h"

namespace abi {

namespace {

// Of a detail, which quotes what the caller gave: that may be megabytes.
std::string Beginning(const std::string& detail) {
  constexpr std::size_t kBytes = 1000;
  if (detail.size() <= kBytes) return detail;
  std::size_t end = kBytes;
  while (end > 0 && (static_cast<unsigned char>(detail[end]) & 0xC0) == 0x80) --end;
  return detail.substr(0, end) + "\u2026";
}

}  // namespace

base::Result<std::string> ReadText(const char16_t* text) {
  if (text == nullptr) return std::string();
  std::size_t length = 0;
  while (text[length] != 0) {
    if (++length > kMaxTextUnits) {
      return base::MakeError(base::hr::ERR_DOCUMENT_TOO_LARGE,
                             "more than " + std::to_string(kMaxTextUnits) + " UTF-16 units were given");
    }
  }
  auto utf8 = base::Utf16ToUtf8({text, length});
  if (!utf8) return base::MakeError(base::hr::HCN_E_INVALID_JSON, "the text is not well-formed UTF-16");
  return *std::move(utf8);
}

char16_t* NewText(std::string_view utf8) {
  const auto utf16 = base::Utf8ToUtf16(utf8);
  if (!utf16) return nullptr;
  const std::size_t bytes = (utf16->size() + 1) * sizeof(char16_t);
  auto* text = static_cast<char16_t*>(std::malloc(bytes));
  if (text != nullptr) std::memcpy(text, utf16->c_str(), bytes);
  return text;
}

void FreeText(char16_t* text) { std::free(text); }

base::HResult Fail(const base::Error& error, char16_t** record) {
  if (record != nullptr) {
    // HNS' own sentence first, since clients search for it, then what we can add.
    // Like HNS' messages it ends in a full stop and a space.
    std::string message(base::ErrorText(error.code));
    if (!error.detail.empty()) {
      if (!message.empty()) message += ' ';
      message += Beginning(error.detail);
      if (message.back() != '.') message += '.';
    }
    if (!message.empty()) message += ' ';
    // Member order and spelling are Windows' own: clients search this text.
    base::json::Object object;
    object.Set("Success", false);
    object.Set("Error", std::move(message));
    object.Set("ErrorCode", static_cast<std::uint32_t>(error.code));
    *record = NewText(base::json::Write(std::move(object)));
  }
  return error.code;
}

}  // namespace abi
