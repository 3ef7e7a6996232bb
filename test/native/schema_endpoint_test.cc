#include "schema/endpoint.h"

#include <string>

#include "native/schema_support.h"
#include "native/test.h"

namespace {

using base::json::Object;
using base::json::Value;
using base::json::Write;
using schema::Endpoint;
using schema::ReadEndpoint;
using schema::WriteEndpoint;
using schema_test::Document;
using schema_test::ErrorOf;

// In the order and the spelling of the writer, so that the text can be compared.
constexpr std::string_view kPod =
    R"({"ID":"aaaaaaaa-0000-4000-8000-000000000001","Name":"f3c1_pods","Owner":"cni",)"
    R"("HostComputeNetwork":"5b3d7c0e-4f3a-4f0e-9d1c-0a1b2c3d4e5f","HostComputeNamespace":"cccccccc-0000-4000-8000-000000000009",)"
    R"("Policies":[{"Type":"OutBoundNAT","Settings":{"Exceptions":["10.244.0.0/16","10.96.0.0/12"],"Unheard":[1]}},)"
    R"({"Type":"ACL","Settings":{"Protocols":"6","Action":"allow","Direction":"IN","Priority":200},"Note":"x"},)"
    R"({"Type":"EncapOverhead","Settings":{"Overhead":50}}],)"
    R"("IpConfigurations":[{"IpAddress":"10.244.1.7","PrefixLength":24,"IpSubnetId":"66666666-7777-8888-9999-aaaaaaaaaaaa","Odd":null},)"
    R"({"IpAddress":"fd00::7","PrefixLength":64}],)"
    R"("Dns":{"Domain":"ns.svc.cluster.local","ServerList":["10.96.0.10"]},)"
    R"("Routes":[{"NextHop":"10.244.1.2","DestinationPrefix":"0.0.0.0/0"},{"DestinationPrefix":"::/0","Metric":1}],)"
    R"("MacAddress":"00-15-5d-Aa-00-07","Flags":2,"Version":55834574851,"State":1,"SchemaVersion":{"Major":2,"Minor":0},)"
    R"("Health":{"Extra":{}},"AdditionalParams":{"SwitchPortId":"x"}})";

std::string ErrorWith(std::string_view member) {
  return ErrorOf(ReadEndpoint(Document("{" + std::string(member) + "}")));
}

}  // namespace

TEST("an endpoint document is read member by member") {
  const auto endpoint = ReadEndpoint(Document(kPod));
  CHECK(endpoint.ok());
  CHECK_EQ(endpoint->network_id.ToString(), "5b3d7c0e-4f3a-4f0e-9d1c-0a1b2c3d4e5f");
  CHECK_EQ(endpoint->namespace_id.ToString(), "cccccccc-0000-4000-8000-000000000009");
  CHECK_EQ(endpoint->policies.size(), 3u);
  CHECK_EQ(endpoint->ip_configurations.size(), 2u);
  CHECK_EQ(endpoint->ip_configurations[0].address->ToString(), "10.244.1.7");
  CHECK_EQ(int{endpoint->ip_configurations[1].prefix_length.value()}, 64);
  CHECK(endpoint->routes[0].IsDefault());
  CHECK(!endpoint->routes[1].next_hop.has_value());
  CHECK_EQ(endpoint->version.value(), 55834574851u);
  CHECK_EQ(endpoint->state.value(), 1);
  CHECK_EQ(endpoint->flags, schema::endpoint_flags::kDisableInterComputeCommunication);
}

TEST("an endpoint document comes back as the same text") {
  const auto endpoint = ReadEndpoint(Document(kPod));
  CHECK(endpoint.ok());
  CHECK_EQ(Write(WriteEndpoint(*endpoint)), std::string(kPod));
}

TEST("the MAC address of an endpoint keeps the client's spelling") {
  const auto endpoint = ReadEndpoint(Document(R"({"MacAddress":"00:15:5d:0A:0b:0C"})"));
  CHECK(endpoint.ok());
  CHECK_EQ(endpoint->mac_address->text, "00:15:5d:0A:0b:0C");
  CHECK_EQ(endpoint->mac_address->value.ToString(), "00-15-5D-0A-0B-0C");
  CHECK_EQ(*WriteEndpoint(*endpoint).AsObject()->Find("MacAddress")->AsString(), "00:15:5d:0A:0b:0C");
}

TEST("an endpoint needs no member at all, and an empty address means any") {
  CHECK(ReadEndpoint(Object()).ok());
  const auto endpoint = ReadEndpoint(Document(
      R"({"IpConfigurations":[{}],"MacAddress":"","HostComputeNamespace":"","Routes":[{"NextHop":"","DestinationPrefix":"::/0"}],"Policies":[{}]})"));
  CHECK(endpoint.ok());
  CHECK_EQ(endpoint->ip_configurations.size(), 1u);
  CHECK(!endpoint->ip_configurations[0].address.has_value());
  CHECK(!endpoint->mac_address.has_value());
  CHECK(endpoint->namespace_id.IsZero());
  CHECK(endpoint->policies.empty());
}

TEST("addresses are written in canonical text whatever they were given as") {
  const auto endpoint = ReadEndpoint(Document(R"({"IpConfigurations":[{"IpAddress":"FD00:0::0:7"}]})"));
  CHECK(endpoint.ok());
  CHECK_EQ(Write(*WriteEndpoint(*endpoint).AsObject()->Find("IpConfigurations")), R"([{"IpAddress":"fd00::7"}])");
}

TEST("wrong values in an endpoint are named with their place and code") {
  CHECK_EQ(ErrorWith(R"("IpConfigurations":[{"IpAddress":"10.244.1.7"},{"IpAddress":"10.244.1"}])"),
           "HCN_E_INVALID_IP: `IpConfigurations[1].IpAddress` is `10.244.1`: expected an IPv4 or IPv6 address");
  CHECK_EQ(ErrorWith(R"("IpConfigurations":{"PrefixLength":256})"),
           "HCN_E_INVALID_ENDPOINT: `IpConfigurations.PrefixLength` is `256`: expected a whole number from 0 to 255");
  CHECK_EQ(ErrorWith(R"("IpConfigurations":[{"IpAddress":"10.0.0.1","PrefixLength":33}])"),
           "HCN_E_INVALID_PREFIX: `IpConfigurations[0].PrefixLength` is `33`: expected a length from 0 to 32");
  CHECK_EQ(ErrorWith(R"("HostComputeNetwork":"pods")"),
           "HCN_E_GUID_CONVERSION_FAILURE: `HostComputeNetwork` is `pods`: expected a GUID such as "
           "01234567-89ab-cdef-0123-456789abcdef");
  CHECK_EQ(ErrorWith(R"("MacAddress":"00-15-5D")"),
           "HCN_E_INVALID_ENDPOINT: `MacAddress` is `00-15-5D`: expected a MAC address such as 00-15-5D-AB-CD-EF");
  CHECK_EQ(ErrorWith(R"("Routes":[{"DestinationPrefix":"10.0.0.0/99"}])"),
           "HCN_E_INVALID_PREFIX: `Routes[0].DestinationPrefix` is `10.0.0.0/99`: not a prefix such as 10.1.0.0/16 or "
           "fd00::/64");
  CHECK_EQ(ErrorWith(R"("Dns":[])"), "HCN_E_INVALID_ENDPOINT: `Dns` is an array: expected an object");
  CHECK_EQ(ErrorWith(R"("Flags":"Remote")"),
           "HCN_E_INVALID_ENDPOINT: `Flags` is `Remote`: expected a number or names out of None, RemoteEndpoint, "
           "DisableInterComputeCommunication, DisableICC, EnableMirroring, EnableLowInterfaceMetric, "
           "OverrideDNSServerOrder, EnableDhcp");
  CHECK_EQ(ErrorWith(R"("Version":18446744073709551616)"),
           "HCN_E_INVALID_ENDPOINT: `Version` is `18446744073709551616`: expected a whole number from 0 to "
           "18446744073709551615");
  CHECK_EQ(ErrorWith(R"("State":1.5)"),
           "HCN_E_INVALID_ENDPOINT: `State` is `1.5`: expected a whole number from 0 to 65535");
}

TEST("numbers at the edge of their width are read") {
  const auto endpoint = ReadEndpoint(Document(
      R"({"Version":18446744073709551615,"State":65535,"Flags":4294967295,"IpConfigurations":{"PrefixLength":128},"Routes":{"Metric":65535}})"));
  CHECK(endpoint.ok());
  CHECK_EQ(endpoint->version.value(), 18446744073709551615u);
  CHECK_EQ(endpoint->state.value(), 65535);
  CHECK_EQ(int{endpoint->ip_configurations[0].prefix_length.value()}, 128);
  CHECK_EQ(endpoint->routes[0].metric.value(), 65535);
}
