// The search in plain C++, and the choice.
#include "vfp/internal/rule_search.h"

#include <utility>

#include "vfp/internal/bit_extract.h"

#define HNS_SEARCH_TARGET

namespace vfp {
namespace {

inline std::uint32_t ExtractHere(std::uint64_t word, std::uint64_t mask) { return ExtractBits(word, mask); }

template <int kWords>
struct Probe {
  explicit Probe(const RuleKey<kWords>& its_key) : key(its_key) {}
  const RuleKey<kWords>& key;
};

template <int kWords>
std::uint32_t MatchBlock(const RuleBlock<kWords>& block, const Probe<kWords>& probe) {
  const RuleKey<kWords>& key = probe.key;
  std::uint32_t differing[8] = {};
  for (int w = 0; w < kWords; ++w) {
    const int behind = 32 * (kWords - 1 - w);
    const std::uint64_t source = key.source(w), destination = key.destination(w);
    for (int i = 0; i < 8; ++i) {
      const int source_free = block.source_free[i] - behind, destination_free = block.destination_free[i] - behind;
      const auto shift = [](int free_bits) { return free_bits < 0 ? 0 : free_bits > 32 ? 32 : free_bits; };
      differing[i] |= static_cast<std::uint32_t>((source ^ block.source[w][i]) >> shift(source_free) |
                                                 (destination ^ block.destination[w][i]) >> shift(destination_free));
    }
  }
  std::uint32_t lanes = 0;
  for (int i = 0; i < 8; ++i) {
    const auto source = static_cast<std::uint16_t>(key.source_port() - block.source_port[i]);
    const auto destination = static_cast<std::uint16_t>(key.destination_port() - block.destination_port[i]);
    const bool same_protocol = (block.flags[i] & kLaneAnyProtocol) != 0 || block.protocol[i] == key.protocol();
    const bool matches = differing[i] == 0 && source <= block.source_span[i] &&
                         destination <= block.destination_span[i] && same_protocol && (block.flags[i] & key.flags) == 0;
    lanes |= std::uint32_t{matches} << i;
  }
  return lanes;
}

template <int kWords>
const LaneId& FirstOf(const RuleBlock<kWords>& block, std::uint32_t lanes) {
  return block.ids[lanes == 0 ? 0 : __builtin_ctz(lanes) + 1];
}

#include "vfp/internal/rule_search.inc"

}  // namespace

const RuleSearch* GenericRuleSearch() {
  static constexpr RuleSearch kSearch{FindOne<1>, FindOne<4>, FindMany<1>, FindMany<4>, "generic"};
  return &kSearch;
}

const RuleSearch& ChooseRuleSearch() {
  static const RuleSearch* const chosen = Avx2RuleSearch() != nullptr ? Avx2RuleSearch() : GenericRuleSearch();
  return *chosen;
}

}  // namespace vfp
