#include <string>
#include <utility>

#include "schema/endpoint.h"
#include "schema/v1/documents.h"
#include "schema/v1/members.h"
#include "schema/v1/policies.h"
#include "schema/v1/shared.h"

namespace schema::v1 {
namespace {

struct FlagMember {
  const char* member;
  unsigned flag;
};
constexpr FlagMember kFlagMembers[] = {{"IsRemoteEndpoint", endpoint_flags::kRemoteEndpoint},
                                       {"DisableICC", endpoint_flags::kDisableInterComputeCommunication},
                                       {"EnableLowMetric", endpoint_flags::kEnableLowInterfaceMetric}};

// Where an address, its length and its gateway stand in v1, by family.
struct AddressMembers {
  std::string_view address, length, gateway, default_route;
};
constexpr AddressMembers kAddressMembers[] = {{"IPAddress", "PrefixLength", "GatewayAddress", "0.0.0.0/0"},
                                              {"IPv6Address", "IPv6PrefixLength", "GatewayAddressV6", "::/0"}};

const AddressMembers& MembersOf(const std::string& address) {
  return kAddressMembers[address.find(':') == std::string::npos ? 0 : 1];
}

void AddressesToV2(json::Object* endpoint) {
  auto ip_subnet = TakeSet(endpoint, "IPSubnetId");
  for (const AddressMembers& members : kAddressMembers) {
    auto address = TakeSet(endpoint, members.address);
    auto length = TakeSet(endpoint, members.length);
    if (auto gateway = TakeSet(endpoint, members.gateway)) {
      json::Object route;
      route.Set("NextHop", std::move(*gateway));
      route.Set("DestinationPrefix", members.default_route);
      if (json::Array* routes = ChildArray(endpoint, "Routes")) routes->push_back(std::move(route));
    }
    if (!address) continue;
    json::Object configuration;
    configuration.Set("IpAddress", std::move(*address));
    if (length) configuration.Set("PrefixLength", std::move(*length));
    if (ip_subnet) configuration.Set("IpSubnetId", *std::exchange(ip_subnet, std::nullopt));
    if (json::Array* list = ChildArray(endpoint, "IpConfigurations")) list->push_back(std::move(configuration));
  }
}

// v1 has room for one address of each family: the first.
void AddressesToV1(json::Object* endpoint) {
  if (const auto list = Take(endpoint, "IpConfigurations"); list && list->IsArray()) {
    for (const json::Value& item : *list->AsArray()) {
      const json::Object* configuration = item.AsObject();
      const json::Value* address = configuration != nullptr ? configuration->FindIgnoringCase("IpAddress") : nullptr;
      if (address == nullptr || address->AsString() == nullptr) continue;
      const AddressMembers& members = MembersOf(*address->AsString());
      if (endpoint->FindIgnoringCase(members.address) != nullptr) continue;
      endpoint->Set(members.address, *address);
      if (const json::Value* length = configuration->FindIgnoringCase("PrefixLength")) {
        endpoint->Set(members.length, *length);
      }
      const json::Value* ip_subnet = configuration->FindIgnoringCase("IpSubnetId");
      if (ip_subnet != nullptr && endpoint->FindIgnoringCase("IPSubnetId") == nullptr) {
        endpoint->Set("IPSubnetId", *ip_subnet);
      }
    }
  }
  const auto routes = Take(endpoint, "Routes");
  if (!routes || !routes->IsArray()) return;
  json::Array others;
  for (const json::Value& route : *routes->AsArray()) {
    const json::Object* object = route.AsObject();
    const json::Value* prefix = object != nullptr ? object->FindIgnoringCase("DestinationPrefix") : nullptr;
    const json::Value* hop = object != nullptr ? object->FindIgnoringCase("NextHop") : nullptr;
    bool is_gateway = false;
    for (const AddressMembers& members : kAddressMembers) {
      if (prefix == nullptr || hop == nullptr || *prefix != json::Value(members.default_route)) continue;
      if (endpoint->FindIgnoringCase(members.gateway) != nullptr) continue;
      endpoint->Set(members.gateway, *hop);
      is_gateway = true;
    }
    if (!is_gateway) others.push_back(route);
  }
  if (!others.empty()) endpoint->Set("Routes", std::move(others));
}

}  // namespace

json::Object EndpointToV2(json::Object endpoint) {
  DropReadOnly(&endpoint);
  for (const std::string_view name : {"VirtualNetworkName", "Namespace", "SharedContainers"}) Take(&endpoint, name);
  if (auto network = TakeSet(&endpoint, "VirtualNetwork")) endpoint.Set("HostComputeNetwork", std::move(*network));
  PoliciesToV2(&endpoint, PolicyHolder::kEndpoint);
  if (auto overhead = TakeSet(&endpoint, "EncapOverhead")) {
    json::Object settings;
    settings.Set("Overhead", std::move(*overhead));
    json::Object policy;
    policy.Set("Type", "EncapOverhead");
    policy.Set("Settings", std::move(settings));
    if (json::Array* policies = ChildArray(&endpoint, "Policies")) policies->push_back(std::move(policy));
  }
  AddressesToV2(&endpoint);
  DnsToV2(&endpoint);
  for (const FlagMember& flag : kFlagMembers) BoolToFlag(&endpoint, flag.member, flag.flag);
  return endpoint;
}

json::Object EndpointToV1(json::Object endpoint) {
  Take(&endpoint, "SchemaVersion");
  HealthToV1(&endpoint);
  if (auto network = Take(&endpoint, "HostComputeNetwork")) endpoint.Set("VirtualNetwork", std::move(*network));
  if (auto name_space = Take(&endpoint, "HostComputeNamespace")) {
    json::Object shown;
    shown.Set("ID", std::move(*name_space));
    endpoint.Set("Namespace", std::move(shown));
  }
  if (json::Array* policies = ChildArray(&endpoint, "Policies")) {
    const auto is_overhead = [](const json::Value& policy) {
      const json::Value* type = policy.IsObject() ? policy.AsObject()->FindIgnoringCase("Type") : nullptr;
      return type != nullptr && *type == json::Value("EncapOverhead");
    };
    json::Value overhead;
    for (const json::Value& policy : *policies) {
      const json::Value* settings = is_overhead(policy) ? policy.AsObject()->FindIgnoringCase("Settings") : nullptr;
      const json::Object* object = settings != nullptr ? settings->AsObject() : nullptr;
      if (object == nullptr) continue;
      if (const json::Value* value = object->FindIgnoringCase("Overhead")) overhead = *value;
    }
    std::erase_if(*policies, is_overhead);
    if (!overhead.IsNull()) endpoint.Set("EncapOverhead", std::move(overhead));
  }
  PoliciesToV1(&endpoint);
  AddressesToV1(&endpoint);
  DnsToV1(&endpoint);
  for (const FlagMember& flag : kFlagMembers) {
    if (HasFlag(endpoint, flag.flag)) endpoint.Set(flag.member, true);
  }
  return endpoint;
}

}  // namespace schema::v1
