#include "schema/policy.h"

#include <string>
#include <vector>

#include "native/schema_support.h"
#include "native/test.h"
#include "schema/endpoint.h"
#include "schema/modify_request.h"
#include "schema/network.h"

namespace {

using base::json::Write;
using schema::EndpointPolicy;
using schema::EndpointPolicyType;
using schema_test::Document;
using schema_test::ErrorOf;

base::Result<schema::Endpoint> WithPolicy(std::string_view type, std::string_view settings) {
  return schema::ReadEndpoint(Document("{\"Policies\":[{\"Type\":\"" + std::string(type) + "\",\"Settings\":{" +
                                       std::string(settings) + "}}]}"));
}

// The error of an ACL that is complete but for `settings`.
std::string AclError(std::string_view settings) {
  return ErrorOf(WithPolicy("ACL", R"("Action":"Allow","Direction":"In",)" + std::string(settings)));
}

std::string Printed(const auto& items) {
  std::string text;
  for (const auto& item : items) text += item.ToString() + " ";
  return text;
}

EndpointPolicy Policy(std::string_view document) {
  return schema::ReadEndpoint(Document("{\"Policies\":[" + std::string(document) + "]}"))->policies.at(0);
}

// As a request to remove it names it: not validated.
EndpointPolicy Pattern(std::string_view document) {
  schema::Failure failure;
  const schema::Scope scope(schema::Codes{}, &failure);
  schema::Reader reader(Document("{\"Policies\":[" + std::string(document) + "]}"), scope);
  return schema::ReadEndpointPolicies(&reader, "Policies", schema::PolicyUse::kRemove).at(0);
}

}  // namespace

TEST("an ACL is read with all its lists") {
  const auto endpoint = WithPolicy(
      "ACL", R"("Id":"deny-db","Protocols":"6, 17","Action":"Block","Direction":"Out","LocalAddresses":"10.244.1.7",
                "RemoteAddresses":"10.0.0.0/8, fd00::/64,192.0.2.1","LocalPorts":"","RemotePorts":"5432,8000-8099, 0-1",
                "RuleType":"Host","Priority":65500)");
  CHECK(endpoint.ok());
  const schema::AclPolicy* acl = endpoint->policies.at(0).AsAcl();
  CHECK(acl != nullptr);
  CHECK_EQ(acl->id, "deny-db");
  CHECK(acl->protocols == (std::vector<std::uint8_t>{6, 17}));
  CHECK(acl->action == schema::AclAction::kBlock);
  CHECK(acl->direction == schema::AclDirection::kOut);
  CHECK(acl->rule_type == schema::AclRuleType::kHost);
  CHECK_EQ(Printed(acl->local_addresses), "10.244.1.7/32 ");
  CHECK_EQ(Printed(acl->remote_addresses), "10.0.0.0/8 fd00::/64 192.0.2.1/32 ");
  CHECK(acl->local_ports.empty());
  CHECK_EQ(Printed(acl->remote_ports), "5432 8000-8099 0-1 ");
  CHECK_EQ(acl->priority, 65500);
}

TEST("protocol 256 in an ACL means any") {
  const auto endpoint = WithPolicy("ACL", R"("Action":"Allow","Direction":"In","Protocols":"256")");
  CHECK(endpoint.ok());
  CHECK(endpoint->policies.at(0).AsAcl()->protocols.empty());
  const auto mixed = WithPolicy("ACL", R"("Action":"Allow","Direction":"In","Protocols":"6,256")");
  CHECK(mixed.ok());
  CHECK(mixed->policies.at(0).AsAcl()->protocols.empty());
}

TEST("an ACL with only action and direction matches everything") {
  const auto endpoint = WithPolicy("acl", R"("action":1,"DIRECTION":"out")");
  CHECK(endpoint.ok());
  const schema::AclPolicy& acl = *endpoint->policies.at(0).AsAcl();
  CHECK(acl.action == schema::AclAction::kBlock);
  CHECK(acl.direction == schema::AclDirection::kOut);
  CHECK(acl.protocols.empty() && acl.local_addresses.empty() && acl.remote_addresses.empty());
  CHECK(acl.rule_type == schema::AclRuleType::kSwitch);
}

TEST("the word Any in an ACL address is refused with HCN_E_INVALID_POLICY") {
  CHECK_EQ(AclError(R"("RemoteAddresses":"Any")"),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.RemoteAddresses` is `Any`: leave it empty to mean any address");
}

TEST("each wrong field of an ACL is HCN_E_INVALID_POLICY and says what would be right") {
  CHECK_EQ(
      AclError(R"("LocalAddresses":"10.0.0.1,10.0.0.0/40")"),
      "HCN_E_INVALID_POLICY: `Policies[0].Settings.LocalAddresses` is `10.0.0.0/40`: expected addresses or prefixes "
      "separated by commas, such as 10.1.0.4,10.2.0.0/16");
  CHECK_EQ(AclError(R"("RemotePorts":"80,90-85")"),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.RemotePorts` is `90-85`: expected ports or ranges separated by "
           "commas, such as 80,8000-8099");
  CHECK_EQ(AclError(R"("LocalPorts":"65536")").substr(0, 65),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.LocalPorts` is `65536");
  CHECK_EQ(AclError(R"("LocalPorts":"80,")").substr(0, 62),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.LocalPorts` is ``:");
  CHECK_EQ(AclError(R"("Protocols":"257")"),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.Protocols` is `257`: expected IP protocol numbers separated by "
           "commas, such as 6,17; 256 or nothing for any");
  CHECK_EQ(AclError(R"("Protocols":"TCP")").substr(0, 63),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.Protocols` is `TCP`");
  CHECK_EQ(AclError(R"("Protocols":6)"),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.Protocols` is `6`: expected a string");
  CHECK_EQ(AclError(R"("Priority":65536)"),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.Priority` is `65536`: expected a whole number from 0 to 65535");
  CHECK_EQ(AclError(R"("RuleType":"Soft")"),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.RuleType` is `Soft`: expected one of Switch, Host");
  CHECK_EQ(ErrorOf(WithPolicy("ACL", R"("Direction":"In")")),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.Action` is missing: expected Allow or Block");
  CHECK_EQ(ErrorOf(WithPolicy("ACL", R"("Action":"Allow","Direction":"")")),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.Direction` is missing: expected In or Out");
  CHECK_EQ(ErrorOf(schema::ReadEndpoint(Document(R"({"Policies":[{"Type":"ACL"}]})"))),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.Action` is missing: expected Allow or Block");
}

TEST("Pass outside a tier is refused") {
  CHECK_EQ(ErrorOf(WithPolicy("ACL", R"("Action":"Pass","Direction":"In")")),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.Action` is `Pass`: expected Allow or Block; Pass is for tiers");
}

TEST("an ACL with every port of a node written out one by one is read") {
  std::string ports = "1";
  for (int port = 2; port <= 65535; ++port) ports += "," + std::to_string(port);
  const auto endpoint = WithPolicy("ACL", R"("Action":"Allow","Direction":"In","LocalPorts":")" + ports + "\"");
  CHECK(endpoint.ok());
  CHECK_EQ(endpoint->policies.at(0).AsAcl()->local_ports.size(), 65535u);
}

TEST("OutBoundNAT is read with exceptions, destinations and flags") {
  const auto endpoint = WithPolicy(
      "OutBoundNAT", R"("VirtualIP":"192.0.2.5","Exceptions":["10.0.0.0/8","192.0.2.1"],"Destinations":"10.244.1.7",
                        "Flags":"LocalRoutedVip","MaxPortPoolUsage":50)");
  CHECK(endpoint.ok());
  const schema::OutBoundNatPolicy* nat = endpoint->policies.at(0).AsOutBoundNat();
  CHECK(nat != nullptr);
  CHECK_EQ(nat->virtual_ip->ToString(), "192.0.2.5");
  CHECK_EQ(Printed(nat->exceptions), "10.0.0.0/8 192.0.2.1/32 ");
  CHECK_EQ(Printed(nat->destinations), "10.244.1.7/32 ");
  CHECK_EQ(nat->flags, schema::nat_flags::kLocalRoutedVip);
  CHECK_EQ(nat->max_port_pool_usage, 50);
}

TEST("OutBoundNAT without settings translates everything from the host's own address") {
  const auto endpoint = schema::ReadEndpoint(Document(R"({"Policies":[{"Type":"outboundnat"}]})"));
  CHECK(endpoint.ok());
  CHECK(*endpoint->policies.at(0).AsOutBoundNat() == schema::OutBoundNatPolicy{});
  CHECK_EQ(Write(schema::WriteEndpointPolicy(endpoint->policies[0])), R"({"Type":"OutBoundNAT"})");
}

TEST("a wrong exception of OutBoundNAT is named") {
  CHECK_EQ(ErrorOf(WithPolicy("OutBoundNAT", R"("Exceptions":["10.0.0.0/8","all"])")),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.Exceptions[1]` is `all`: not an address or a prefix such as "
           "10.1.0.0/16 or fd00::/64");
  CHECK_EQ(ErrorOf(WithPolicy("OutBoundNAT", R"("VirtualIP":"10.0.0.0/8")")),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.VirtualIP` is `10.0.0.0/8`: expected an IPv4 or IPv6 address");
}

TEST("PortMapping is read with its protocol as number or name") {
  const auto endpoint =
      WithPolicy("PortMapping", R"("Protocol":17,"InternalPort":53,"ExternalPort":10053,"VIP":"","Flags":1)");
  CHECK(endpoint.ok());
  const schema::PortMappingPolicy* mapping = endpoint->policies.at(0).AsPortMapping();
  CHECK(mapping != nullptr);
  CHECK_EQ(int{mapping->protocol}, 17);
  CHECK_EQ(mapping->internal_port, 53);
  CHECK_EQ(mapping->external_port, 10053);
  CHECK(!mapping->vip.has_value());
  const auto named = WithPolicy("PortMapping", R"("Protocol":"tcp","InternalPort":1,"ExternalPort":65535)");
  CHECK(named.ok());
  CHECK_EQ(int{named->policies.at(0).AsPortMapping()->protocol}, 6);
}

TEST("a PortMapping without an internal port is HCN_E_INVALID_INTERNAL_PORT") {
  CHECK_EQ(ErrorOf(WithPolicy("PortMapping", R"("Protocol":6,"InternalPort":0)")),
           "HCN_E_INVALID_INTERNAL_PORT: `Policies[0].Settings.InternalPort` is `0`: expected a port from 1 to 65535");
  CHECK_EQ(
      ErrorOf(WithPolicy("PortMapping", R"("Protocol":6)")),
      "HCN_E_INVALID_INTERNAL_PORT: `Policies[0].Settings.InternalPort` is missing: expected a port from 1 to 65535");
  CHECK_EQ(
      ErrorOf(WithPolicy("PortMapping", R"("Protocol":6,"InternalPort":65536)")),
      "HCN_E_INVALID_POLICY: `Policies[0].Settings.InternalPort` is `65536`: expected a whole number from 0 to 65535");
  CHECK_EQ(ErrorOf(WithPolicy("PortMapping", R"("Protocol":1,"InternalPort":80)")),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings.Protocol` is `1`: expected one of TCP, UDP");
}

TEST("all nineteen endpoint policies and fifteen network policies are known by name and number") {
  for (std::uint32_t number = 0; number < 19; ++number) {
    const auto type = static_cast<EndpointPolicyType>(number);
    CHECK(!schema::PolicyTypeName(type).empty());
    CHECK(Pattern("{\"Type\":" + std::to_string(number) + "}").type == type);
  }
  for (std::uint32_t number = 0; number < 15; ++number) {
    const std::string name(schema::PolicyTypeName(static_cast<schema::NetworkPolicyType>(number)));
    // To be removed, so that no settings are asked for.
    const auto request = schema::ReadModifyNetworkRequest(
        Document(R"({"ResourceType":"Policy","RequestType":"Remove","Settings":{"Policies":[{"Type":")" + name +
                 R"("},{"Type":)" + std::to_string(number) + "}]}}"));
    CHECK(request.ok());
    for (const auto& policy : std::get<std::vector<schema::NetworkPolicy>>(request->settings)) {
      CHECK_EQ(static_cast<std::uint32_t>(policy.type), number);
    }
  }
}

TEST("an unknown policy type is HCN_E_INVALID_POLICY_TYPE, on its own side only") {
  CHECK_EQ(ErrorOf(WithPolicy("Magic", "")).substr(0, 71),
           "HCN_E_INVALID_POLICY_TYPE: `Policies[0].Type` is `Magic`: expected one ");
  CHECK_EQ(ErrorOf(WithPolicy("VxlanPort", "")).substr(0, 25), "HCN_E_INVALID_POLICY_TYPE");
  CHECK_EQ(ErrorOf(schema::ReadNetwork(Document(R"({"Policies":[{"Type":"ACL"}]})"))).substr(0, 25),
           "HCN_E_INVALID_POLICY_TYPE");
  CHECK_EQ(ErrorOf(schema::ReadEndpoint(Document(R"({"Policies":[{"Settings":{}}]})"))),
           "HCN_E_INVALID_POLICY_TYPE: `Policies[0].Type` is missing: expected a policy type such as PortMapping");
  CHECK_EQ(ErrorOf(schema::ReadEndpoint(Document(R"({"Policies":[{"Type":"QOS","Settings":"fast"}]})"))),
           "HCN_E_INVALID_POLICY: `Policies[0].Settings` is `fast`: expected an object");
}

TEST("settings of policies are returned exactly as received") {
  const std::string settings =
      R"({"direction":"IN","ACTION":"allow","Protocols":"6,  17","RemoteAddresses":"010::1","Priority":1e2,"Extra":{"a":[null]}})";
  const EndpointPolicy acl = Policy("{\"type\":\"aCL\",\"SETTINGS\":" + settings + ",\"Label\":7}");
  // Numbers keep their value; 1e2 is written as 100.
  CHECK_EQ(
      Write(schema::WriteEndpointPolicy(acl)),
      R"({"Type":"ACL","Settings":{"direction":"IN","ACTION":"allow","Protocols":"6,  17","RemoteAddresses":"010::1","Priority":100,"Extra":{"a":[null]}},"Label":7})");
}

TEST("a policy is removed by its type and the settings that are named") {
  const EndpointPolicy policy =
      Policy(R"({"Type":"ACL","Settings":{"Id":"a","Action":"Allow","Direction":"In","Priority":100}})");
  CHECK(schema::IsRemovedBy(policy, policy));
  CHECK(schema::IsRemovedBy(policy, Pattern(R"({"Type":"acl","Settings":{"id":"a"}})")));
  CHECK(schema::IsRemovedBy(policy, Pattern(R"({"Type":"ACL","Settings":{"Priority":1e2}})")));
  CHECK(schema::IsRemovedBy(policy, Pattern(R"({"Type":"ACL"})")));
  CHECK(!schema::IsRemovedBy(policy, Pattern(R"({"Type":"ACL","Settings":{"Id":"b"}})")));
  CHECK(!schema::IsRemovedBy(policy, Pattern(R"({"Type":"ACL","Settings":{"Id":"a","RemotePorts":"80"}})")));
  CHECK(!schema::IsRemovedBy(policy, Pattern(R"({"Type":"QOS","Settings":{}})")));
}

TEST("comparing policies of 100 000 settings takes no quadratic time") {
  const auto large = [](std::size_t members) {
    std::string text = R"({"Type":"L2Driver","Settings":{)";
    for (std::size_t i = 0; i < members; ++i) text += "\"m" + std::to_string(i) + "\":1,";
    text.back() = '}';
    return Policy(text + "}");
  };
  const EndpointPolicy policy = large(100'000);
  CHECK(schema::IsRemovedBy(policy, large(100'000)));
  CHECK(!schema::IsRemovedBy(policy, large(99'999)));
  CHECK(schema::IsRemovedBy(policy, large(64)));
}
