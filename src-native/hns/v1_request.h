// One HNSCall, and what answers it: each family of paths is a file of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "hns/service.h"

namespace hns::v1 {

namespace json = base::json;
using Output = base::Result<json::Value>;  // null: the answer has none.

enum class Method : std::uint8_t { kGet, kPost, kDelete };

struct Request {
  Method method = Method::kGet;
  std::string_view collection;
  std::string_view id;      // Empty: the collection.
  std::string_view action;  // Below an id.
  std::string_view body;
};

// --- The families ---
Output Globals(Service& service, const Request& request);
Output Networks(Service& service, const Request& request);
Output Endpoints(Service& service, const Request& request);
Output EndpointStatistics(Service& service, const Request& request);
Output EndpointAddresses(Service& service, const Request& request);
Output PolicyLists(Service& service, const Request& request);
Output Namespaces(Service& service, const Request& request);
Output Accelnet(Service& service, const Request& request);
// Collections that nothing here puts anything into.
Output Empty(Service& service, const Request& request);

// --- For them ---
base::Error NoSuchPath(const Request& request);
base::Error NoSuchMethod(std::string_view wanted);
base::Result<base::Guid> IdOf(std::string_view text);
// No body and an empty one are {}.
base::Result<json::Object> Body(const Request& request);
Output Show(Service& service, ObjectKind kind, const ObjectRef& object);
Output Show(Service& service, ObjectKind kind, const base::Guid& id);
// An object that vanishes while the list is made is left out.
base::Result<json::Array> ShowAll(Service& service, ObjectKind kind);

// `name` has to be text; nullopt: absent, null or empty. ERROR_INVALID_PARAMETER.
base::Result<std::optional<std::string>> TakeText(json::Object* body, std::string_view name);
// ERROR_INVALID_PARAMETER names a member that nothing has taken: it would be ignored.
base::Status CheckEmpty(const json::Object& body);
// A whole document comes back to update a part of it; whoever wants another change
// must not be told that it was made. HCN_E_REQUEST_UNSUPPORTED unless every member
// of `wanted` is as `shown` has it, unset, or the service's own.
base::Status CheckUnchanged(const json::Object& shown, const json::Object& wanted, std::string_view updatable);

}  // namespace hns::v1
