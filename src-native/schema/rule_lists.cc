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

void ReadAddressList(Reader* reader, std::string_view name, std::vector<base::IpPrefix>* out) {
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
