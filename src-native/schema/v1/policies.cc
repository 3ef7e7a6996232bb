#include "schema/v1/policies.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "schema/v1/members.h"

namespace schema::v1 {
namespace {

using base::EqualsIgnoringCase;

struct Rename {
  std::string_view v1;
  std::string_view v2;
};

// A type in both spellings, and the members whose names differ.
struct Twin {
  std::string_view v1;
  std::string_view v2;
  std::array<Rename, 2> members{};
};

constexpr std::array<Twin, 9> kTwins = {{
    {"NAT", "PortMapping", {}},
    {"ACL", "ACL", {}},
    {"OutBoundNAT", "OutBoundNAT", {{{"VIP", "VirtualIP"}, {"ExceptionList", "Exceptions"}}}},
    {"ROUTE", "SDNRoute", {}},
    {"PA", "ProviderAddress", {{{"PA", "ProviderAddress"}}}},
    {"PROXY", "L4Proxy", {}},
    {"QOS", "QOS", {}},
    {"L2Driver", "L2Driver", {}},
    {"VLAN", "VLAN", {{{"VLAN", "IsolationId"}}}},
}};

// Types of v1 that v2 has not.
constexpr std::array<std::string_view, 3> kWithoutTwin = {"Isolation", "VNET", "VSID"};

constexpr std::uint64_t kExternalPortReserved = 4;  // Of NatFlags.

void RenameMember(json::Object* object, std::string_view from, std::string_view to) {
  if (std::optional<json::Value> value = Take(object, from)) object->Set(to, std::move(*value));
}

std::optional<std::string> TypeOf(const json::Object& policy) {
  const json::Value* type = policy.FindIgnoringCase("Type");
  if (type == nullptr || type->AsString() == nullptr) return std::nullopt;
  return *type->AsString();
}

const Twin* TwinOfV1(std::string_view type) {
  for (const Twin& twin : kTwins) {
    if (EqualsIgnoringCase(twin.v1, type)) return &twin;
  }
  return nullptr;
}

const Twin* TwinOfV2(std::string_view type) {
  for (const Twin& twin : kTwins) {
    if (EqualsIgnoringCase(twin.v2, type)) return &twin;
  }
  return nullptr;
}

void NatToV2(json::Object* settings) {
  if (json::Value* protocol = settings->Find("Protocol"); protocol != nullptr && protocol->AsString() != nullptr) {
    if (EqualsIgnoringCase(*protocol->AsString(), "TCP"))
      *protocol = 6;
    else if (EqualsIgnoringCase(*protocol->AsString(), "UDP"))
      *protocol = 17;
  }
  const std::optional<json::Value> reserved = Take(settings, "ExternalPortReserved");
  if (!reserved || reserved->AsBool() != true) return;
  const json::Value* flags = settings->FindIgnoringCase("Flags");
  settings->Set("Flags", (flags != nullptr ? flags->AsUint64().value_or(0) : 0) | kExternalPortReserved);
}

void NatToV1(json::Object* settings) {
  if (json::Value* protocol = settings->Find("Protocol"); protocol != nullptr) {
    if (protocol->AsUint64() == 6)
      *protocol = "TCP";
    else if (protocol->AsUint64() == 17)
      *protocol = "UDP";
  }
  if (const json::Value* flags = settings->FindIgnoringCase("Flags"); flags != nullptr && flags->AsUint64()) {
    if ((*flags->AsUint64() & kExternalPortReserved) != 0) settings->Set("ExternalPortReserved", true);
  }
}

constexpr std::array<Rename, 3> kAclSingles = {
    {{"Protocol", "Protocols"}, {"LocalPort", "LocalPorts"}, {"RemotePort", "RemotePorts"}}};

bool IsEmptyText(const json::Value* value) {
  return value == nullptr || value->IsNull() || (value->AsString() != nullptr && value->AsString()->empty());
}

// Reads a single number of v1 as the list v2 has, unless that list is given, too.
void SingleToList(json::Object* settings, const Rename& single) {
  const json::Value* number = settings->FindIgnoringCase(single.v1);
  if (number == nullptr || number->IsNull() || number->AsUint64() == 0) return;
  if (!IsEmptyText(settings->FindIgnoringCase(single.v2))) return;
  // What is no number the reader refuses under the list's name.
  json::Value value = number->AsUint64() ? json::Value(std::to_string(*number->AsUint64())) : *number;
  Take(settings, single.v2);
  settings->Set(single.v2, std::move(value));
}

// A v2 document has the lists alone, so a single goes where AclToV1 brings it
// back. Unverified: InternalPort is the endpoint's own port; v2 keeps it as given.
void AclToV2(json::Object* settings) {
  for (const Rename& single : kAclSingles) SingleToList(settings, single);
  SingleToList(settings, {"InternalPort", "LocalPorts"});
  for (const Rename& single : kAclSingles) {
    const json::Value* number = settings->FindIgnoringCase(single.v1);
    const json::Value* list = settings->FindIgnoringCase(single.v2);
    if (number == nullptr) continue;
    const bool is_set = !number->IsNull() && number->AsUint64() != 0;
    if (is_set && (!number->AsUint64() || list == nullptr || *list != json::Value(std::to_string(*number->AsUint64()))))
      continue;
    Take(settings, single.v1);
  }
}

void AclToV1(json::Object* settings) {
  for (const Rename& single : kAclSingles) {
    const json::Value* list = settings->FindIgnoringCase(single.v2);
    const std::string* text = list != nullptr ? list->AsString() : nullptr;
    if (text == nullptr || settings->FindIgnoringCase(single.v1) != nullptr) continue;
    std::uint16_t number = 0;
    const char* end = text->data() + text->size();
    const auto read = std::from_chars(text->data(), end, number);
    if (read.ec == std::errc() && read.ptr == end) settings->Set(single.v1, std::uint64_t{number});
  }
}

json::Value PolicyToV2(json::Object policy, const std::string& type) {
  const Twin* twin = TwinOfV1(type);
  Take(&policy, "Type");
  if (twin != nullptr) {
    for (const Rename& member : twin->members) {
      if (!member.v1.empty()) RenameMember(&policy, member.v1, member.v2);
    }
    if (twin->v1 == "NAT") NatToV2(&policy);
    if (twin->v1 == "ACL") AclToV2(&policy);
  }
  json::Object v2;
  v2.Set("Type", twin != nullptr ? std::string(twin->v2) : type);
  if (!policy.empty()) v2.Set("Settings", std::move(policy));
  return v2;
}

json::Value PolicyToV1(const json::Value& value) {
  const json::Object* policy = value.AsObject();
  if (policy == nullptr) return value;
  const std::optional<std::string> type = TypeOf(*policy);
  const Twin* twin = type ? TwinOfV2(*type) : nullptr;
  if (twin == nullptr) return value;
  const json::Value* given = policy->FindIgnoringCase("Settings");
  json::Object settings = given != nullptr && given->IsObject() ? *given->AsObject() : json::Object();
  for (const Rename& member : twin->members) {
    if (!member.v1.empty()) RenameMember(&settings, member.v2, member.v1);
  }
  if (twin->v1 == "NAT") NatToV1(&settings);
  if (twin->v1 == "ACL") AclToV1(&settings);
  json::Object v1;
  v1.Set("Type", std::string(twin->v1));
  for (const json::Member& member : settings) v1.Set(member.name, member.value);
  return v1;
}

bool HasNoTwin(std::string_view type, PolicyHolder holder) {
  for (const std::string_view name : kWithoutTwin) {
    if (EqualsIgnoringCase(name, type)) return holder == PolicyHolder::kEndpoint || !EqualsIgnoringCase(name, "VSID");
  }
  return false;
}

}  // namespace

void PoliciesToV2(json::Object* document, PolicyHolder holder) {
  if (document->FindIgnoringCase("Policies") == nullptr) return;
  json::Array* policies = ChildArray(document, "Policies");
  if (policies == nullptr) return;
  json::Array kept;
  json::Array v2;
  for (json::Value& value : *policies) {
    const json::Object* policy = value.AsObject();
    const std::optional<std::string> type = policy != nullptr ? TypeOf(*policy) : std::nullopt;
    if (!type || policy->FindIgnoringCase("Settings") != nullptr) {
      v2.push_back(std::move(value));
    } else if (HasNoTwin(*type, holder)) {
      kept.push_back(std::move(value));
    } else {
      v2.push_back(PolicyToV2(std::move(*value.AsObject()), *type));
    }
  }
  *policies = std::move(v2);
  Take(document, kKeptPolicies);
  if (!kept.empty()) document->Set(kKeptPolicies, std::move(kept));
}

void PoliciesToV1(json::Object* document) {
  json::Array* policies = ChildArray(document, "Policies");
  if (policies == nullptr) return;
  for (json::Value& policy : *policies) policy = PolicyToV1(policy);
  const std::optional<json::Value> kept = Take(document, kKeptPolicies);
  if (!kept || kept->AsArray() == nullptr) return;
  policies = ChildArray(document, "Policies");
  policies->insert(policies->end(), kept->AsArray()->begin(), kept->AsArray()->end());
}

void SubnetPoliciesToV2(json::Object* subnet) {
  if (subnet->FindIgnoringCase("Policies") == nullptr) return;
  json::Array* policies = ChildArray(subnet, "Policies");
  if (policies == nullptr) return;
  for (json::Value& value : *policies) {
    const json::Object* policy = value.AsObject();
    const std::optional<std::string> type = policy != nullptr ? TypeOf(*policy) : std::nullopt;
    if (!type || policy->FindIgnoringCase("Settings") != nullptr) continue;
    json::Object settings = *policy;
    Take(&settings, "Type");
    RenameMember(&settings, *type, "IsolationId");
    json::Object v2;
    v2.Set("Type", *type);
    v2.Set("Settings", std::move(settings));
    value = std::move(v2);
  }
}

void SubnetPoliciesToV1(json::Object* subnet) {
  json::Array* policies = ChildArray(subnet, "Policies");
  if (policies == nullptr) return;
  for (json::Value& value : *policies) {
    const json::Object* policy = value.AsObject();
    const std::optional<std::string> type = policy != nullptr ? TypeOf(*policy) : std::nullopt;
    const json::Value* settings = policy != nullptr ? policy->FindIgnoringCase("Settings") : nullptr;
    if (!type || settings == nullptr || !settings->IsObject()) continue;
    json::Object flat = *settings->AsObject();
    RenameMember(&flat, "IsolationId", *type);
    flat.Set("Type", *type);
    value = std::move(flat);
  }
}

}  // namespace schema::v1
