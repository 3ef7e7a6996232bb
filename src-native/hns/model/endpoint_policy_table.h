// What the embedded host does with each type of endpoint policy, as data:
// docs/support.md follows it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/error_codes.h"
#include "hns/features.h"
#include "schema/network.h"
#include "schema/policy.h"

namespace hns {

enum class PolicyEffect : std::uint8_t {
  kApplied,  // It changes what packets or interfaces do.
  kStored,   // Kept and given back: what it asks of Windows has no counterpart here.
  kNotYet,   // Kept and given back; Windows would do more.
};

struct EndpointPolicyRow {
  schema::EndpointPolicyType type;
  std::optional<Feature> gate;      // Which versions have it; nullopt: all.
  std::uint32_t modes;              // Bits of NetworkModeBit.
  base::HResult refused_elsewhere;  // On a network of another type.
  bool on_remote;                   // Remote endpoints may have it; all local ones may.
  bool once;                        // One on an endpoint at most.
  PolicyEffect effect;
  std::string_view about;  // What is done, or what is missing; one clause for people.
};

constexpr std::uint32_t NetworkModeBit(schema::NetworkMode mode) { return 1u << static_cast<unsigned>(mode); }

// Sorted by type, one row each.
std::span<const EndpointPolicyRow> EndpointPolicyTable();
const EndpointPolicyRow& RowOf(schema::EndpointPolicyType type);

std::string_view EffectName(PolicyEffect effect);  // "applied", "stored", "not yet"

}  // namespace hns
