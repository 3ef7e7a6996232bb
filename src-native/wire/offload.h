// What a frame still owes: checksums and segmentation left to whoever sends it
// on. The layout and meaning are virtio's (virtio 1.1, section 5.1.6), which is
// what a TAP or packet socket with a vnet header gives and takes.
#pragma once

#include <cstdint>

namespace wire {

struct Offload {
  static constexpr std::uint8_t kNeedsChecksum = 1;  // `flags`
  static constexpr std::uint8_t kDataValid = 2;
  static constexpr std::uint8_t kGsoNone = 0;  // `gso_type`
  static constexpr std::uint8_t kGsoTcpV4 = 1;
  static constexpr std::uint8_t kGsoUdp = 3;
  static constexpr std::uint8_t kGsoTcpV6 = 4;
  static constexpr std::uint8_t kGsoUdpL4 = 5;
  static constexpr std::uint8_t kGsoEcn = 0x80;

  std::uint8_t flags = 0;
  std::uint8_t gso_type = kGsoNone;
  std::uint16_t header_length = 0;    // Bytes of headers in front of the payload; a hint.
  std::uint16_t gso_size = 0;         // Bytes of payload per segment.
  std::uint16_t checksum_start = 0;   // Byte offset from the start of the frame.
  std::uint16_t checksum_offset = 0;  // Byte offset from `checksum_start`.

  // With it the L4 checksum field holds the pseudo-header's sum, not complemented.
  bool NeedsChecksum() const { return (flags & kNeedsChecksum) != 0; }
};

static_assert(sizeof(Offload) == 10);

}  // namespace wire
