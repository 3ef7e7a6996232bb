// v1 policies, whose settings stand beside Type, and v2 policies, whose settings
// are an object (hcn.md 5.9).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/json.h"

namespace schema::v1 {

enum class PolicyHolder : std::uint8_t { kEndpoint, kNetwork };

// Where a v2 document keeps the v1 policies that have no v2 twin, or have it
// elsewhere, as given.
inline constexpr std::string_view kKeptPolicies = "V1Policies";

// Rewrites `document`'s Policies; those without a twin move to kKeptPolicies.
// What is no policy at all is left for the reader of the v2 document to refuse.
// A policy that has a Settings member is a v2 policy already.
void PoliciesToV2(base::json::Object* document, PolicyHolder holder);
// The reverse. A v2 policy without a v1 twin stays {"Type", "Settings"}.
void PoliciesToV1(base::json::Object* document);

// Subnets have VLAN and VSID alone.
void SubnetPoliciesToV2(base::json::Object* subnet);
void SubnetPoliciesToV1(base::json::Object* subnet);

}  // namespace schema::v1
