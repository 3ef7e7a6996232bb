#include "binding/argument.h"

#include <cmath>
#include <cstring>
#include <iterator>
#include <optional>
#include <utility>

#include "base/json.h"
#include "base/utf16.h"

namespace binding {
namespace {

// From this size on, handing memory over is cheaper than copying it.
constexpr std::size_t kExternalFromBytes = 64 * 1024;

Failure Invalid(const char* clause) { return {base::hr::ERROR_INVALID_PARAMETER, clause}; }

}  // namespace

bool IsNullish(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  return napi_typeof(env, value, &type) == napi_ok && (type == napi_undefined || type == napi_null);
}

Failure ReadText(napi_env env, napi_value value, std::u16string& text) {
  std::size_t length = 0;
  if (napi_get_value_string_utf16(env, value, nullptr, 0, &length) != napi_ok) return Invalid("A string is wanted.");
  text.resize(length);
  // The terminator takes the place std::u16string keeps for its own.
  if (napi_get_value_string_utf16(env, value, text.data(), length + 1, &length) != napi_ok) {
    return Invalid("A string is wanted.");
  }
  // The table would take the text up to there for the whole.
  if (text.find(u'\0') != std::u16string::npos) return Invalid("A string without NUL characters is wanted.");
  return {};
}

AnswerText::AnswerText(const char16_t* text) {
  if (text == nullptr) return;
  std::size_t length = 0;
  char16_t bits = 0;
  for (; text[length] != 0; ++length) bits = static_cast<char16_t>(bits | text[length]);
  if (bits >= 0x80) {
    wide_ = text;
    return;
  }
  narrow_.resize(length);
  for (std::size_t i = 0; i < length; ++i) narrow_[i] = static_cast<char>(text[i]);
}

napi_value AnswerText::Value(napi_env env) const {
  napi_value value = nullptr;
  const napi_status made = wide_ != nullptr ? napi_create_string_utf16(env, wide_, NAPI_AUTO_LENGTH, &value)
                                            : napi_create_string_latin1(env, narrow_.data(), narrow_.size(), &value);
  return made == napi_ok ? value : nullptr;
}

Failure ReadGuid(napi_env env, napi_value value, base::Guid& guid) {
  const auto invalid = [](std::string clause) {
    return Failure{base::hr::HCN_E_GUID_CONVERSION_FAILURE, std::move(clause)};
  };
  // With braces, and one more to see that there is no more.
  char16_t wide[38 + 1 + 1];
  std::size_t length = 0;
  if (napi_get_value_string_utf16(env, value, wide, std::size(wide), &length) != napi_ok) {
    return invalid("A string is wanted.");
  }
  const std::optional<std::string> text = base::Utf16ToUtf8({wide, length});
  const std::optional<base::Guid> parsed = text ? base::Guid::Parse(*text) : std::nullopt;
  if (!parsed) return invalid(text ? "`" + *text + "` is no GUID." : "The text is no GUID.");
  guid = *parsed;
  return {};
}

Failure ReadBytes(napi_env env, napi_value value, std::vector<std::uint8_t>& bytes) {
  bool is_typed_array = false;
  napi_typedarray_type type = napi_int8_array;
  std::size_t length = 0;
  void* data = nullptr;
  if (napi_is_typedarray(env, value, &is_typed_array) != napi_ok || !is_typed_array ||
      napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array) {
    return Invalid("A Uint8Array is wanted.");
  }
  // Copied now: JavaScript may write to it, or give it away, while the call runs.
  const auto* begin = static_cast<const std::uint8_t*>(data);
  if (begin != nullptr) bytes.assign(begin, begin + length);
  return {};
}

Failure ReadSize(napi_env env, napi_value value, std::uint64_t& number) {
  constexpr double kEnd = 9007199254740992.0;  // 2^53
  double read = 0;
  // Not a number and infinities fail the comparisons.
  if (napi_get_value_double(env, value, &read) != napi_ok || !(read >= 0 && read < kEnd) || read != std::floor(read)) {
    return Invalid("An integer from 0 to 2^53 - 1 is wanted.");
  }
  number = static_cast<std::uint64_t>(read);
  return {};
}

Failure ReadHandle(napi_env env, napi_value value, const Session& session, HandleKind kind,
                   std::shared_ptr<Handle>& handle) {
  const auto invalid = [](const char* clause) { return Failure{base::hr::ERROR_INVALID_HANDLE, clause}; };
  handle = UnwrapHandle(env, session.environment(), value);
  if (handle == nullptr) return invalid("What was given is no handle.");
  if (handle->kind != kind) return invalid("The handle is of another kind.");
  if (handle->session.get() != &session) return invalid("The handle belongs to another host.");
  if (!handle->open) return invalid("The handle is closed.");
  return {};
}

namespace result {

void Bytes::Received(const abi::VfpTable& table) {
  if (length > 0) {
    copy = std::make_unique_for_overwrite<std::uint8_t[]>(length);
    std::memcpy(copy.get(), bytes, length);
  }
  table.free_bytes(table.context, std::exchange(bytes, nullptr));
}

napi_value Bytes::Value(napi_env env, Session&) {
  napi_value buffer = nullptr;
  napi_status made = napi_generic_failure;
  if (length >= kExternalFromBytes) {
    const napi_finalize free = [](napi_env, void* data, void*) { delete[] static_cast<std::uint8_t*>(data); };
    made = napi_create_external_arraybuffer(env, copy.get(), length, free, nullptr, &buffer);
    if (made == napi_ok) static_cast<void>(copy.release());
  }
  // Small, or a runtime that allows no external buffers.
  if (made != napi_ok) {
    void* data = nullptr;
    if (napi_create_arraybuffer(env, length, &data, &buffer) != napi_ok) return nullptr;
    if (length > 0) std::memcpy(data, copy.get(), length);
  }
  napi_value array = nullptr;
  return napi_create_typedarray(env, napi_uint8_array, length, buffer, 0, &array) == napi_ok ? array : nullptr;
}

napi_value ReservedRange::Value(napi_env env, Session& session) {
  napi_value object = nullptr;
  napi_value first = nullptr;
  napi_value last = nullptr;
  napi_value handle = reservation.Value(env, session);
  if (handle == nullptr || napi_create_object(env, &object) != napi_ok ||
      napi_create_uint32(env, range.starting_port, &first) != napi_ok ||
      napi_create_uint32(env, range.ending_port, &last) != napi_ok ||
      napi_set_named_property(env, object, "reservation", handle) != napi_ok ||
      napi_set_named_property(env, object, "startingPort", first) != napi_ok ||
      napi_set_named_property(env, object, "endingPort", last) != napi_ok) {
    return nullptr;
  }
  return object;
}

void PortEntries::Received(const abi::HcnTable& table) {
  base::json::Array array;
  for (std::uint32_t i = 0; i < count; ++i) {
    const abi::HcnPortRangeEntry& entry = entries[i];
    base::json::Object object;
    object.Set("OwningPartitionId", entry.owning_partition_id.ToString());
    object.Set("TargetPartitionId", entry.target_partition_id.ToString());
    object.Set("Protocol", entry.protocol);
    object.Set("Priority", entry.priority);
    object.Set("ReservationType", entry.reservation_type);
    object.Set("SharingFlags", entry.sharing_flags);
    object.Set("DeliveryMode", entry.delivery_mode);
    object.Set("StartingPort", std::uint32_t{entry.starting_port});
    object.Set("EndingPort", std::uint32_t{entry.ending_port});
    array.emplace_back(std::move(object));
  }
  text = base::json::Write(std::move(array));
  table.free_guest_network_port_reservations(table.context, std::exchange(entries, nullptr));
}

}  // namespace result
}  // namespace binding
