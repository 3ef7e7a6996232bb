// The packet an ICMP error is about, as the error quotes it: an IP header and
// what the sender of the error saw fit to repeat of the rest (RFC 792, RFC 4443).
#pragma once

#include <cstdint>
#include <optional>

#include "base/ip_address.h"
#include "wire/frame.h"
#include "wire/parsed_frame.h"

namespace wire {

struct QuotedPacket {
  base::IpAddress source;
  base::IpAddress destination;
  std::uint8_t protocol = 0;
  // TCP and UDP: `has_ports`. An echo has its identifier in both.
  bool has_ports = false;
  bool is_echo = false;
  bool is_echo_request = false;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  // Offsets from the start of the frame; `checksum_offset` is that of the L4
  // checksum, zero when the quote ends before it or there is none.
  std::uint16_t l3_offset = 0;
  std::uint16_t l4_offset = 0;
  std::uint16_t checksum_offset = 0;
};

// nullopt when nobody can tell which connection the quoted packet was of: a
// quote with less than eight bytes behind its IP header, of a later fragment, of
// another ICMP error, of the other IP family, or in an error that is a fragment
// itself. The quote's own checksums are not looked at: whoever quotes may have
// changed the TTL, and may have seen the packet before they were filled in.
// REQUIRES: `error` is of this frame, without error, and is_icmp_error.
std::optional<QuotedPacket> ParseQuotedPacket(const Frame& frame, const ParsedFrame& error);

}  // namespace wire
