// The strings that cross the ABI: UTF-16 there and UTF-8 here, and the values
// that are written in them. The C library's own parser of addresses is asked
// for its opinion.
#include <arpa/inet.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "base/guid.h"
#include "base/ip_address.h"
#include "base/mac_address.h"
#include "base/utf16.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

bool HasLoneSurrogate(std::u16string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int kind = text[i] >> 10;  // 0x36 high, 0x37 low.
    if (kind == 0x37) return true;
    if (kind != 0x36) continue;
    if (i + 1 == text.size() || text[i + 1] >> 10 != 0x37) return true;
    ++i;
  }
  return false;
}

void CheckUtf16(const std::uint8_t* data, std::size_t size) {
  std::u16string wide(size / 2, u'\0');
  std::memcpy(wide.data(), data, wide.size() * 2);
  const auto narrow = base::Utf16ToUtf8(wide);
  Require(narrow.has_value() != HasLoneSurrogate(wide));
  if (narrow) Require(base::Utf8ToUtf16(*narrow) == wide);
}

void CheckUtf8(std::string_view text) {
  const auto wide = base::Utf8ToUtf16(text);
  if (!wide) return;
  Require(!HasLoneSurrogate(*wide));
  Require(base::Utf16ToUtf8(*wide) == text);
}

template <typename T>
void CheckPrinted(std::string_view text) {
  const auto value = T::Parse(text);
  if (value) Require(T::Parse(value->ToString()) == value);
}

void CheckAgainstLibrary(std::string_view text) {
  const auto mine = base::IpAddress::Parse(text);
  const std::string terminated(text.substr(0, text.find('\0')));
  if (terminated.size() != text.size()) {
    Require(!mine);
    return;
  }
  std::uint8_t bytes[16];
  const bool is_v4 = inet_pton(AF_INET, terminated.c_str(), bytes) == 1;
  if (is_v4) Require(mine == base::IpAddress::V4FromBytes(bytes));
  const bool is_v6 = inet_pton(AF_INET6, terminated.c_str(), bytes) == 1;
  if (is_v6) Require(mine == base::IpAddress::V6FromBytes(bytes));
  Require(mine.has_value() == (is_v4 || is_v6));
}

void CheckPrefix(std::string_view text) {
  const auto prefix = base::IpPrefix::Parse(text);
  if (!prefix) return;
  Require(prefix->Contains(prefix->address) && prefix->Contains(prefix->First()) && prefix->Contains(prefix->Last()));
  Require(prefix->Overlaps(*prefix) && !prefix->Masked().HasHostBits());
  const auto after = prefix->Last().Plus(1);
  if (after) Require(!prefix->Contains(*after));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckUtf16(data, size);
  CheckUtf8(text);
  CheckPrinted<base::Guid>(text);
  CheckPrinted<base::IpAddress>(text);
  CheckPrinted<base::IpPrefix>(text);
  CheckPrinted<base::PortRange>(text);
  CheckPrinted<base::MacAddress>(text);
  CheckAgainstLibrary(text);
  CheckPrefix(text);
  return 0;
}
