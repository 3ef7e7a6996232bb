#include "schema/acl_policy.h"

#include <array>

#include "schema/rule_lists.h"

namespace schema {
namespace {

constexpr std::uint32_t kPass = 2;
constexpr std::array<EnumName, 3> kActions = {{{"Allow", 0}, {"Block", 1}, {"Pass", kPass}}};
constexpr std::array<EnumName, 2> kDirections = {{{"In", 0}, {"Out", 1}}};
constexpr std::array<EnumName, 2> kRuleTypes = {{{"Switch", 0}, {"Host", 1}}};

void ReadAction(Reader* reader, AclAction* out) {
  const Scope& scope = reader->scope();
  std::uint32_t action = 0;
  if (!reader->Enum("Action", kActions, scope.codes().document, &action)) {
    scope.Member("Action").FailMissing(scope.codes().document, "expected Allow or Block");
  } else if (action == kPass) {
    // Since HNS 14.0, and there it belongs to the rules of a TierAcl.
    scope.Member("Action").FailText(scope.codes().document, "Pass", "expected Allow or Block; Pass is for tiers");
  } else {
    *out = static_cast<AclAction>(action);
  }
}

}  // namespace

AclPolicy ReadAclPolicy(json::Object settings, const Scope& scope) {
  AclPolicy acl;
  Reader reader(std::move(settings), scope);
  reader.String("Id", &acl.id);
  ReadProtocolList(&reader, "Protocols", &acl.protocols);
  ReadAction(&reader, &acl.action);
  if (!reader.Enum("Direction", kDirections, scope.codes().document, &acl.direction)) {
    scope.Member("Direction").FailMissing(scope.codes().document, "expected In or Out");
  }
  ReadAddressesOrSets(&reader, "LocalAddresses", &acl.local_addresses, &acl.local_sets);
  ReadAddressesOrSets(&reader, "RemoteAddresses", &acl.remote_addresses, &acl.remote_sets);
  ReadPortList(&reader, "LocalPorts", &acl.local_ports);
  ReadPortList(&reader, "RemotePorts", &acl.remote_ports);
  reader.Enum("RuleType", kRuleTypes, scope.codes().document, &acl.rule_type);
  reader.Number("Priority", &acl.priority);
  return acl;
}

}  // namespace schema
