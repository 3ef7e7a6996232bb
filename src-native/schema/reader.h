// Reading JSON objects into structs: typed members, names in any letter case,
// errors that name the place, the value and what would be right.
//
// Errors are sticky: the first one is kept in the Failure all scopes of a
// document share, later reads change nothing, and whoever reads the document
// asks once at its end. Absent and null members leave their target alone.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error_codes.h"
#include "base/guid.h"
#include "base/ip_address.h"
#include "base/json.h"
#include "base/result.h"

namespace schema {

namespace json = base::json;

// What HNS answers for each sort of wrong value, by the document it stands in.
struct Codes {
  base::HResult document = base::hr::ERROR_INVALID_PARAMETER;  // Wrong type, range or name; missing member.
  base::HResult prefix = base::hr::HCN_E_INVALID_PREFIX;
  base::HResult address = base::hr::HCN_E_INVALID_IP;
  base::HResult guid = base::hr::HCN_E_GUID_CONVERSION_FAILURE;
};

// The first thing found wrong with a document.
class Failure {
 public:
  bool failed() const { return error_.has_value(); }
  void Set(base::HResult code, std::string detail) {
    if (!error_) error_ = base::MakeError(code, std::move(detail));
  }
  base::Status ToStatus() const { return error_ ? base::Status(*error_) : base::Status(); }

 private:
  std::optional<base::Error> error_;
};

// Where in the document we are. A child refers to its parent, which must
// outlive it; the text of a path is made only for an error.
class Scope {
 public:
  Scope(const Codes& codes, Failure* failure) : codes_(codes), failure_(failure) {}

  Scope Member(std::string_view name) const { return Scope(this, name, 0); }
  Scope Element(std::size_t index) const { return Scope(this, {}, index); }
  // The same place, read by other rules.
  Scope With(const Codes& codes) const {
    Scope scope = *this;
    scope.codes_ = codes;
    return scope;
  }

  const Codes& codes() const { return codes_; }
  bool failed() const { return failure_->failed(); }
  std::string PathText() const;  // "Ipams[0].Subnets[1]"; empty for the document itself.

  // "`Ipams[0].Type` is `7`: <remedy>". Values are cut at about 100 characters.
  void Fail(base::HResult code, const json::Value& value, std::string_view remedy) const;
  void FailText(base::HResult code, std::string_view value, std::string_view remedy) const;
  // "`Settings.Action` is missing: <remedy>"
  void FailMissing(base::HResult code, std::string_view remedy) const;

 private:
  Scope(const Scope* parent, std::string_view name, std::size_t index)
      : parent_(parent), name_(name), index_(index), codes_(parent->codes_), failure_(parent->failure_) {}

  const Scope* parent_ = nullptr;
  std::string_view name_;  // Empty: an element, by `index_`.
  std::size_t index_ = 0;
  Codes codes_;
  Failure* failure_;
};

struct EnumName {
  std::string_view name;
  std::uint32_t value;
};

// The canonical name of a value; empty when it has none.
std::string_view NameOf(std::span<const EnumName> names, std::uint32_t value);

class Reader {
 public:
  // `scope` outlives the reader.
  Reader(json::Object object, const Scope& scope);

  const Scope& scope() const { return scope_; }

  // The member, or nullptr when it is absent or null. Whatever was asked for,
  // in any letter case, does not appear in TakeRest.
  const json::Value* Find(std::string_view name);
  // True when the member is there and not null.
  bool Has(std::string_view name) { return Find(name) != nullptr; }

  // Each returns true when it has written `*out`.
  bool String(std::string_view name, std::string* out);
  bool Bool(std::string_view name, bool* out);
  bool Guid(std::string_view name, base::Guid* out);                         // "" counts as absent.
  bool Address(std::string_view name, std::optional<base::IpAddress>* out);  // "" counts as absent.
  bool Prefix(std::string_view name, std::optional<base::IpPrefix>* out);    // "" counts as absent.
  // An array of strings; a single string counts as an array of one, or, where
  // HCN knows comma lists, of its parts. Empty strings are dropped.
  bool Strings(std::string_view name, std::vector<std::string>* out);
  bool StringsOrCommaList(std::string_view name, std::vector<std::string>* out);
  bool Addresses(std::string_view name, std::vector<base::IpAddress>* out);
  bool Prefixes(std::string_view name, std::vector<base::IpPrefix>* out);
  bool Guids(std::string_view name, std::vector<base::Guid>* out);

  template <std::unsigned_integral T>
  bool Number(std::string_view name, T* out) {
    std::uint64_t wide = 0;
    if (!NumberUpTo(name, std::numeric_limits<T>::max(), &wide)) return false;
    *out = static_cast<T>(wide);
    return true;
  }
  template <std::unsigned_integral T>
  bool Number(std::string_view name, std::optional<T>* out) {
    T value{};
    if (!Number(name, &value)) return false;
    *out = value;
    return true;
  }

  // A name in any case, a number, or a number as text; "" counts as absent.
  // `unknown` is the code for anything else.
  template <typename E>
  bool Enum(std::string_view name, std::span<const EnumName> names, base::HResult unknown, E* out) {
    std::uint32_t value = 0;
    if (!EnumValue(name, names, unknown, &value)) return false;
    *out = static_cast<E>(value);
    return true;
  }
  // As Enum, for sets: also names joined by "," or "|". Unknown bits are kept.
  bool Flags(std::string_view name, std::span<const EnumName> names, std::uint32_t* out);

  // Calls `read(json::Object, const Scope&)` for each element; a single object
  // counts as an array of one, because some clients unwrap those.
  template <typename Read>
  bool Objects(std::string_view name, Read read) {
    const json::Value* value = Find(name);
    if (value == nullptr) return false;
    const Scope member = scope_.Member(name);
    if (const json::Object* only = value->AsObject()) {
      read(*only, member);
      return true;
    }
    const json::Array* elements = ArrayOf(value, member, "an array of objects");
    if (elements == nullptr) return false;
    for (std::size_t i = 0; i < elements->size() && !scope_.failed(); ++i) {
      const Scope element = member.Element(i);
      if (const json::Object* object = ObjectOf(&(*elements)[i], element)) read(*object, element);
    }
    return true;
  }
  // The same for one object.
  template <typename Read>
  bool Object(std::string_view name, Read read) {
    const json::Value* value = Find(name);
    if (value == nullptr) return false;
    const Scope member = scope_.Member(name);
    const json::Object* object = ObjectOf(value, member);
    if (object == nullptr) return false;
    read(*object, member);
    return true;
  }

  // The members nobody asked for, as they came. Call last.
  json::Object TakeRest();

 private:
  bool NumberUpTo(std::string_view name, std::uint64_t max, std::uint64_t* out);
  bool EnumValue(std::string_view name, std::span<const EnumName> names, base::HResult unknown, std::uint32_t* out);
  static const json::Array* ArrayOf(const json::Value* value, const Scope& scope, std::string_view expected);
  static const json::Object* ObjectOf(const json::Value* value, const Scope& scope);

  const json::Object object_;  // Shared with whoever gave it, so nothing is moved out of it.
  void SetKnown(std::size_t position);
  bool IsKnown(std::size_t position) const;

  // By position in `object_`: a bit each; from the 65th on a vector's.
  std::uint64_t known_ = 0;
  std::vector<bool> known_later_;
  const Scope& scope_;
};

// Parses `text` as one JSON object. Limits as in base/json.h.
base::Result<json::Object> ParseObject(std::string_view text);

// "" and "a, b,c" as lists; spaces around the parts are cut, empty parts kept.
std::vector<std::string_view> SplitAtCommas(std::string_view text);

}  // namespace schema
