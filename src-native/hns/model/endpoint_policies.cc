#include "hns/model/endpoint_policies.h"

#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "hns/model/endpoint_policy_table.h"
#include "hns/model/limits.h"
#include "hns/model/rule_sizes.h"

namespace hns {

namespace {

using Type = schema::EndpointPolicyType;

const base::json::Value* Setting(const schema::EndpointPolicy& policy, std::string_view name) {
  const base::json::Object* settings = policy.settings.AsObject();
  return settings != nullptr ? settings->FindIgnoringCase(name) : nullptr;
}

std::optional<std::uint64_t> NumberSetting(const schema::EndpointPolicy& policy, std::string_view name) {
  const base::json::Value* value = Setting(policy, name);
  return value != nullptr ? value->AsUint64() : std::nullopt;
}

std::optional<std::uint16_t> MtuSetting(const schema::EndpointPolicy& policy) {
  const auto mtu = NumberSetting(policy, "Mtu");
  if (!mtu || *mtu < limits::kMinMtu || *mtu > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*mtu);
}

std::string NameSetting(const schema::EndpointPolicy& policy) {
  const base::json::Value* value = Setting(policy, "Name");
  const std::string* name = value != nullptr ? value->AsString() : nullptr;
  return name != nullptr ? *name : std::string();
}

base::Error Invalid(std::string detail) { return base::MakeError(base::hr::HCN_E_INVALID_POLICY, std::move(detail)); }

base::Status CheckOutBoundNat(const schema::OutBoundNatPolicy& nat) {
  if (nat.exceptions.size() + nat.destinations.size() > limits::kPrefixesPerOutboundNat) {
    return TooMany(limits::kPrefixesPerOutboundNat, "prefixes in an OutBoundNAT");
  }
  if (nat.max_port_pool_usage > 100) {
    return Invalid("`MaxPortPoolUsage` is " + std::to_string(nat.max_port_pool_usage) + "; it is a percentage");
  }
  if (nat.virtual_ip && (nat.virtual_ip->IsUnspecified() || nat.virtual_ip->IsMulticast())) {
    return Invalid("`VirtualIP` is `" + nat.virtual_ip->ToString() + "`, which is no host's address");
  }
  return {};
}

// What its settings may say beyond their form, which schema/ has checked.
base::Status CheckOne(const schema::EndpointPolicy& policy) {
  constexpr std::uint64_t kMostOverhead = limits::kDefaultMtu - limits::kMinMtu;
  constexpr std::uint64_t kLastVlan = 4094;  // IEEE 802.1Q.
  switch (policy.type) {
    case Type::kAcl: return CheckRuleSizes(*policy.AsAcl());
    case Type::kTierAcl:
      for (const schema::TierAclRule& rule : policy.AsTierAcl()->rules) HNS_RETURN_IF_ERROR(CheckRuleSizes(rule));
      return {};
    case Type::kOutBoundNat: return CheckOutBoundNat(*policy.AsOutBoundNat());
    case Type::kInterfaceParameters:
      if (MtuSetting(policy)) return {};
      return Invalid("InterfaceParameters needs `Mtu`, from " + std::to_string(limits::kMinMtu) + " to 65535");
    case Type::kEncapOverhead:
      if (NumberSetting(policy, "Overhead").value_or(0) <= kMostOverhead) return {};
      return Invalid("EncapOverhead needs `Overhead`, of " + std::to_string(kMostOverhead) + " bytes at most");
    case Type::kVlan:
      if (NumberSetting(policy, "IsolationId").value_or(0) <= kLastVlan) return {};
      return Invalid("VLAN needs `IsolationId`, of " + std::to_string(kLastVlan) + " at most");
    case Type::kPortName:
      if (const std::string name = NameSetting(policy); !name.empty() && name.size() <= limits::kNameBytes) return {};
      return Invalid("PortName needs `Name`, of " + std::to_string(limits::kNameBytes) + " bytes at most");
    default: return {};
  }
}

base::Status CheckPlace(const EndpointPolicyRow& row, const EndpointPlace& place) {
  const std::string name(schema::PolicyTypeName(row.type));
  if (place.is_remote && !row.on_remote) {
    return base::MakeError(base::hr::HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION,
                           "a remote endpoint carries no `" + name + "` policy; its own host does");
  }
  if ((row.modes & NetworkModeBit(place.mode)) == 0) {
    return base::MakeError(row.refused_elsewhere, "`" + name + "` does not apply to endpoints of a network of type `" +
                                                      std::string(schema::NetworkModeName(place.mode)) + "`");
  }
  return {};
}

// Keys of one protocol and port are neighbours, whatever their address.
Key PortKey(std::uint8_t protocol, std::uint16_t port) { return Key().AddByte(protocol).AddPort(port); }

Key MappingKey(const schema::PortMappingPolicy& mapping) {
  Key key = PortKey(mapping.protocol, mapping.external_port);
  if (mapping.vip) key.Add(*mapping.vip);
  return key;
}

// "Any address of the host" meets every address.
bool Conflicts(Transaction& store, Table table, const schema::PortMappingPolicy& mapping) {
  const Key port = PortKey(mapping.protocol, mapping.external_port);
  const Key wanted = MappingKey(mapping);
  bool conflicts = false;
  store.ForEach(table, port, [&](const Entry& entry) {
    conflicts = !mapping.vip || entry.key == port.bytes() || entry.key == wanted.bytes();
    return !conflicts;
  });
  return conflicts;
}

// A load balancer on the host's own addresses holds a port as a mapping does;
// one on a VIP holds only that VIP's.
bool IsFree(Transaction& store, const schema::PortMappingPolicy& mapping) {
  const Key port = PortKey(mapping.protocol, mapping.external_port);
  return !Conflicts(store, Table::kPortMappings, mapping) && !store.Get(Table::kFrontends, port) &&
         !store.Get(Table::kFrontends, MappingKey(mapping));
}

// IANA's dynamic ports (RFC 6335), from a random one on.
base::Status PickExternalPort(Context& context, schema::PortMappingPolicy* mapping) {
  constexpr std::uint32_t kFirst = 49152;
  constexpr std::uint32_t kCount = 65536 - kFirst;
  const auto start = static_cast<std::uint32_t>(context.random.Next() % kCount);
  for (std::uint32_t i = 0; i < kCount; ++i) {
    mapping->external_port = static_cast<std::uint16_t>(kFirst + (start + i) % kCount);
    if (IsFree(context.store, *mapping)) return {};
  }
  return base::MakeError(base::hr::HCN_E_PORT_ALREADY_EXISTS, "every dynamic port of the host is mapped");
}

// In the spelling the client used for the member, if he did.
void ShowExternalPort(std::uint16_t port, schema::EndpointPolicy* policy) {
  base::json::Object* settings = policy->settings.AsObject();
  if (settings == nullptr) return;
  for (base::json::Member& member : *settings) {
    if (!base::EqualsIgnoringCase(member.name, "ExternalPort")) continue;
    member.value = port;
    return;
  }
  settings->Set("ExternalPort", port);
}

}  // namespace

base::Status CheckEndpointPolicies(const std::vector<schema::EndpointPolicy>& policies, const EndpointPlace& place) {
  if (policies.size() > limits::kPoliciesPerObject) return TooMany(limits::kPoliciesPerObject, "policies");
  std::size_t rules = 0;
  std::size_t tiers = 0;
  std::uint32_t seen = 0;  // Bits of types.
  for (const schema::EndpointPolicy& policy : policies) {
    const EndpointPolicyRow& row = RowOf(policy.type);
    HNS_RETURN_IF_ERROR(CheckPlace(row, place));
    HNS_RETURN_IF_ERROR(CheckOne(policy));
    if (policy.AsAcl() != nullptr) ++rules;
    if (const schema::TierAclPolicy* tier = policy.AsTierAcl()) {
      rules += tier->rules.size();
      ++tiers;
    }
    const std::uint32_t bit = 1u << static_cast<unsigned>(policy.type);
    if (row.once && (seen & bit) != 0) {
      if (policy.type == Type::kInterfaceParameters) {
        return base::MakeError(base::hr::HCN_INTERFACEPARAMETERS_ALREADY_APPLIED);
      }
      return base::MakeError(base::hr::HCN_E_POLICY_ALREADY_EXISTS,
                             "an endpoint has one " + std::string(schema::PolicyTypeName(policy.type)) + " at most");
    }
    seen |= bit;
  }
  if (rules > limits::kAclsPerEndpoint) return TooMany(limits::kAclsPerEndpoint, "ACLs on one endpoint");
  if (tiers > limits::kTiersPerEndpoint) return TooMany(limits::kTiersPerEndpoint, "tiers on one endpoint");
  return {};
}

base::Status ClaimExternalPorts(Context& context, schema::Endpoint* endpoint) {
  for (schema::EndpointPolicy& policy : endpoint->policies) {
    auto* mapping = std::get_if<schema::PortMappingPolicy>(&policy.typed);
    if (mapping == nullptr) continue;
    if (!FirstAddressOf(*endpoint, FamilyOf(*mapping))) {
      return base::MakeError(base::hr::HCN_E_INVALID_POLICY,
                             "the endpoint has no address of the port mapping's family");
    }
    if (mapping->external_port == 0) {
      HNS_RETURN_IF_ERROR(PickExternalPort(context, mapping));
      ShowExternalPort(mapping->external_port, &policy);
    } else if (!IsFree(context.store, *mapping)) {
      return base::MakeError(base::hr::HCN_E_PORT_ALREADY_EXISTS,
                             "external port `" + std::to_string(mapping->external_port) + "` of protocol `" +
                                 std::to_string(mapping->protocol) + "` is taken on this host");
    }
    context.store.Put(Table::kPortMappings, MappingKey(*mapping), Key(endpoint->id));
  }
  return {};
}

void ReleaseExternalPorts(Transaction& store, const schema::Endpoint& endpoint) {
  for (const schema::EndpointPolicy& policy : endpoint.policies) {
    if (const auto* mapping = policy.AsPortMapping()) store.Erase(Table::kPortMappings, MappingKey(*mapping));
  }
}

bool IsExternalPortMapped(Transaction& store, std::uint8_t protocol, std::uint16_t port) {
  const Key key = PortKey(protocol, port);
  const auto entry = store.Ceiling(Table::kPortMappings, key);
  return entry && entry->key.substr(0, key.bytes().size()) == key.bytes();
}

base::IpFamily FamilyOf(const schema::PortMappingPolicy& mapping) {
  if (mapping.vip) return mapping.vip->family;
  return (mapping.flags & schema::nat_flags::kIpv6) != 0 ? base::IpFamily::kIpv6 : base::IpFamily::kIpv4;
}

std::optional<base::IpAddress> FirstAddressOf(const schema::Endpoint& endpoint, base::IpFamily family) {
  for (const schema::IpConfiguration& configuration : endpoint.ip_configurations) {
    if (configuration.address && configuration.address->family == family) return configuration.address;
  }
  return std::nullopt;
}

std::optional<base::IpAddress> ProviderOf(const schema::Endpoint& endpoint) {
  for (const schema::EndpointPolicy& policy : endpoint.policies) {
    if (policy.type != Type::kProviderAddress) continue;
    const base::json::Object* settings = policy.settings.AsObject();
    const base::json::Value* value = settings == nullptr ? nullptr : settings->FindIgnoringCase("ProviderAddress");
    if (value == nullptr && settings != nullptr) value = settings->FindIgnoringCase("PA");
    const std::string* text = value != nullptr ? value->AsString() : nullptr;
    if (text != nullptr) return base::IpAddress::Parse(*text);
  }
  return std::nullopt;
}

std::uint16_t MtuOf(const schema::Endpoint& endpoint, std::uint16_t default_overhead) {
  std::uint64_t overhead = default_overhead;
  for (const schema::EndpointPolicy& policy : endpoint.policies) {
    if (policy.type == Type::kInterfaceParameters) return MtuSetting(policy).value_or(limits::kDefaultMtu);
    if (policy.type == Type::kEncapOverhead) overhead = NumberSetting(policy, "Overhead").value_or(0);
  }
  return static_cast<std::uint16_t>(limits::kDefaultMtu - overhead);
}

std::optional<std::uint16_t> VlanPolicyOf(const schema::Endpoint& endpoint) {
  for (const schema::EndpointPolicy& policy : endpoint.policies) {
    if (policy.type != Type::kVlan) continue;
    return static_cast<std::uint16_t>(NumberSetting(policy, "IsolationId").value_or(0));
  }
  return std::nullopt;
}

vfp::PortShaping ShapingOf(const schema::Endpoint& endpoint) {
  vfp::PortShaping shaping;
  const auto limit = [](const schema::EndpointPolicy& policy, std::string_view name) {
    const std::uint64_t rate = NumberSetting(policy, name).value_or(0);
    return rate == 0 ? std::nullopt : std::optional(vfp::RateLimit{rate});
  };
  for (const schema::EndpointPolicy& policy : endpoint.policies) {
    if (policy.type != Type::kQos) continue;
    shaping.outbound = limit(policy, "MaximumOutgoingBandwidthInBytes");
    shaping.inbound = limit(policy, "MaximumIncomingBandwidthInBytes");
  }
  return shaping;
}

std::string PortNameOf(const schema::Endpoint& endpoint) {
  for (const schema::EndpointPolicy& policy : endpoint.policies) {
    if (policy.type == Type::kPortName) return NameSetting(policy);
  }
  return endpoint.name;
}

}  // namespace hns
