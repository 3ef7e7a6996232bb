#include <string>
#include <utility>

#include "schema/load_balancer.h"
#include "schema/v1/documents.h"
#include "schema/v1/members.h"
#include "schema/v1/shared.h"

namespace schema::v1 {
namespace {

constexpr std::string_view kEndpoints = "/endpoints/";
constexpr int kApplied = 2;  // State

// Takes "/endpoints/<id>" and a bare id.
json::Value BareId(const json::Value& reference) {
  const std::string* text = reference.AsString();
  if (text == nullptr) return reference;
  const bool has_prefix = text->size() > kEndpoints.size() &&
                          base::EqualsIgnoringCase(std::string_view(*text).substr(0, kEndpoints.size()), kEndpoints);
  return has_prefix ? text->substr(kEndpoints.size()) : *text;
}

base::Error Unlike(std::string_view member) {
  return base::MakeError(base::hr::HCN_E_INVALID_POLICY,
                         "the `ELB` policies of one list do not agree about `" + std::string(member) + "`");
}

// Moves a member of an ELB to the load balancer; all ELBs must agree about it.
base::Status MoveUp(json::Object* elb, std::string_view from, json::Object* balancer, std::string_view to) {
  auto value = TakeSet(elb, from);
  if (!value) return {};
  if (const json::Value* other = balancer->Find(to); other != nullptr && !(*other == *value)) return Unlike(from);
  balancer->Set(to, std::move(*value));
  return {};
}

base::Status AddElb(json::Object elb, bool is_first, json::Object* balancer, json::Array* mappings) {
  Take(&elb, "Type");
  HNS_RETURN_IF_ERROR(MoveUp(&elb, "VIPs", balancer, "FrontendVIPs"));
  HNS_RETURN_IF_ERROR(MoveUp(&elb, "SourceVIP", balancer, "SourceVIP"));
  const bool is_dsr = TakeBool(&elb, "IsDSR");
  if (!is_first && is_dsr != HasFlag(*balancer, load_balancer_flags::kEnableDirectServerReturn)) return Unlike("IsDSR");
  if (is_dsr && is_first) {
    balancer->Set("IsDSR", true);
    BoolToFlag(balancer, "IsDSR", load_balancer_flags::kEnableDirectServerReturn);
  }
  BoolToFlag(&elb, "ILB", port_mapping_flags::kEnableInternalLoadBalancer);
  mappings->push_back(std::move(elb));
  return {};
}

void ReferencesToV2(json::Object* list) {
  DropReadOnly(list);
  Take(list, "IsApplied");
  std::optional<json::Value> given = Take(list, "References");
  if (!given) return;
  json::Array references;
  if (json::Array* array = given->AsArray())
    references = std::move(*array);
  else
    references.push_back(std::move(*given));
  for (json::Value& reference : references) reference = BareId(reference);
  list->Set("HostComputeEndpoints", std::move(references));
}

void ReferencesToV1(json::Object* object) {
  json::Array references;
  if (const auto ids = Take(object, "HostComputeEndpoints"); ids && ids->IsArray()) {
    for (const json::Value& id : *ids->AsArray()) {
      if (id.AsString() != nullptr) references.push_back(std::string(kEndpoints) + *id.AsString());
    }
  }
  object->Set("References", std::move(references));
}

bool IsOfType(const json::Value& policy, std::string_view type) {
  const json::Value* member = policy.IsObject() ? policy.AsObject()->FindIgnoringCase("Type") : nullptr;
  const std::string* text = member != nullptr ? member->AsString() : nullptr;
  return text != nullptr && base::EqualsIgnoringCase(*text, type);
}

// The list's policies, all of `type`.
base::Result<json::Array> TakePolicies(json::Object* list, std::string_view type) {
  const json::Array* policies = ChildArray(list, "Policies");
  if (policies == nullptr) {
    return base::MakeError(base::hr::HCN_E_INVALID_POLICY, "`Policies` of a policy list is an array");
  }
  json::Array given = *policies;
  Take(list, "Policies");
  for (const json::Value& policy : given) {
    if (IsOfType(policy, type)) continue;
    return base::MakeError(base::hr::HCN_E_INVALID_POLICY_TYPE,
                           "a policy list with `" + std::string(type) + "` has policies of that type and no others");
  }
  return given;
}

}  // namespace

base::Result<bool> IsRouteList(const json::Object& list) {
  const json::Value* policies = list.FindIgnoringCase("Policies");
  const json::Value* first = policies;
  if (policies != nullptr && policies->IsArray()) {
    first = policies->AsArray()->empty() ? nullptr : &policies->AsArray()->front();
  }
  if (first != nullptr && IsOfType(*first, "ELB")) return false;
  if (first != nullptr && IsOfType(*first, "ROUTE")) return true;
  return base::MakeError(base::hr::HCN_E_INVALID_POLICY_TYPE,
                         "`Policies` of a policy list are `ELB` or `ROUTE` policies");
}

base::Result<json::Object> LoadBalancerToV2(json::Object list) {
  ReferencesToV2(&list);
  if (list.FindIgnoringCase("Policies") == nullptr) return list;
  HNS_ASSIGN_OR_RETURN(const json::Array given, TakePolicies(&list, "ELB"));
  json::Array mappings;
  for (const json::Value& policy : given) {
    HNS_RETURN_IF_ERROR(AddElb(*policy.AsObject(), mappings.empty(), &list, &mappings));
  }
  list.Set("PortMappings", std::move(mappings));
  return list;
}

json::Object LoadBalancerToV1(json::Object balancer) {
  Take(&balancer, "SchemaVersion");
  HealthToV1(&balancer);
  const bool is_dsr = HasFlag(balancer, load_balancer_flags::kEnableDirectServerReturn);
  const auto vips = Take(&balancer, "FrontendVIPs");
  const auto source = Take(&balancer, "SourceVIP");
  ReferencesToV1(&balancer);
  json::Array policies;
  if (const auto mappings = Take(&balancer, "PortMappings"); mappings && mappings->IsArray()) {
    for (const json::Value& mapping : *mappings->AsArray()) {
      if (!mapping.IsObject()) continue;
      json::Object elb;
      elb.Set("Type", "ELB");
      for (const json::Member& member : *mapping.AsObject()) elb.Set(member.name, member.value);
      if (HasFlag(elb, port_mapping_flags::kEnableInternalLoadBalancer)) elb.Set("ILB", true);
      if (is_dsr) elb.Set("IsDSR", true);
      elb.Set("VIPs", vips.value_or(json::Array()));
      if (source) elb.Set("SourceVIP", *source);
      policies.push_back(std::move(elb));
    }
  }
  balancer.Set("Policies", std::move(policies));
  balancer.Set("IsApplied", true);
  balancer.Set("State", kApplied);
  return balancer;
}

base::Result<json::Object> SdnRouteToV2(json::Object list) {
  ReferencesToV2(&list);
  if (list.FindIgnoringCase("Policies") == nullptr) return list;
  HNS_ASSIGN_OR_RETURN(json::Array routes, TakePolicies(&list, "ROUTE"));
  for (json::Value& route : routes) Take(route.AsObject(), "Type");
  list.Set("Routes", std::move(routes));
  return list;
}

json::Object SdnRouteToV1(json::Object route) {
  Take(&route, "SchemaVersion");
  HealthToV1(&route);
  ReferencesToV1(&route);
  Take(&route, "Setting");  // The same list under hcsshim's name.
  json::Array policies;
  if (const auto routes = Take(&route, "Routes"); routes && routes->IsArray()) {
    for (const json::Value& setting : *routes->AsArray()) {
      if (!setting.IsObject()) continue;
      json::Object policy;
      policy.Set("Type", "ROUTE");
      for (const json::Member& member : *setting.AsObject()) policy.Set(member.name, member.value);
      policies.push_back(std::move(policy));
    }
  }
  route.Set("Policies", std::move(policies));
  route.Set("IsApplied", true);
  route.Set("State", kApplied);
  return route;
}

}  // namespace schema::v1
