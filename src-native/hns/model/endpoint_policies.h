// Which endpoint policies an endpoint may have, and the external ports
// that port mappings hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "hns/model/records.h"
#include "schema/endpoint.h"
#include "schema/modify_request.h"
#include "schema/network.h"
#include "vfp/port_shaping.h"

namespace hns {

// What decides which policies an endpoint may have.
struct EndpointPlace {
  schema::NetworkMode mode = schema::NetworkMode::kL2Bridge;
  bool is_remote = false;
};

// By endpoint_policy_table.h, whether the policies apply here; which version has
// them CheckVersion has asked. HCN_E_INVALID_POLICY_TYPE, HCN_E_MAPPING_NOT_SUPPORTED,
// HCN_E_VFP_NOT_ALLOWED, HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION;
// HCN_E_INVALID_POLICY (a value or a limit); HCN_INTERFACEPARAMETERS_ALREADY_APPLIED
// and HCN_E_POLICY_ALREADY_EXISTS for a second one where one is the most.
base::Status CheckEndpointPolicies(const std::vector<schema::EndpointPolicy>& policies, const EndpointPlace& place);

// Reserves the external ports of the endpoint's port mappings on the host, and
// picks one where 0 is asked for; the policy then names it.
// HCN_E_INVALID_POLICY: the endpoint has no address of the mapping's family.
// HCN_E_PORT_ALREADY_EXISTS: a mapping or a load balancer on the host's own
// addresses has it.
base::Status ClaimExternalPorts(Context& context, schema::Endpoint* endpoint);
void ReleaseExternalPorts(Transaction& store, const schema::Endpoint& endpoint);
// True when some port mapping has the port, on any address.
bool IsExternalPortMapped(Transaction& store, std::uint8_t protocol, std::uint16_t port);

// Which of the endpoint's addresses a mapping leads to: of the VIP's family,
// else the flag's.
base::IpFamily FamilyOf(const schema::PortMappingPolicy& mapping);
std::optional<base::IpAddress> FirstAddressOf(const schema::Endpoint& endpoint, base::IpFamily family);

// What InterfaceParameters says, else the default less EncapOverhead's bytes.
// `default_overhead`: what is taken off where no policy says it.
std::uint16_t MtuOf(const schema::Endpoint& endpoint, std::uint16_t default_overhead);
// The host of a remote endpoint, by its ProviderAddress policy.
std::optional<base::IpAddress> ProviderOf(const schema::Endpoint& endpoint);
// What a VLAN policy says, 0 for no VLAN; null where there is none.
std::optional<std::uint16_t> VlanPolicyOf(const schema::Endpoint& endpoint);
// The limits of its QOS policy. Unverified: 0 is no limit.
vfp::PortShaping ShapingOf(const schema::Endpoint& endpoint);
// What PortName says, else the endpoint's own name.
std::string PortNameOf(const schema::Endpoint& endpoint);

}  // namespace hns
