#include <algorithm>
#include <string>
#include <utility>

#include "schema/v1/documents.h"
#include "schema/v1/members.h"
#include "schema/v1/policies.h"
#include "schema/v1/shared.h"

namespace schema::v1 {
namespace {

constexpr int kSubnetObject = 5;  // ObjectType of a subnet and of an IP subnet.
constexpr int kIpSubnetObject = 6;
constexpr int kNetworkCreated = 1;  // State

json::Value Policy(std::string_view type, std::string_view setting, json::Value value) {
  json::Object settings;
  settings.Set(setting, std::move(value));
  json::Object policy;
  policy.Set("Type", type);
  policy.Set("Settings", std::move(settings));
  return policy;
}

struct MemberPolicy {
  std::string_view member;  // Of a v1 network.
  std::string_view type;    // Of the v2 policy that says the same.
  std::string_view setting;
};
constexpr MemberPolicy kMemberPolicies[] = {{"NetworkAdapterName", "NetAdapterName", "NetworkAdapterName"},
                                            {"SourceMac", "SourceMacAddress", "SourceMacAddress"},
                                            {"AutomaticDNS", "AutomaticDNS", "Enable"}};

bool IsDefaultRoute(const json::Value& route) {
  const json::Object* object = route.AsObject();
  const json::Value* prefix = object != nullptr ? object->FindIgnoringCase("DestinationPrefix") : nullptr;
  const std::string* text = prefix != nullptr ? prefix->AsString() : nullptr;
  return text != nullptr && text->ends_with("/0");
}

void SubnetToV2(json::Value* value) {
  json::Object* subnet = value->AsObject();
  if (subnet == nullptr) return;
  if (auto prefix = Take(subnet, "AddressPrefix")) subnet->Set("IpAddressPrefix", std::move(*prefix));
  if (auto gateway = TakeSet(subnet, "GatewayAddress")) {
    const bool is_v6 = gateway->AsString() != nullptr && gateway->AsString()->find(':') != std::string::npos;
    json::Object route;
    route.Set("NextHop", std::move(*gateway));
    route.Set("DestinationPrefix", is_v6 ? "::/0" : "0.0.0.0/0");
    if (json::Array* routes = ChildArray(subnet, "Routes")) {
      std::erase_if(*routes, IsDefaultRoute);
      routes->push_back(std::move(route));
    }
  }
  DropReadOnly(subnet);
  if (const json::Value* ip_subnets = subnet->FindIgnoringCase("IpSubnets"); ip_subnets != nullptr) {
    if (json::Array* list = ChildArray(subnet, "IpSubnets")) {
      for (json::Value& item : *list) {
        if (json::Object* ip_subnet = item.AsObject()) DropReadOnly(ip_subnet);
      }
    }
  }
  SubnetPoliciesToV2(subnet);
}

json::Value SubnetToV1(json::Value value) {
  json::Object* subnet = value.AsObject();
  if (subnet == nullptr) return value;
  if (auto prefix = Take(subnet, "IpAddressPrefix")) subnet->Set("AddressPrefix", std::move(*prefix));
  // Set and Take move the members: what is found by them is taken out before.
  std::optional<json::Value> gateway;
  bool is_empty = false;
  if (json::Array* routes = ChildArray(subnet, "Routes")) {
    const auto found = std::find_if(routes->begin(), routes->end(), IsDefaultRoute);
    const json::Value* hop = found != routes->end() ? found->AsObject()->FindIgnoringCase("NextHop") : nullptr;
    if (hop != nullptr) gateway = *hop;
    std::erase_if(*routes, IsDefaultRoute);
    is_empty = routes->empty();
  }
  if (is_empty) Take(subnet, "Routes");
  if (gateway) subnet->Set("GatewayAddress", *std::move(gateway));
  if (json::Array* ip_subnets = ChildArray(subnet, "IpSubnets")) {
    for (json::Value& ip_subnet : *ip_subnets) {
      if (ip_subnet.IsObject()) ip_subnet.AsObject()->Set("ObjectType", kIpSubnetObject);
    }
  }
  subnet->Set("ObjectType", kSubnetObject);
  SubnetPoliciesToV1(subnet);
  return value;
}

bool IsIsolation(const json::Value& policy) {
  const json::Object* object = policy.AsObject();
  const json::Value* type = object != nullptr ? object->FindIgnoringCase("Type") : nullptr;
  const std::string* text = type != nullptr ? type->AsString() : nullptr;
  return text != nullptr && (base::EqualsIgnoringCase(*text, "VLAN") || base::EqualsIgnoringCase(*text, "VSID"));
}

// A v1 network may say its VLAN or VSID itself; in v2 its subnets do. Gives what
// it said, for v1 to show where it stood.
json::Array MoveIsolationToSubnets(json::Object* network, json::Array* subnets) {
  json::Array moved;
  if (network->FindIgnoringCase("Policies") == nullptr) return moved;
  json::Array* policies = ChildArray(network, "Policies");
  if (policies == nullptr || subnets->empty()) return moved;
  for (const json::Value& policy : *policies) {
    if (!IsIsolation(policy)) continue;
    moved.push_back(policy);
    for (json::Value& subnet : *subnets) {
      if (subnet.AsObject() == nullptr) continue;
      json::Array* own = ChildArray(subnet.AsObject(), "Policies");
      if (own != nullptr && std::none_of(own->begin(), own->end(), IsIsolation)) own->push_back(policy);
    }
  }
  std::erase_if(*policies, IsIsolation);
  return moved;
}

// Gives the policies that went from the network to its subnets.
json::Array SubnetsToV2(json::Object* network) {
  json::Array moved;
  if (network->FindIgnoringCase("Subnets") == nullptr) return moved;
  json::Array* given = ChildArray(network, "Subnets");
  json::Value subnets = given != nullptr ? json::Value(std::move(*given)) : *network->FindIgnoringCase("Subnets");
  Take(network, "Subnets");
  if (json::Array* list = subnets.AsArray()) {
    moved = MoveIsolationToSubnets(network, list);
    for (json::Value& subnet : *list) SubnetToV2(&subnet);
    if (list->empty()) return moved;
  } else if (subnets.IsNull()) {
    return moved;
  }
  json::Object ipam;
  ipam.Set("Type", "Static");
  ipam.Set("Subnets", std::move(subnets));
  if (json::Array* ipams = ChildArray(network, "Ipams")) ipams->push_back(std::move(ipam));
  return moved;
}

void SubnetsToV1(json::Object* network) {
  json::Array shown;
  if (const auto ipams = Take(network, "Ipams"); ipams && ipams->IsArray()) {
    for (const json::Value& ipam : *ipams->AsArray()) {
      const json::Value* subnets = ipam.IsObject() ? ipam.AsObject()->FindIgnoringCase("Subnets") : nullptr;
      if (subnets == nullptr || !subnets->IsArray()) continue;
      for (const json::Value& subnet : *subnets->AsArray()) shown.push_back(SubnetToV1(subnet));
    }
  }
  network->Set("Subnets", std::move(shown));
}

}  // namespace

json::Object NetworkToV2(json::Object network) {
  DropReadOnly(&network);
  for (const std::string_view name : {"CurrentEndpointCount", "TotalEndpoints", "ManagementIP"}) Take(&network, name);
  const json::Array moved = SubnetsToV2(&network);
  PoliciesToV2(&network, PolicyHolder::kNetwork);
  if (!moved.empty()) {
    if (json::Array* kept = ChildArray(&network, kKeptPolicies)) kept->insert(kept->end(), moved.begin(), moved.end());
  }
  for (const MemberPolicy& policy : kMemberPolicies) {
    auto value = TakeSet(&network, policy.member);
    if (!value) continue;
    if (json::Array* policies = ChildArray(&network, "Policies")) {
      policies->push_back(Policy(policy.type, policy.setting, std::move(*value)));
    }
  }
  if (network.FindIgnoringCase("MacPools") != nullptr) {
    json::Array* pools = ChildArray(&network, "MacPools");
    json::Value ranges = pools != nullptr ? json::Value(*pools) : *network.FindIgnoringCase("MacPools");
    Take(&network, "MacPools");
    if (json::Object* pool = Child(&network, "MacPool")) pool->Set("Ranges", std::move(ranges));
  }
  DnsToV2(&network);
  return network;
}

json::Object NetworkToV1(json::Object network) {
  Take(&network, "SchemaVersion");
  HealthToV1(&network);
  if (json::Array* policies = ChildArray(&network, "Policies")) {
    for (const MemberPolicy& member : kMemberPolicies) {
      std::optional<json::Value> said;
      for (const json::Value& policy : *policies) {
        const json::Object* object = policy.AsObject();
        const json::Value* type = object != nullptr ? object->FindIgnoringCase("Type") : nullptr;
        const json::Value* settings = object != nullptr ? object->FindIgnoringCase("Settings") : nullptr;
        if (type == nullptr || type->AsString() == nullptr || *type->AsString() != member.type) continue;
        if (settings == nullptr || !settings->IsObject()) continue;
        if (const json::Value* value = settings->AsObject()->FindIgnoringCase(member.setting)) said = *value;
      }
      if (said) network.Set(member.member, *std::move(said));
      std::erase_if(*ChildArray(&network, "Policies"), [&](const json::Value& policy) {
        const json::Value* type = policy.IsObject() ? policy.AsObject()->FindIgnoringCase("Type") : nullptr;
        return type != nullptr && type->AsString() != nullptr && *type->AsString() == member.type;
      });
      policies = ChildArray(&network, "Policies");
    }
  }
  PoliciesToV1(&network);
  SubnetsToV1(&network);
  if (auto pool = Take(&network, "MacPool"); pool && pool->IsObject()) {
    if (auto ranges = Take(pool->AsObject(), "Ranges")) network.Set("MacPools", std::move(*ranges));
  }
  DnsToV1(&network);
  if (network.FindIgnoringCase("State") == nullptr) network.Set("State", kNetworkCreated);
  return network;
}

}  // namespace schema::v1
