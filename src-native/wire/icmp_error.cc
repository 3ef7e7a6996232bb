#include "wire/icmp_error.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "wire/checksum.h"
#include "wire/ethernet.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/ipv6.h"

namespace wire {
namespace {

constexpr std::size_t kMaxIpv4Error = 576;
constexpr std::size_t kMaxIpv6Error = 1280;

}  // namespace

bool MayCauseIcmpError(const ParsedFrame& parsed) {
  return parsed.IsIp() && !parsed.is_icmp_error && !parsed.is_later_fragment && !parsed.source.IsUnspecified() &&
         !parsed.source.IsMulticast() && !parsed.source.IsV4Broadcast() && !parsed.destination.IsMulticast() &&
         !parsed.destination.IsV4Broadcast() && !parsed.destination_mac.IsGroup();
}

std::size_t WriteIcmpError(IcmpErrorKind kind, std::uint16_t mtu, const Frame& frame, const ParsedFrame& parsed,
                           const base::IpAddress& source, const base::MacAddress& mac, std::span<std::uint8_t> out) {
  assert(MayCauseIcmpError(parsed) && source.family == parsed.source.family && out.size() >= kMaxIcmpErrorBytes);
  const bool v4 = source.IsV4();
  const std::size_t ip_bytes = v4 ? Ipv4View::kMinBytes : Ipv6View::kBytes;
  const std::size_t room = (v4 ? kMaxIpv4Error : kMaxIpv6Error) - ip_bytes - IcmpView::kBytes;
  const std::size_t quoted = std::min<std::size_t>(parsed.ip_length, room);
  const auto icmp_bytes = static_cast<std::uint16_t>(IcmpView::kBytes + quoted);

  std::uint8_t* ip = out.data() + kEthernetHeaderBytes;
  std::memset(out.data(), 0, kEthernetHeaderBytes + ip_bytes + IcmpView::kBytes);
  StoreMac(out.data(), parsed.source_mac);
  StoreMac(out.data() + 6, mac);
  Store16(out.data() + 12, v4 ? kEtherTypeIpv4 : kEtherTypeIpv6);
  if (v4) {
    ip[0] = 0x45;
    Store16(ip + 2, static_cast<std::uint16_t>(ip_bytes + icmp_bytes));
    ip[8] = 64;
    ip[9] = kProtoIcmp;
    StoreIp(ip + 12, source);
    StoreIp(ip + 16, parsed.source);
  } else {
    ip[0] = 0x60;
    Store16(ip + 4, icmp_bytes);
    ip[6] = kProtoIcmpV6;
    ip[7] = 64;
    StoreIp(ip + 8, source);
    StoreIp(ip + 24, parsed.source);
  }
  std::uint8_t* icmp = ip + ip_bytes;
  const bool too_big = kind == IcmpErrorKind::kPacketTooBig;
  icmp[0] = static_cast<std::uint8_t>(v4 ? (too_big ? 3 : 11) : (too_big ? 2 : 3));
  icmp[1] = v4 && too_big ? 4 : 0;
  // Of ICMPv6 the MTU has 32 bits; of ICMP the low 16 (RFC 1191, section 4).
  if (too_big) Store16(icmp + 6, mtu);
  std::memcpy(icmp + IcmpView::kBytes, frame.data + parsed.l3_offset, quoted);
  Frame error;
  error.data = out.data();
  error.length = static_cast<std::uint32_t>(kEthernetHeaderBytes + ip_bytes + icmp_bytes);
  FillChecksums(&error);
  return error.length;
}

}  // namespace wire
