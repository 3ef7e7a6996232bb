// How the rows of a durable store are laid out, by a number in the store, and
// how older layouts become today's.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "hns/store/store.h"

namespace hns {

// A change of what rows mean takes the next number, and an upgrade from the one
// before; a new table does not.
inline constexpr std::uint32_t kLayout = 1;

// Rewrites a store of the layout `from` as `from` + 1.
struct Upgrade {
  std::uint32_t from;
  base::Status (*run)(Transaction& store);
};

struct LayoutPlan {
  std::uint32_t current = kLayout;
  std::span<const Upgrade> upgrades = {};  // In order; one for each older layout.
};

// Brings a store to the plan's layout in one transaction, or leaves it as it is.
// A store without rows gets it at once. ERR_STATE_NEWER; ERR_STATE_UNAVAILABLE:
// no upgrade leads here, or somebody of the older layout has it open.
base::Status BringToLayout(Store& store, const LayoutPlan& plan);

}  // namespace hns
