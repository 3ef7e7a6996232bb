// What is asked of an endpoint beside its document.
#include <string>

#include "hns/change.h"
#include "hns/model/endpoints.h"
#include "schema/endpoint_statistics.h"
#include "schema/query.h"

namespace hns {

base::Result<schema::Endpoint> Service::ReadEndpointOf(const ObjectRef& object, std::string_view query) {
  HNS_ASSIGN_OR_RETURN([[maybe_unused]] const schema::Query parsed, schema::ParseQuery(query));
  HNS_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> store, Read());
  HNS_RETURN_IF_ERROR(CheckObject(*store, ObjectKind::kEndpoint, object));
  auto endpoint = LoadEndpoint(*store, object.id);
  HNS_RETURN_IF_ERROR(store->status());
  return endpoint;
}

base::Result<std::string> Service::QueryEndpointStatistics(const ObjectRef& object, std::string_view query) {
  HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint, ReadEndpointOf(object, query));
  if (IsRemote(endpoint)) {
    return base::MakeError(base::hr::HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION,
                           "the endpoint `" + object.id.ToString() + "` is on another host, which counts its packets");
  }
  HNS_ASSIGN_OR_RETURN(const std::string name, PortId(object.id.ToString()));
  const auto index = engine_.FindPort(name);
  if (!index) return base::MakeError(base::hr::HCN_E_PORT_NOT_FOUND, "there is no port `" + name + "`");
  HNS_ASSIGN_OR_RETURN(const vfp::PortInfo port, engine_.Port(*index));
  schema::EndpointStatistics statistics;
  statistics.endpoint_id = object.id;
  statistics.instance_id = base::Guid::Parse(name).value_or(object.id);
  statistics.bytes_received = port.inbound.bytes;
  statistics.bytes_sent = port.outbound.bytes;
  statistics.packets_received = port.inbound.packets;
  statistics.packets_sent = port.outbound.packets;
  statistics.dropped_incoming = port.inbound.dropped;
  statistics.dropped_outgoing = port.outbound.dropped;
  return base::json::Write(schema::WriteEndpointStatistics(statistics));
}

base::Result<std::string> Service::QueryEndpointAddresses(const ObjectRef& object, std::string_view query) {
  HNS_ASSIGN_OR_RETURN(const schema::Endpoint endpoint, ReadEndpointOf(object, query));
  base::json::Array addresses;
  for (const schema::IpConfiguration& configuration : endpoint.ip_configurations) {
    addresses.push_back(schema::WriteIpConfiguration(configuration));
  }
  return base::json::Write(std::move(addresses));
}

}  // namespace hns
