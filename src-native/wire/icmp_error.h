// What a router tells the sender of a packet that cannot go on: ICMP errors
// (RFC 792, RFC 1191, RFC 4443), which quote the packet they are about.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/ip_address.h"
#include "base/mac_address.h"
#include "wire/frame.h"
#include "wire/parsed_frame.h"

namespace wire {

enum class IcmpErrorKind : std::uint8_t {
  kPacketTooBig,  // ICMP 3/4 "fragmentation needed", ICMPv6 2 "packet too big"; tells `mtu`.
  kTimeExceeded,  // TTL or hop limit: ICMP 11/0, ICMPv6 3/0.
};

// An IPv4 error has 576 bytes at most (RFC 1812, 4.3.2.3), an IPv6 one 1280 (RFC 4443, 2.4 (c)).
inline constexpr std::size_t kMaxIcmpErrorBytes = 14 + 1280;

// False for what nobody answers with an error (RFC 1122, 3.2.2; RFC 4443, 2.4 (e)):
// an ICMP error, a later fragment, a packet from or to a group or from nobody.
bool MayCauseIcmpError(const ParsedFrame& parsed);

// The error about `frame`, from `source` at `mac` back to its sender. Returns the
// bytes written. REQUIRES: MayCauseIcmpError(parsed), parsed is of the frame and
// without error, `source` of its family, room for kMaxIcmpErrorBytes.
std::size_t WriteIcmpError(IcmpErrorKind kind, std::uint16_t mtu, const Frame& frame, const ParsedFrame& parsed,
                           const base::IpAddress& source, const base::MacAddress& mac, std::span<std::uint8_t> out);

}  // namespace wire
