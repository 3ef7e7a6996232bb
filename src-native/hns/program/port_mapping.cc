#include "hns/program/port_mapping.h"

#include <string>
#include <utility>

#include "hns/model/endpoint_policies.h"
#include "hns/program/layers.h"

namespace hns {

std::vector<PlacedRule> PortMappingRules(const schema::Endpoint& endpoint, const HostAddresses& host) {
  std::vector<PlacedRule> rules;
  for (const schema::EndpointPolicy& policy : endpoint.policies) {
    const schema::PortMappingPolicy* mapping = policy.AsPortMapping();
    if (mapping == nullptr) continue;
    const base::IpFamily family = FamilyOf(*mapping);
    const auto address = FirstAddressOf(endpoint, family);
    vfp::Rule rule;
    if (mapping->vip) {
      rule.conditions.destinations = {base::IpPrefix::Host(*mapping->vip)};
    } else {
      rule.conditions.destinations = host.Prefixes(family);
    }
    // No address to listen on (yet).
    if (!address || rule.conditions.destinations.empty()) continue;
    rule.id = rule.name = "PORTMAP_" + endpoint.id.ToString() + "_" +
                          (mapping->vip ? mapping->vip->ToString() : "HOST") + "_" +
                          std::to_string(mapping->external_port) + "_" + std::to_string(mapping->internal_port) + "_" +
                          std::to_string(mapping->protocol);
    rule.priority = kBalanceFromHostPriority;
    rule.flags = kStatefulTerminating;
    rule.conditions.protocols = {mapping->protocol};
    rule.conditions.destination_ports = {{mapping->external_port, mapping->external_port}};

    rules.push_back({Place::kHairpinIn, endpoint.network_id, family, rule});
    rule.action = vfp::LoadBalance{.backends = {{*address, 0}}, .source_address = {}, .preserve_destination = true};
    rules.push_back({Place::kBalanceOut, endpoint.network_id, family, rule});
    rule.action = vfp::StaticNat{false, *address, mapping->internal_port};
    rules.push_back({Place::kNatIn, endpoint.id, family, std::move(rule)});
  }
  return rules;
}

}  // namespace hns
