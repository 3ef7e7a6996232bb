#include <utility>

#include "schema/v1/documents.h"
#include "schema/v1/members.h"
#include "schema/v1/shared.h"

namespace schema::v1 {
namespace {

constexpr struct {
  std::string_view v1;
  std::string_view v2;
} kMembers[] = {{"CompartmentId", "NamespaceId"}, {"CompartmentGuid", "NamespaceGuid"}, {"ResourceList", "Resources"}};

}  // namespace

json::Object NamespaceToV2(json::Object name_space) {
  // Before what is read only goes: Resources is v2's own member here.
  for (const auto& member : kMembers) {
    if (auto value = Take(&name_space, member.v1)) name_space.Set(member.v2, std::move(*value));
  }
  if (const auto is_default = Take(&name_space, "IsDefault"); is_default && is_default->AsBool() == true) {
    Take(&name_space, "Type");
    name_space.Set("Type", "HostDefault");
  }
  return name_space;
}

json::Object NamespaceToV1(json::Object name_space) {
  Take(&name_space, "SchemaVersion");
  const json::Value* type = name_space.FindIgnoringCase("Type");
  const bool is_default = type != nullptr && *type == json::Value("HostDefault");
  for (const auto& member : kMembers) {
    if (auto value = Take(&name_space, member.v2)) name_space.Set(member.v1, std::move(*value));
  }
  HealthToV1(&name_space);
  name_space.Set("IsDefault", is_default);
  return name_space;
}

}  // namespace schema::v1
