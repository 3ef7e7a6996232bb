#include "schema/acl_policy.h"

#include <array>
#include <charconv>

#include "base/ascii.h"

namespace schema {
namespace {

constexpr std::uint32_t kPass = 2;
constexpr std::array<EnumName, 3> kActions = {{{"Allow", 0}, {"Block", 1}, {"Pass", kPass}}};
constexpr std::array<EnumName, 2> kDirections = {{{"In", 0}, {"Out", 1}}};
constexpr std::array<EnumName, 2> kRuleTypes = {{{"Switch", 0}, {"Host", 1}}};

constexpr unsigned kAnyProtocol = 256;

// Calls `take(part, place)` for each part of the comma list; a failure in one
// ends the list.
template <typename Take>
void EachPart(Reader* reader, std::string_view name, Take take) {
  std::string text;
  if (!reader->String(name, &text)) return;
  const Scope place = reader->scope().Member(name);
  for (const std::string_view part : SplitAtCommas(text)) {
    if (place.failed()) return;
    take(part, place);
  }
}

void ReadProtocols(Reader* reader, std::vector<std::uint8_t>* out) {
  bool any = false;
  EachPart(reader, "Protocols", [&](std::string_view part, const Scope& place) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc() || end != part.data() + part.size() || number > kAnyProtocol) {
      place.FailText(place.codes().document, part,
                     "expected IP protocol numbers separated by commas, such as 6,17; 256 or nothing for any");
    } else if (number == kAnyProtocol) {
      any = true;
    } else {
      out->push_back(static_cast<std::uint8_t>(number));
    }
  });
  if (any) out->clear();
}

void ReadAddresses(Reader* reader, std::string_view name, std::vector<base::IpPrefix>* out) {
  EachPart(reader, name, [&](std::string_view part, const Scope& place) {
    if (const auto prefix = base::IpPrefix::Parse(part)) {
      out->push_back(*prefix);
    } else {
      place.FailText(place.codes().address, part,
                     base::EqualsIgnoringCase(part, "any")
                         ? "leave it empty to mean any address"
                         : "expected addresses or prefixes separated by commas, such as 10.1.0.4,10.2.0.0/16");
    }
  });
}

void ReadPorts(Reader* reader, std::string_view name, std::vector<base::PortRange>* out) {
  EachPart(reader, name, [&](std::string_view part, const Scope& place) {
    if (const auto range = base::PortRange::Parse(part)) {
      out->push_back(*range);
    } else {
      place.FailText(place.codes().document, part,
                     "expected ports or ranges separated by commas, such as 80,8000-8099");
    }
  });
}

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
  ReadProtocols(&reader, &acl.protocols);
  ReadAction(&reader, &acl.action);
  if (!reader.Enum("Direction", kDirections, scope.codes().document, &acl.direction)) {
    scope.Member("Direction").FailMissing(scope.codes().document, "expected In or Out");
  }
  ReadAddresses(&reader, "LocalAddresses", &acl.local_addresses);
  ReadAddresses(&reader, "RemoteAddresses", &acl.remote_addresses);
  ReadPorts(&reader, "LocalPorts", &acl.local_ports);
  ReadPorts(&reader, "RemotePorts", &acl.remote_ports);
  reader.Enum("RuleType", kRuleTypes, scope.codes().document, &acl.rule_type);
  reader.Number("Priority", &acl.priority);
  return acl;
}

}  // namespace schema
