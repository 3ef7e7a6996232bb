// JSON (RFC 8259), strict, with limits: what HCN documents are made of.
//
// A Value owns its children. Objects keep their members' order and spelling, so
// that a document can be given back as it came. Member lookup is by exact name;
// FindIgnoringCase is for HCN, which does not mind case. Numbers keep 64-bit
// integers exactly and everything else as double. Of duplicate names the last
// one counts, and only it is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace base::json {

class Value;
struct Member;
using Array = std::vector<Value>;

// Members in order of insertion. Small objects are the rule: lookup is linear.
class Object {
 public:
  const Value* Find(std::string_view name) const;
  Value* Find(std::string_view name);
  const Value* FindIgnoringCase(std::string_view name) const;
  // Replaces the member or appends it.
  Value& Set(std::string_view name, Value value);
  bool Erase(std::string_view name);
  std::size_t size() const { return members_.size(); }
  bool empty() const { return members_.empty(); }
  const Member* begin() const;
  const Member* end() const;
  Member* begin();
  Member* end();
  bool operator==(const Object&) const;

 private:
  std::vector<Member> members_;
};

class Value {
 public:
  Value() = default;  // null
  Value(std::nullptr_t) {}                             // NOLINT: implicit by design
  Value(bool value) : data_(value) {}                  // NOLINT
  Value(std::int64_t value) : data_(value) {}          // NOLINT
  Value(std::uint64_t value);                          // NOLINT
  Value(int value) : data_(std::int64_t{value}) {}     // NOLINT
  Value(unsigned value) : data_(std::int64_t{value}) {}  // NOLINT
  Value(double value) : data_(value) {}                // NOLINT
  Value(std::string value) : data_(std::move(value)) {}  // NOLINT
  Value(std::string_view value) : data_(std::string(value)) {}  // NOLINT
  Value(const char* value) : data_(std::string(value)) {}  // NOLINT
  Value(Array value) : data_(std::move(value)) {}      // NOLINT
  Value(Object value) : data_(std::move(value)) {}     // NOLINT

  bool IsNull() const { return std::holds_alternative<std::monostate>(data_); }
  bool IsBool() const { return std::holds_alternative<bool>(data_); }
  bool IsNumber() const;
  bool IsString() const { return std::holds_alternative<std::string>(data_); }
  bool IsArray() const { return std::holds_alternative<Array>(data_); }
  bool IsObject() const { return std::holds_alternative<Object>(data_); }

  // nullptr or nullopt when the value is of another type or out of range.
  std::optional<bool> AsBool() const;
  std::optional<std::int64_t> AsInt64() const;    // Also a double without a fraction.
  std::optional<std::uint64_t> AsUint64() const;
  std::optional<double> AsDouble() const;
  const std::string* AsString() const { return std::get_if<std::string>(&data_); }
  const Array* AsArray() const { return std::get_if<Array>(&data_); }
  Array* AsArray() { return std::get_if<Array>(&data_); }
  const Object* AsObject() const { return std::get_if<Object>(&data_); }
  Object* AsObject() { return std::get_if<Object>(&data_); }

  // Numbers compare by value, objects regardless of member order.
  bool operator==(const Value& other) const;

  // "null", "boolean", "number", "string", "array", "object": for messages.
  std::string_view TypeName() const;

 private:
  // uint64 only for values above INT64_MAX, so that each number has one form.
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object> data_;
};

struct Member {
  std::string name;
  Value value;
  bool operator==(const Member&) const = default;
};

struct ParseLimits {
  std::size_t max_bytes = 4 * 1024 * 1024;
  std::size_t max_depth = 64;
};

// HCN_E_INVALID_JSON with the byte offset and what was expected there;
// ERR_DOCUMENT_TOO_LARGE past a limit. Uses no recursion deeper than max_depth.
Result<Value> Parse(std::string_view text, const ParseLimits& limits = {});

// Compact text, valid UTF-8; members in their order.
std::string Write(const Value& value);
void WriteTo(const Value& value, std::string* out);

}  // namespace base::json
