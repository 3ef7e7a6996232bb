#include "schema/endpoint.h"

#include <array>

namespace schema {
namespace {

constexpr std::array<EnumName, 8> kEndpointFlags = {
    {{"None", 0},
     {"RemoteEndpoint", endpoint_flags::kRemoteEndpoint},
     {"DisableInterComputeCommunication", endpoint_flags::kDisableInterComputeCommunication},
     {"DisableICC", endpoint_flags::kDisableInterComputeCommunication},
     {"EnableMirroring", endpoint_flags::kEnableMirroring},
     {"EnableLowInterfaceMetric", endpoint_flags::kEnableLowInterfaceMetric},
     {"OverrideDNSServerOrder", endpoint_flags::kOverrideDnsServerOrder},
     {"EnableDhcp", endpoint_flags::kEnableDhcp}}};

constexpr Codes kEndpointCodes{.document = base::hr::HCN_E_INVALID_ENDPOINT};

IpConfiguration ReadIpConfiguration(json::Object document, const Scope& scope) {
  IpConfiguration configuration;
  Reader reader(std::move(document), scope);
  reader.Address("IpAddress", &configuration.address);
  reader.Number("PrefixLength", &configuration.prefix_length);
  reader.Guid("IpSubnetId", &configuration.ip_subnet_id);
  configuration.rest = reader.TakeRest();
  const int longest = configuration.address ? configuration.address->BitLength() : 128;
  if (configuration.prefix_length && *configuration.prefix_length > longest) {
    scope.Member("PrefixLength")
        .Fail(scope.codes().prefix, *configuration.prefix_length,
              "expected a length from 0 to " + std::to_string(longest));
  }
  return configuration;
}

}  // namespace

json::Value WriteIpConfiguration(const IpConfiguration& configuration) {
  ObjectWriter writer;
  writer.AddPrinted("IpAddress", configuration.address);
  writer.AddOptional("PrefixLength", configuration.prefix_length);
  writer.AddGuid("IpSubnetId", configuration.ip_subnet_id);
  writer.AddRest(configuration.rest);
  return writer.Take();
}

base::Result<Endpoint> ReadEndpoint(json::Object document) {
  return ReadDocument(std::move(document), kEndpointCodes, [](json::Object object, const Scope& scope) {
    Endpoint endpoint;
    Reader reader(std::move(object), scope);
    ReadObjectBase(&reader, &endpoint);
    reader.Guid("HostComputeNetwork", &endpoint.network_id);
    reader.Guid("HostComputeNamespace", &endpoint.namespace_id);
    endpoint.policies = ReadEndpointPolicies(&reader, "Policies", PolicyUse::kApply);
    reader.Objects("IpConfigurations", [&](json::Object configuration, const Scope& element) {
      endpoint.ip_configurations.push_back(ReadIpConfiguration(std::move(configuration), element));
    });
    reader.Object("Dns", [&](json::Object dns, const Scope& place) { endpoint.dns = ReadDns(std::move(dns), place); });
    reader.Objects("Routes", [&](json::Object route, const Scope& element) {
      endpoint.routes.push_back(ReadRoute(std::move(route), element));
    });
    ReadMac(&reader, "MacAddress", &endpoint.mac_address);
    reader.Flags("Flags", kEndpointFlags, &endpoint.flags);
    endpoint.rest = reader.TakeRest();
    return endpoint;
  });
}

json::Value WriteEndpoint(const Endpoint& endpoint) {
  ObjectWriter writer;
  WriteObjectHead(endpoint, &writer);
  writer.AddGuid("HostComputeNetwork", endpoint.network_id);
  writer.AddGuid("HostComputeNamespace", endpoint.namespace_id);
  writer.AddList("Policies", endpoint.policies, WriteEndpointPolicy);
  writer.AddList("IpConfigurations", endpoint.ip_configurations, WriteIpConfiguration);
  writer.Add("Dns", WriteDns(endpoint.dns));
  writer.AddList("Routes", endpoint.routes, WriteRoute);
  if (endpoint.mac_address) writer.Add("MacAddress", endpoint.mac_address->text);
  writer.Add("Flags", endpoint.flags);
  WriteObjectTail(endpoint, &writer);
  return writer.Take();
}

}  // namespace schema
