#include "binding/session.h"

#include <utility>

#include "binding/host_call.h"
#include "binding/host_object.h"
#include "binding/service_callback.h"

namespace binding {

class Session::CloseHandleCall final : public HostCall {
 public:
  CloseHandleCall(Session& session, std::shared_ptr<Handle> handle) : HostCall(session), handle_(std::move(handle)) {}
  void Run() noexcept override {
    failure_.code = CloseNative(session().host().hcn(), handle_->kind, std::exchange(handle_->value, nullptr));
  }

 private:
  void OnSettled() override { session().Remove(*handle_); }

  const std::shared_ptr<Handle> handle_;
};

class Session::CloseCall final : public PromiseCall {
 public:
  explicit CloseCall(Session& session) : PromiseCall(session.environment()), session_(session.shared_from_this()) {}
  void Run() noexcept override { session_->EndLease(); }

 private:
  void OnSettled() override { session_->OnLeaseEnded(); }

  const std::shared_ptr<Session> session_;
};

Session::Session(Environment& environment, std::unique_ptr<HostLease> lease)
    : environment_(environment.shared_from_this()), lease_(std::move(lease)) {
  environment_->Add(*this);
}

Session::~Session() { environment_->Remove(*this); }

void Session::CallEnded() {
  --calls_;
  CloseWhenIdle();
}

std::shared_ptr<Handle> Session::Adopt(HandleKind kind, void* value, std::shared_ptr<ServiceCallback> callback) {
  auto handle = std::make_shared<Handle>();
  handle->session = shared_from_this();
  handle->kind = kind;
  handle->value = value;
  handle->callback = std::move(callback);
  handle->index = handles_.size();
  handles_.push_back(handle);
  if (open_handles_++ == 0 && object_ != nullptr) object_->Hold();
  return handle;
}

// From now on no call is given the handle.
std::unique_ptr<Session::CloseHandleCall> Session::StopUse(const std::shared_ptr<Handle>& handle) {
  handle->open = false;
  if (--open_handles_ == 0 && object_ != nullptr) object_->LetGo();
  return std::make_unique<CloseHandleCall>(*this, handle);
}

void Session::StartClose(const std::shared_ptr<Handle>& handle, std::unique_ptr<CloseHandleCall> call) {
  if (handle->uses > 0) {
    handle->close_after_uses = std::move(call);
  } else {
    environment_->Submit(std::move(call));
  }
}

napi_value Session::CloseHandle(const std::shared_ptr<Handle>& handle) {
  std::unique_ptr<CloseHandleCall> call = StopUse(handle);
  napi_value promise = call->Promise();
  StartClose(handle, std::move(call));
  return promise;
}

void Session::Forget(const std::shared_ptr<Handle>& handle) {
  if (!IsOpen() || !handle->open) return;
  StartClose(handle, StopUse(handle));
}

void Session::Remove(Handle& handle) {
  if (handle.callback != nullptr) handle.callback->Release();
  const std::size_t index = handle.index;
  handles_.back()->index = index;
  std::swap(handles_[index], handles_.back());
  handles_.pop_back();
}

napi_value Session::Close() {
  napi_deferred deferred = nullptr;
  napi_value promise = nullptr;
  if (napi_create_promise(environment_->env(), &deferred, &promise) != napi_ok) return nullptr;
  waiting_for_close_.push_back(deferred);
  if (state_ == State::kClosed) {
    OnLeaseEnded();
  } else {
    Abandon();
  }
  return promise;
}

void Session::Abandon() {
  if (state_ != State::kOpen) return;
  ReleaseFaults();
  state_ = State::kClosing;
  CloseWhenIdle();
}

void Session::ReleaseFaults() {
  // Later they have been released already, and the lease is the pool's.
  if (IsOpen()) lease_->host().ReleaseFaults();
}

void Session::CloseWhenIdle() {
  if (state_ == State::kClosing && calls_ == 0) environment_->Submit(std::make_unique<CloseCall>(*this));
}

void Session::EndLease() {
  if (lease_ == nullptr) return;
  // Callbacks of a host that goes down with us hear so; it drops them itself.
  const bool host_ends = lease_->Retire();
  for (const std::shared_ptr<Handle>& handle : handles_) {
    if (handle->value == nullptr || (host_ends && IsCallback(handle->kind))) continue;
    CloseNative(lease_->host().hcn(), handle->kind, std::exchange(handle->value, nullptr));
  }
  lease_.reset();
}

void Session::OnLeaseEnded() {
  state_ = State::kClosed;
  const napi_env env = environment_->env();
  for (const std::shared_ptr<Handle>& handle : std::exchange(handles_, {})) {
    handle->open = false;
    handle->value = nullptr;
    if (handle->callback != nullptr) handle->callback->Release();
  }
  if (std::exchange(open_handles_, 0) > 0 && object_ != nullptr && !environment_->ended()) object_->LetGo();
  environment_->Remove(*this);
  napi_value undefined = nullptr;
  for (napi_deferred deferred : std::exchange(waiting_for_close_, {})) {
    if (napi_get_undefined(env, &undefined) == napi_ok) napi_resolve_deferred(env, deferred, undefined);
  }
}

void Session::TearDown() {
  if (state_ == State::kClosed) return;
  // Handles that are being closed may be all that owns us.
  const std::shared_ptr<Session> self = shared_from_this();
  EndLease();
  // Whoever waits is gone.
  waiting_for_close_.clear();
  OnLeaseEnded();
}

void Session::SetObject(HostObject* object) { object_ = object; }

}  // namespace binding
