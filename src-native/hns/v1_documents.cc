#include "hns/v1_documents.h"

#include <utility>

#include "hns/model/endpoints.h"
#include "hns/model/records.h"
#include "hns/program/host_addresses.h"
#include "schema/v1/documents.h"

namespace hns {
namespace {

namespace json = base::json;

base::Status AddOfNetwork(Transaction& store, json::Object* shown) {
  const json::Value* id = shown->Find("ID");
  const auto guid = base::Guid::Parse(id != nullptr && id->AsString() != nullptr ? *id->AsString() : "");
  if (!guid) return {};
  HNS_ASSIGN_OR_RETURN(const schema::Network network, LoadNetwork(store, *guid));
  // Unverified: without a host endpoint, what HNS shows of an uplink's address.
  HNS_ASSIGN_OR_RETURN(const HostAddresses host, HostAddressesOf(store, network));
  if (const auto address = host.Preferred(base::IpFamily::kIpv4)) shown->Set("ManagementIP", address->ToString());
  const auto count = static_cast<std::uint64_t>(EndpointsOfNetwork(store, *guid).size());
  shown->Set("CurrentEndpointCount", count);
  return {};
}

base::Status AddOfEndpoint(Transaction& store, json::Object* shown) {
  const json::Value* id = shown->Find("VirtualNetwork");
  const auto guid = base::Guid::Parse(id != nullptr && id->AsString() != nullptr ? *id->AsString() : "");
  if (!guid) return {};
  HNS_ASSIGN_OR_RETURN(const schema::Network network, LoadNetwork(store, *guid));
  shown->Set("VirtualNetworkName", network.name);
  return {};
}

}  // namespace

base::Result<json::Object> V1ToV2(ObjectKind kind, json::Object document) {
  document.Erase("SchemaVersion");
  switch (kind) {
    case ObjectKind::kNetwork: return schema::v1::NetworkToV2(std::move(document));
    case ObjectKind::kEndpoint: return schema::v1::EndpointToV2(std::move(document));
    case ObjectKind::kNamespace: return schema::v1::NamespaceToV2(std::move(document));
    case ObjectKind::kSdnRoute: return schema::v1::SdnRouteToV2(std::move(document));
    case ObjectKind::kLoadBalancer: return schema::v1::LoadBalancerToV2(std::move(document));
    case ObjectKind::kGuestNetworkService: break;  // v1 has none: one spelling.
  }
  return document;
}

base::Result<std::string> V1Document(Transaction& store, ObjectKind kind, std::string_view document) {
  HNS_ASSIGN_OR_RETURN(json::Object v2, schema::ParseObject(document));
  json::Object shown;
  switch (kind) {
    case ObjectKind::kNetwork:
      shown = schema::v1::NetworkToV1(std::move(v2));
      HNS_RETURN_IF_ERROR(AddOfNetwork(store, &shown));
      break;
    case ObjectKind::kEndpoint:
      shown = schema::v1::EndpointToV1(std::move(v2));
      HNS_RETURN_IF_ERROR(AddOfEndpoint(store, &shown));
      break;
    case ObjectKind::kNamespace: shown = schema::v1::NamespaceToV1(std::move(v2)); break;
    case ObjectKind::kSdnRoute: shown = schema::v1::SdnRouteToV1(std::move(v2)); break;
    case ObjectKind::kLoadBalancer: shown = schema::v1::LoadBalancerToV1(std::move(v2)); break;
    case ObjectKind::kGuestNetworkService: shown = std::move(v2); break;
  }
  return json::Write(json::Value(std::move(shown)));
}

}  // namespace hns
