// The Internet checksum (RFC 1071) and its incremental update (RFC 1624, eqn 3).
#pragma once

#include <cstdint>
#include <span>

#include "base/ip_address.h"
#include "wire/frame.h"

namespace wire {

// The unfolded one's complement sum of big-endian 16-bit words; an odd last
// byte counts as the high byte. `initial` chains several ranges of even length.
std::uint32_t ChecksumAdd(std::span<const std::uint8_t> bytes, std::uint32_t initial = 0);
std::uint16_t ChecksumFold(std::uint32_t sum);  // 16 bits, not complemented.
// The pseudo-header's sum, unfolded (RFC 793, RFC 8200 section 8.1).
std::uint32_t PseudoHeaderSum(const base::IpAddress& source, const base::IpAddress& destination,
                              std::uint8_t protocol, std::uint32_t l4_length);

// A difference to be added to a checksum: sum of ~old + new over every changed
// 16-bit word, folded. One delta serves a whole flow.
class ChecksumDelta {
 public:
  void Word(std::uint16_t old_value, std::uint16_t new_value);
  void Address(const base::IpAddress& old_value, const base::IpAddress& new_value);
  std::uint16_t value() const;

 private:
  std::uint32_t sum_ = 0;
};

// HC' = ~(~HC + delta).
std::uint16_t ApplyDelta(std::uint16_t checksum, std::uint16_t delta);

// Computes what the frame owes (Offload::NeedsChecksum) and clears the flag.
// A frame too short for its own offsets is left alone and false returned.
bool CompleteChecksum(Frame* frame);

// Recomputes every checksum from the bytes (IPv4 header, TCP, UDP, ICMP,
// ICMPv6). For builders and tests; the data path uses deltas.
bool FillChecksums(Frame* frame);
// True when all of them are right. UDP over IPv4 with zero is right; a
// checksum that is owed (NeedsChecksum) is checked against the pseudo-header.
bool ChecksumsValid(const Frame& frame);

}  // namespace wire
