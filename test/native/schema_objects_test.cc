// Namespaces, load balancers and SDN routes.
#include <string>

#include "native/schema_support.h"
#include "native/test.h"
#include "schema/load_balancer.h"
#include "schema/name_space.h"
#include "schema/sdn_route.h"

namespace {

using base::json::Object;
using base::json::Write;
using schema::ReadLoadBalancer;
using schema::ReadNamespace;
using schema_test::Document;
using schema_test::ErrorOf;

constexpr std::string_view kNamespace =
    R"({"ID":"cccccccc-0000-4000-8000-000000000009","NamespaceId":4294967295,"NamespaceGuid":"dddddddd-0000-4000-8000-000000000009",)"
    R"("Type":"GuestDefault","Resources":[{"Type":"Endpoint","Data":{"Id":"aaaaaaaa-0000-4000-8000-000000000001"}},)"
    R"({"Type":"Container","Data":{"Id":"any text / at all","Hint":[]},"Extra":1}],"CreateWithCompartment":true,)"
    R"("SchemaVersion":{"Major":2,"Minor":4},"Later":[true]})";

constexpr std::string_view kBalancer =
    R"({"ID":"eeeeeeee-0000-4000-8000-000000000001","Owner":"proxy","HostComputeNetwork":"5b3d7c0e-4f3a-4f0e-9d1c-0a1b2c3d4e5f",)"
    R"("HostComputeEndpoints":["AAAAAAAA-0000-4000-8000-000000000002","AAAAAAAA-0000-4000-8000-000000000001"],)"
    R"("SourceVIP":"10.244.1.2","FrontendVIPs":["10.96.0.80","fd00:96::80"],)"
    R"("PortMappings":[{"Protocol":6,"InternalPort":8080,"ExternalPort":80,"DistributionType":2,"Flags":29,"New":"x"}],)"
    R"("Flags":1,"SchemaVersion":{"Major":2,"Minor":0},"Later":{}})";

std::string BalancerError(std::string_view member) {
  return ErrorOf(ReadLoadBalancer(Document("{" + std::string(member) + "}")));
}

std::string NamespaceError(std::string_view member) {
  return ErrorOf(ReadNamespace(Document("{" + std::string(member) + "}")));
}

}  // namespace

TEST("a namespace document comes back as the same text") {
  const auto name_space = ReadNamespace(Document(kNamespace));
  CHECK(name_space.ok());
  CHECK(name_space->type == schema::NamespaceType::kGuestDefault);
  CHECK_EQ(name_space->compartment_id.value(), 4294967295u);
  CHECK_EQ(name_space->resources.at(1).container_id, "any text / at all");
  CHECK_EQ(Write(schema::WriteNamespace(*name_space)), std::string(kNamespace));
}

TEST("a namespace may be created with nothing but a zero schema version") {
  const auto name_space = ReadNamespace(Document(R"({"SchemaVersion":{"Major":0,"Minor":0},"Type":""})"));
  CHECK(name_space.ok());
  CHECK(!name_space->type.has_value());
  CHECK(!name_space->compartment_id.has_value());
}

TEST("wrong values in a namespace are ERROR_INVALID_PARAMETER") {
  CHECK_EQ(NamespaceError(R"("Type":"Pod")"),
           "ERROR_INVALID_PARAMETER: `Type` is `Pod`: expected one of Host, HostDefault, Guest, GuestDefault");
  CHECK_EQ(NamespaceError(R"("NamespaceId":4294967296)"),
           "ERROR_INVALID_PARAMETER: `NamespaceId` is `4294967296`: expected a whole number from 0 to 4294967295");
  CHECK_EQ(NamespaceError(R"("Resources":[{"Type":"Endpoint","Data":{"Id":"x"}}])"),
           "HCN_E_GUID_CONVERSION_FAILURE: `Resources[0].Data.Id` is `x`: expected a GUID such as "
           "01234567-89ab-cdef-0123-456789abcdef");
  CHECK_EQ(NamespaceError(R"("Resources":[{"Type":"Container"}])"),
           "ERROR_INVALID_PARAMETER: `Resources[0].Data.Id` is missing: expected the resource's id");
  CHECK_EQ(NamespaceError(R"("CreateWithCompartment":"yes")"),
           "ERROR_INVALID_PARAMETER: `CreateWithCompartment` is `yes`: expected true or false");
}

TEST("a load balancer document comes back as the same text, endpoint ids in upper case") {
  const auto balancer = ReadLoadBalancer(Document(kBalancer));
  CHECK(balancer.ok());
  CHECK_EQ(balancer->endpoint_ids.size(), 2u);
  CHECK_EQ(balancer->endpoint_ids[0].ToString(), "aaaaaaaa-0000-4000-8000-000000000002");
  CHECK(balancer->port_mappings.at(0).distribution == schema::DistributionType::kSourceIp);
  CHECK_EQ(Write(schema::WriteLoadBalancer(*balancer)), std::string(kBalancer));
}

TEST("a load balancer without frontends, and with empty texts for them, is a node port") {
  const auto balancer =
      ReadLoadBalancer(Document(R"({"FrontendVIPs":[""],"SourceVIP":"","HostComputeEndpoints":null})"));
  CHECK(balancer.ok());
  CHECK(balancer->frontend_vips.empty());
  CHECK(!balancer->source_vip.has_value());
  CHECK(ReadLoadBalancer(Object()).ok());
}

TEST("names are taken for the numbers of a load balancer") {
  const auto balancer = ReadLoadBalancer(Document(
      R"({"Flags":"EnableDirectServerReturn","PortMappings":{"Protocol":"UDP","DistributionType":"SourceIPProtocol","Flags":"LocalRoutedVip,EnablePreserveDip"}})"));
  CHECK(balancer.ok());
  CHECK_EQ(balancer->flags, 1u);
  CHECK_EQ(int{balancer->port_mappings.at(0).protocol}, 17);
  CHECK(balancer->port_mappings[0].distribution == schema::DistributionType::kSourceIpProtocol);
  CHECK_EQ(balancer->port_mappings[0].flags, 10u);
}

TEST("wrong values in a load balancer are named") {
  CHECK_EQ(BalancerError(R"("FrontendVIPs":["10.96.0.80","web"])"),
           "HCN_E_INVALID_IP: `FrontendVIPs[1]` is `web`: expected an IPv4 or IPv6 address");
  CHECK_EQ(BalancerError(R"("FrontendVIPs":[80])"),
           "ERROR_INVALID_PARAMETER: `FrontendVIPs[0]` is `80`: expected a string");
  CHECK_EQ(BalancerError(R"("HostComputeEndpoints":["x"])").substr(0, 62),
           "HCN_E_GUID_CONVERSION_FAILURE: `HostComputeEndpoints[0]` is `x");
  CHECK_EQ(
      BalancerError(R"("PortMappings":[{"ExternalPort":65536}])"),
      "ERROR_INVALID_PARAMETER: `PortMappings[0].ExternalPort` is `65536`: expected a whole number from 0 to 65535");
  CHECK_EQ(BalancerError(R"("PortMappings":[{"Protocol":132}])"),
           "ERROR_INVALID_PARAMETER: `PortMappings[0].Protocol` is `132`: expected one of Unknown, ICMPv4, IGMP, TCP, "
           "UDP, ICMPv6");
  CHECK_EQ(BalancerError(R"("PortMappings":[{"DistributionType":3}])"),
           "ERROR_INVALID_PARAMETER: `PortMappings[0].DistributionType` is `3`: expected one of None, "
           "SourceIPProtocol, SourceIP");
}

TEST("an SDN route's document comes back as the same text") {
  constexpr std::string_view kRoute =
      R"({"ID":"eeeeeeee-0000-4000-8000-000000000002","HostComputeNetwork":"5b3d7c0e-4f3a-4f0e-9d1c-0a1b2c3d4e5f",)"
      R"("HostComputeEndpoints":["aaaaaaaa-0000-4000-8000-000000000001"],)"
      R"("Routes":[{"NeedEncap":true,"DestinationPrefix":"fd00::7/64","New":1}],"SchemaVersion":{"Major":2,"Minor":5}})";
  const auto route = schema::ReadSdnRoute(Document(kRoute));
  CHECK(route.ok());
  const std::string written = Write(schema::WriteSdnRoute(*route));
  CHECK_EQ(
      written,
      R"({"ID":"eeeeeeee-0000-4000-8000-000000000002","HostComputeNetwork":"5b3d7c0e-4f3a-4f0e-9d1c-0a1b2c3d4e5f",)"
      R"("HostComputeEndpoints":["aaaaaaaa-0000-4000-8000-000000000001"],)"
      R"("Routes":[{"DestinationPrefix":"fd00::7/64","NeedEncap":true,"New":1}],)"
      R"("Setting":[{"DestinationPrefix":"fd00::7/64","NeedEncap":true,"New":1}],"SchemaVersion":{"Major":2,"Minor":5}})");
  CHECK_EQ(Write(schema::WriteSdnRoute(*schema::ReadSdnRoute(Document(written)))), written);
}
