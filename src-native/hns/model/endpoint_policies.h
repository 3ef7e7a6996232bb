// Which endpoint policies the embedded host carries, and the external ports
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

namespace hns {

// Carried are ACL, OutBoundNAT, PortMapping, InterfaceParameters (the
// interface's MTU) and PortName (the port's name). Any other known type is
// HCN_E_INVALID_POLICY_TYPE, because a policy that is kept and does nothing is
// worse than none. Also HCN_E_INVALID_POLICY,
// HCN_INTERFACEPARAMETERS_ALREADY_APPLIED, HCN_E_POLICY_ALREADY_EXISTS.
base::Status CheckEndpointPolicies(const std::vector<schema::EndpointPolicy>& policies);

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

std::uint16_t MtuOf(const schema::Endpoint& endpoint);
// What PortName says, else the endpoint's own name.
std::string PortNameOf(const schema::Endpoint& endpoint);

}  // namespace hns
