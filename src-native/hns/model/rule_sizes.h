// How long the lists of an ACL, or of a rule in a tier, may be.
#pragma once

#include <cstddef>
#include <string>

#include "base/error_codes.h"
#include "base/result.h"
#include "hns/model/limits.h"

namespace hns {

inline base::Error TooMany(std::size_t limit, const char* what) {
  return base::MakeError(base::hr::HCN_E_INVALID_POLICY, "more than " + std::to_string(limit) + " " + what);
}

template <typename Rule>
base::Status CheckRuleSizes(const Rule& rule) {
  if (rule.local_addresses.size() > limits::kPrefixesPerAcl || rule.remote_addresses.size() > limits::kPrefixesPerAcl) {
    return TooMany(limits::kPrefixesPerAcl, "prefixes on one side of an ACL");
  }
  if (rule.local_ports.size() > limits::kPortsPerAcl || rule.remote_ports.size() > limits::kPortsPerAcl) {
    return TooMany(limits::kPortsPerAcl, "port ranges on one side of an ACL");
  }
  return {};
}

}  // namespace hns
