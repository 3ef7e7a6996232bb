#include "schema/policy.h"

#include <array>
#include <span>

#include "schema/network_policy.h"
#include "schema/settings_fields.h"

namespace schema {
namespace {

constexpr std::array<EnumName, 19> kEndpointPolicyTypes = {{
    {"PortMapping", 0},
    {"ACL", 1},
    {"QOS", 2},
    {"L2Driver", 3},
    {"OutBoundNAT", 4},
    {"SDNRoute", 5},
    {"L4Proxy", 6},
    {"L4WFPPROXY", 7},
    {"ProviderAddress", 8},
    {"PortName", 9},
    {"EncapOverhead", 10},
    {"InterfaceConstraint", 11},
    {"Encryption", 12},
    {"VLAN", 13},
    {"InterfaceParameters", 14},
    {"Iov", 15},
    {"TierAcl", 16},
    {"VmNic", 17},
    {"Firewall", 18},
}};

constexpr std::array<EnumName, 15> kNetworkPolicyTypes = {{
    {"SourceMacAddress", 0},
    {"NetAdapterName", 1},
    {"InterfaceConstraint", 2},
    {"VSwitchExtension", 3},
    {"ProviderAddress", 4},
    {"DrMacAddress", 5},
    {"AutomaticDNS", 6},
    {"RemoteSubnetRoute", 7},
    {"VxlanPort", 8},
    {"HostRoute", 9},
    {"SetPolicy", 10},
    {"L4Proxy", 11},
    {"LayerConstraint", 12},
    {"NetworkACL", 13},
    {"NeighborDiscovery", 14},
}};

constexpr Codes kPolicyCodes{.document = base::hr::HCN_E_INVALID_POLICY,
                             .prefix = base::hr::HCN_E_INVALID_POLICY,
                             .address = base::hr::HCN_E_INVALID_POLICY};

constexpr std::size_t kMostSettings = 64;

// What both sorts of policy have; `Policy` names its own type.
template <typename Policy>
Policy ReadEnvelope(json::Object document, const Scope& scope, std::span<const EnumName> types) {
  Policy policy;
  Reader reader(std::move(document), scope);
  if (!reader.Enum("Type", types, base::hr::HCN_E_INVALID_POLICY_TYPE, &policy.type)) {
    scope.Member("Type").FailMissing(base::hr::HCN_E_INVALID_POLICY_TYPE,
                                     "expected a policy type such as " + std::string(types.front().name));
  }
  if (const json::Value* settings = reader.Find("Settings")) {
    if (!settings->IsObject()) scope.Member("Settings").Fail(scope.codes().document, *settings, "expected an object");
    policy.settings = *settings;
  }
  policy.rest = reader.TakeRest();
  return policy;
}

EndpointPolicy ReadEndpointPolicy(json::Object document, const Scope& scope, PolicyUse use) {
  auto policy = ReadEnvelope<EndpointPolicy>(std::move(document), scope, kEndpointPolicyTypes);
  if (scope.failed() || use == PolicyUse::kRemove) return policy;
  const Scope place = scope.Member("Settings");
  json::Object settings = policy.settings.IsObject() ? *policy.settings.AsObject() : json::Object();
  switch (policy.type) {
    case EndpointPolicyType::kPortMapping: policy.typed = ReadPortMappingPolicy(std::move(settings), place); break;
    case EndpointPolicyType::kAcl: policy.typed = ReadAclPolicy(std::move(settings), place); break;
    case EndpointPolicyType::kOutBoundNat: policy.typed = ReadOutBoundNatPolicy(std::move(settings), place); break;
    case EndpointPolicyType::kTierAcl: policy.typed = ReadTierAclPolicy(std::move(settings), place); break;
    default:
      // A subnet's VLAN is also seen without Settings (hcn.md 2.4), an endpoint's may be.
      CheckSettings(policy.type, policy.settings.IsObject() ? std::move(settings) : policy.rest, place);
      break;
  }
  return policy;
}

NetworkPolicy ReadNetworkPolicy(json::Object document, const Scope& scope, PolicyUse use) {
  auto policy = ReadEnvelope<NetworkPolicy>(std::move(document), scope, kNetworkPolicyTypes);
  if (scope.failed() || use == PolicyUse::kRemove) return policy;
  json::Object settings = policy.settings.IsObject() ? *policy.settings.AsObject() : json::Object();
  const Scope place = scope.Member("Settings");
  switch (policy.type) {
    case NetworkPolicyType::kSetPolicy: policy.typed = ReadAddressSetPolicy(std::move(settings), place); break;
    case NetworkPolicyType::kNetworkAcl: policy.typed = ReadAclPolicy(std::move(settings), place); break;
    default: CheckNetworkPolicySettings(policy.type, std::move(settings), place); break;
  }
  return policy;
}

template <typename Policy>
json::Value WritePolicy(const Policy& policy) {
  ObjectWriter writer;
  writer.Add("Type", PolicyTypeName(policy.type));
  if (!policy.settings.IsNull()) writer.Add("Settings", policy.settings);
  writer.AddRest(policy.rest);
  return writer.Take();
}

template <typename Policy>
bool Covers(const Policy& policy, const Policy& pattern) {
  if (policy.type != pattern.type) return false;
  const json::Object* wanted = pattern.settings.AsObject();
  if (wanted == nullptr || wanted->empty()) return true;
  const json::Object* settings = policy.settings.AsObject();
  if (settings == nullptr || settings->size() < wanted->size()) return false;
  // No policy has so many settings; looking each up would take quadratic time.
  if (wanted->size() > kMostSettings) return *settings == *wanted;
  for (const json::Member& member : *wanted) {
    const json::Value* value = settings->FindIgnoringCase(member.name);
    if (value == nullptr || !(*value == member.value)) return false;
  }
  return true;
}

}  // namespace

std::string_view PolicyTypeName(EndpointPolicyType type) {
  return NameOf(kEndpointPolicyTypes, static_cast<std::uint32_t>(type));
}

std::string_view PolicyTypeName(NetworkPolicyType type) {
  return NameOf(kNetworkPolicyTypes, static_cast<std::uint32_t>(type));
}

std::vector<EndpointPolicy> ReadEndpointPolicies(Reader* reader, std::string_view name, PolicyUse use) {
  std::vector<EndpointPolicy> policies;
  reader->Objects(name, [&](json::Object object, const Scope& element) {
    if (!object.empty()) policies.push_back(ReadEndpointPolicy(std::move(object), element.With(kPolicyCodes), use));
  });
  return policies;
}

std::vector<NetworkPolicy> ReadNetworkPolicies(Reader* reader, std::string_view name, PolicyUse use) {
  std::vector<NetworkPolicy> policies;
  reader->Objects(name, [&](json::Object object, const Scope& element) {
    if (object.empty()) return;
    policies.push_back(ReadNetworkPolicy(std::move(object), element.With(kPolicyCodes), use));
  });
  return policies;
}

json::Value WriteEndpointPolicy(const EndpointPolicy& policy) { return WritePolicy(policy); }

json::Value WriteNetworkPolicy(const NetworkPolicy& policy) { return WritePolicy(policy); }

bool IsRemovedBy(const EndpointPolicy& policy, const EndpointPolicy& pattern) { return Covers(policy, pattern); }

bool IsRemovedBy(const NetworkPolicy& policy, const NetworkPolicy& pattern) { return Covers(policy, pattern); }

}  // namespace schema
