#include "schema/settings_fields.h"

#include <array>
#include <string>
#include <utility>

#include "schema/policy.h"
#include "schema/rule_lists.h"

namespace schema {
namespace {

using Kind = FieldKind;

constexpr std::array<EnumName, 2> kProtocols = {{{"TCP", 6}, {"UDP", 17}}};
constexpr std::array<EnumName, 6> kInterruptModerations = {
    {{"Default", 0}, {"Adaptive", 1}, {"Off", 2}, {"Low", 100}, {"Medium", 200}, {"High", 300}}};
constexpr std::array<EnumName, 1> kEncryptionMethods = {{{"Ipsec", 0}}};
constexpr std::array<EnumName, 2> kAuthenticationTypes = {{{"PresharedKey", 0}, {"Certificate", 1}}};
constexpr std::array<EnumName, 4> kVmTypes = {{{"Invalid", 0}, {"Host", 1}, {"WSA", 2}, {"WSL", 3}}};
constexpr std::array<EnumName, 2> kFirewallFlags = {{{"None", 0}, {"ConstrainedInterface", 1}}};

// The second is an extension of ours: HNS limits what an endpoint sends and not what it is sent.
constexpr SettingsField kQos[] = {{"MaximumOutgoingBandwidthInBytes", Kind::kUint64, true},
                                  {"MaximumIncomingBandwidthInBytes", Kind::kUint64}};

constexpr SettingsField kSdnRoute[] = {
    {"DestinationPrefix", Kind::kPrefix, true},
    {"NextHop", Kind::kAddress},
    {"NeedEncap", Kind::kBool},
    {"AutomaticEndpointMonitor", Kind::kBool},
};

constexpr SettingsField kL4Proxy[] = {
    {"IP", Kind::kAddress},
    {"Port", Kind::kPort, true},
    {.name = "Protocol", .kind = Kind::kEnum, .names = kProtocols},
    {"Exceptions", Kind::kTexts, false, "ExceptionList"},
    {"Destination", Kind::kText},
    {"OutboundNAT", Kind::kBool},
};

constexpr SettingsField kFilterTuple[] = {
    {"Protocols", Kind::kProtocols}, {"LocalAddresses", Kind::kPrefixes}, {"RemoteAddresses", Kind::kPrefixes},
    {"LocalPorts", Kind::kPorts},    {"RemotePorts", Kind::kPorts},       {"Priority", Kind::kUint16},
};
constexpr SettingsField kProxyExceptions[] = {
    {"IpAddressExceptions", Kind::kPrefixes},
    {"PortExceptions", Kind::kPorts},
};
constexpr SettingsField kL4WfpProxy[] = {
    {"InboundProxyPort", Kind::kPort},
    {"OutboundProxyPort", Kind::kPort, false, "Port"},
    {.name = "FilterTuple", .kind = Kind::kObject, .members = kFilterTuple},
    {"UserSID", Kind::kText},
    {.name = "InboundExceptions", .kind = Kind::kObject, .members = kProxyExceptions},
    {.name = "OutboundExceptions", .kind = Kind::kObject, .members = kProxyExceptions},
};
constexpr std::string_view kProxyPorts[] = {"InboundProxyPort", "OutboundProxyPort", "Port"};

constexpr SettingsField kProviderAddress[] = {{"ProviderAddress", Kind::kAddress, true, "PA"}};
constexpr SettingsField kPortName[] = {{"Name", Kind::kText, true}};
constexpr SettingsField kEncapOverhead[] = {{"Overhead", Kind::kUint16, true}};

constexpr SettingsField kInterfaceConstraint[] = {
    {"InterfaceGuid", Kind::kGuid},        {"InterfaceLuid", Kind::kUint64}, {"InterfaceIndex", Kind::kUint32},
    {"InterfaceMediaType", Kind::kUint32}, {"InterfaceAlias", Kind::kText},  {"InterfaceDescription", Kind::kText},
};
constexpr std::string_view kInterfaceNames[] = {"InterfaceGuid",      "InterfaceLuid",  "InterfaceIndex",
                                                "InterfaceMediaType", "InterfaceAlias", "InterfaceDescription"};

constexpr SettingsField kAuthenticationSettings[] = {{"Key", Kind::kText}, {"CertificateName", Kind::kText}};
constexpr SettingsField kAuthentication[] = {
    {.name = "Type", .kind = Kind::kEnum, .required = true, .names = kAuthenticationTypes},
    {.name = "Settings", .kind = Kind::kObject, .members = kAuthenticationSettings},
};
constexpr SettingsField kEncryption[] = {
    {.name = "EncryptionMethodType", .kind = Kind::kEnum, .names = kEncryptionMethods},
    {.name = "AuthenticationMethods", .kind = Kind::kObjects, .required = true, .members = kAuthentication},
    {"Name", Kind::kText},
    {"Endpoints1", Kind::kTexts},
    {"Endpoints2", Kind::kTexts},
    {"ProtocolType", Kind::kText},
    {"Endpoint1Ports", Kind::kTexts},
    {"Endpoint2Ports", Kind::kTexts},
};

constexpr SettingsField kVlan[] = {{"IsolationId", Kind::kUint32, true, "VLAN"}};
constexpr SettingsField kInterfaceParameters[] = {{"Mtu", Kind::kUint16, true}};
constexpr SettingsField kIov[] = {
    {"IovOffloadWeight", Kind::kUint32},
    {"QueuePairsRequested", Kind::kUint32},
    {.name = "InterruptModeration", .kind = Kind::kEnum, .names = kInterruptModerations},
};
constexpr SettingsField kVmNic[] = {{"DeviceInstanceId", Kind::kText}, {"VfInstanceId", Kind::kText}};
// Two spellings of the same thing: the schema page's and the one WSL sends.
constexpr SettingsField kFirewall[] = {
    {.name = "VmType", .kind = Kind::kEnum, .names = kVmTypes},
    {"VmCreatorId", Kind::kGuid},
    {.name = "FirewallPolicyFlags", .kind = Kind::kFlags, .other_name = "PolicyFlags", .names = kFirewallFlags},
};

void CheckFields(std::span<const SettingsField> fields, json::Object object, const Scope& scope);

void CheckPort(Reader* reader, std::string_view name) {
  const json::Value* value = reader->Find(name);
  if (value == nullptr) return;
  const std::string* text = value->AsString();
  if (text != nullptr && text->empty()) return;
  const auto range = base::PortRange::Parse(text != nullptr ? *text : base::json::Write(*value));
  if (range && range->first == range->last && range->first != 0) return;
  reader->scope().Member(name).Fail(reader->scope().codes().document, *value, "expected a port from 1 to 65535");
}

void CheckField(const SettingsField& field, std::string_view name, Reader* reader) {
  const Scope& scope = reader->scope();
  std::string text;
  std::vector<std::string> texts;
  bool truth = false;
  std::uint16_t narrow = 0;
  std::uint32_t number = 0;
  std::uint64_t wide = 0;
  base::Guid guid;
  std::optional<base::IpAddress> address;
  std::optional<base::IpPrefix> prefix;
  std::vector<base::IpPrefix> prefixes;
  std::vector<base::PortRange> ports;
  std::vector<std::uint8_t> protocols;
  switch (field.kind) {
    case Kind::kText: reader->String(name, &text); break;
    case Kind::kTexts: reader->Strings(name, &texts); break;
    case Kind::kBool: reader->Bool(name, &truth); break;
    case Kind::kUint16: reader->Number(name, &narrow); break;
    case Kind::kUint32: reader->Number(name, &number); break;
    case Kind::kUint64: reader->Number(name, &wide); break;
    case Kind::kPort: CheckPort(reader, name); break;
    case Kind::kPorts: ReadPortList(reader, name, &ports); break;
    case Kind::kProtocols: ReadProtocolList(reader, name, &protocols); break;
    case Kind::kAddress: reader->Address(name, &address); break;
    case Kind::kPrefix: reader->Prefix(name, &prefix); break;
    case Kind::kPrefixes: ReadAddressList(reader, name, &prefixes); break;
    case Kind::kGuid: reader->Guid(name, &guid); break;
    case Kind::kEnum: reader->Enum(name, field.names, scope.codes().document, &number); break;
    case Kind::kFlags: reader->Flags(name, field.names, &number); break;
    case Kind::kObject:
      reader->Object(
          name, [&](json::Object inner, const Scope& place) { CheckFields(field.members, std::move(inner), place); });
      break;
    case Kind::kObjects:
      reader->Objects(
          name, [&](json::Object inner, const Scope& place) { CheckFields(field.members, std::move(inner), place); });
      break;
  }
}

// "" says nothing, as everywhere in HCN's documents.
bool IsGiven(Reader* reader, std::string_view name) {
  const json::Value* value = name.empty() ? nullptr : reader->Find(name);
  if (value == nullptr) return false;
  const std::string* text = value->AsString();
  return text == nullptr || !text->empty();
}

void CheckFields(std::span<const SettingsField> fields, json::Object object, const Scope& scope) {
  Reader reader(std::move(object), scope);
  for (const SettingsField& field : fields) {
    const bool given = IsGiven(&reader, field.name);
    const bool given_otherwise = IsGiven(&reader, field.other_name);
    if (field.required && !given && !given_otherwise) {
      scope.Member(field.name).FailMissing(scope.codes().document, "the policy says nothing without it");
    }
    if (reader.Has(field.name)) CheckField(field, field.name, &reader);
    if (given_otherwise) CheckField(field, field.other_name, &reader);
  }
}

}  // namespace

std::span<const SettingsField> SettingsFieldsOf(EndpointPolicyType type) {
  switch (type) {
    case EndpointPolicyType::kQos: return kQos;
    case EndpointPolicyType::kSdnRoute: return kSdnRoute;
    case EndpointPolicyType::kL4Proxy: return kL4Proxy;
    case EndpointPolicyType::kL4WfpProxy: return kL4WfpProxy;
    case EndpointPolicyType::kProviderAddress: return kProviderAddress;
    case EndpointPolicyType::kPortName: return kPortName;
    case EndpointPolicyType::kEncapOverhead: return kEncapOverhead;
    case EndpointPolicyType::kInterfaceConstraint: return kInterfaceConstraint;
    case EndpointPolicyType::kEncryption: return kEncryption;
    case EndpointPolicyType::kVlan: return kVlan;
    case EndpointPolicyType::kInterfaceParameters: return kInterfaceParameters;
    case EndpointPolicyType::kIov: return kIov;
    case EndpointPolicyType::kVmNic: return kVmNic;
    case EndpointPolicyType::kFirewall: return kFirewall;
    case EndpointPolicyType::kAcl:
    case EndpointPolicyType::kTierAcl:
    case EndpointPolicyType::kPortMapping:
    case EndpointPolicyType::kOutBoundNat:
    case EndpointPolicyType::kL2Driver: break;
  }
  return {};
}

std::span<const std::string_view> NeedsOneOf(EndpointPolicyType type) {
  if (type == EndpointPolicyType::kL4WfpProxy) return kProxyPorts;
  if (type == EndpointPolicyType::kInterfaceConstraint) return kInterfaceNames;
  return {};
}

void CheckSettings(EndpointPolicyType type, json::Object settings, const Scope& scope) {
  const auto choices = NeedsOneOf(type);
  bool any = choices.empty();
  for (const std::string_view choice : choices) {
    const json::Value* value = settings.FindIgnoringCase(choice);
    any |= value != nullptr && !value->IsNull();
  }
  if (!any) {
    std::string names;
    for (const std::string_view choice : choices) (names += names.empty() ? "" : ", ") += choice;
    scope.FailMissing(scope.codes().document, "expected one of " + names);
    return;
  }
  CheckFields(SettingsFieldsOf(type), std::move(settings), scope);
}

}  // namespace schema
