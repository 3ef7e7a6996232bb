// Add, Remove and Update on a list of policies, for endpoints and networks.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "schema/modify_request.h"
#include "schema/policy.h"

namespace hns {

// Add appends. Remove takes away whatever matches a given policy. Update
// replaces the policies of the types that are given, and all of them when none
// is given: hns.v2.psm1 clears by Update with `[{}]`. Unverified: Update's reach.
//
// HCN_E_POLICY_ALREADY_EXISTS: an equal one is there. HCN_E_POLICY_NOT_FOUND:
// nothing matches. HCN_E_REQUEST_UNSUPPORTED: Refresh, Reset.
template <typename Policy>
base::Status ChangePolicies(std::vector<Policy>* list, schema::RequestType request, std::vector<Policy> given) {
  const auto append = [&] {
    list->insert(list->end(), std::make_move_iterator(given.begin()), std::make_move_iterator(given.end()));
  };
  switch (request) {
    case schema::RequestType::kAdd:
      for (const Policy& policy : given) {
        if (std::find(list->begin(), list->end(), policy) != list->end()) {
          return base::MakeError(
              base::hr::HCN_E_POLICY_ALREADY_EXISTS,
              "the object has this `" + std::string(schema::PolicyTypeName(policy.type)) + "` policy already");
        }
      }
      append();
      return {};
    case schema::RequestType::kRemove:
      for (const Policy& pattern : given) {
        const auto removed =
            std::erase_if(*list, [&](const Policy& policy) { return schema::IsRemovedBy(policy, pattern); });
        if (removed == 0) {
          return base::MakeError(
              base::hr::HCN_E_POLICY_NOT_FOUND,
              "the object has no such `" + std::string(schema::PolicyTypeName(pattern.type)) + "` policy");
        }
      }
      return {};
    case schema::RequestType::kUpdate:
      std::erase_if(*list, [&](const Policy& policy) {
        return given.empty() ||
               std::any_of(given.begin(), given.end(), [&](const Policy& other) { return other.type == policy.type; });
      });
      append();
      return {};
    default:
      return base::MakeError(base::hr::HCN_E_REQUEST_UNSUPPORTED,
                             "`" + std::string(schema::RequestTypeName(request)) + "` of policies");
  }
}

}  // namespace hns
