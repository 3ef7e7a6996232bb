// Every network policy of HCN: on which types of network, how many of it, and
// whether packets feel it. Since when there is one: FeatureOf in
// version_gates.h. Plain data; docs/support.md tells from it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "schema/network.h"

namespace hns {

enum class Effect : std::uint8_t {
  kApplied,
  kNotYet,  // Checked, kept, given back; packets do not feel it.
};

struct NetworkPolicyRow {
  schema::NetworkPolicyType type;
  std::uint32_t modes;  // Bits, by NetworkMode.
  bool several;         // A network may have more than one, each different.
  Effect effect;
  std::string_view note;  // What it does here.

  bool IsFor(schema::NetworkMode mode) const { return (modes >> static_cast<unsigned>(mode) & 1u) != 0; }
};

std::span<const NetworkPolicyRow> NetworkPolicyRows();
const NetworkPolicyRow& PolicyRowOf(schema::NetworkPolicyType type);

}  // namespace hns
