// A rule's conditions as lanes of a classifier.
//
// Lists do not multiply. Duplicates and prefixes inside others go first, ports
// that meet become one range. Then one list at most is spelled out, a lane per
// member: the longer one of addresses, else a short one of ports. Of every other
// list with more than one member a lane has the smallest box around all, and is
// checked against the rule on a hit.
#pragma once

#include <cstdint>

#include "vfp/internal/few.h"
#include "vfp/internal/rule_block.h"
#include "vfp/rule.h"

namespace vfp {

// Up to this many ranges of ports are spelled out.
inline constexpr std::size_t kMaxSpelledPorts = 16;

// The lanes of a rule for packets of one family (1 word: IPv4, 4: IPv6): in a
// fixed order, none when such packets cannot meet it.
template <int kWords>
Few<Lane<kWords>> LanesOf(const Rule& rule, std::uint32_t slot);

extern template Few<Lane<1>> LanesOf(const Rule&, std::uint32_t);
extern template Few<Lane<4>> LanesOf(const Rule&, std::uint32_t);

}  // namespace vfp
