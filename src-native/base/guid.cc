#include "base/guid.h"

#include "base/entropy.h"
#include "base/hex.h"

namespace base {
namespace {

constexpr std::size_t kTextLength = 36;

constexpr bool IsDashPosition(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

// The text shows data1 to data3 as numbers, so most significant byte first.
std::array<std::uint8_t, 16> BytesInTextOrder(const Guid& guid) {
  std::array<std::uint8_t, 16> bytes{};
  for (int i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(guid.data1 >> (24 - 8 * i));
  for (int i = 0; i < 2; ++i) bytes[4 + i] = static_cast<std::uint8_t>(guid.data2 >> (8 - 8 * i));
  for (int i = 0; i < 2; ++i) bytes[6 + i] = static_cast<std::uint8_t>(guid.data3 >> (8 - 8 * i));
  for (int i = 0; i < 8; ++i) bytes[8 + i] = guid.data4[i];
  return bytes;
}

Guid FromBytesInTextOrder(const std::array<std::uint8_t, 16>& bytes) {
  Guid guid;
  for (int i = 0; i < 4; ++i) guid.data1 = guid.data1 << 8 | bytes[i];
  guid.data2 = static_cast<std::uint16_t>(bytes[4] << 8 | bytes[5]);
  guid.data3 = static_cast<std::uint16_t>(bytes[6] << 8 | bytes[7]);
  for (int i = 0; i < 8; ++i) guid.data4[i] = bytes[8 + i];
  return guid;
}

std::string Print(const Guid& guid, const char* digits) {
  std::string text(kTextLength, '-');
  const auto bytes = BytesInTextOrder(guid);
  std::size_t at = 0;
  for (const std::uint8_t byte : bytes) {
    if (IsDashPosition(at)) ++at;
    text[at++] = digits[byte >> 4];
    text[at++] = digits[byte & 15];
  }
  return text;
}

}  // namespace

std::optional<Guid> Guid::Parse(std::string_view text) {
  if (text.size() == kTextLength + 2 && text.front() == '{' && text.back() == '}') {
    text = text.substr(1, kTextLength);
  }
  if (text.size() != kTextLength) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < kTextLength; ++i) {
    if (IsDashPosition(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int digit = HexDigitValue(text[i]);
    if (digit < 0) return std::nullopt;
    std::uint8_t& byte = bytes[nibble / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | digit);
    ++nibble;
  }
  return FromBytesInTextOrder(bytes);
}

Guid Guid::Random() {
  std::array<std::uint8_t, 16> bytes{};
  FillWithEntropy(bytes);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // RFC 9562: version 4,
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // variant 10.
  return FromBytesInTextOrder(bytes);
}

std::string Guid::ToString() const { return Print(*this, kLowerHexDigits); }

std::string Guid::ToUpperString() const { return Print(*this, kUpperHexDigits); }

std::size_t GuidHash::operator()(const Guid& guid) const noexcept {
  // Clients choose ids (1, 2, 3, ...), so the bits are mixed, not just folded.
  std::uint64_t low = std::uint64_t{guid.data1} << 32 | std::uint64_t{guid.data2} << 16 | guid.data3;
  std::uint64_t high = 0;
  for (const std::uint8_t byte : guid.data4) high = high << 8 | byte;
  std::uint64_t hash = (low ^ 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
  hash ^= hash >> 32;
  hash = (hash ^ high) * 0xc4ceb9fe1a85ec53u;
  hash ^= hash >> 29;
  return static_cast<std::size_t>(hash);
}

}  // namespace base
