// v1 documents (HNSNetwork, HNSEndpoint, PolicyList, v1 namespaces) and the v2
// documents of the same objects (hcn.md 5.4 to 5.10).
//
// ToV2 only moves and renames: a value that is wrong stays wrong and is refused
// by the reader of the v2 document. Members that both dialects have, and members
// nobody knows, stay where they are, so that ToV1 of what was stored gives them back.
#pragma once

#include "base/json.h"
#include "base/result.h"

namespace schema::v1 {

base::json::Object NetworkToV2(base::json::Object v1);
base::json::Object NetworkToV1(base::json::Object v2);

// VirtualNetworkName is dropped: whoever knows the networks looks it up first.
base::json::Object EndpointToV2(base::json::Object v1);
base::json::Object EndpointToV1(base::json::Object v2);

base::json::Object NamespaceToV2(base::json::Object v1);
base::json::Object NamespaceToV1(base::json::Object v2);

// A policy list of ELB policies, one for each port mapping. HCN_E_INVALID_POLICY:
// they do not agree about the addresses of one load balancer.
base::Result<base::json::Object> LoadBalancerToV2(base::json::Object v1);
base::json::Object LoadBalancerToV1(base::json::Object v2);

// A policy list of ROUTE policies, one for each destination.
base::Result<base::json::Object> SdnRouteToV2(base::json::Object v1);
base::json::Object SdnRouteToV1(base::json::Object v2);

// Which of the two a policy list is: "ELB" or "ROUTE", as its first policy says.
// HCN_E_INVALID_POLICY_TYPE: neither.
base::Result<bool> IsRouteList(const base::json::Object& list);

}  // namespace schema::v1
