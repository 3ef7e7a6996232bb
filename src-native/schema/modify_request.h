// {ResourceType, RequestType, Settings}: what modify calls are given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/guid.h"
#include "schema/common.h"
#include "schema/dns.h"
#include "schema/guest_network_service.h"
#include "schema/load_balancer.h"
#include "schema/name_space.h"
#include "schema/policy.h"
#include "schema/sdn_route.h"
#include "schema/subnet.h"

namespace schema {

enum class RequestType : std::uint8_t { kAdd = 0, kRemove = 1, kUpdate = 2, kRefresh = 3, kReset = 4 };

std::string_view RequestTypeName(RequestType type);  // "Add"

// ResourceType Subnet. To remove, an ID is enough.
struct SubnetsChange {
  std::vector<Subnet> subnets;
};

// ResourceType IPSubnet.
struct IpSubnetsChange {
  base::Guid subnet_id;
  std::vector<IpSubnet> ip_subnets;
};

// ResourceType Extension.
struct ExtensionChange {
  base::Guid id;
  bool enabled = false;
};

struct ModifyNetworkRequest {
  RequestType request = RequestType::kUpdate;
  // By ResourceType: Policy, DNS, Subnet, IPSubnet, Extension.
  std::variant<std::vector<NetworkPolicy>, Dns, SubnetsChange, IpSubnetsChange, ExtensionChange> settings;
};

// ResourceType Port: VmEndpointRequest.
struct PortChange {
  base::Guid port_id;
  base::Guid virtual_machine_id;
  std::string virtual_nic_name;
};

// ResourceType VmInterfaceState.
struct VmInterfaceStateChange {
  std::string state;
  base::Guid virtual_machine_id;
};

struct ModifyEndpointRequest {
  RequestType request = RequestType::kUpdate;
  // By ResourceType: Policy, Port, VmInterfaceState.
  std::variant<std::vector<EndpointPolicy>, PortChange, VmInterfaceStateChange> settings;
};

struct ModifyNamespaceRequest {
  RequestType request = RequestType::kAdd;
  NamespaceResourceType resource = NamespaceResourceType::kEndpoint;
  base::Guid endpoint_id;    // Of an endpoint; never zero then.
  std::string container_id;  // Of a container; never empty then.
};

// hcsshim sends the whole document, hns.v2.psm1 an envelope around it.
template <typename Document>
struct ReplaceRequest {
  std::optional<RequestType> request;  // Absent: there was no envelope.
  Document document;
};
using ModifyLoadBalancerRequest = ReplaceRequest<LoadBalancer>;
using ModifySdnRouteRequest = ReplaceRequest<SdnRoute>;

// ResourceType State, RequestType Update.
struct ModifyGuestNetworkServiceRequest {
  RequestType request = RequestType::kUpdate;
  GuestNetworkServiceState state{};
};

// A missing or unknown ResourceType or RequestType is HCN_E_REQUEST_UNSUPPORTED.
base::Result<ModifyNetworkRequest> ReadModifyNetworkRequest(json::Object document);
base::Result<ModifyEndpointRequest> ReadModifyEndpointRequest(json::Object document);
base::Result<ModifyNamespaceRequest> ReadModifyNamespaceRequest(json::Object document);
base::Result<ModifyLoadBalancerRequest> ReadModifyLoadBalancerRequest(json::Object document);
base::Result<ModifySdnRouteRequest> ReadModifySdnRouteRequest(json::Object document);
base::Result<ModifyGuestNetworkServiceRequest> ReadModifyGuestNetworkServiceRequest(json::Object document);

}  // namespace schema
