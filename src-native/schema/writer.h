// Putting members into an object, by the conventions of HCN's own output:
// what is absent is left out, lists are always there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/guid.h"
#include "base/json.h"

namespace schema {

namespace json = base::json;

// Appends without looking for duplicates. The caller names each member once.
class ObjectWriter {
 public:
  void Add(std::string_view name, json::Value value) {
    members_.push_back(json::Member{std::string(name), std::move(value)});
  }
  void AddText(std::string_view name, const std::string& text) {
    if (!text.empty()) Add(name, text);
  }
  void AddGuid(std::string_view name, const base::Guid& guid) {
    if (!guid.IsZero()) Add(name, guid.ToString());
  }
  template <typename T>
  void AddOptional(std::string_view name, const std::optional<T>& value) {
    if (value) Add(name, json::Value(*value));
  }
  // As text: addresses, prefixes.
  template <typename T>
  void AddPrinted(std::string_view name, const std::optional<T>& value) {
    if (value) Add(name, value->ToString());
  }
  template <typename T, typename Write>
  void AddList(std::string_view name, const std::vector<T>& items, Write write) {
    json::Array array;
    array.reserve(items.size());
    for (const T& item : items) array.push_back(write(item));
    Add(name, std::move(array));
  }
  template <typename T>
  void AddPrintedList(std::string_view name, const std::vector<T>& items) {
    AddList(name, items, [](const T& item) { return json::Value(item.ToString()); });
  }
  void AddStrings(std::string_view name, const std::vector<std::string>& items) {
    AddList(name, items, [](const std::string& item) { return json::Value(item); });
  }
  // The members a reader had no name for.
  void AddRest(const json::Object& rest) { members_.insert(members_.end(), rest.begin(), rest.end()); }

  json::Value Take() { return json::Value(json::Object(std::move(members_))); }

 private:
  std::vector<json::Member> members_;
};

}  // namespace schema
