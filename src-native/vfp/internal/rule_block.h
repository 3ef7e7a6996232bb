// What a classifier compares a packet with: rules as boxes of two prefixes, two
// port ranges and a protocol, eight to a block, field by field, so that one
// instruction compares a field of all eight.
//
// A lane is one box. A rule with lists has several, or one that is larger than
// the rule and is checked against it on a hit (kMustCheck); see rule_lanes.h.
//
// kWords is how many 32-bit words an address has: 1 for IPv4, 4 for IPv6.
#pragma once

#include <cstdint>
#include <cstring>

#include "vfp/internal/rule_table.h"

namespace vfp {

// Flags of a lane. A lane matches only where (flags & flags of the key) is zero.
inline constexpr std::uint8_t kLaneHasPorts = 1;        // Of the rule: a packet without ports does not meet it.
inline constexpr std::uint8_t kLaneEmpty = 2;           // Every key has this one.
inline constexpr std::uint8_t kLaneAnyProtocol = 0x80;  // The sign, which a compare sees.

// Which rule a lane stands for, and its place in the order of evaluation (RankOf).
struct LaneId {
  static constexpr std::uint32_t kMustCheck = std::uint32_t{1} << 31;

  // In this order: on most processors both are one number, rank above rule.
  std::uint32_t rule = ~std::uint32_t{0};  // A slot of the table, and kMustCheck.
  std::uint32_t rank = ~std::uint32_t{0};

  std::uint32_t slot() const { return rule & ~kMustCheck; }
  bool must_check() const { return (rule & kMustCheck) != 0; }
};

template <int kWords>
struct Lane {
  static constexpr int kBits = 32 * kWords;

  std::uint32_t source[kWords] = {};  // Words in host order; host bits are zero.
  std::uint32_t destination[kWords] = {};
  // How many low bits of the address do not count: kBits less the prefix length.
  std::uint8_t source_free = kBits, destination_free = kBits;
  std::uint8_t protocol = 0;
  std::uint8_t flags = kLaneAnyProtocol;
  std::uint16_t source_port = 0, source_span = 0xffff;  // First; last less first.
  std::uint16_t destination_port = 0, destination_span = 0xffff;
  LaneId id;
};

template <int kWords>
struct alignas(64) RuleBlock {
  static constexpr std::uint32_t kLanes = 8;

  std::uint32_t source[kWords][kLanes];
  std::uint32_t destination[kWords][kLanes];
  std::uint8_t source_free[kLanes], destination_free[kLanes];
  std::uint8_t protocol[kLanes], flags[kLanes];
  std::uint16_t source_port[kLanes], source_span[kLanes];
  std::uint16_t destination_port[kLanes], destination_span[kLanes];
  // Of lane i at [i + 1]; [0] is what a search finds where no lane matches: later than all.
  LaneId ids[1 + kLanes];

  LaneId& id(std::uint32_t at) { return ids[at + 1]; }
  const LaneId& id(std::uint32_t at) const { return ids[at + 1]; }

  void Clear() {
    std::memset(static_cast<void*>(this), 0, sizeof *this);
    std::memset(flags, kLaneEmpty, kLanes);
    for (LaneId& one : ids) one = LaneId{};
  }
  void Set(std::uint32_t at, const Lane<kWords>& lane) {
    for (int w = 0; w < kWords; ++w) source[w][at] = lane.source[w];
    for (int w = 0; w < kWords; ++w) destination[w][at] = lane.destination[w];
    source_free[at] = lane.source_free;
    destination_free[at] = lane.destination_free;
    protocol[at] = lane.protocol;
    flags[at] = lane.flags;
    source_port[at] = lane.source_port;
    source_span[at] = lane.source_span;
    destination_port[at] = lane.destination_port;
    destination_span[at] = lane.destination_span;
    id(at) = lane.id;
  }
  Lane<kWords> Get(std::uint32_t at) const {
    Lane<kWords> lane;
    for (int w = 0; w < kWords; ++w) lane.source[w] = source[w][at];
    for (int w = 0; w < kWords; ++w) lane.destination[w] = destination[w][at];
    lane.source_free = source_free[at];
    lane.destination_free = destination_free[at];
    lane.protocol = protocol[at];
    lane.flags = flags[at];
    lane.source_port = source_port[at];
    lane.source_span = source_span[at];
    lane.destination_port = destination_port[at];
    lane.destination_span = destination_span[at];
    lane.id = id(at);
    return lane;
  }
  void SetEmpty(std::uint32_t at) {
    flags[at] = kLaneEmpty;
    id(at) = LaneId{};
  }
};

// A packet as classifiers read it.
template <int kWords>
struct RuleKey {
  // Addresses two words at a time, source first, then ports and protocol. What
  // trees cut by: see KeyWord.
  std::uint64_t words[kWords + 1];
  std::uint8_t flags;

  std::uint32_t source(int w) const {
    return kWords == 1 ? static_cast<std::uint32_t>(words[0] >> 32)
                       : static_cast<std::uint32_t>(words[w / 2] >> (w % 2 == 0 ? 32 : 0));
  }
  std::uint32_t destination(int w) const {
    return kWords == 1 ? static_cast<std::uint32_t>(words[0])
                       : static_cast<std::uint32_t>(words[kWords / 2 + w / 2] >> (w % 2 == 0 ? 32 : 0));
  }
  std::uint16_t source_port() const { return static_cast<std::uint16_t>(words[kWords] >> 24); }
  std::uint16_t destination_port() const { return static_cast<std::uint16_t>(words[kWords] >> 8); }
  std::uint8_t protocol() const { return static_cast<std::uint8_t>(words[kWords]); }
};

inline std::uint32_t BigEndian32(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}

template <int kWords>
inline RuleKey<kWords> KeyOf(const Tuple& tuple) {
  RuleKey<kWords> key;
  const std::uint8_t* source = tuple.source.bytes.data();
  const std::uint8_t* destination = tuple.destination.bytes.data();
  if constexpr (kWords == 1) {
    key.words[0] = std::uint64_t{BigEndian32(source)} << 32 | BigEndian32(destination);
  } else {
    for (int i = 0; i < 2; ++i) {
      key.words[i] = std::uint64_t{BigEndian32(source + 8 * i)} << 32 | BigEndian32(source + 8 * i + 4);
      key.words[2 + i] = std::uint64_t{BigEndian32(destination + 8 * i)} << 32 | BigEndian32(destination + 8 * i + 4);
    }
  }
  // Ports of a packet without any: those of the cell that is searched; only lanes without ports match.
  key.words[kWords] =
      std::uint64_t{tuple.source_port} << 24 | std::uint64_t{tuple.destination_port} << 8 | tuple.protocol;
  key.flags = static_cast<std::uint8_t>(kLaneEmpty | (tuple.has_ports ? 0 : kLaneHasPorts));
  return key;
}

}  // namespace vfp
