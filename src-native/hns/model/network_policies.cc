#include "hns/model/network_policies.h"

#include <string>
#include <utility>

#include "base/mac_address.h"
#include "hns/model/limits.h"
#include "hns/model/networks.h"
#include "hns/model/policy_list.h"

namespace hns {

namespace {

// The text member `name` of a policy's settings; empty when there is none.
std::string TextSetting(const schema::NetworkPolicy& policy, std::string_view name) {
  const base::json::Object* settings = policy.settings.AsObject();
  if (settings == nullptr) return {};
  const base::json::Value* value = settings->FindIgnoringCase(name);
  const std::string* text = value != nullptr ? value->AsString() : nullptr;
  return text != nullptr ? *text : std::string();
}

base::Status CheckOne(const schema::NetworkPolicy& policy) {
  switch (policy.type) {
    case schema::NetworkPolicyType::kHostRoute: return {};
    case schema::NetworkPolicyType::kNetAdapterName:
      if (!TextSetting(policy, "NetworkAdapterName").empty()) return {};
      return base::MakeError(base::hr::HCN_E_INVALID_POLICY, "NetAdapterName needs the text `NetworkAdapterName`");
    case schema::NetworkPolicyType::kSourceMacAddress: {
      const auto mac = base::MacAddress::Parse(TextSetting(policy, "SourceMacAddress"));
      if (mac && !mac->IsGroup() && !mac->IsZero()) return {};
      return base::MakeError(base::hr::HCN_E_INVALID_POLICY,
                             "SourceMacAddress needs `SourceMacAddress`, a MAC address of one station");
    }
    default:
      return base::MakeError(base::hr::HCN_E_INVALID_POLICY_TYPE,
                             "`" + std::string(schema::PolicyTypeName(policy.type)) +
                                 "` on an L2Bridge network is not carried by this version of the embedded host; it "
                                 "carries NetAdapterName, SourceMacAddress and HostRoute");
  }
}

const schema::NetworkPolicy* FindPolicy(const schema::Network& network, schema::NetworkPolicyType type) {
  for (const schema::NetworkPolicy& policy : network.policies) {
    if (policy.type == type) return &policy;
  }
  return nullptr;
}

}  // namespace

base::Status CheckNetworkPolicies(const std::vector<schema::NetworkPolicy>& policies) {
  if (policies.size() > limits::kPoliciesPerObject) {
    return base::MakeError(base::hr::HCN_E_INVALID_POLICY,
                           "more than " + std::to_string(limits::kPoliciesPerObject) + " policies");
  }
  int adapters = 0;
  int macs = 0;
  for (const schema::NetworkPolicy& policy : policies) {
    HNS_RETURN_IF_ERROR(CheckOne(policy));
    if (policy.type == schema::NetworkPolicyType::kNetAdapterName) ++adapters;
    if (policy.type == schema::NetworkPolicyType::kSourceMacAddress) ++macs;
  }
  if (adapters > 1 || macs > 1) {
    return base::MakeError(base::hr::HCN_E_POLICY_ALREADY_EXISTS,
                           "a network has one NetAdapterName and one SourceMacAddress at most");
  }
  return {};
}

base::Status ModifyNetworkPolicies(schema::Network* network, schema::RequestType request,
                                   std::vector<schema::NetworkPolicy> policies) {
  HNS_RETURN_IF_ERROR(ChangePolicies(&network->policies, request, std::move(policies)));
  return CheckNetworkPolicies(network->policies);
}

std::string AdapterNameOf(const schema::Network& network) {
  const auto* policy = FindPolicy(network, schema::NetworkPolicyType::kNetAdapterName);
  return policy != nullptr ? TextSetting(*policy, "NetworkAdapterName") : std::string();
}

std::optional<base::MacAddress> SourceMacOf(const schema::Network& network) {
  const auto* policy = FindPolicy(network, schema::NetworkPolicyType::kSourceMacAddress);
  if (policy == nullptr) return std::nullopt;
  return base::MacAddress::Parse(TextSetting(*policy, "SourceMacAddress"));
}

}  // namespace hns
