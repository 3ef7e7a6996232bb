#include "schema/tier_acl_policy.h"

#include <array>
#include <utility>

#include "schema/rule_lists.h"

namespace schema {
namespace {

constexpr std::array<EnumName, 3> kActions = {{{"Allow", 0}, {"Block", 1}, {"Pass", 2}}};
constexpr std::array<EnumName, 2> kDirections = {{{"In", 0}, {"Out", 1}}};

TierAclRule ReadRule(json::Object document, const Scope& scope) {
  TierAclRule rule;
  Reader reader(std::move(document), scope);
  reader.String("Id", &rule.id);
  ReadProtocolList(&reader, "Protocols", &rule.protocols);
  if (!reader.Enum("TierAclRuleAction", kActions, scope.codes().document, &rule.action)) {
    scope.Member("TierAclRuleAction").FailMissing(scope.codes().document, "expected Allow, Block or Pass");
  }
  ReadAddressList(&reader, "LocalAddresses", &rule.local_addresses);
  ReadAddressList(&reader, "RemoteAddresses", &rule.remote_addresses);
  ReadPortList(&reader, "LocalPorts", &rule.local_ports);
  ReadPortList(&reader, "RemotePorts", &rule.remote_ports);
  reader.Number("Priority", &rule.priority);
  return rule;
}

}  // namespace

TierAclPolicy ReadTierAclPolicy(json::Object settings, const Scope& scope) {
  TierAclPolicy tier;
  Reader reader(std::move(settings), scope);
  reader.String("Name", &tier.name);
  if (!reader.Enum("Direction", kDirections, scope.codes().document, &tier.direction)) {
    scope.Member("Direction").FailMissing(scope.codes().document, "expected In or Out");
  }
  if (!reader.Number("Order", &tier.order)) {
    scope.Member("Order").FailMissing(scope.codes().document, "expected the tier's place, from 0 to 65535");
  }
  reader.Objects("TierAclRules", [&](json::Object rule, const Scope& element) {
    tier.rules.push_back(ReadRule(std::move(rule), element));
  });
  return tier;
}

}  // namespace schema
