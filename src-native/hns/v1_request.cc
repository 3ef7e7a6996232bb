#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "hns/v1_request.h"
#include "schema/common.h"
#include "schema/v1/members.h"

namespace hns::v1 {

base::Error NoSuchPath(const Request& request) {
  std::string path = "/" + std::string(request.collection);
  if (!request.id.empty()) path += "/" + std::string(request.id);
  if (!request.action.empty()) path += "/" + std::string(request.action);
  return base::MakeError(base::hr::ERROR_NOT_FOUND, "there is no path `" + path + "`");
}

base::Error NoSuchMethod(std::string_view wanted) {
  return base::MakeError(base::hr::HCN_E_REQUEST_UNSUPPORTED, "this path has " + std::string(wanted));
}

base::Result<base::Guid> IdOf(std::string_view text) {
  const auto id = base::Guid::Parse(text);
  if (id) return *id;
  return base::MakeError(base::hr::HCN_E_GUID_CONVERSION_FAILURE, "`" + std::string(text) + "` is not a GUID");
}

base::Result<json::Object> Body(const Request& request) {
  if (base::TrimSpaces(request.body).empty()) return json::Object();
  return schema::ParseObject(request.body);
}

Output Show(Service& service, ObjectKind kind, const ObjectRef& object) {
  HNS_ASSIGN_OR_RETURN(const std::string text, service.Query(kind, object, ""));
  return json::Parse(text);
}

Output Show(Service& service, ObjectKind kind, const base::Guid& id) {
  HNS_ASSIGN_OR_RETURN(const ObjectRef object, service.Open(kind, id));
  return Show(service, kind, object);
}

base::Result<json::Array> ShowAll(Service& service, ObjectKind kind) {
  HNS_ASSIGN_OR_RETURN(const std::string text, service.Enumerate(kind, ""));
  HNS_ASSIGN_OR_RETURN(const json::Value ids, json::Parse(text));
  json::Array shown;
  for (const json::Value& id : *ids.AsArray()) {
    const auto guid = base::Guid::Parse(*id.AsString());
    if (!guid) continue;
    if (Output object = Show(service, kind, *guid); object.ok()) shown.push_back(std::move(*object));
  }
  return shown;
}

base::Result<std::optional<std::string>> TakeText(json::Object* body, std::string_view name) {
  auto value = schema::v1::Take(body, name);
  if (!value) return std::optional<std::string>();
  const std::string* text = value->AsString();
  if (text == nullptr) {
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "`" + std::string(name) + "` is a text");
  }
  return text->empty() ? std::nullopt : std::optional(*text);
}

base::Status CheckEmpty(const json::Object& body) {
  for (const json::Member& member : body) {
    if (member.value.IsNull()) continue;
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "nothing is known of `" + member.name + "` here");
  }
  return {};
}

namespace {

// Written by the service, and sent back as it was read or as it was read long ago.
constexpr std::array<std::string_view, 16> kOfTheService = {
    "SchemaVersion",  "Health",       "State",      "Version",
    "Resources",      "ActivityId",   "Namespace",  "SharedContainers",
    "TotalEndpoints", "ManagementIP", "Encryption", "AdditionalParams",
    "CompartmentId",  "ObjectType",   "LayeredOn",  "CurrentEndpointCount"};

bool IsUnset(const json::Value& value) {
  if (value.IsNull() || value.AsBool() == false || value.AsUint64() == 0) return true;
  if (value.AsString() != nullptr) return value.AsString()->empty();
  if (value.AsArray() != nullptr) return value.AsArray()->empty();
  return value.IsObject() && value.AsObject()->empty();
}

bool IsSame(const json::Value& shown, const json::Value& wanted) {
  const std::string* before = shown.AsString();
  const std::string* after = wanted.AsString();
  return before != nullptr && after != nullptr ? base::EqualsIgnoringCase(*before, *after) : shown == wanted;
}

}  // namespace

base::Status CheckUnchanged(const json::Object& shown, const json::Object& wanted, std::string_view updatable) {
  for (const json::Member& member : wanted) {
    const auto is_named = [&](std::string_view name) { return base::EqualsIgnoringCase(name, member.name); };
    if (is_named(updatable) || std::any_of(kOfTheService.begin(), kOfTheService.end(), is_named)) continue;
    const json::Value* now = shown.FindIgnoringCase(member.name);
    if (IsUnset(member.value) || (now != nullptr && IsSame(*now, member.value))) continue;
    return base::MakeError(base::hr::HCN_E_REQUEST_UNSUPPORTED, "`" + member.name + "` stays as it was created; `" +
                                                                    std::string(updatable) + "` can be updated");
  }
  return {};
}

}  // namespace hns::v1
