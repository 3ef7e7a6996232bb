#include "schema/settings_fields.h"

#include <string>

#include "native/schema_support.h"
#include "native/test.h"
#include "schema/endpoint.h"

namespace {

using schema_test::Document;
using schema_test::ErrorOf;

base::Result<schema::Endpoint> WithPolicy(std::string_view type, std::string_view settings) {
  return schema::ReadEndpoint(Document("{\"Policies\":[{\"Type\":\"" + std::string(type) + "\",\"Settings\":{" +
                                       std::string(settings) + "}}]}"));
}

struct Case {
  std::string_view type;
  std::string_view settings;
};

}  // namespace

TEST("policies are read in the spellings that clients use") {
  // Field names: hcn.md's table of endpoint policies, which says who sends what.
  const Case cases[] = {
      {"QOS", R"("MaximumOutgoingBandwidthInBytes":18446744073709551615)"},
      {"L2Driver", ""},
      {"SDNROUTE", R"("DestinationPrefix":"169.254.169.254/24","NextHop":"127.10.0.34","NeedEncap":false)"},
      {"SDNRoute", R"("DestinationPrefix":"10.0.0.0/8","NextHop":"","NeedEncap":true,"AutomaticEndpointMonitor":true)"},
      {"L4Proxy", R"("IP":"10.1.0.9","Port":"15001","Protocol":6,"Exceptions":["10.0.0.0/8"],"OutboundNAT":true)"},
      {"L4Proxy", R"("Port":"15001","Protocol":"TCP","ExceptionList":["10.0.0.1"],"Destination":"10.0.0.0/8",)"
                  R"("OutboundNat":false)"},
      {"L4WFPPROXY", R"("InboundProxyPort":"15006","OutboundProxyPort":"15001","UserSID":"S-1-5-32-556",)"
                     R"("FilterTuple":{"Protocols":"6","RemotePorts":"80,8000-8099","Priority":100},)"
                     R"("InboundExceptions":{"IpAddressExceptions":["10.0.0.1"],"PortExceptions":["22"]},)"
                     R"("OutboundExceptions":{"IpAddressExceptions":[],"PortExceptions":[]})"},
      {"L4WFPPROXY", R"("Port":"15001")"},
      {"ProviderAddress", R"("ProviderAddress":"192.168.1.4")"},
      {"ProviderAddress", R"("PA":"192.168.1.4")"},
      {"EncapOverhead", R"("Overhead":50)"},
      {"INTERFACECONSTRAINT", R"("InterfaceAlias":"Ethernet 2")"},
      {"InterfaceConstraint", R"("InterfaceGuid":"","InterfaceLuid":1689399632855040,"InterfaceIndex":0)"},
      {"Encryption", R"("EncryptionMethodType":"Ipsec","AuthenticationMethods":[{"Type":"PresharedKey",)"
                     R"("Settings":{"Key":"secret"}}],"Endpoints1":["any"],"Endpoint1Ports":["any"])"},
      {"VLAN", R"("IsolationId":5)"},
      {"InterfaceParameters", R"("Mtu":1400)"},
      {"Iov", R"("IovOffloadWeight":100,"QueuePairsRequested":1,"InterruptModeration":200)"},
      {"TierAcl", R"("Name":"admin","Direction":"In","Order":1001,"TierAclRules":[{"Id":"r1","Protocols":"6",)"
                  R"("TierAclRuleAction":"Pass","LocalPorts":"80","Priority":100}])"},
      {"VmNic", R"("DeviceInstanceId":"PCI\\VEN_1414","VfInstanceId":"0")"},
      {"Firewall", R"("VmType":"WSL","FirewallPolicyFlags":1)"},
      {"Firewall", R"("VmCreatorId":"40e0ac32-46a5-438a-a0b2-2b479e8f2e90","PolicyFlags":1)"},
  };
  for (const Case& c : cases) CHECK_EQ(ErrorOf(WithPolicy(c.type, c.settings)), "");
  CHECK_EQ(
      ErrorOf(schema::ReadEndpoint(Document(R"({"Policies":[{"Type":"VLAN","IsolationId":5},{"Type":"L2Driver"}]})"))),
      "");
}

TEST("settings that make no sense are HCN_E_INVALID_POLICY and name the member") {
  struct Wrong {
    std::string_view type;
    std::string_view settings;
    std::string_view member;
  };
  const Wrong cases[] = {
      {"QOS", "", ".MaximumOutgoingBandwidthInBytes` is missing"},
      {"QOS", R"("MaximumOutgoingBandwidthInBytes":-1)", ".MaximumOutgoingBandwidthInBytes` is `-1`"},
      {"SDNRoute", R"("NextHop":"10.0.0.1")", ".DestinationPrefix` is missing"},
      {"SDNRoute", R"("DestinationPrefix":"")", ".DestinationPrefix` is missing"},
      {"SDNRoute", R"("DestinationPrefix":"10.0.0.0/33")", ".DestinationPrefix` is `10.0.0.0/33`"},
      {"SDNRoute", R"("DestinationPrefix":"10.0.0.0/8","NextHop":"gateway")", ".NextHop` is `gateway`"},
      {"SDNRoute", R"("DestinationPrefix":"10.0.0.0/8","NeedEncap":"yes")", ".NeedEncap` is `yes`"},
      {"L4Proxy", R"("IP":"10.0.0.1")", ".Port` is missing"},
      {"L4Proxy", R"("Port":"0")", ".Port` is `0`"},
      {"L4Proxy", R"("Port":70000)", ".Port` is `70000`"},
      {"L4Proxy", R"("Port":"80-90")", ".Port` is `80-90`"},
      {"L4Proxy", R"("Port":"80","Protocol":1)", ".Protocol` is `1`"},
      {"L4Proxy", R"("Port":"80","ExceptionList":5)", ".ExceptionList` is `5`"},
      {"L4WFPPROXY", R"("UserSID":"S-1-5")", "Settings` is missing: expected one of InboundProxyPort"},
      {"L4WFPPROXY", R"("Port":"80","FilterTuple":{"Protocols":"tcp"})", ".FilterTuple.Protocols` is `tcp`"},
      {"L4WFPPROXY", R"("Port":"80","InboundExceptions":{"IpAddressExceptions":["any"]})",
       ".InboundExceptions.IpAddressExceptions` is `any`"},
      {"ProviderAddress", "", ".ProviderAddress` is missing"},
      {"ProviderAddress", R"("ProviderAddress":"10.0.0")", ".ProviderAddress` is `10.0.0`"},
      {"EncapOverhead", R"("Overhead":65536)", ".Overhead` is `65536`"},
      {"InterfaceConstraint", "", "Settings` is missing: expected one of InterfaceGuid"},
      {"InterfaceConstraint", R"("InterfaceIndex":4294967296)", ".InterfaceIndex` is `4294967296`"},
      {"Encryption", "", ".AuthenticationMethods` is missing"},
      {"Encryption", R"("AuthenticationMethods":[{"Type":"Password"}])",
       ".AuthenticationMethods[0].Type` is `Password`"},
      {"VLAN", "", ".IsolationId` is missing"},
      {"InterfaceParameters", R"("Mtu":"big")", ".Mtu` is `big`"},
      {"Iov", R"("InterruptModeration":150)", ".InterruptModeration` is `150`"},
      {"TierAcl", R"("Order":1)", ".Direction` is missing"},
      {"TierAcl", R"("Direction":"In")", ".Order` is missing"},
      {"TierAcl", R"("Direction":"In","Order":65536)", ".Order` is `65536`"},
      {"TierAcl", R"("Direction":"In","Order":1,"TierAclRules":[{}])",
       ".TierAclRules[0].TierAclRuleAction` is missing"},
      {"TierAcl", R"("Direction":"In","Order":1,"TierAclRules":[{"TierAclRuleAction":"Drop"}])",
       ".TierAclRules[0].TierAclRuleAction` is `Drop`"},
      {"TierAcl", R"("Direction":"In","Order":1,"TierAclRules":[{"TierAclRuleAction":"Pass","LocalAddresses":"Any"}])",
       ".TierAclRules[0].LocalAddresses` is `Any`"},
      {"VmNic", R"("DeviceInstanceId":7)", ".DeviceInstanceId` is `7`"},
      {"Firewall", R"("VmType":"Docker")", ".VmType` is `Docker`"},
      {"Firewall", R"("PolicyFlags":"Everything")", ".PolicyFlags` is `Everything`"},
  };
  for (const Wrong& c : cases) {
    const std::string error = ErrorOf(WithPolicy(c.type, c.settings));
    constexpr std::string_view kBegin = "HCN_E_INVALID_POLICY: `Policies[0].Settings";
    CHECK_EQ(std::string(c.type) + " " + error.substr(0, kBegin.size()),
             std::string(c.type) + " " + std::string(kBegin));
    CHECK_EQ(error.find(c.member) != std::string::npos ? c.member : error, c.member);
  }
  CHECK_EQ(ErrorOf(WithPolicy("InterfaceConstraint", R"("InterfaceGuid":"eth0")")).substr(0, 29),
           "HCN_E_GUID_CONVERSION_FAILURE");
}
