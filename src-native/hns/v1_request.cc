#include <string>
#include <utility>

#include "base/ascii.h"
#include "hns/v1_request.h"
#include "schema/common.h"

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

}  // namespace hns::v1
