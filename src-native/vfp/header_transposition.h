// What one layer, or all of them together, does to a packet's headers.
//
// A transposition is plain data: it can be read, printed, compared, composed
// and handed on. Fields that are not named in `modify` are left alone.
//
// Invariants
//   1. Applying a, then b, equals applying Compose(a, b), byte for byte.
//   2. Compose is associative; the empty transposition is its identity.
//   3. Checksums are updated by difference only, so a packet that arrives with
//      a wrong checksum leaves with a wrong one.
//
// ICMP echo. Its identifier is what a port is to TCP: the asker's. An echo
// request takes it from `source_port` and an echo reply from `destination_port`,
// each only when named; the other is ignored, so 1 holds for ICMP too. (The
// metadata view shows the identifier in both ports, and changes both.)
#pragma once

#include <cstdint>
#include <string>

#include "base/ip_address.h"
#include "base/mac_address.h"
#include "wire/frame.h"
#include "wire/parsed_frame.h"

namespace vfp {

// What happens to a header group (VFP NSDI'17, section 5.1).
enum class HeaderAction : std::uint8_t { kIgnore, kModify, kPush, kPop };

struct HeaderTransposition {
  // Bits of `modify`.
  static constexpr std::uint16_t kSourceMac = 1;
  static constexpr std::uint16_t kDestinationMac = 2;
  static constexpr std::uint16_t kSourceAddress = 4;
  static constexpr std::uint16_t kDestinationAddress = 8;
  static constexpr std::uint16_t kSourcePort = 16;       // Or an echo request's identifier.
  static constexpr std::uint16_t kDestinationPort = 32;  // Or an echo reply's identifier.
  static constexpr std::uint16_t kDecrementTtl = 64;     // By `ttl_decrement`, not below zero.

  std::uint16_t modify = 0;
  std::uint8_t ttl_decrement = 0;
  base::MacAddress source_mac;
  base::MacAddress destination_mac;
  base::IpAddress source;
  base::IpAddress destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;

  bool empty() const { return modify == 0; }
  HeaderAction action() const { return empty() ? HeaderAction::kIgnore : HeaderAction::kModify; }
  // Only the named fields count.
  bool operator==(const HeaderTransposition& other) const;
  // "source -> 10.1.0.4, destination port -> 8080, ttl - 1": the named fields,
  // for people; "none" when empty.
  std::string ToString() const;
};

// First `a`, then `b`.
HeaderTransposition Compose(const HeaderTransposition& a, const HeaderTransposition& b);

// Rewrites `parsed` (the metadata view), not the bytes.
void ApplyToMetadata(const HeaderTransposition& transposition, wire::ParsedFrame* parsed);

// Rewrites the bytes and their checksums by difference. `parsed` describes the
// frame as it is *before*; offload-pending checksums (the pseudo-header sum)
// are kept right too. REQUIRES: parsed.error == kNone and, when addresses or
// ports are named, parsed.IsIp() of the same family.
void ApplyToFrame(const HeaderTransposition& transposition, const wire::ParsedFrame& parsed, wire::Frame* frame);

}  // namespace vfp
