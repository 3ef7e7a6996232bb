// The first byte picks the kind of document. Reading is total: a value or an
// error with a code and a detail. What was read and written reads as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "base/utf16.h"
#include "schema/endpoint.h"
#include "schema/guest_network_service.h"
#include "schema/load_balancer.h"
#include "schema/modify_request.h"
#include "schema/name_space.h"
#include "schema/network.h"
#include "schema/query.h"
#include "schema/sdn_route.h"

namespace {

namespace json = base::json;

void Require(bool holds) {
  if (!holds) std::abort();
}

template <typename T>
bool Accepted(const base::Result<T>& result) {
  if (result.ok()) return true;
  Require(base::Failed(result.error().code) && !base::ErrorSymbol(result.error().code).empty());
  // The detail goes into an error record, which is UTF-16.
  Require(!result.error().detail.empty() && base::Utf8ToUtf16(result.error().detail).has_value());
  return false;
}

template <typename T>
void CheckRoundTrip(json::Object document, base::Result<T> (*read)(json::Object), json::Value (*write)(const T&)) {
  const auto typed = read(std::move(document));
  if (!Accepted(typed)) return;
  const std::string written = json::Write(write(*typed));
  // A lone object given for a list becomes a list, which is one level deeper.
  auto value = json::Parse(written, {.max_depth = 128});
  Require(value.ok());
  const auto again = read(std::move(*value->AsObject()));
  Require(again.ok());
  Require(*again == *typed);
  Require(json::Write(write(*again)) == written);
}

void CheckPolicies(json::Object document) {
  const auto request = schema::ReadModifyEndpointRequest(std::move(document));
  if (!Accepted(request)) return;
  if (const auto* policies = std::get_if<std::vector<schema::EndpointPolicy>>(&request->settings)) {
    for (const schema::EndpointPolicy& policy : *policies) Require(schema::IsRemovedBy(policy, policy));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const int kind = data[0] % 13;
  if (kind == 4) {
    const auto query = schema::ParseQuery(text);
    if (Accepted(query) && query->filter.empty()) {
      Require(query->filter.Matches([](schema::FilterProperty) { return schema::PropertyValue(); }));
    }
    return 0;
  }
  auto document = schema::ParseObject(text);
  if (!Accepted(document)) return 0;
  switch (kind) {
    case 0: CheckRoundTrip(std::move(*document), schema::ReadNetwork, schema::WriteNetwork); break;
    case 1: CheckRoundTrip(std::move(*document), schema::ReadEndpoint, schema::WriteEndpoint); break;
    case 2: CheckRoundTrip(std::move(*document), schema::ReadNamespace, schema::WriteNamespace); break;
    case 3: CheckRoundTrip(std::move(*document), schema::ReadLoadBalancer, schema::WriteLoadBalancer); break;
    case 5: (void)Accepted(schema::ReadModifyNetworkRequest(std::move(*document))); break;
    case 6: CheckPolicies(std::move(*document)); break;
    case 7: (void)Accepted(schema::ReadModifyNamespaceRequest(std::move(*document))); break;
    case 8: (void)Accepted(schema::ReadModifyLoadBalancerRequest(std::move(*document))); break;
    case 9: CheckRoundTrip(std::move(*document), schema::ReadSdnRoute, schema::WriteSdnRoute); break;
    case 10: (void)Accepted(schema::ReadModifySdnRouteRequest(std::move(*document))); break;
    case 11:
      CheckRoundTrip(std::move(*document), schema::ReadGuestNetworkService, schema::WriteGuestNetworkService);
      break;
    case 12: (void)Accepted(schema::ReadModifyGuestNetworkServiceRequest(std::move(*document))); break;
    default: break;
  }
  return 0;
}
