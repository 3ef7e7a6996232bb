// 802.1Q tags: four bytes behind the MACs, TPID 0x8100 and TCI. The TCI holds
// three bits of priority, one of drop eligibility and the VLAN's id, of which 0
// says that only the priority counts (IEEE 802.1Q, 9.6).
#pragma once

#include <cstdint>
#include <cstring>

#include "wire/bytes.h"
#include "wire/ethernet.h"
#include "wire/frame.h"

namespace wire {

inline constexpr std::uint16_t kEtherTypeServiceTag = 0x88a8;  // 802.1ad.
inline constexpr std::uint16_t kMaxVlan = 4094;
// The highest TCI bits; what is left is the id.
inline constexpr std::uint16_t kVlanIdMask = 0x0fff;

enum class Tagging : std::uint8_t {
  kNone,
  kTagged,  // Once, `vlan` says with what.
  kNested,  // With a service tag, or more than one (QinQ).
};

// `vlan` is the id, of kTagged. A frame too short for a tag has none.
inline Tagging ReadTag(const Frame& frame, std::uint16_t* vlan) {
  if (frame.length < kEthernetHeaderBytes) return Tagging::kNone;
  const std::uint16_t type = Load16(frame.data + 12);
  if (type == kEtherTypeServiceTag) return Tagging::kNested;
  if (type != kEtherTypeVlan || frame.length < kEthernetHeaderBytes + kVlanTagBytes) return Tagging::kNone;
  const std::uint16_t inner = Load16(frame.data + 16);
  if (inner == kEtherTypeVlan || inner == kEtherTypeServiceTag) return Tagging::kNested;
  *vlan = Load16(frame.data + 14) & kVlanIdMask;
  return Tagging::kTagged;
}

// Takes the tag away; what is owed stays owed. REQUIRES: ReadTag said kTagged.
inline void PopTag(Frame* frame) {
  std::memmove(frame->data + kVlanTagBytes, frame->data, 12);
  frame->data += kVlanTagBytes;
  frame->length -= kVlanTagBytes;
  frame->headroom = static_cast<std::uint16_t>(frame->headroom + kVlanTagBytes);
  Offload& offload = frame->offload;
  if (offload.NeedsChecksum()) offload.checksum_start -= kVlanTagBytes;
  if (offload.header_length >= kVlanTagBytes) offload.header_length -= kVlanTagBytes;
}

// Puts one in, of priority 0. REQUIRES: an Ethernet header, headroom for a tag.
inline void PushTag(std::uint16_t vlan, Frame* frame) {
  frame->data -= kVlanTagBytes;
  frame->length += kVlanTagBytes;
  frame->headroom = static_cast<std::uint16_t>(frame->headroom - kVlanTagBytes);
  std::memmove(frame->data, frame->data + kVlanTagBytes, 12);
  Store16(frame->data + 12, kEtherTypeVlan);
  Store16(frame->data + 14, vlan);
  Offload& offload = frame->offload;
  if (offload.NeedsChecksum()) offload.checksum_start += kVlanTagBytes;
  if (offload.header_length != 0) offload.header_length += kVlanTagBytes;
}

}  // namespace wire
