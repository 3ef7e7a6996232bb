// Registers a JavaScript function with the service's notifications.
#pragma once

#include <memory>
#include <utility>

#include "binding/host_call.h"
#include "binding/service_callback.h"

namespace binding {

class RegisterCall final : public HostCall {
 public:
  RegisterCall(Session& session, napi_value function)
      : HostCall(session), callback_(std::make_shared<ServiceCallback>(session.environment(), function)) {}

  ~RegisterCall() override {
    if (handle_ != nullptr) CloseNative(session().host().hcn(), HandleKind::kCallback, handle_);
    if (callback_ != nullptr) callback_->Release();
  }

  void Run() noexcept override {
    const abi::HcnTable& table = session().host().hcn();
    failure_.code =
        table.register_service_callback(table.context, &ServiceCallback::OnNotification, callback_.get(), &handle_);
  }

 private:
  napi_value Value(napi_env env) override {
    return WrapHandle(env, session().environment(),
                      session().Adopt(HandleKind::kCallback, std::exchange(handle_, nullptr), std::move(callback_)));
  }

  std::shared_ptr<ServiceCallback> callback_;
  void* handle_ = nullptr;
};

}  // namespace binding
