#include "binding/service_callback.h"

#include <optional>
#include <string>
#include <utility>

#include "binding/completion.h"

namespace binding {
namespace {

class Notification final : public Completion {
 public:
  Notification(std::shared_ptr<ServiceCallback> callback, std::uint32_t type, abi::HRESULT status, const char16_t* data)
      : callback_(std::move(callback)), type_(type), status_(status) {
    if (data != nullptr) data_.emplace(data);
  }
  void Settle(napi_env env) override { callback_->Deliver(env, type_, status_, data_ ? &*data_ : nullptr); }

 private:
  const std::shared_ptr<ServiceCallback> callback_;
  const std::uint32_t type_;
  const abi::HRESULT status_;
  std::optional<std::u16string> data_;
};

}  // namespace

ServiceCallback::ServiceCallback(Environment& environment, napi_value function) : environment_(environment) {
  napi_create_reference(environment.env(), function, 1, &function_);
}

void ServiceCallback::OnNotification(std::uint32_t type, void* context, abi::HRESULT status, const char16_t* data) {
  auto& self = *static_cast<ServiceCallback*>(context);
  self.environment_.completions().Push(std::make_unique<Notification>(self.shared_from_this(), type, status, data));
}

void ServiceCallback::Deliver(napi_env env, std::uint32_t type, abi::HRESULT status, const std::u16string* data) {
  if (function_ == nullptr) return;
  napi_value function = nullptr;
  napi_value receiver = nullptr;
  napi_value arguments[3] = {};
  const napi_status made[] = {
      napi_get_reference_value(env, function_, &function),
      napi_get_undefined(env, &receiver),
      napi_create_uint32(env, type, &arguments[0]),
      napi_create_uint32(env, static_cast<std::uint32_t>(status), &arguments[1]),
      data == nullptr ? napi_get_null(env, &arguments[2])
                      : napi_create_string_utf16(env, data->data(), data->size(), &arguments[2]),
  };
  for (const napi_status status_of_one : made) {
    if (status_of_one != napi_ok) return;
  }
  if (napi_call_function(env, receiver, function, 3, arguments, nullptr) != napi_pending_exception) return;
  // As for any event handler that throws: 'uncaughtException'.
  napi_value thrown = nullptr;
  if (napi_get_and_clear_last_exception(env, &thrown) == napi_ok) napi_fatal_exception(env, thrown);
}

void ServiceCallback::Release() {
  if (function_ != nullptr) napi_delete_reference(environment_.env(), std::exchange(function_, nullptr));
}

}  // namespace binding
