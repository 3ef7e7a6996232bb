// JSON (RFC 8259), strict, with limits: what HCN documents are made of.
//
// A Value owns its children. Objects keep their members' order and spelling, so
// that a document can be given back as it came. Member lookup is by exact name;
// FindIgnoringCase is for HCN, which does not mind case. Numbers keep 64-bit
// integers exactly and everything else as double. Of duplicate names the last
// one counts, and only it is kept.
//
// Copies of an object share its members until one of the copies is changed, so
// documents are handed about by value for nothing: what is stored, what is
// checked and what is answered are one tree.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace base::json {

template <typename T>
concept Integer = std::integral<T> && !std::same_as<T, bool>;

class Value;
struct Member;
using Array = std::vector<Value>;

// Members in order of insertion. Small objects are the rule: lookup is linear.
// What gives out members to be changed (all that is not const) ends the sharing.
class Object {
 public:
  // Defined below, because Member is not complete yet.
  Object() noexcept;
  Object(const Object&);
  Object(Object&&) noexcept;
  Object& operator=(const Object&);
  Object& operator=(Object&&) noexcept;
  ~Object();
  // REQUIRES: no two members have the same name.
  explicit Object(std::vector<Member> members);

  const Value* Find(std::string_view name) const;
  Value* Find(std::string_view name);
  const Value* FindIgnoringCase(std::string_view name) const;
  // Replaces the member or appends it.
  Value& Set(std::string_view name, Value value);
  bool Erase(std::string_view name);
  std::size_t size() const;
  bool empty() const;
  const Member* begin() const;
  const Member* end() const;
  Member* begin();
  Member* end();
  bool operator==(const Object&) const;

 private:
  // Of this object alone.
  std::vector<Member>& Own();

  std::shared_ptr<std::vector<Member>> members_;  // Null: none.
};

class Value {
 public:
  Value() noexcept = default;                // null
  Value(std::nullptr_t) noexcept {}          // NOLINT: implicit by design
  template <std::same_as<bool> T>            // A pointer is not a truth value.
  Value(T value) noexcept : data_(value) {}  // NOLINT
  template <Integer T>
  Value(T value) noexcept {  // NOLINT
    if constexpr (std::is_unsigned_v<T> && sizeof(T) == sizeof(std::uint64_t)) {
      SetUint64(value);
    } else {
      data_ = static_cast<std::int64_t>(value);
    }
  }
  Value(double value) noexcept : data_(value) {}                  // NOLINT
  Value(std::string value) noexcept : data_(std::move(value)) {}  // NOLINT
  Value(std::string_view value) : data_(std::string(value)) {}    // NOLINT
  Value(const char* value) : data_(std::string(value)) {}         // NOLINT
  Value(Array value) noexcept;                                    // NOLINT
  Value(Object value) noexcept;                                   // NOLINT

  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  bool IsNull() const { return std::holds_alternative<std::monostate>(data_); }
  bool IsBool() const { return std::holds_alternative<bool>(data_); }
  bool IsNumber() const {
    return std::holds_alternative<std::int64_t>(data_) || std::holds_alternative<std::uint64_t>(data_) ||
           std::holds_alternative<double>(data_);
  }
  bool IsString() const { return std::holds_alternative<std::string>(data_); }
  bool IsArray() const { return std::holds_alternative<Array>(data_); }
  bool IsObject() const { return std::holds_alternative<Object>(data_); }

  // nullptr or nullopt when the value is of another type or out of range.
  std::optional<bool> AsBool() const;
  std::optional<std::int64_t> AsInt64() const;  // Also a double without a fraction.
  std::optional<std::uint64_t> AsUint64() const;
  std::optional<double> AsDouble() const;
  const std::string* AsString() const { return std::get_if<std::string>(&data_); }
  const Array* AsArray() const { return std::get_if<Array>(&data_); }
  Array* AsArray() { return std::get_if<Array>(&data_); }
  const Object* AsObject() const { return std::get_if<Object>(&data_); }
  Object* AsObject() { return std::get_if<Object>(&data_); }

  // Makes it an empty string, to be filled.
  std::string& BecomeString() { return data_.emplace<std::string>(); }

  // Numbers compare by value, objects regardless of member order.
  bool operator==(const Value& other) const;

  // Calls `visitor` with the monostate, bool, std::int64_t, std::uint64_t,
  // double, std::string, Array or Object this value holds.
  template <typename Visitor>
  decltype(auto) Visit(Visitor&& visitor) const {
    return std::visit(std::forward<Visitor>(visitor), data_);
  }

  // "null", "boolean", "number", "string", "array", "object": for messages.
  std::string_view TypeName() const;

 private:
  void SetUint64(std::uint64_t value) noexcept;

  // uint64 only for values above INT64_MAX, so that each number has one form.
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object> data_;
};

struct Member {
  std::string name;
  Value value;
  bool operator==(const Member&) const = default;
};

inline Object::Object() noexcept = default;
inline Object::Object(const Object&) = default;
inline Object::Object(Object&&) noexcept = default;
inline Object& Object::operator=(const Object&) = default;
inline Object& Object::operator=(Object&&) noexcept = default;
inline Object::~Object() = default;
inline Object::Object(std::vector<Member> members)
    : members_(members.empty() ? nullptr : std::make_shared<std::vector<Member>>(std::move(members))) {}
inline std::size_t Object::size() const { return members_ ? members_->size() : 0; }
inline bool Object::empty() const { return size() == 0; }
inline const Member* Object::begin() const { return members_ ? members_->data() : nullptr; }
inline const Member* Object::end() const { return begin() + size(); }
inline Member* Object::begin() { return members_ ? Own().data() : nullptr; }
inline Member* Object::end() { return begin() + size(); }

inline Value::Value(Array value) noexcept : data_(std::move(value)) {}
inline Value::Value(Object value) noexcept : data_(std::move(value)) {}
inline Value::Value(const Value&) = default;
inline Value::Value(Value&&) noexcept = default;
inline Value& Value::operator=(const Value&) = default;
inline Value& Value::operator=(Value&&) noexcept = default;
inline Value::~Value() = default;

struct ParseLimits {
  std::size_t max_bytes = 4 * 1024 * 1024;
  std::size_t max_depth = 64;
};

// HCN_E_INVALID_JSON with the byte offset and what was expected there;
// ERR_DOCUMENT_TOO_LARGE past a limit. Uses no recursion deeper than max_depth.
Result<Value> Parse(std::string_view text, const ParseLimits& limits = {});

// Compact text, always valid UTF-8; members in their order. A number JSON has no
// text for (NaN, infinity) becomes null, bytes that are not UTF-8 become U+FFFD.
std::string Write(const Value& value);
void WriteTo(const Value& value, std::string* out);

}  // namespace base::json
