#include "schema/reader.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"

namespace schema {
namespace {

constexpr std::size_t kKnownBits = 64;
constexpr std::size_t kMaxShown = 100;  // Bytes of a value in a message.

std::string Quoted(std::string_view text) {
  std::string shown = "`";
  if (text.size() <= kMaxShown) {
    shown += text;
  } else {
    std::size_t end = kMaxShown;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // Not inside a character.
    shown += text.substr(0, end);
    shown += "…";
  }
  shown += '`';
  return shown;
}

std::string Shown(const json::Value& value) {
  if (const std::string* text = value.AsString()) return Quoted(*text);
  if (value.IsArray()) return "an array";
  if (value.IsObject()) return "an object";
  return Quoted(json::Write(value));
}

std::string AllNames(std::span<const EnumName> names) {
  std::string text;
  for (const EnumName& name : names) {
    if (!text.empty()) text += ", ";
    text += name.name;
  }
  return text;
}

std::optional<std::uint32_t> ParseUint32(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> ValueOf(std::span<const EnumName> names, std::string_view text) {
  for (const EnumName& name : names) {
    if (base::EqualsIgnoringCase(name.name, text)) return name.value;
  }
  return ParseUint32(text);
}

// One name of a set: also the number of several.
std::optional<std::uint32_t> FlagsOf(std::span<const EnumName> names, std::string_view text) {
  std::uint32_t flags = 0;
  while (true) {
    const std::size_t end = text.find_first_of(",|");
    const std::string_view part = base::TrimSpaces(text.substr(0, end));
    if (!part.empty()) {
      const auto value = ValueOf(names, part);
      if (!value) return std::nullopt;
      flags |= *value;
    }
    if (end == std::string_view::npos) return flags;
    text.remove_prefix(end + 1);
  }
}

// Gives the texts of an array (or one string) to `take(std::string_view, const
// Scope&)`, leaving out empty ones.
template <typename Take>
void EachString(const json::Value* value, const Scope& member, Take take) {
  if (const std::string* only = value->AsString()) {
    if (!only->empty()) take(*only, member);
    return;
  }
  const json::Array* elements = value->AsArray();
  if (elements == nullptr) {
    member.Fail(member.codes().document, *value, "expected an array of strings");
    return;
  }
  for (std::size_t i = 0; i < elements->size() && !member.failed(); ++i) {
    const Scope element = member.Element(i);
    const std::string* text = (*elements)[i].AsString();
    if (text == nullptr) {
      element.Fail(element.codes().document, (*elements)[i], "expected a string");
    } else if (!text->empty()) {
      take(*text, element);
    }
  }
}

}  // namespace

std::string Scope::PathText() const {
  std::vector<const Scope*> steps;
  for (const Scope* step = this; step->parent_ != nullptr; step = step->parent_) steps.push_back(step);
  std::string text;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if ((*step)->name_.empty()) {
      text += "[" + std::to_string((*step)->index_) + "]";
    } else {
      if (!text.empty()) text += '.';
      text += (*step)->name_;
    }
  }
  return text;
}

void Scope::Fail(base::HResult code, const json::Value& value, std::string_view remedy) const {
  if (failed()) return;
  std::string path = PathText();
  failure_->Set(code, (path.empty() ? std::string("the document") : "`" + path + "`") + " is " + Shown(value) + ": " +
                          std::string(remedy));
}

void Scope::FailText(base::HResult code, std::string_view value, std::string_view remedy) const {
  if (failed()) return;
  failure_->Set(code, "`" + PathText() + "` is " + Quoted(value) + ": " + std::string(remedy));
}

void Scope::FailMissing(base::HResult code, std::string_view remedy) const {
  if (failed()) return;
  failure_->Set(code, "`" + PathText() + "` is missing: " + std::string(remedy));
}

std::string_view NameOf(std::span<const EnumName> names, std::uint32_t value) {
  for (const EnumName& name : names) {
    if (name.value == value) return name.name;
  }
  return {};
}

Reader::Reader(json::Object object, const Scope& scope) : object_(std::move(object)), scope_(scope) {}

void Reader::SetKnown(std::size_t position) {
  if (position < kKnownBits) {
    known_ |= std::uint64_t{1} << position;
    return;
  }
  if (known_later_.empty()) known_later_.resize(object_.size() - kKnownBits);
  known_later_[position - kKnownBits] = true;
}

bool Reader::IsKnown(std::size_t position) const {
  if (position < kKnownBits) return (known_ >> position & 1) != 0;
  return !known_later_.empty() && known_later_[position - kKnownBits];
}

const json::Value* Reader::Find(std::string_view name) {
  const json::Value* exact = nullptr;
  const json::Value* other_case = nullptr;
  std::size_t position = 0;
  for (const json::Member& member : object_) {
    if (const bool is_exact = member.name == name; is_exact || base::EqualsIgnoringCase(member.name, name)) {
      SetKnown(position);
      if (is_exact) {
        exact = &member.value;
      } else if (other_case == nullptr) {
        other_case = &member.value;
      }
    }
    ++position;
  }
  const json::Value* found = exact != nullptr ? exact : other_case;
  return found == nullptr || found->IsNull() || scope_.failed() ? nullptr : found;
}

bool Reader::String(std::string_view name, std::string* out) {
  const json::Value* value = Find(name);
  if (value == nullptr) return false;
  if (const std::string* text = value->AsString()) {
    *out = *text;
    return true;
  }
  scope_.Member(name).Fail(scope_.codes().document, *value, "expected a string");
  return false;
}

bool Reader::Bool(std::string_view name, bool* out) {
  const json::Value* value = Find(name);
  if (value == nullptr) return false;
  if (const auto truth = value->AsBool()) {
    *out = *truth;
    return true;
  }
  scope_.Member(name).Fail(scope_.codes().document, *value, "expected true or false");
  return false;
}

bool Reader::Guid(std::string_view name, base::Guid* out) {
  std::string text;
  if (!String(name, &text) || text.empty()) return false;
  if (const auto guid = base::Guid::Parse(text)) {
    *out = *guid;
    return true;
  }
  scope_.Member(name).FailText(scope_.codes().guid, text,
                               "expected a GUID such as 01234567-89ab-cdef-0123-456789abcdef");
  return false;
}

bool Reader::Address(std::string_view name, std::optional<base::IpAddress>* out) {
  std::string text;
  if (!String(name, &text) || text.empty()) return false;
  *out = base::IpAddress::Parse(text);
  if (!*out) scope_.Member(name).FailText(scope_.codes().address, text, "expected an IPv4 or IPv6 address");
  return out->has_value();
}

bool Reader::Prefix(std::string_view name, std::optional<base::IpPrefix>* out) {
  std::string text;
  if (!String(name, &text) || text.empty()) return false;
  *out = base::IpPrefix::Parse(text);
  if (!*out) scope_.Member(name).FailText(scope_.codes().prefix, text, "not a prefix such as 10.1.0.0/16 or fd00::/64");
  return out->has_value();
}

bool Reader::Strings(std::string_view name, std::vector<std::string>* out) {
  const json::Value* value = Find(name);
  if (value == nullptr) return false;
  EachString(value, scope_.Member(name), [&](std::string_view text, const Scope&) { out->emplace_back(text); });
  return !scope_.failed();
}

bool Reader::StringsOrCommaList(std::string_view name, std::vector<std::string>* out) {
  const json::Value* value = Find(name);
  if (value == nullptr) return false;
  const bool is_list = value->IsString();
  EachString(value, scope_.Member(name), [&](std::string_view text, const Scope&) {
    if (!is_list) {
      out->emplace_back(text);
      return;
    }
    for (const std::string_view part : SplitAtCommas(text)) {
      if (!part.empty()) out->emplace_back(part);
    }
  });
  return !scope_.failed();
}

bool Reader::Addresses(std::string_view name, std::vector<base::IpAddress>* out) {
  const json::Value* value = Find(name);
  if (value == nullptr) return false;
  EachString(value, scope_.Member(name), [&](std::string_view text, const Scope& place) {
    if (const auto address = base::IpAddress::Parse(text)) {
      out->push_back(*address);
    } else {
      place.FailText(place.codes().address, text, "expected an IPv4 or IPv6 address");
    }
  });
  return !scope_.failed();
}

bool Reader::Prefixes(std::string_view name, std::vector<base::IpPrefix>* out) {
  const json::Value* value = Find(name);
  if (value == nullptr) return false;
  EachString(value, scope_.Member(name), [&](std::string_view text, const Scope& place) {
    if (const auto prefix = base::IpPrefix::Parse(text)) {
      out->push_back(*prefix);
    } else {
      place.FailText(place.codes().prefix, text, "not an address or a prefix such as 10.1.0.0/16 or fd00::/64");
    }
  });
  return !scope_.failed();
}

bool Reader::Guids(std::string_view name, std::vector<base::Guid>* out) {
  const json::Value* value = Find(name);
  if (value == nullptr) return false;
  EachString(value, scope_.Member(name), [&](std::string_view text, const Scope& place) {
    if (const auto guid = base::Guid::Parse(text)) {
      out->push_back(*guid);
    } else {
      place.FailText(place.codes().guid, text, "expected a GUID such as 01234567-89ab-cdef-0123-456789abcdef");
    }
  });
  return !scope_.failed();
}

bool Reader::Flags(std::string_view name, std::span<const EnumName> names, std::uint32_t* out) {
  const json::Value* value = Find(name);
  if (value == nullptr) return false;
  const std::string* text = value->AsString();
  if (text == nullptr) return Number(name, out);
  if (const auto flags = FlagsOf(names, *text)) {
    *out = *flags;
    return true;
  }
  scope_.Member(name).Fail(scope_.codes().document, *value, "expected a number or names out of " + AllNames(names));
  return false;
}

json::Object Reader::TakeRest() {
  std::vector<json::Member> rest;
  std::size_t position = 0;
  for (const json::Member& member : object_) {
    if (!IsKnown(position)) rest.push_back(member);
    ++position;
  }
  return json::Object(std::move(rest));
}

bool Reader::NumberUpTo(std::string_view name, std::uint64_t max, std::uint64_t* out) {
  const json::Value* value = Find(name);
  if (value == nullptr) return false;
  const auto number = value->AsUint64();
  if (number && *number <= max) {
    *out = *number;
    return true;
  }
  scope_.Member(name).Fail(scope_.codes().document, *value, "expected a whole number from 0 to " + std::to_string(max));
  return false;
}

bool Reader::EnumValue(std::string_view name, std::span<const EnumName> names, base::HResult unknown,
                       std::uint32_t* out) {
  const json::Value* value = Find(name);
  if (value == nullptr) return false;
  std::optional<std::uint32_t> found;
  if (const std::string* text = value->AsString()) {
    if (text->empty()) return false;
    found = ValueOf(names, *text);
  } else if (const auto number = value->AsUint64(); number && *number <= std::numeric_limits<std::uint32_t>::max()) {
    found = static_cast<std::uint32_t>(*number);
  }
  if (found && !NameOf(names, *found).empty()) {
    *out = *found;
    return true;
  }
  scope_.Member(name).Fail(unknown, *value, "expected one of " + AllNames(names));
  return false;
}

const json::Array* Reader::ArrayOf(const json::Value* value, const Scope& scope, std::string_view expected) {
  const json::Array* array = value->AsArray();
  if (array == nullptr) scope.Fail(scope.codes().document, *value, "expected " + std::string(expected));
  return array;
}

const json::Object* Reader::ObjectOf(const json::Value* value, const Scope& scope) {
  const json::Object* object = value->AsObject();
  if (object == nullptr) scope.Fail(scope.codes().document, *value, "expected an object");
  return object;
}

base::Result<json::Object> ParseObject(std::string_view text) {
  HNS_ASSIGN_OR_RETURN(json::Value value, json::Parse(text));
  if (json::Object* object = value.AsObject()) return std::move(*object);
  return base::MakeError(base::hr::HCN_E_INVALID_JSON,
                         "the document is " + Shown(value) + ": expected an object such as {\"Name\":\"pods\"}");
}

std::vector<std::string_view> SplitAtCommas(std::string_view text) {
  std::vector<std::string_view> parts;
  if (base::TrimSpaces(text).empty()) return parts;
  while (true) {
    const std::size_t comma = text.find(',');
    parts.push_back(base::TrimSpaces(text.substr(0, comma)));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace schema
