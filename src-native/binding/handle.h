// An open HCN handle, as JavaScript holds it: opaque, with a kind.
//
// All but the native close happens on the event loop's thread: nothing locks.
// Invariants
//   1. `value` is closed natively exactly once, and not while a call that was
//      given it is running: such calls hold a HandleUse.
//   2. An open handle keeps its session, and through it the host, alive.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "base/error_codes.h"
#include "binding/completion.h"

namespace abi {
struct HcnTable;
}

namespace binding {

class Environment;
class ServiceCallback;
class Session;

enum class HandleKind {
  kNetwork,
  kEndpoint,
  kNamespace,
  kLoadBalancer,
  kSdnRoute,
  kGuestNetworkService,
  kCallback,
  kGuestNetworkServiceCallback,
  kPortReservation
};

// "network", "loadBalancer", ...
std::string_view KindName(HandleKind kind);
bool IsCallback(HandleKind kind);

base::HResult CloseNative(const abi::HcnTable& table, HandleKind kind, void* value) noexcept;

struct Handle {
  std::shared_ptr<Session> session;
  HandleKind kind = HandleKind::kNetwork;
  void* value = nullptr;  // Null once closed natively.
  bool open = true;       // False from the moment somebody asked to close it.
  std::size_t uses = 0;
  std::unique_ptr<Call> close_after_uses;
  std::size_t index = 0;                      // In the session's list.
  std::shared_ptr<ServiceCallback> callback;  // With IsCallback(kind).
};

// A call's hold on a handle it works with.
class HandleUse {
 public:
  HandleUse() = default;
  explicit HandleUse(std::shared_ptr<Handle> handle) : handle_(std::move(handle)) { ++handle_->uses; }
  HandleUse(HandleUse&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  HandleUse& operator=(HandleUse&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~HandleUse();
  void* value() const { return handle_->value; }

 private:
  std::shared_ptr<Handle> handle_;
};

// The JavaScript object of a handle; null when JavaScript cannot run. When it
// is collected, a handle that was forgotten is closed.
napi_value WrapHandle(napi_env env, const Environment& environment, std::shared_ptr<Handle> handle);

// Null when `value` is no handle of this environment.
std::shared_ptr<Handle> UnwrapHandle(napi_env env, const Environment& environment, napi_value value);

}  // namespace binding
