#include "base/mac_address.h"

#include "base/hex.h"

namespace base {

std::optional<MacAddress> MacAddress::Parse(std::string_view text) {
  if (text.size() != 17) return std::nullopt;
  const char separator = text[2];
  if (separator != '-' && separator != ':') return std::nullopt;
  MacAddress mac;
  for (std::size_t i = 0; i < 6; ++i) {
    const int high = HexDigitValue(text[3 * i]);
    const int low = HexDigitValue(text[3 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    if (i < 5 && text[3 * i + 2] != separator) return std::nullopt;
    mac.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return mac;
}

MacAddress MacAddress::FromUint64(std::uint64_t value) {
  MacAddress mac;
  for (std::size_t i = 0; i < 6; ++i) mac.bytes[i] = static_cast<std::uint8_t>(value >> (40 - 8 * i));
  return mac;
}

std::uint64_t MacAddress::ToUint64() const {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

std::string MacAddress::ToString() const {
  std::string text(17, '-');
  for (std::size_t i = 0; i < 6; ++i) {
    text[3 * i] = kUpperHexDigits[bytes[i] >> 4];
    text[3 * i + 1] = kUpperHexDigits[bytes[i] & 15];
  }
  return text;
}

}  // namespace base
