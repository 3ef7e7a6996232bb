#include "base/json.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "base/ascii.h"

namespace base::json {
namespace {

// Beyond this many members objects are compared by sorting, so that a hostile
// document cannot make the comparison quadratic.
constexpr std::size_t kFewMembers = 16;

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

std::vector<const Member*> SortedByName(const Object& object) {
  std::vector<const Member*> sorted;
  sorted.reserve(object.size());
  for (const Member& member : object) sorted.push_back(&member);
  std::sort(sorted.begin(), sorted.end(), [](const Member* a, const Member* b) { return a->name < b->name; });
  return sorted;
}

}  // namespace

std::vector<Member>& Object::Own() {
  if (!members_) {
    members_ = std::make_shared<std::vector<Member>>();
  } else if (members_.use_count() > 1) {
    members_ = std::make_shared<std::vector<Member>>(*members_);
  } else {
    // What another thread read from a copy, it read before it gave the copy up.
    std::atomic_thread_fence(std::memory_order_acquire);
  }
  return *members_;
}

const Value* Object::Find(std::string_view name) const {
  for (const Member& member : *this) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

Value* Object::Find(std::string_view name) {
  if (std::as_const(*this).Find(name) == nullptr) return nullptr;
  Own();
  return const_cast<Value*>(std::as_const(*this).Find(name));
}

const Value* Object::FindIgnoringCase(std::string_view name) const {
  const Value* other_case = nullptr;
  for (const Member& member : *this) {
    if (member.name.size() != name.size()) continue;
    if (member.name == name) return &member.value;
    if (other_case == nullptr && EqualsIgnoringCase(member.name, name)) other_case = &member.value;
  }
  return other_case;
}

Value& Object::Set(std::string_view name, Value value) {
  if (Value* found = Find(name)) return *found = std::move(value);
  return Own().emplace_back(Member{std::string(name), std::move(value)}).value;
}

bool Object::Erase(std::string_view name) {
  if (std::as_const(*this).Find(name) == nullptr) return false;
  std::erase_if(Own(), [name](const Member& member) { return member.name == name; });
  return true;
}

bool Object::operator==(const Object& other) const {
  if (members_ == other.members_) return true;
  if (size() != other.size()) return false;
  if (std::equal(begin(), end(), other.begin())) return true;
  if (size() <= kFewMembers) {
    return std::all_of(begin(), end(), [&other](const Member& member) {
      const Value* theirs = other.Find(member.name);
      return theirs != nullptr && member.value == *theirs;
    });
  }
  const auto mine = SortedByName(*this);
  const auto theirs = SortedByName(other);
  return std::equal(mine.begin(), mine.end(), theirs.begin(),
                    [](const Member* a, const Member* b) { return *a == *b; });
}

void Value::SetUint64(std::uint64_t value) noexcept {
  if (value <= static_cast<std::uint64_t>(INT64_MAX)) {
    data_ = static_cast<std::int64_t>(value);
  } else {
    data_ = value;
  }
}

std::optional<bool> Value::AsBool() const {
  if (const bool* value = std::get_if<bool>(&data_)) return *value;
  return std::nullopt;
}

std::optional<std::int64_t> Value::AsInt64() const {
  if (const auto* value = std::get_if<std::int64_t>(&data_)) return *value;
  if (const auto* value = std::get_if<double>(&data_)) {
    if (*value >= -kTwoTo63 && *value < kTwoTo63 && std::trunc(*value) == *value) {
      return static_cast<std::int64_t>(*value);
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> Value::AsUint64() const {
  if (const auto* value = std::get_if<std::int64_t>(&data_)) {
    if (*value < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*value);
  }
  if (const auto* value = std::get_if<std::uint64_t>(&data_)) return *value;
  if (const auto* value = std::get_if<double>(&data_)) {
    if (*value >= 0 && *value < kTwoTo64 && std::trunc(*value) == *value) return static_cast<std::uint64_t>(*value);
  }
  return std::nullopt;
}

std::optional<double> Value::AsDouble() const {
  if (const auto* value = std::get_if<std::int64_t>(&data_)) return static_cast<double>(*value);
  if (const auto* value = std::get_if<std::uint64_t>(&data_)) return static_cast<double>(*value);
  if (const auto* value = std::get_if<double>(&data_)) return *value;
  return std::nullopt;
}

bool Value::operator==(const Value& other) const {
  if (!IsNumber() || !other.IsNumber()) return data_ == other.data_;
  // Integers first: as doubles, two different ones above 2^53 could look equal.
  if (const auto mine = AsInt64()) return mine == other.AsInt64();
  if (const auto mine = AsUint64()) return mine == other.AsUint64();
  return AsDouble() == other.AsDouble();
}

std::string_view Value::TypeName() const {
  if (IsNull()) return "null";
  if (IsBool()) return "boolean";
  if (IsString()) return "string";
  if (IsArray()) return "array";
  return IsObject() ? "object" : "number";
}

}  // namespace base::json
