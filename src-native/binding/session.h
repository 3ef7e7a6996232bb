// One NativeHost at work: its lease on a host, the calls that run on it, and
// the handles and callbacks it has open.
//
// Used on the event loop's thread, save where a function says otherwise.
#pragma once

#include <node_api.h>

#include <memory>
#include <vector>

#include "binding/environment.h"
#include "binding/handle.h"
#include "binding/host_lease.h"

namespace binding {

class HostObject;

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Environment& environment, std::unique_ptr<HostLease> lease);
  ~Session();

  Environment& environment() const { return *environment_; }
  // REQUIRES: a call of this session is running, or none can start. Any thread.
  compose::Host& host() const { return lease_->host(); }
  bool IsOpen() const { return state_ == State::kOpen; }

  // The host is not taken down in between. For HostCall.
  void CallBegins() { ++calls_; }
  void CallEnded();

  // An open handle that this session closes at the latest when it ends.
  std::shared_ptr<Handle> Adopt(HandleKind kind, void* value, std::shared_ptr<ServiceCallback> callback);
  // Closes the handle, once the calls that use it are done.
  // REQUIRES: IsOpen() and handle->open.
  napi_value CloseHandle(const std::shared_ptr<Handle>& handle);
  // Closes a handle whose JavaScript object is gone, if nobody did.
  void Forget(const std::shared_ptr<Handle>& handle);

  // Waits for running calls, then takes everything down. The promise of every
  // call of this is resolved when that is done.
  napi_value Close();
  // Close, when nobody is left to wait for it.
  void Abandon();
  // Calls that a fault lets hang end: the environment is about to wait for them.
  void ReleaseFaults();
  // At once; the environment is ending and no call is running.
  void TearDown();

  // The object that JavaScript has; null when it is collected. It stays while
  // handles of it are open.
  void SetObject(HostObject* object);

 private:
  class CloseHandleCall;
  class CloseCall;
  enum class State { kOpen, kClosing, kClosed };

  std::unique_ptr<CloseHandleCall> StopUse(const std::shared_ptr<Handle>& handle);
  void StartClose(const std::shared_ptr<Handle>& handle, std::unique_ptr<CloseHandleCall> call);
  void CloseWhenIdle();
  // Closes what is open on the host and ends the lease. Any thread, while no
  // call is running and none can start.
  void EndLease();
  void OnLeaseEnded();
  void Remove(Handle& handle);

  const std::shared_ptr<Environment> environment_;
  std::unique_ptr<HostLease> lease_;
  State state_ = State::kOpen;
  std::size_t calls_ = 0;
  std::vector<std::shared_ptr<Handle>> handles_;
  std::size_t open_handles_ = 0;
  std::vector<napi_deferred> waiting_for_close_;
  HostObject* object_ = nullptr;
};

}  // namespace binding
