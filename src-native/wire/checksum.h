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

// 16 bits, not complemented.
inline std::uint16_t ChecksumFold(std::uint32_t sum) {
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum + (sum >> 16));
}

// The pseudo-header's sum, unfolded (RFC 793, RFC 8200 section 8.1).
std::uint32_t PseudoHeaderSum(const base::IpAddress& source, const base::IpAddress& destination, std::uint8_t protocol,
                              std::uint32_t l4_length);

// A difference to be added to a checksum: sum of ~old + new over every changed
// 16-bit word, folded. One delta serves a whole flow.
//
// One's complement has two zeros. value() is never 0x0000: "no difference" is
// 0xffff, so every update by a delta leaves the same one of the two (0x0000 in
// a checksum field), and two updates in a row give the very bytes of one.
class ChecksumDelta {
 public:
  void Word(std::uint16_t old_value, std::uint16_t new_value) {
    sum_ += static_cast<std::uint32_t>(static_cast<std::uint16_t>(~old_value)) + new_value;
  }
  void Address(const base::IpAddress& old_value, const base::IpAddress& new_value);
  std::uint16_t value() const {
    const std::uint16_t folded = ChecksumFold(sum_);
    return folded == 0 ? 0xffff : folded;
  }

 private:
  std::uint32_t sum_ = 0;
};

// HC' = ~(~HC + delta).
inline std::uint16_t ApplyDelta(std::uint16_t checksum, std::uint16_t delta) {
  return static_cast<std::uint16_t>(
      ~ChecksumFold(static_cast<std::uint32_t>(static_cast<std::uint16_t>(~checksum)) + delta));
}

// Computes what the frame owes (Offload::NeedsChecksum) and clears the flag.
// A frame too short for its own offsets is left alone and false returned. True
// when nothing was owed. Padding behind the IP packet is not summed.
bool CompleteChecksum(Frame* frame);

// Recomputes every checksum from the bytes (IPv4 header, TCP, UDP, ICMP,
// ICMPv6). For builders and tests; the data path uses deltas. A checksum that
// is owed gets the pseudo-header's sum; one that a fragment cannot know is left
// alone. False when the frame does not parse.
bool FillChecksums(Frame* frame);
// True when all of them are right. UDP over IPv4 with zero is right; a
// checksum that is owed (NeedsChecksum) is checked against the pseudo-header.
bool ChecksumsValid(const Frame& frame);

}  // namespace wire
