// /globals, /endpointstats, /endpointaddresses, /accelnet, and collections that stay empty
#include <string>
#include <utility>

#include "base/ascii.h"
#include "hns/features.h"
#include "hns/v1_request.h"
#include "schema/v1/members.h"

namespace hns::v1 {

using base::EqualsIgnoringCase;
using schema::v1::Take;

Output Globals(Service& service, const Request& request) {
  if (request.method != Method::kGet) return NoSuchMethod("GET");
  json::Object version;
  version.Set("Major", service.profile().version.major);
  version.Set("Minor", service.profile().version.minor);
  if (EqualsIgnoringCase(request.id, "version") && request.action.empty()) return json::Value(std::move(version));
  if (!request.id.empty()) return NoSuchPath(request);
  json::Object globals;  // Unverified: what else HNS lists here.
  globals.Set("Version", std::move(version));
  return json::Value(std::move(globals));
}

namespace {

Output StatisticsOf(Service& service, const base::Guid& id) {
  HNS_ASSIGN_OR_RETURN(const ObjectRef endpoint, service.Open(ObjectKind::kEndpoint, id));
  HNS_ASSIGN_OR_RETURN(const std::string text, service.QueryEndpointStatistics(endpoint, ""));
  return json::Parse(text);
}

}  // namespace

Output EndpointStatistics(Service& service, const Request& request) {
  if (request.method != Method::kGet) return NoSuchMethod("GET");
  if (!request.id.empty()) {
    HNS_ASSIGN_OR_RETURN(const base::Guid id, IdOf(request.id));
    return StatisticsOf(service, id);
  }
  HNS_ASSIGN_OR_RETURN(const std::string text, service.Enumerate(ObjectKind::kEndpoint, ""));
  HNS_ASSIGN_OR_RETURN(const json::Value ids, json::Parse(text));
  json::Array all;
  // Without those that vanish meanwhile, and without remote ones, which count nothing here.
  for (const json::Value& item : *ids.AsArray()) {
    HNS_ASSIGN_OR_RETURN(const base::Guid id, IdOf(*item.AsString()));
    if (Output one = StatisticsOf(service, id); one.ok()) all.push_back(std::move(*one));
  }
  return json::Value(std::move(all));
}

// Unverified: the members; hns.psm1 lists the collection and reads none.
Output EndpointAddresses(Service& service, const Request& request) {
  if (request.method != Method::kGet) return NoSuchMethod("GET");
  if (!request.id.empty()) return NoSuchPath(request);
  HNS_ASSIGN_OR_RETURN(json::Array endpoints, ShowAll(service, ObjectKind::kEndpoint));
  json::Array all;
  for (json::Value& endpoint : endpoints) {
    json::Object shown;
    for (const auto& [from, to] : {std::pair("ID", "EndpointId"),
                                   {"IPAddress", "IPAddress"},
                                   {"IPv6Address", "IPv6Address"},
                                   {"PrefixLength", "PrefixLength"},
                                   {"MacAddress", "MacAddress"}}) {
      if (auto value = Take(endpoint.AsObject(), from)) shown.Set(to, std::move(*value));
    }
    all.push_back(std::move(shown));
  }
  return json::Value(std::move(all));
}

Output Accelnet(Service& service, const Request& request) {
  if (!request.id.empty() || !Supports(service.profile().version, Feature::kAccelnet)) return NoSuchPath(request);
  if (request.method == Method::kPost) {
    HNS_ASSIGN_OR_RETURN(json::Object body, Body(request));
    const auto given = Take(&body, "MacAddressList");
    if (!given || !given->IsArray()) {
      return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "`MacAddressList` is missing");
    }
    HNS_RETURN_IF_ERROR(CheckEmpty(body));
    HNS_RETURN_IF_ERROR(service.SetAcceleratedMacs(*given->AsArray()));
  } else if (request.method == Method::kDelete) {
    HNS_RETURN_IF_ERROR(service.SetAcceleratedMacs({}));
  }
  HNS_ASSIGN_OR_RETURN(json::Value list, service.AcceleratedMacs());
  json::Object shown;
  shown.Set("MacAddressList", std::move(list));
  return json::Value(std::move(shown));
}

Output Empty(Service&, const Request& request) {
  if (request.method != Method::kGet) return NoSuchMethod("GET");
  if (!request.id.empty()) return NoSuchPath(request);
  return json::Value(json::Array());
}

}  // namespace hns::v1
