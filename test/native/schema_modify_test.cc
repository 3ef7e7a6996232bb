#include "schema/modify_request.h"

#include <string>
#include <variant>
#include <vector>

#include "native/schema_support.h"
#include "native/test.h"

namespace {

using schema::ReadModifyEndpointRequest;
using schema::ReadModifyLoadBalancerRequest;
using schema::ReadModifyNamespaceRequest;
using schema::ReadModifyNetworkRequest;
using schema::RequestType;
using schema_test::Document;
using schema_test::ErrorOf;

}  // namespace

TEST("policies of a network are added by an envelope in any letter case") {
  const auto request = ReadModifyNetworkRequest(Document(
      R"({"ResourceType":"policy","requestType":"ADD","Settings":{"Policies":[{"Type":"RemoteSubnetRoute","Settings":{"DestinationPrefix":"10.2.0.0/24","IsolationId":4096,"ProviderAddress":"10.0.0.5","DistributedRouterMacAddress":"00-15-5D-00-00-05"}}]}})"));
  CHECK(request.ok());
  CHECK(request->request == RequestType::kAdd);
  const auto* policies = std::get_if<std::vector<schema::NetworkPolicy>>(&request->settings);
  CHECK(policies != nullptr);
  CHECK_EQ(policies->size(), 1u);
}

TEST("subnets, IP subnets, resolver settings and extensions of a network are told apart") {
  const auto subnets = ReadModifyNetworkRequest(Document(
      R"({"ResourceType":"Subnet","RequestType":"Remove","Settings":{"Subnets":[{"ID":"11111111-2222-3333-4444-555555555555"}]}})"));
  CHECK(subnets.ok());
  CHECK_EQ(std::get<schema::SubnetsChange>(subnets->settings).subnets.at(0).id.data1, 0x11111111u);

  const auto ip_subnets = ReadModifyNetworkRequest(Document(
      R"({"ResourceType":4,"RequestType":0,"Settings":{"SubnetId":"11111111-2222-3333-4444-555555555555","IpSubnets":[{"IpAddressPrefix":"10.1.0.0/24"}]}})"));
  CHECK(ip_subnets.ok());
  CHECK_EQ(std::get<schema::IpSubnetsChange>(ip_subnets->settings).ip_subnets.size(), 1u);

  const auto dns = ReadModifyNetworkRequest(Document(
      R"({"ResourceType":"Dns","RequestType":"Update","Settings":{"Domain":"a.local","ServerList":["10.0.0.1"]}})"));
  CHECK(dns.ok());
  CHECK_EQ(std::get<schema::Dns>(dns->settings).domain, "a.local");

  const auto extension = ReadModifyNetworkRequest(Document(
      R"({"ResourceType":"Extension","RequestType":"Update","Settings":{"Id":"f74f241b-440f-4433-bb28-00f89ead20d8","IsEnabled":true}})"));
  CHECK(extension.ok());
  CHECK(std::get<schema::ExtensionChange>(extension->settings).enabled);
}

TEST("an Update of policies with one empty entry clears them") {
  const auto request = ReadModifyEndpointRequest(
      Document(R"({"ResourceType":"Policy","RequestType":"Update","Settings":{"Policies":[{}]}})"));
  CHECK(request.ok());
  CHECK(std::get<std::vector<schema::EndpointPolicy>>(request->settings).empty());
}

TEST("a change of policies that names none is refused, so that a misspelling clears nothing") {
  CHECK_EQ(ErrorOf(ReadModifyEndpointRequest(
               Document(R"({"ResourceType":"Policy","RequestType":"Update","Settings":{"Policy":[]}})"))),
           "HCN_E_INVALID_POLICY: `Settings.Policies` is missing: expected the list of policies");
  CHECK_EQ(ErrorOf(ReadModifyNetworkRequest(Document(R"({"ResourceType":"Policy","RequestType":"Add"})"))),
           "HCN_E_INVALID_POLICY: `Settings.Policies` is missing: expected the list of policies");
}

TEST("policies to add are validated, policies to remove may be named in part") {
  CHECK_EQ(
      ErrorOf(ReadModifyEndpointRequest(Document(
          R"({"ResourceType":"Policy","RequestType":"Add","Settings":{"Policies":[{"Type":"ACL","Settings":{"Id":"a"}}]}})"))),
      "HCN_E_INVALID_POLICY: `Settings.Policies[0].Settings.Action` is missing: expected Allow or Block");
  const auto removal = ReadModifyEndpointRequest(Document(
      R"({"ResourceType":"Policy","RequestType":"Remove","Settings":{"Policies":[{"Type":"ACL","Settings":{"Id":"a"}}]}})"));
  CHECK(removal.ok());
  CHECK_EQ(std::get<std::vector<schema::EndpointPolicy>>(removal->settings).size(), 1u);
}

TEST("a port of an endpoint is added for a virtual machine and removed with nothing") {
  const auto add = ReadModifyEndpointRequest(Document(
      R"({"ResourceType":"Port","RequestType":"Add","Settings":{"PortId":"11111111-2222-3333-4444-555555555555","VirtualNicName":"nic0"}})"));
  CHECK(add.ok());
  CHECK_EQ(std::get<schema::PortChange>(add->settings).virtual_nic_name, "nic0");
  CHECK(ReadModifyEndpointRequest(Document(R"({"ResourceType":"Port","RequestType":"Remove","Settings":{}})")).ok());
}

TEST("endpoints and containers are put into a namespace by id") {
  const auto endpoint = ReadModifyNamespaceRequest(Document(
      R"({"ResourceType":"Endpoint","RequestType":"Add","Settings":{"endpointid":"AAAAAAAA-0000-4000-8000-000000000001"}})"));
  CHECK(endpoint.ok());
  CHECK_EQ(endpoint->endpoint_id.ToString(), "aaaaaaaa-0000-4000-8000-000000000001");
  const auto container = ReadModifyNamespaceRequest(
      Document(R"({"ResourceType":"container","RequestType":"remove","Settings":{"ContainerId":"nginx"}})"));
  CHECK(container.ok());
  CHECK(container->resource == schema::NamespaceResourceType::kContainer);
  CHECK(container->request == RequestType::kRemove);
  CHECK_EQ(container->container_id, "nginx");
}

TEST("a namespace resource without an id is refused") {
  CHECK_EQ(
      ErrorOf(ReadModifyNamespaceRequest(Document(R"({"ResourceType":"Endpoint","RequestType":"Add","Settings":{}})"))),
      "ERROR_INVALID_PARAMETER: `Settings.EndpointId` is missing: expected the endpoint's id");
  CHECK_EQ(ErrorOf(ReadModifyNamespaceRequest(
               Document(R"({"ResourceType":"Container","RequestType":"Add","Settings":{"ContainerId":""}})"))),
           "ERROR_INVALID_PARAMETER: `Settings.ContainerId` is missing: expected the container's id");
  CHECK_EQ(ErrorOf(ReadModifyNamespaceRequest(
               Document(R"({"ResourceType":"Endpoint","RequestType":"Add","Settings":{"EndpointId":"web"}})"))),
           "HCN_E_GUID_CONVERSION_FAILURE: `Settings.EndpointId` is `web`: expected a GUID such as "
           "01234567-89ab-cdef-0123-456789abcdef");
}

TEST("a load balancer is changed by its whole document, with or without an envelope") {
  const auto bare = ReadModifyLoadBalancerRequest(Document(R"({"FrontendVIPs":["10.96.0.80"],"Flags":1})"));
  CHECK(bare.ok());
  CHECK(!bare->request.has_value());
  CHECK_EQ(bare->document.flags, 1u);
  const auto wrapped = ReadModifyLoadBalancerRequest(
      Document(R"({"RequestType":"Update","ResourceType":"","Settings":{"FrontendVIPs":["10.96.0.80"]}})"));
  CHECK(wrapped.ok());
  CHECK(wrapped->request == RequestType::kUpdate);
  CHECK_EQ(wrapped->document.frontend_vips.size(), 1u);
}

TEST("requests and resources that do not exist are HCN_E_REQUEST_UNSUPPORTED") {
  CHECK_EQ(ErrorOf(ReadModifyEndpointRequest(Document(R"({"ResourceType":"Policy","RequestType":"Merge"})"))),
           "HCN_E_REQUEST_UNSUPPORTED: `RequestType` is `Merge`: expected one of Add, Remove, Update, Refresh, Reset");
  CHECK_EQ(ErrorOf(ReadModifyNetworkRequest(Document(R"({"ResourceType":"Endpoint","RequestType":"Add"})"))),
           "HCN_E_REQUEST_UNSUPPORTED: `ResourceType` is `Endpoint`: expected one of DNS, Extension, Policy, Subnet, "
           "IPSubnet");
  CHECK_EQ(ErrorOf(ReadModifyNamespaceRequest(Document("{}"))),
           "HCN_E_REQUEST_UNSUPPORTED: `ResourceType` is missing: expected a name such as Container");
}
