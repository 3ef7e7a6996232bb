#include "schema/query.h"

#include <array>

#include "base/ascii.h"

namespace schema {
namespace {

struct PropertyName {
  std::string_view name;
  FilterProperty property;
};

constexpr std::array<PropertyName, 10> kPropertyNames = {{
    {"ID", FilterProperty::kId},
    {"Name", FilterProperty::kName},
    {"Owner", FilterProperty::kOwner},
    {"VirtualNetwork", FilterProperty::kVirtualNetwork},
    {"HostComputeNetwork", FilterProperty::kVirtualNetwork},
    {"VirtualNetworkName", FilterProperty::kVirtualNetworkName},
    {"HostComputeNamespace", FilterProperty::kNamespace},
    {"Type", FilterProperty::kType},
    {"MacAddress", FilterProperty::kMacAddress},
    {"Flags", FilterProperty::kFlags},
}};

std::optional<FilterProperty> PropertyOf(std::string_view name) {
  for (const PropertyName& known : kPropertyNames) {
    if (base::EqualsIgnoringCase(known.name, name)) return known.property;
  }
  return std::nullopt;
}

bool IsGuid(FilterProperty property) {
  return property == FilterProperty::kId || property == FilterProperty::kVirtualNetwork ||
         property == FilterProperty::kNamespace;
}

bool IgnoresCase(FilterProperty property) {
  return property == FilterProperty::kType || property == FilterProperty::kMacAddress;
}

// The equalities of a query: `Filter`, usually an object written into a string.
base::Status ReadFilter(json::Value value, const Scope& scope, Filter* out) {
  if (const std::string* text = value.AsString()) {
    if (base::TrimSpaces(*text).empty()) return {};
    auto parsed = json::Parse(*text);
    if (!parsed.ok()) return base::MakeError(parsed.error().code, "`Filter`, " + parsed.error().detail);
    value = *std::move(parsed);
    if (value.IsNull()) return {};
  }
  if (const json::Object* equalities = value.AsObject()) {
    *out = Filter::FromObject(*equalities);
  } else {
    scope.Fail(
        scope.codes().document, value,
        "expected an object of names and values, written into a string, such as \"{\\\"Name\\\":\\\"pods\\\"}\"");
  }
  return {};
}

}  // namespace

Filter Filter::FromObject(const json::Object& equalities) {
  Filter filter;
  for (const json::Member& member : equalities) {
    const auto property = PropertyOf(member.name);
    const std::string* text = member.value.AsString();
    const auto number = member.value.AsUint64();
    // "" is how a client asks for an object it has no id of: nothing matches.
    const auto guid = text != nullptr ? base::Guid::Parse(*text) : std::nullopt;
    if (!property || (IsGuid(*property) ? !guid : text == nullptr && !number)) {
      filter.impossible_ = true;
      continue;
    }
    Term& term = filter.terms_.emplace_back();
    term.property = *property;
    if (IsGuid(*property)) {
      term.wanted = *guid;
    } else if (text != nullptr) {
      term.wanted = *text;
    } else {
      term.wanted = *number;
    }
  }
  return filter;
}

bool Filter::Term::Equals(const PropertyValue& value) const {
  if (const auto* guid = std::get_if<base::Guid>(&value)) {
    const auto* mine = std::get_if<base::Guid>(&wanted);
    return mine != nullptr && *mine == *guid;
  }
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    const auto* mine = std::get_if<std::string>(&wanted);
    if (mine == nullptr) return false;
    return IgnoresCase(property) ? base::EqualsIgnoringCase(*mine, *text) : *mine == *text;
  }
  if (const auto* number = std::get_if<std::uint64_t>(&value)) {
    const auto* mine = std::get_if<std::uint64_t>(&wanted);
    return mine != nullptr && *mine == *number;
  }
  return false;
}

std::optional<base::Guid> Filter::WantedGuid(FilterProperty property) const {
  for (const Term& term : terms_) {
    if (term.property != property) continue;
    if (const auto* guid = std::get_if<base::Guid>(&term.wanted)) return *guid;
  }
  return std::nullopt;
}

const std::string* Filter::WantedText(FilterProperty property) const {
  for (const Term& term : terms_) {
    if (term.property != property) continue;
    if (const auto* text = std::get_if<std::string>(&term.wanted)) return text;
  }
  return nullptr;
}

base::Result<Query> ParseQuery(std::string_view text) {
  Query query;
  if (base::TrimSpaces(text).empty()) return query;
  HNS_ASSIGN_OR_RETURN(json::Object object, ParseObject(text));

  Failure failure;
  const Scope scope(Codes{}, &failure);
  Reader reader(std::move(object), scope);
  SchemaVersion version{};
  ReadSchemaVersion(&reader, &version);
  if (version.major == 2) query.dialect = Dialect::kV2;
  reader.Flags("Flags", std::array<EnumName, 2>{{{"None", 0}, {"Detailed", 1}}}, &query.flags);
  if (const json::Value* filter = reader.Find("Filter")) {
    HNS_RETURN_IF_ERROR(ReadFilter(*filter, scope.Member("Filter"), &query.filter));
  } else {
    // Samples of 2018 pass the equalities without an envelope.
    json::Object rest = reader.TakeRest();
    json::Object equalities;
    for (json::Member& member : rest) {
      if (PropertyOf(member.name)) equalities.Set(member.name, std::move(member.value));
    }
    query.filter = Filter::FromObject(equalities);
  }
  HNS_RETURN_IF_ERROR(failure.ToStatus());
  return query;
}

}  // namespace schema
