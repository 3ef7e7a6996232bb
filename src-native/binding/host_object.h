// The NativeHost of lib/native/hcn-calls.ts: methods in, promises out.
#pragma once

#include <node_api.h>

#include <memory>

#include "binding/session.h"

namespace binding {

class HostObject {
 public:
  // The class; null when JavaScript cannot run.
  static napi_value Define(napi_env env);
  // Null when JavaScript cannot run; the session is then abandoned.
  static napi_value New(napi_env env, std::shared_ptr<Session> session);

  explicit HostObject(std::shared_ptr<Session> session);
  ~HostObject();

  // While held, the object is not collected.
  void Hold();
  void LetGo();

 private:
  // What a method is called with; those not given are undefined.
  using Arguments = const napi_value*;

  static napi_value Construct(napi_env env, napi_callback_info info);
  template <napi_value (HostObject::*kMethod)(napi_env, Arguments)>
  static napi_value Method(napi_env env, napi_callback_info info);

  template <auto kTableEntry, typename... Parts>
  napi_value Invoke(napi_env env, Arguments arguments);
  template <auto kTableEntry, typename... Parts>
  static const napi_callback kEntry;
  template <HandleKind kKind>
  napi_value CloseHandle(napi_env env, Arguments arguments);
  napi_value RegisterServiceCallback(napi_env env, Arguments arguments);
  napi_value QueryEach(napi_env env, Arguments arguments);
  napi_value RegisterGuestNetworkServiceCallback(napi_env env, Arguments arguments);
  napi_value AdvanceClock(napi_env env, Arguments arguments);
  napi_value Close(napi_env env, Arguments arguments);

  const std::shared_ptr<Session> session_;
  napi_ref object_ = nullptr;  // Weak while nobody holds it.
};

}  // namespace binding
