#include "schema/address_set_policy.h"

#include <array>
#include <utility>

namespace schema {
namespace {

constexpr std::array<EnumName, 2> kSetTypes = {{{"IPSET", 0}, {"NESTEDIPSET", 1}}};

void ReadText(Reader* reader, std::string_view name, std::string* out) {
  const Scope& scope = reader->scope();
  reader->String(name, out);
  if (out->empty() && !scope.failed()) scope.Member(name).FailMissing(scope.codes().document, "expected a text");
}

}  // namespace

AddressSetPolicy ReadAddressSetPolicy(json::Object settings, const Scope& scope) {
  AddressSetPolicy set;
  Reader reader(std::move(settings), scope);
  ReadText(&reader, "Id", &set.id);
  ReadText(&reader, "Name", &set.name);
  std::uint32_t type = 0;
  if (!reader.Enum("PolicyType", kSetTypes, scope.codes().document, &type)) {
    if (!scope.failed()) {
      scope.Member("PolicyType").FailMissing(scope.codes().document, "expected IPSET or NESTEDIPSET");
    }
    return set;
  }
  set.nested = type != 0;
  std::string values;
  reader.String("Values", &values);
  for (const std::string_view part : SplitAtCommas(values)) {
    if (scope.failed()) return set;
    if (set.nested) {
      set.members.emplace_back(part);
    } else if (const auto prefix = base::IpPrefix::Parse(part)) {
      set.addresses.push_back(prefix->Masked());
    } else {
      scope.Member("Values").FailText(
          scope.codes().document, part,
          "expected addresses or prefixes separated by commas, such as 10.1.0.4,10.2.0.0/16");
    }
  }
  return set;
}

}  // namespace schema
