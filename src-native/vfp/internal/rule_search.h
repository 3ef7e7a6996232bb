// Searching the lanes and trees of one classifier. Compiled once per instruction
// set (rule_search.inc), chosen when the process starts to search.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vfp/internal/rule_block.h"
#include "vfp/internal/rule_tree.h"

namespace vfp {

inline constexpr std::uint32_t kSearchBatch = 32;

// What a search reads.
template <int kWords>
struct SearchView {
  const RuleBlock<kWords>* list = nullptr;  // In order of evaluation.
  std::uint32_t list_blocks = 0;
  bool checks = false;  // Some lane somewhere must be checked.
  bool large = false;   // More than a processor keeps close: fetch ahead, prune.
  std::uint32_t roots = 0;
  const TreeNode* root = nullptr;  // By best rank.
  CompiledRule* const* slots = nullptr;
};

struct RuleSearch {
  CompiledRule* (*one_v4)(const SearchView<1>&, const Tuple&);
  CompiledRule* (*one_v6)(const SearchView<4>&, const Tuple&);
  // At most kSearchBatch of them.
  void (*many_v4)(const SearchView<1>&, const Tuple* tuples, std::uint32_t count, CompiledRule** found);
  void (*many_v6)(const SearchView<4>&, const Tuple* tuples, std::uint32_t count, CompiledRule** found);
  const char* name;
};

// The fastest this processor runs.
const RuleSearch& ChooseRuleSearch();

// Each of them, for tests; null where it is not built or the processor lacks it.
const RuleSearch* GenericRuleSearch();
const RuleSearch* Avx2RuleSearch();

}  // namespace vfp
