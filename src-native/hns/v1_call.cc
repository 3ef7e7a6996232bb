#include "hns/v1_call.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/ascii.h"
#include "hns/v1_request.h"

namespace hns {
namespace v1 {
namespace {

using base::EqualsIgnoringCase;

struct Collection {
  std::string_view name;
  Output (*answer)(Service&, const Request&);
  std::array<std::string_view, 3> actions{};  // Below an id.
};

constexpr std::array<Collection, 11> kCollections = {{
    {"globals", Globals},
    {"networks", Networks, {"detailed"}},
    {"endpoints", Endpoints, {"detailed", "attach", "detach"}},
    {"endpointstats", EndpointStatistics},
    {"endpointaddresses", EndpointAddresses},
    {"policylists", PolicyLists, {"detailed"}},
    {"namespaces", Namespaces, {"addresource", "removeresource"}},
    {"accelnet", Accelnet},
    {"activities", Empty},
    {"plugins", Empty},
    {"portpools", Empty},
}};

// Up to three parts between slashes. nullopt: more of them.
std::optional<std::array<std::string_view, 3>> Split(std::string_view path) {
  std::array<std::string_view, 3> parts;
  if (path.starts_with('/')) path.remove_prefix(1);
  for (std::string_view& part : parts) {
    const std::size_t slash = path.find('/');
    part = path.substr(0, slash);
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
    if (path.empty()) return parts;
    if (part.empty()) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Method> MethodOf(std::string_view text) {
  if (EqualsIgnoringCase(text, "GET")) return Method::kGet;
  if (EqualsIgnoringCase(text, "POST")) return Method::kPost;
  if (EqualsIgnoringCase(text, "DELETE")) return Method::kDelete;
  return std::nullopt;
}

}  // namespace
}  // namespace v1

base::Result<base::json::Value> HnsCall(Service& service, std::string_view method_name, std::string_view path,
                                        std::string_view body) {
  const auto method = v1::MethodOf(method_name);
  if (!method) {
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER,
                           "the method is `" + std::string(method_name) + "`: expected one of GET, POST, DELETE");
  }
  const auto parts = v1::Split(path);
  if (!parts) return base::MakeError(base::hr::ERROR_NOT_FOUND, "there is no path `" + std::string(path) + "`");
  const v1::Request request{*method, (*parts)[0], (*parts)[1], (*parts)[2], body};
  for (const v1::Collection& collection : v1::kCollections) {
    if (!base::EqualsIgnoringCase(collection.name, request.collection)) continue;
    const bool known = request.action.empty() ||
                       std::any_of(collection.actions.begin(), collection.actions.end(), [&](std::string_view action) {
                         return !action.empty() && base::EqualsIgnoringCase(action, request.action);
                       });
    if (!known) break;
    if (base::EqualsIgnoringCase(request.action, "detailed") && request.method != v1::Method::kGet)
      return v1::NoSuchMethod("GET");
    return collection.answer(service, request);
  }
  return v1::NoSuchPath(request);
}

}  // namespace hns
