// A header transposition made ready for one flow: what the fast path keeps.
//
// All packets of a flow have the same addresses, ports and protocol (that is
// its key), so the differences of their checksums are the same too. They are
// computed once, by Prepare; Apply then stores the new fields and adds the
// differences, without looking at the old values. Fields that the transposition
// does not name hold the flow's own values: writing them again is cheaper than
// asking. MACs are not part of the key and are written under a mask.
//
// Plain data, one cache line.
#pragma once

#include <cstdint>
#include <cstring>

#include "vfp/flow_key.h"
#include "vfp/header_transposition.h"
#include "wire/bytes.h"
#include "wire/checksum.h"
#include "wire/offload.h"
#include "wire/parsed_frame.h"

namespace vfp {

struct PreparedTransposition {
  enum class L4 : std::uint8_t { kAsItIs, kTcp, kUdp, kIcmpV4, kIcmpV6 };

  std::uint16_t modify = 0;  // HeaderTransposition's bits.
  std::uint8_t ttl_decrement = 0;
  std::uint8_t family = 0;  // 4, 6, or 0: not IP, only MACs are rewritten.
  L4 l4 = L4::kAsItIs;      // kAsItIs also when nothing of L4 changes.
  bool rewrites_l3 = false;
  std::uint16_t l3_delta = 0xffff;      // IPv4 header: addresses; TTL is added per packet.
  std::uint16_t l4_delta = 0xffff;      // TCP and UDP: addresses and ports. ICMPv6: addresses.
  std::uint16_t pseudo_delta = 0xffff;  // Addresses only: for a checksum still owed.
  std::uint16_t source_port = 0;        // Host order.
  std::uint16_t destination_port = 0;
  std::uint8_t macs[12] = {};    // As in the frame: destination, source.
  std::uint32_t tag = 0;         // Not read by Apply: free for whoever keeps the record.
  std::uint8_t source[16] = {};  // Network order.
  std::uint8_t destination[16] = {};

  bool empty() const { return modify == 0; }
};
static_assert(sizeof(PreparedTransposition) == 64);

// `key` is the packet as it is before: source, destination, ports, protocol and
// family count. REQUIRES: named addresses are of the key's family.
PreparedTransposition Prepare(const HeaderTransposition& transposition, const FlowKey& key);
// For a frame that is not IP: only MACs may be named.
PreparedTransposition PrepareMacs(const HeaderTransposition& transposition);

namespace detail {

inline void RewriteMacs(const PreparedTransposition& prepared, std::uint8_t* data) {
  // Byte order does not matter: masks are built as bytes too.
  static constexpr std::uint8_t kDestinationMask[12] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0};
  static constexpr std::uint8_t kSourceMask[12] = {0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  const std::uint64_t use_destination =
      (prepared.modify & HeaderTransposition::kDestinationMac) != 0 ? ~std::uint64_t{0} : 0;
  const std::uint64_t use_source = (prepared.modify & HeaderTransposition::kSourceMac) != 0 ? ~std::uint64_t{0} : 0;
  std::uint64_t destination_mask, source_mask, old_low, new_low;
  std::memcpy(&destination_mask, kDestinationMask, 8);
  std::memcpy(&source_mask, kSourceMask, 8);
  std::memcpy(&old_low, data, 8);
  std::memcpy(&new_low, prepared.macs, 8);
  const std::uint64_t mask = (destination_mask & use_destination) | (source_mask & use_source);
  old_low = (old_low & ~mask) | (new_low & mask);
  std::memcpy(data, &old_low, 8);
  std::uint32_t old_high, new_high;
  std::memcpy(&old_high, data + 8, 4);
  std::memcpy(&new_high, prepared.macs + 8, 4);
  const auto high_mask = static_cast<std::uint32_t>(use_source);
  old_high = (old_high & ~high_mask) | (new_high & high_mask);
  std::memcpy(data + 8, &old_high, 4);
}

inline std::uint8_t DecrementTtl(std::uint8_t ttl, std::uint8_t by) {
  return ttl < by ? 0 : static_cast<std::uint8_t>(ttl - by);
}

// The field holds the pseudo-header's sum, not complemented.
inline void AddToOwedChecksum(std::uint8_t* field, std::uint16_t delta) {
  wire::Store16(field, wire::ChecksumFold(std::uint32_t{wire::Load16(field)} + delta));
}

// An echo request carries its identifier as a source port, a reply as a
// destination port (see HeaderTransposition).
inline void RewriteIcmp(const PreparedTransposition& prepared, std::uint8_t* l4, bool owed) {
  const bool v6 = prepared.l4 == PreparedTransposition::L4::kIcmpV6;
  const std::uint8_t request = v6 ? 128 : 8;
  const std::uint8_t reply = v6 ? 129 : 0;
  std::uint32_t delta = 0xffff;
  if (v6) delta = prepared.l4_delta;
  bool touched =
      v6 && (prepared.modify & (HeaderTransposition::kSourceAddress | HeaderTransposition::kDestinationAddress)) != 0;
  const bool by_source = l4[0] == request && (prepared.modify & HeaderTransposition::kSourcePort) != 0;
  const bool by_destination = l4[0] == reply && (prepared.modify & HeaderTransposition::kDestinationPort) != 0;
  if (by_source || by_destination) {
    const std::uint16_t identifier = by_source ? prepared.source_port : prepared.destination_port;
    delta += static_cast<std::uint16_t>(~wire::Load16(l4 + 4));
    delta += identifier;
    wire::Store16(l4 + 4, identifier);
    touched = touched || !owed;
  }
  if (!touched) return;
  if (owed) {
    AddToOwedChecksum(l4 + 2, prepared.pseudo_delta);
  } else {
    std::uint16_t updated = wire::ApplyDelta(wire::Load16(l4 + 2), wire::ChecksumFold(delta));
    // An IPv4 echo reply may be nothing but zeros, and there is no pseudo-header:
    // the one packet for which 0x0000 is wrong. 0xffff is right for all.
    if (updated == 0 && !v6 && l4[0] == reply) updated = 0xffff;
    wire::Store16(l4 + 2, updated);
  }
}

}  // namespace detail

// Rewrites one packet of the flow `prepared` was made for. `l4_offset` is zero
// for a fragment without its L4 header. `l3_offset`, `l4_offset` are those of
// its parse; nothing else of the frame is looked at.
inline void Apply(const PreparedTransposition& prepared, std::uint8_t* data, std::uint32_t l3_offset,
                  std::uint32_t l4_offset, const wire::Offload& offload) noexcept {
  using L4 = PreparedTransposition::L4;
  if (prepared.modify == 0) return;
  detail::RewriteMacs(prepared, data);
  if (prepared.rewrites_l3) {
    std::uint8_t* ip = data + l3_offset;
    if (prepared.family == 4) {
      const std::uint8_t ttl = detail::DecrementTtl(ip[8], prepared.ttl_decrement);
      // TTL is the high byte of its word: its difference is -(old - new) << 8.
      const std::uint32_t sum = std::uint32_t{static_cast<std::uint16_t>(~wire::Load16(ip + 10))} + prepared.l3_delta +
                                (0xffffu - ((std::uint32_t{ip[8]} - ttl) << 8));
      ip[8] = ttl;
      wire::Store16(ip + 10, static_cast<std::uint16_t>(~wire::ChecksumFold(sum)));
      std::memcpy(ip + 12, prepared.source, 4);
      std::memcpy(ip + 16, prepared.destination, 4);
    } else {
      ip[7] = detail::DecrementTtl(ip[7], prepared.ttl_decrement);
      std::memcpy(ip + 8, prepared.source, 16);
      std::memcpy(ip + 24, prepared.destination, 16);
    }
  }
  if (prepared.l4 == L4::kAsItIs || l4_offset == 0) return;
  std::uint8_t* l4 = data + l4_offset;
  // A checksum owed further in (an encapsulated packet's) is not this header's.
  const bool owed = offload.NeedsChecksum() && offload.checksum_start == l4_offset;
  if (prepared.l4 == L4::kIcmpV4 || prepared.l4 == L4::kIcmpV6) {
    detail::RewriteIcmp(prepared, l4, owed);
    return;
  }
  wire::Store16(l4, prepared.source_port);
  wire::Store16(l4 + 2, prepared.destination_port);
  const bool udp = prepared.l4 == L4::kUdp;
  std::uint8_t* field = l4 + (udp ? 6 : 16);
  if (owed) {
    detail::AddToOwedChecksum(field, prepared.pseudo_delta);
    return;
  }
  const std::uint16_t checksum = wire::Load16(field);
  if (udp && checksum == 0) return;  // The sender computed none (RFC 768; RFC 6935 for IPv6 tunnels).
  std::uint16_t updated = wire::ApplyDelta(checksum, prepared.l4_delta);
  if (udp && updated == 0) updated = 0xffff;  // Zero would mean "none".
  wire::Store16(field, updated);
}

}  // namespace vfp
