#include "binding/failure.h"

#include <cstdint>
#include <cstdio>

namespace binding {
namespace {

// "HCN_E_NETWORK_NOT_FOUND (0x803B0001): The network was not found. <detail>"
std::string Message(const Failure& failure) {
  char number[16];
  std::snprintf(number, sizeof(number), "0x%08X", static_cast<std::uint32_t>(failure.code));
  std::string message(base::ErrorSymbol(failure.code));
  message += message.empty() ? number : " (" + std::string(number) + ")";
  const std::string_view text = base::ErrorText(failure.code);
  if (!text.empty()) message.append(": ").append(text);
  if (!failure.detail.empty()) message.append(text.empty() ? ": " : " ").append(failure.detail);
  return message;
}

}  // namespace

Failure OfArgument(std::size_t number, Failure failure) {
  if (failure.failed()) failure.detail.insert(0, "Argument " + std::to_string(number) + ": ");
  return failure;
}

napi_value MakeError(napi_env env, const Failure& failure, const char16_t* record) {
  const std::string text = Message(failure);
  napi_value message = nullptr;
  napi_value error = nullptr;
  napi_value hresult = nullptr;
  napi_value record_value = nullptr;
  if (napi_create_string_utf8(env, text.data(), text.size(), &message) != napi_ok) return nullptr;
  if (napi_create_error(env, nullptr, message, &error) != napi_ok) return nullptr;
  if (napi_create_uint32(env, static_cast<std::uint32_t>(failure.code), &hresult) != napi_ok) return nullptr;
  const napi_status made = record == nullptr ? napi_get_null(env, &record_value)
                                             : napi_create_string_utf16(env, record, NAPI_AUTO_LENGTH, &record_value);
  if (made != napi_ok) return nullptr;
  const napi_property_descriptor properties[] = {
      {"hresult", nullptr, nullptr, nullptr, nullptr, hresult, napi_enumerable, nullptr},
      {"record", nullptr, nullptr, nullptr, nullptr, record_value, napi_enumerable, nullptr},
  };
  return napi_define_properties(env, error, 2, properties) == napi_ok ? error : nullptr;
}

napi_value RejectedPromise(napi_env env, const Failure& failure) {
  napi_deferred deferred = nullptr;
  napi_value promise = nullptr;
  napi_value error = MakeError(env, failure, nullptr);
  if (error == nullptr || napi_create_promise(env, &deferred, &promise) != napi_ok) return nullptr;
  napi_reject_deferred(env, deferred, error);
  return promise;
}

}  // namespace binding
