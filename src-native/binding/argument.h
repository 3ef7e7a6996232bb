// What a table entry takes and gives, seen from both sides.
//
// An argument is read from JavaScript on the event loop's thread (Read) and
// handed to the entry on the pool's (Native: a tuple of what the C function
// expects). A result goes the other way: Native is where the entry writes,
// Received follows on the same thread, Value makes it JavaScript's on the event
// loop's, Release frees what nobody took.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "abi/vfp_table.h"
#include "base/guid.h"
#include "binding/failure.h"
#include "binding/handle.h"
#include "binding/session.h"

namespace binding {

// None of these leaves a JavaScript exception pending.
Failure ReadText(napi_env env, napi_value value, std::u16string& text);

// A text for JavaScript. One that is ASCII throughout, as documents nearly
// always are, becomes a string of one byte per character, which V8 parses and
// keeps at half the price; that is found out on the pool's thread.
class AnswerText {
 public:
  AnswerText() = default;
  // `text` outlives the object. Null counts as empty.
  explicit AnswerText(const char16_t* text);
  napi_value Value(napi_env env) const;

 private:
  const char16_t* wide_ = nullptr;  // Null: it is `narrow_`.
  std::string narrow_;
};
Failure ReadGuid(napi_env env, napi_value value, base::Guid& guid);
Failure ReadBytes(napi_env env, napi_value value, std::vector<std::uint8_t>& bytes);
// An integer from 0 to 2^53 - 1.
Failure ReadSize(napi_env env, napi_value value, std::uint64_t& number);
Failure ReadHandle(napi_env env, napi_value value, const Session& session, HandleKind kind,
                   std::shared_ptr<Handle>& handle);
bool IsNullish(napi_env env, napi_value value);

namespace argument {

struct Text {
  static constexpr bool kIsArgument = true;
  std::u16string text;
  Failure Read(napi_env env, napi_value value, const Session&) { return ReadText(env, value, text); }
  std::tuple<const char16_t*> Native() const { return {text.c_str()}; }
};

// Null and undefined are the table's null.
struct OptionalText {
  static constexpr bool kIsArgument = true;
  std::u16string text;
  bool present = false;
  Failure Read(napi_env env, napi_value value, const Session&) {
    if (IsNullish(env, value)) return {};
    present = true;
    return ReadText(env, value, text);
  }
  std::tuple<const char16_t*> Native() const { return {present ? text.c_str() : nullptr}; }
};

// The id of a port is text in its table; what is none is refused as other ids are.
template <typename Argument>
struct PortIdIn : Argument {
  Failure Read(napi_env env, napi_value value, const Session& session) {
    Failure failure = Argument::Read(env, value, session);
    if (failure.failed()) failure.code = base::hr::HCN_E_GUID_CONVERSION_FAILURE;
    return failure;
  }
};
using PortId = PortIdIn<Text>;
using OptionalPortId = PortIdIn<OptionalText>;

struct Id {
  static constexpr bool kIsArgument = true;
  base::Guid guid;
  Failure Read(napi_env env, napi_value value, const Session&) { return ReadGuid(env, value, guid); }
  std::tuple<const base::Guid&> Native() const { return {guid}; }
};

struct Bytes {
  static constexpr bool kIsArgument = true;
  std::vector<std::uint8_t> bytes;
  Failure Read(napi_env env, napi_value value, const Session&) { return ReadBytes(env, value, bytes); }
  std::tuple<const std::uint8_t*, std::size_t> Native() const { return {bytes.data(), bytes.size()}; }
};

struct Size {
  static constexpr bool kIsArgument = true;
  std::uint64_t number = 0;
  Failure Read(napi_env env, napi_value value, const Session&) { return ReadSize(env, value, number); }
  std::tuple<std::size_t> Native() const { return {static_cast<std::size_t>(number)}; }
};

// An integer that the entry's type has.
template <typename T>
struct Unsigned {
  static constexpr bool kIsArgument = true;
  T number = 0;
  Failure Read(napi_env env, napi_value value, const Session&) {
    std::uint64_t wide = 0;
    if (ReadSize(env, value, wide).failed() || wide > std::numeric_limits<T>::max()) {
      return {base::hr::ERROR_INVALID_PARAMETER,
              "An integer from 0 to " + std::to_string(std::numeric_limits<T>::max()) + " is wanted."};
    }
    number = static_cast<T>(wide);
    return {};
  }
  std::tuple<T> Native() const { return {number}; }
};

template <HandleKind kKind>
struct OpenHandle {
  static constexpr bool kIsArgument = true;
  HandleUse use;
  Failure Read(napi_env env, napi_value value, const Session& session) {
    std::shared_ptr<Handle> handle;
    Failure failure = ReadHandle(env, value, session, kKind, handle);
    if (!failure.failed()) use = HandleUse(std::move(handle));
    return failure;
  }
  std::tuple<void*> Native() const { return {use.value()}; }
};

}  // namespace argument

namespace result {

struct Text {
  static constexpr bool kIsArgument = false;
  char16_t* text = nullptr;
  AnswerText answer;
  std::tuple<char16_t**> Native() { return {&text}; }
  template <typename Table>
  void Received(const Table&) {
    answer = AnswerText(text);
  }
  napi_value Value(napi_env env, Session&) const { return answer.Value(env); }
  template <typename Table>
  void Release(const Table& table) {
    table.free_string(table.context, text);
  }
};

// Memory of the table cannot outlive its host, and JavaScript's bytes may: they
// are copied once, on the pool's thread, and then only change owner.
struct Bytes {
  static constexpr bool kIsArgument = false;
  std::uint8_t* bytes = nullptr;
  std::size_t length = 0;
  std::unique_ptr<std::uint8_t[]> copy;
  std::tuple<std::uint8_t**, std::size_t*> Native() { return {&bytes, &length}; }
  void Received(const abi::VfpTable& table);
  napi_value Value(napi_env env, Session&);
  void Release(const abi::VfpTable&) {}
};

template <HandleKind kKind>
struct NewHandle {
  static constexpr bool kIsArgument = false;
  void* value = nullptr;
  std::tuple<void**> Native() { return {&value}; }
  void Received(const abi::HcnTable&) {}
  napi_value Value(napi_env env, Session& session) {
    return WrapHandle(env, session.environment(), session.Adopt(kKind, std::exchange(value, nullptr), nullptr));
  }
  void Release(const abi::HcnTable& table) {
    if (value != nullptr) CloseNative(table, kKind, value);
  }
};

// { reservation, startingPort, endingPort }
struct ReservedRange {
  static constexpr bool kIsArgument = false;
  abi::HcnPortRangeReservation range;
  NewHandle<HandleKind::kPortReservation> reservation;
  std::tuple<abi::HcnPortRangeReservation*, void**> Native() { return {&range, &reservation.value}; }
  void Received(const abi::HcnTable&) {}
  napi_value Value(napi_env env, Session& session);
  void Release(const abi::HcnTable& table) { reservation.Release(table); }
};

// JSON: an array of HCN_PORT_RANGE_ENTRY.
struct PortEntries {
  static constexpr bool kIsArgument = false;
  std::uint32_t count = 0;
  abi::HcnPortRangeEntry* entries = nullptr;
  std::string text;
  std::tuple<std::uint32_t*, abi::HcnPortRangeEntry**> Native() { return {&count, &entries}; }
  void Received(const abi::HcnTable& table);
  napi_value Value(napi_env env, Session&) const {
    napi_value value = nullptr;
    return napi_create_string_utf8(env, text.data(), text.size(), &value) == napi_ok ? value : nullptr;
  }
  void Release(const abi::HcnTable&) {}
};

}  // namespace result

}  // namespace binding
