// Cuts up what is longer than a link takes: a frame that was to be segmented
// later (offload.gso_type: TCP, or UDP datagrams glued together), and an IPv4
// packet that may be fragmented (RFC 791).
//
// Needed where frames go into a tunnel: what the kernel is told beside a frame
// (virtio 1.1) has no words for "segment the inner packet".
#pragma once

#include <cstdint>
#include <optional>

#include "wire/frame.h"
#include "wire/parsed_frame.h"

namespace wire {

class Segmenter {
 public:
  // By `frame.offload.gso_size`. nullopt: nothing to be segmented, or a kind that
  // cannot be (kGsoUdp, IP fragmentation of old; a type that is not the packet's).
  // The frame is borrowed. REQUIRES: parsed is of it and without error.
  static std::optional<Segmenter> OfSegments(const Frame& frame, const ParsedFrame& parsed);
  // Into fragments whose IP packets have `mtu` bytes at most. nullopt: IPv6, "don't
  // fragment", options (Unverified: Windows' behaviour is not known), or an MTU
  // that leaves no room. A checksum that is owed must have been completed.
  static std::optional<Segmenter> OfFragments(const Frame& frame, const ParsedFrame& parsed, std::uint32_t mtu);

  // The IP packet of the longest piece, in bytes.
  std::uint32_t longest_packet() const { return longest_packet_; }
  // Writes the next piece behind `out`, which has room for an Ethernet header and
  // the longest packet; its checksums are complete. 0: that was all. Else its length.
  std::uint32_t Next(std::uint8_t* out);

 private:
  enum class Kind : std::uint8_t { kTcp, kUdp, kFragment };
  Segmenter(Kind kind, const Frame& frame, const ParsedFrame& parsed, std::uint32_t headers, std::uint32_t size);

  Kind kind_;
  bool v4_;
  Frame frame_;
  std::uint32_t l3_;
  std::uint32_t l4_;
  std::uint32_t headers_;  // Copied in front of each piece.
  std::uint32_t size_;     // Payload of each but the last.
  std::uint32_t end_;      // Of the IP packet.
  std::uint32_t at_;       // Where the next piece's payload begins.
  std::uint32_t longest_packet_;
  std::uint16_t count_ = 0;
};

}  // namespace wire
