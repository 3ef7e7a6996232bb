// HostComputeQuery: which dialect an answer is wanted in, and which objects.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/guid.h"
#include "schema/common.h"

namespace schema {

// The properties a filter can name: those of HNS' internal (v1-like) objects,
// and as an extension their v2 names.
enum class FilterProperty : std::uint8_t {
  kId,                  // ID
  kName,                // Name
  kOwner,               // Owner
  kVirtualNetwork,      // VirtualNetwork, HostComputeNetwork
  kVirtualNetworkName,  // VirtualNetworkName
  kNamespace,           // HostComputeNamespace
  kType,                // Type
  kMacAddress,          // MacAddress
  kFlags,               // Flags
};

// What an object has for a property; monostate when it has no such property.
using PropertyValue = std::variant<std::monostate, base::Guid, std::string_view, std::uint64_t>;

// Equalities, all of which must hold. An empty filter matches everything.
class Filter {
 public:
  bool empty() const { return !impossible_ && terms_.empty(); }
  // True when no object can match: an unknown property, or a value of a type
  // that equals nothing.
  bool impossible() const { return impossible_; }

  // `lookup(FilterProperty) -> PropertyValue`. GUIDs match in any case, types
  // and MAC addresses too; other text exactly.
  template <typename Lookup>
  bool Matches(const Lookup& lookup) const {
    return !impossible_ && std::all_of(terms_.begin(), terms_.end(),
                                       [&](const Term& term) { return term.Equals(lookup(term.property)); });
  }

  // The GUID or text wanted for a property, so that an index can be asked.
  std::optional<base::Guid> WantedGuid(FilterProperty property) const;
  const std::string* WantedText(FilterProperty property) const;

  // Names and values, as in {"Name":"pods"}.
  static Filter FromObject(const json::Object& equalities);

 private:
  struct Term {
    FilterProperty property{};
    std::variant<base::Guid, std::string, std::uint64_t> wanted;
    bool Equals(const PropertyValue& value) const;
  };

  std::vector<Term> terms_;
  bool impossible_ = false;
};

struct Query {
  Dialect dialect = Dialect::kV1;  // v2 when SchemaVersion.Major is 2.
  std::uint32_t flags = 0;         // 1: Detailed.
  Filter filter;
};

// "" is the query that says nothing: all objects, v1 documents.
base::Result<Query> ParseQuery(std::string_view text);

}  // namespace schema
