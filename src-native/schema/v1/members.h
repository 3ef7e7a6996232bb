// Taking members out of a v1 document, whatever their letter case, and the
// comma lists v1 has where v2 has arrays.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/json.h"

namespace schema::v1 {

namespace json = base::json;

// Absent and null are the same to HNS: both give nullopt.
inline std::optional<json::Value> Take(json::Object* object, std::string_view name) {
  std::optional<json::Value> taken;
  for (json::Member& member : *object) {
    if (!base::EqualsIgnoringCase(member.name, name)) continue;
    if (!member.value.IsNull()) taken = std::move(member.value);
    const std::string exact = member.name;
    object->Erase(exact);
    break;
  }
  return taken;
}

// As Take; an empty text and a zero, as Go writes what was never set, are absent, too.
inline std::optional<json::Value> TakeSet(json::Object* object, std::string_view name) {
  std::optional<json::Value> taken = Take(object, name);
  if (!taken) return taken;
  const std::string* text = taken->AsString();
  if ((text != nullptr && text->empty()) || taken->AsUint64() == 0) return std::nullopt;
  return taken;
}

inline bool TakeBool(json::Object* object, std::string_view name) {
  const std::optional<json::Value> taken = Take(object, name);
  return taken && taken->AsBool() == true;
}

// ["a","b"] as "a,b".
inline std::string CommaList(const json::Value& list) {
  std::string text;
  if (const json::Array* array = list.AsArray()) {
    for (const json::Value& item : *array) {
      if (item.AsString() == nullptr) continue;
      if (!text.empty()) text += ',';
      text += *item.AsString();
    }
  } else if (list.AsString() != nullptr) {
    text = *list.AsString();
  }
  return text;
}

// The object at `name`, which is made when it is not there. nullptr: something
// else is there, and the reader of the v2 document will say so.
inline json::Object* Child(json::Object* object, std::string_view name) {
  for (json::Member& member : *object) {
    if (base::EqualsIgnoringCase(member.name, name)) return member.value.AsObject();
  }
  return object->Set(name, json::Object()).AsObject();
}

// The array at `name`, likewise; a lone object becomes an array of one, as
// ConvertTo-Json makes the reverse of it.
inline json::Array* ChildArray(json::Object* object, std::string_view name) {
  for (json::Member& member : *object) {
    if (!base::EqualsIgnoringCase(member.name, name)) continue;
    if (member.value.IsNull()) member.value = json::Array();
    if (member.value.IsObject()) {
      json::Array one;
      one.push_back(std::move(member.value));
      member.value = std::move(one);
    }
    return member.value.AsArray();
  }
  return object->Set(name, json::Array()).AsArray();
}

}  // namespace schema::v1
