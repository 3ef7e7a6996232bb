// What the settings of each network policy must look like (hcn.md 2.10).
#pragma once

#include "schema/policy.h"

namespace schema {

// Fails `scope` with HCN_E_INVALID_POLICY where `settings` lacks what the type
// needs or a member has the wrong form. Members it does not know are left alone.
void CheckNetworkPolicySettings(NetworkPolicyType type, json::Object settings, const Scope& scope);

}  // namespace schema
