#include "schema/load_balancer.h"

#include <array>

namespace schema {
namespace {

constexpr std::array<EnumName, 3> kLoadBalancerFlags = {
    {{"None", 0},
     {"EnableDirectServerReturn", load_balancer_flags::kEnableDirectServerReturn},
     {"IPv6", load_balancer_flags::kIpv6}}};

constexpr std::array<EnumName, 7> kPortMappingFlags = {
    {{"None", 0},
     {"EnableInternalLoadBalancer", port_mapping_flags::kEnableInternalLoadBalancer},
     {"LocalRoutedVip", port_mapping_flags::kLocalRoutedVip},
     {"NotUsed", port_mapping_flags::kUseMux},
     {"UseMux", port_mapping_flags::kUseMux},
     {"EnablePreserveDip", port_mapping_flags::kEnablePreserveDip},
     {"VipExternalIP", port_mapping_flags::kVipExternalIp}}};

constexpr std::array<EnumName, 3> kDistributions = {{{"None", 0}, {"SourceIPProtocol", 1}, {"SourceIP", 2}}};
// The documented protocols (hcn.md 2.8).
constexpr std::array<EnumName, 6> kProtocols = {
    {{"Unknown", 0}, {"ICMPv4", 1}, {"IGMP", 2}, {"TCP", 6}, {"UDP", 17}, {"ICMPv6", 58}}};

constexpr Codes kLoadBalancerCodes{.document = base::hr::ERROR_INVALID_PARAMETER};

LoadBalancerPortMapping ReadPortMapping(json::Object document, const Scope& scope) {
  LoadBalancerPortMapping mapping;
  Reader reader(std::move(document), scope);
  reader.Enum("Protocol", kProtocols, scope.codes().document, &mapping.protocol);
  reader.Number("InternalPort", &mapping.internal_port);
  reader.Number("ExternalPort", &mapping.external_port);
  reader.Enum("DistributionType", kDistributions, scope.codes().document, &mapping.distribution);
  reader.Flags("Flags", kPortMappingFlags, &mapping.flags);
  mapping.rest = reader.TakeRest();
  return mapping;
}

json::Value WritePortMapping(const LoadBalancerPortMapping& mapping) {
  ObjectWriter writer;
  writer.Add("Protocol", mapping.protocol);
  writer.Add("InternalPort", mapping.internal_port);
  writer.Add("ExternalPort", mapping.external_port);
  writer.Add("DistributionType", static_cast<std::uint32_t>(mapping.distribution));
  writer.Add("Flags", mapping.flags);
  writer.AddRest(mapping.rest);
  return writer.Take();
}

}  // namespace

base::Result<LoadBalancer> ReadLoadBalancer(json::Object document) {
  return ReadDocument(std::move(document), kLoadBalancerCodes, [](json::Object object, const Scope& scope) {
    LoadBalancer balancer;
    Reader reader(std::move(object), scope);
    ReadObjectBase(&reader, &balancer);
    reader.Guid("HostComputeNetwork", &balancer.network_id);
    reader.Guids("HostComputeEndpoints", &balancer.endpoint_ids);
    reader.Address("SourceVIP", &balancer.source_vip);
    reader.Addresses("FrontendVIPs", &balancer.frontend_vips);
    reader.Objects("PortMappings", [&](json::Object mapping, const Scope& element) {
      balancer.port_mappings.push_back(ReadPortMapping(std::move(mapping), element));
    });
    reader.Flags("Flags", kLoadBalancerFlags, &balancer.flags);
    balancer.rest = reader.TakeRest();
    return balancer;
  });
}

json::Value WriteLoadBalancer(const LoadBalancer& balancer) {
  ObjectWriter writer;
  WriteObjectHead(balancer, &writer);
  writer.AddGuid("HostComputeNetwork", balancer.network_id);
  writer.AddList("HostComputeEndpoints", balancer.endpoint_ids,
                 [](const base::Guid& id) { return json::Value(id.ToUpperString()); });
  writer.AddPrinted("SourceVIP", balancer.source_vip);
  writer.AddPrintedList("FrontendVIPs", balancer.frontend_vips);
  writer.AddList("PortMappings", balancer.port_mappings, WritePortMapping);
  writer.Add("Flags", balancer.flags);
  WriteObjectTail(balancer, &writer);
  return writer.Take();
}

}  // namespace schema
