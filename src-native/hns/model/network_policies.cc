#include "hns/model/network_policies.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/mac_address.h"
#include "hns/model/limits.h"
#include "hns/model/network_policy_table.h"
#include "hns/model/network_types.h"
#include "hns/model/networks.h"
#include "hns/model/policy_list.h"
#include "hns/model/rule_sizes.h"
#include "hns/model/subnets.h"
#include "hns/model/switch_extensions.h"

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

// What two policies of a type that may be there several times differ by; empty
// where the whole settings tell them apart.
std::string_view KeySettingOf(schema::NetworkPolicyType type) {
  switch (type) {
    case schema::NetworkPolicyType::kVSwitchExtension: return "ExtensionID";
    case schema::NetworkPolicyType::kSetPolicy: return "Id";
    default: return {};
  }
}

bool IsSameId(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const auto guid = base::Guid::Parse(a);
  return guid && guid == base::Guid::Parse(b);
}

// Locally administered, and the same in every process.
base::MacAddress DerivedRouterMac(const base::Guid& network) {
  std::uint64_t value = base::GuidHash{}(network) ^ 0xd1b54a32d192ed03;
  value ^= value >> 29;
  return base::MacAddress::FromUint64(0x020000000000 | (value & 0x00ffffffffff));
}

base::Status CheckOne(schema::NetworkMode mode, const schema::NetworkPolicy& policy) {
  const NetworkPolicyRow& row = PolicyRowOf(policy.type);
  if (!row.IsFor(mode)) {
    return base::MakeError(
        base::hr::HCN_E_INVALID_POLICY_TYPE,
        "`" + std::string(schema::PolicyTypeName(policy.type)) + "` is no policy for " + TypeText(mode) + " network");
  }
  if (const schema::AclPolicy* acl = policy.AsNetworkAcl()) return CheckRuleSizes(*acl);
  if (policy.type == schema::NetworkPolicyType::kVSwitchExtension) {
    const auto id = base::Guid::Parse(TextSetting(policy, "ExtensionID"));
    const base::json::Value* enable = policy.settings.AsObject()->FindIgnoringCase("Enable");
    return CheckExtension(id.value_or(base::Guid()), enable != nullptr && enable->AsBool() == true);
  }
  return {};
}

const schema::NetworkPolicy* FindPolicy(const schema::Network& network, schema::NetworkPolicyType type) {
  for (const schema::NetworkPolicy& policy : network.policies) {
    if (policy.type == type) return &policy;
  }
  return nullptr;
}

// Update of a set puts it in the place of the one with its Id; others stay: the
// client known (azure-container-networking) updates those that have changed.
// Takes the sets out of `given`. Unverified: that one that is not there is added.
void UpdateSets(schema::Network* network, std::vector<schema::NetworkPolicy>* given) {
  const auto sets = std::stable_partition(given->begin(), given->end(), [](const schema::NetworkPolicy& policy) {
    return policy.AsAddressSet() == nullptr;
  });
  for (auto set = sets; set != given->end(); ++set) {
    const std::string& id = set->AsAddressSet()->id;
    const auto old = std::find_if(network->policies.begin(), network->policies.end(), [&](const auto& policy) {
      return policy.AsAddressSet() != nullptr && IsSameId(policy.AsAddressSet()->id, id);
    });
    if (old != network->policies.end()) {
      *old = std::move(*set);
    } else {
      network->policies.push_back(std::move(*set));
    }
  }
  given->erase(sets, given->end());
}

}  // namespace

base::Status CheckNetworkPolicies(const schema::Network& network) {
  const auto mode = network.type.value_or(schema::NetworkMode::kNat);
  if (network.policies.size() > limits::kPoliciesPerObject) {
    return TooMany(limits::kPoliciesPerObject, "policies");
  }
  std::set<std::pair<schema::NetworkPolicyType, std::string>> seen;
  std::size_t acls = 0;
  for (const schema::NetworkPolicy& policy : network.policies) {
    HNS_RETURN_IF_ERROR(CheckOne(mode, policy));
    if (policy.AsNetworkAcl() != nullptr && ++acls > limits::kAclsPerNetwork) {
      return TooMany(limits::kAclsPerNetwork, "ACLs on one network");
    }
    const std::string name(schema::PolicyTypeName(policy.type));
    const std::string_view key = KeySettingOf(policy.type);
    std::string value;
    if (PolicyRowOf(policy.type).several) {
      value = key.empty() ? base::json::Write(policy.settings) : TextSetting(policy, key);
      if (const auto guid = base::Guid::Parse(value)) value = guid->ToString();
    }
    if (seen.emplace(policy.type, std::move(value)).second) continue;
    return base::MakeError(
        base::hr::HCN_E_POLICY_ALREADY_EXISTS,
        PolicyRowOf(policy.type).several
            ? "two `" + name + "` policies have one " + (key.empty() ? "content" : "`" + std::string(key) + "`")
            : "a network has one `" + name + "` at most");
  }
  return {};
}

void FillNetworkPolicies(schema::Network* network) {
  if (network->type != schema::NetworkMode::kOverlay) return;
  if (FindPolicy(*network, schema::NetworkPolicyType::kDrMacAddress) != nullptr) return;
  schema::NetworkPolicy policy;
  policy.type = schema::NetworkPolicyType::kDrMacAddress;
  base::json::Object settings;
  settings.Set("Address", DerivedRouterMac(network->id).ToString());
  policy.settings = std::move(settings);
  network->policies.push_back(std::move(policy));
}

base::Status ModifyNetworkPolicies(schema::Network* network, schema::RequestType request,
                                   std::vector<schema::NetworkPolicy> policies) {
  const bool is_given = !policies.empty();
  if (request == schema::RequestType::kUpdate) {
    UpdateSets(network, &policies);
    // Not the empty list that would clear all.
    if (policies.empty() && is_given) return CheckNetworkPolicies(*network);
  }
  HNS_RETURN_IF_ERROR(ChangePolicies(&network->policies, request, std::move(policies)));
  HNS_RETURN_IF_ERROR(CheckNetworkPolicies(*network));
  FillNetworkPolicies(network);
  return {};
}

base::Status SetExtension(schema::Network* network, const base::Guid& id, bool enabled) {
  HNS_RETURN_IF_ERROR(CheckExtension(id, enabled));
  std::erase_if(network->policies, [&](const schema::NetworkPolicy& policy) {
    return policy.type == schema::NetworkPolicyType::kVSwitchExtension &&
           base::Guid::Parse(TextSetting(policy, "ExtensionID")) == id;
  });
  schema::NetworkPolicy policy;
  policy.type = schema::NetworkPolicyType::kVSwitchExtension;
  base::json::Object settings;
  settings.Set("ExtensionID", id.ToString());
  settings.Set("Enable", enabled);
  policy.settings = std::move(settings);
  network->policies.push_back(std::move(policy));
  return {};
}

std::optional<base::MacAddress> RouterMacOf(const schema::Network& network) {
  const auto* policy = FindPolicy(network, schema::NetworkPolicyType::kDrMacAddress);
  if (policy == nullptr) return std::nullopt;
  return base::MacAddress::Parse(TextSetting(*policy, "Address"));
}

std::optional<base::IpAddress> ProviderOf(const schema::Network& network) {
  const auto* policy = FindPolicy(network, schema::NetworkPolicyType::kProviderAddress);
  if (policy == nullptr) return std::nullopt;
  return base::IpAddress::Parse(TextSetting(*policy, "ProviderAddress"));
}

void SetProvider(const base::IpAddress& provider, schema::Network* network) {
  if (FindPolicy(*network, schema::NetworkPolicyType::kProviderAddress) != nullptr) return;
  schema::NetworkPolicy policy;
  policy.type = schema::NetworkPolicyType::kProviderAddress;
  base::json::Object settings;
  settings.Set("ProviderAddress", provider.ToString());
  policy.settings = std::move(settings);
  network->policies.push_back(std::move(policy));
}

std::string AdapterNameOf(const schema::Network& network) {
  const auto* policy = FindPolicy(network, schema::NetworkPolicyType::kNetAdapterName);
  return policy != nullptr ? TextSetting(*policy, "NetworkAdapterName") : std::string();
}

std::string UplinkAdapterOf(const schema::Network& network) {
  return TypeRowOf(network).uplink != Uplink::kNone ? AdapterNameOf(network) : std::string();
}

std::optional<base::MacAddress> SourceMacOf(const schema::Network& network) {
  const auto* policy = FindPolicy(network, schema::NetworkPolicyType::kSourceMacAddress);
  if (policy == nullptr) return std::nullopt;
  return base::MacAddress::Parse(TextSetting(*policy, "SourceMacAddress"));
}

}  // namespace hns
