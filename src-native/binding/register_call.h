// Registers a JavaScript function with the notifications of the service, or of
// one guest network service.
#pragma once

#include <memory>
#include <utility>

#include "binding/host_call.h"
#include "binding/service_callback.h"

namespace binding {

class RegisterCall final : public HostCall {
 public:
  // `guest`: an open handle of a guest network service, or null.
  RegisterCall(Session& session, napi_value function, std::shared_ptr<Handle> guest = nullptr)
      : HostCall(session),
        kind_(guest != nullptr ? HandleKind::kGuestNetworkServiceCallback : HandleKind::kCallback),
        callback_(std::make_shared<ServiceCallback>(session.environment(), function)) {
    if (guest != nullptr) guest_ = HandleUse(std::move(guest));
  }

  ~RegisterCall() override {
    if (handle_ != nullptr) CloseNative(session().host().hcn(), kind_, handle_);
    if (callback_ != nullptr) callback_->Release();
  }

  void Run() noexcept override {
    const abi::HcnTable& table = session().host().hcn();
    const auto hear = &ServiceCallback::OnNotification;
    failure_.code = kind_ == HandleKind::kCallback
                        ? table.register_service_callback(table.context, hear, callback_.get(), &handle_)
                        : table.register_guest_network_service_callback(table.context, guest_.value(), hear,
                                                                        callback_.get(), &handle_);
  }

 private:
  napi_value Value(napi_env env) override {
    return WrapHandle(env, session().environment(),
                      session().Adopt(kind_, std::exchange(handle_, nullptr), std::move(callback_)));
  }

  const HandleKind kind_;
  HandleUse guest_;
  std::shared_ptr<ServiceCallback> callback_;
  void* handle_ = nullptr;
};

}  // namespace binding
