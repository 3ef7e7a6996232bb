#include "schema/rule_lists.h"

#include <charconv>
#include <string>

#include "base/ascii.h"

namespace schema {
namespace {

constexpr unsigned kAnyProtocol = 256;

// Calls `take(part, place)` for each part of the comma list; a failure in one
// ends the list.
template <typename Take>
void EachPart(Reader* reader, std::string_view name, Take take) {
  const json::Value* value = reader->Find(name);
  const Scope place = reader->scope().Member(name);
  if (value != nullptr && value->IsArray()) {
    std::vector<std::string> texts;
    reader->Strings(name, &texts);
    for (const std::string& text : texts) {
      for (const std::string_view part : SplitAtCommas(text)) {
        if (!place.failed()) take(part, place);
      }
    }
    return;
  }
  std::string text;
  if (!reader->String(name, &text)) return;
  for (const std::string_view part : SplitAtCommas(text)) {
    if (place.failed()) return;
    take(part, place);
  }
}

void ReadAddress(std::string_view part, const Scope& place, std::vector<base::IpPrefix>* out) {
  if (const auto prefix = base::IpPrefix::Parse(part)) {
    out->push_back(*prefix);
  } else {
    place.FailText(place.codes().address, part,
                   base::EqualsIgnoringCase(part, "any")
                       ? "leave it empty to mean any address"
                       : "expected addresses or prefixes separated by commas, such as 10.1.0.4,10.2.0.0/16");
  }
}

// A mistyped address shall not pass for a set.
bool IsSetId(std::string_view part) {
  const bool is_address_like = part.find_first_not_of("0123456789abcdefABCDEF.:/") == std::string_view::npos &&
                               part.find_first_of("0123456789.:/") != std::string_view::npos;
  return !part.empty() && !is_address_like && part.find('/') == std::string_view::npos &&
         !base::EqualsIgnoringCase(part, "any");
}

}  // namespace

void ReadProtocolList(Reader* reader, std::string_view name, std::vector<std::uint8_t>* out) {
  bool any = false;
  EachPart(reader, name, [&](std::string_view part, const Scope& place) {
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

void ReadAddressesOrSets(Reader* reader, std::string_view name, std::vector<base::IpPrefix>* addresses,
                         std::vector<std::string>* sets) {
  EachPart(reader, name, [&](std::string_view part, const Scope& place) {
    if (IsSetId(part)) {
      sets->emplace_back(part);
    } else {
      ReadAddress(part, place, addresses);
    }
    if (!addresses->empty() && !sets->empty()) {
      place.FailText(place.codes().address, part, "expected either addresses or ids of sets in one list");
    }
  });
}

void ReadAddressList(Reader* reader, std::string_view name, std::vector<base::IpPrefix>* out) {
  EachPart(reader, name, [&](std::string_view part, const Scope& place) { ReadAddress(part, place, out); });
}

void ReadPortList(Reader* reader, std::string_view name, std::vector<base::PortRange>* out) {
  EachPart(reader, name, [&](std::string_view part, const Scope& place) {
    if (const auto range = base::PortRange::Parse(part)) {
      out->push_back(*range);
    } else {
      place.FailText(place.codes().document, part,
                     "expected ports or ranges separated by commas, such as 80,8000-8099");
    }
  });
}

}  // namespace schema
