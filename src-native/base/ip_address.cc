#include "base/ip_address.h"

#include <algorithm>

#include "base/hex.h"

namespace base {
namespace {

// A decimal number without sign or leading zeros, at most `max`.
std::optional<std::uint32_t> ParseDecimal(std::string_view text, std::uint32_t max) {
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (value > max) return std::nullopt;
  return value;
}

std::optional<IpAddress> ParseV4(std::string_view text) {
  IpAddress address;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t dot = i < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto octet = ParseDecimal(text.substr(0, dot), 255);
    if (!octet) return std::nullopt;
    address.bytes[i] = static_cast<std::uint8_t>(*octet);
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return address;
}

std::optional<std::uint16_t> ParseGroup(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    const int digit = HexDigitValue(c);
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<unsigned>(digit);
  }
  return static_cast<std::uint16_t>(value);
}

// The 16-bit groups of one side of "::" (or of the whole address). Returns how
// many, or -1. Only the very last group of an address may be a dotted quad.
int ParseGroups(std::string_view text, bool ends_address, std::array<std::uint16_t, 8>* groups) {
  if (text.empty()) return 0;
  int count = 0;
  while (true) {
    const std::size_t colon = text.find(':');
    const std::string_view piece = text.substr(0, colon);
    const bool last = colon == std::string_view::npos;
    if (last && ends_address && piece.find('.') != std::string_view::npos) {
      const auto quad = ParseV4(piece);
      if (!quad || count > 6) return -1;
      (*groups)[count++] = static_cast<std::uint16_t>(quad->bytes[0] << 8 | quad->bytes[1]);
      (*groups)[count++] = static_cast<std::uint16_t>(quad->bytes[2] << 8 | quad->bytes[3]);
      return count;
    }
    const auto group = ParseGroup(piece);
    if (!group || count == 8) return -1;
    (*groups)[count++] = *group;
    if (last) return count;
    text.remove_prefix(colon + 1);
  }
}

IpAddress FromGroups(const std::array<std::uint16_t, 8>& groups) {
  IpAddress address;
  address.family = IpFamily::kIpv6;
  for (std::size_t i = 0; i < 8; ++i) {
    address.bytes[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
    address.bytes[2 * i + 1] = static_cast<std::uint8_t>(groups[i]);
  }
  return address;
}

std::optional<IpAddress> ParseV6(std::string_view text) {
  std::array<std::uint16_t, 8> groups{};
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    if (ParseGroups(text, true, &groups) != 8) return std::nullopt;
    return FromGroups(groups);
  }
  std::array<std::uint16_t, 8> tail{};
  const int head_count = ParseGroups(text.substr(0, gap), false, &groups);
  const int tail_count = ParseGroups(text.substr(gap + 2), true, &tail);
  // "::" stands for at least one group.
  if (head_count < 0 || tail_count < 0 || head_count + tail_count > 7) return std::nullopt;
  std::copy_n(tail.begin(), tail_count, groups.end() - tail_count);
  return FromGroups(groups);
}

void AppendV4(const std::uint8_t* bytes, std::string* out) {
  for (int i = 0; i < 4; ++i) {
    if (i > 0) out->push_back('.');
    *out += std::to_string(bytes[i]);
  }
}

void AppendGroup(std::uint16_t group, std::string* out) {
  bool started = false;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const unsigned digit = group >> shift & 15u;
    started = started || digit != 0 || shift == 0;
    if (started) out->push_back(kLowerHexDigits[digit]);
  }
}

std::string PrintV6(const std::array<std::uint8_t, 16>& bytes) {
  std::array<std::uint16_t, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) groups[i] = static_cast<std::uint16_t>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  // RFC 5952 4.2: the longest run of two or more zero groups, the first of equals.
  int gap = -1;
  int gap_length = 1;
  for (int i = 0; i < 8; ++i) {
    int end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > gap_length) {
      gap = i;
      gap_length = end - i;
    }
    if (end > i) i = end;
  }
  const bool v4_mapped = gap == 0 && gap_length == 5 && groups[5] == 0xffff;  // RFC 5952 5
  std::string out;
  for (int i = 0; i < 8; ++i) {
    if (i == gap) {
      out += "::";
      i += gap_length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out.push_back(':');
    if (v4_mapped && i == 6) {
      AppendV4(&bytes[12], &out);
      break;
    }
    AppendGroup(groups[i], &out);
  }
  return out;
}

// Sets (to 0 or 1) all bits of `address` behind the first `length`.
IpAddress WithHostBits(IpAddress address, int length, bool value) {
  for (int i = 0; i < address.BitLength() / 8; ++i) {
    const int kept = std::clamp(length - 8 * i, 0, 8);
    const auto host_mask = static_cast<std::uint8_t>(0xff >> kept);
    std::uint8_t& byte = address.bytes[static_cast<std::size_t>(i)];
    byte = static_cast<std::uint8_t>(value ? byte | host_mask : byte & ~host_mask);
  }
  return address;
}

}  // namespace

IpAddress IpAddress::V4(std::uint32_t host_order) {
  IpAddress address;
  for (std::size_t i = 0; i < 4; ++i) address.bytes[i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
  return address;
}

IpAddress IpAddress::V4FromBytes(const std::uint8_t* four) {
  IpAddress address;
  std::copy_n(four, 4, address.bytes.begin());
  return address;
}

IpAddress IpAddress::V6FromBytes(const std::uint8_t* sixteen) {
  IpAddress address;
  address.family = IpFamily::kIpv6;
  std::copy_n(sixteen, 16, address.bytes.begin());
  return address;
}

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  return text.find(':') == std::string_view::npos ? ParseV4(text) : ParseV6(text);
}

std::string IpAddress::ToString() const {
  if (IsV6()) return PrintV6(bytes);
  std::string out;
  AppendV4(bytes.data(), &out);
  return out;
}

std::uint32_t IpAddress::V4HostOrder() const {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}

bool IpAddress::IsUnspecified() const {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::IsMulticast() const { return IsV4() ? (bytes[0] & 0xf0) == 0xe0 : bytes[0] == 0xff; }

bool IpAddress::IsV4Broadcast() const { return IsV4() && V4HostOrder() == 0xffffffffu; }

bool IpAddress::IsLinkLocal() const {
  return IsV4() ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

std::optional<IpAddress> IpAddress::Plus(std::uint64_t offset) const {
  IpAddress sum = *this;
  std::uint64_t carry = 0;
  std::uint64_t rest = offset;
  for (int i = BitLength() / 8 - 1; i >= 0; --i) {
    std::uint8_t& byte = sum.bytes[static_cast<std::size_t>(i)];
    const std::uint64_t total = byte + (rest & 0xff) + carry;
    byte = static_cast<std::uint8_t>(total);
    carry = total >> 8;
    rest >>= 8;
  }
  if (carry != 0 || rest != 0) return std::nullopt;
  return sum;
}

std::size_t IpAddressHash::operator()(const IpAddress& address) const noexcept {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::memcpy(&high, address.bytes.data(), 8);
  std::memcpy(&low, address.bytes.data() + 8, 8);
  std::uint64_t hash = (high + static_cast<std::uint64_t>(address.family)) * 0xff51afd7ed558ccdu;
  hash ^= hash >> 32;
  hash = (hash ^ low) * 0xc4ceb9fe1a85ec53u;
  hash ^= hash >> 29;
  return static_cast<std::size_t>(hash);
}

std::optional<IpPrefix> IpPrefix::Parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::Parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return Host(*address);
  const auto length = ParseDecimal(text.substr(slash + 1), static_cast<std::uint32_t>(address->BitLength()));
  if (!length) return std::nullopt;
  return IpPrefix{*address, static_cast<std::uint8_t>(*length)};
}

IpPrefix IpPrefix::Host(const IpAddress& address) {
  return IpPrefix{address, static_cast<std::uint8_t>(address.BitLength())};
}

std::string IpPrefix::ToString() const { return address.ToString() + "/" + std::to_string(length); }

IpPrefix IpPrefix::Masked() const { return IpPrefix{First(), length}; }

bool IpPrefix::Contains(const IpAddress& candidate) const {
  return candidate.family == address.family && WithHostBits(candidate, length, false) == First();
}

bool IpPrefix::Overlaps(const IpPrefix& other) const {
  return length <= other.length ? Contains(other.address) : other.Contains(address);
}

IpAddress IpPrefix::First() const { return WithHostBits(address, length, false); }

IpAddress IpPrefix::Last() const { return WithHostBits(address, length, true); }

std::optional<PortRange> PortRange::Parse(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = ParseDecimal(text.substr(0, dash), 65535);
  if (!first) return std::nullopt;
  const auto last = dash == std::string_view::npos ? first : ParseDecimal(text.substr(dash + 1), 65535);
  if (!last || *last < *first) return std::nullopt;
  return PortRange{static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last)};
}

std::string PortRange::ToString() const {
  return first == last ? std::to_string(first) : std::to_string(first) + "-" + std::to_string(last);
}

}  // namespace base
