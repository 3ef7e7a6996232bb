// The NativeHost of lib/native/hcn-calls.ts: methods in, promises out.
#pragma once

#include <napi.h>

#include <memory>

#include "binding/session.h"

namespace binding {

class HostObject : public Napi::ObjectWrap<HostObject> {
 public:
  static Napi::Function Define(Napi::Env env);
  // Null when JavaScript cannot run; the session is then abandoned.
  static napi_value New(napi_env env, std::shared_ptr<Session> session);

  // Called by New alone; JavaScript that finds it gets a TypeError.
  explicit HostObject(const Napi::CallbackInfo& info);
  ~HostObject() override;

 private:
  template <auto kEntry, typename... Parts>
  Napi::Value Invoke(const Napi::CallbackInfo& info);
  template <auto kEntry, typename... Parts>
  static PropertyDescriptor Entry(const char* name);
  template <HandleKind kKind>
  Napi::Value CloseHandle(const Napi::CallbackInfo& info);
  Napi::Value RegisterServiceCallback(const Napi::CallbackInfo& info);
  Napi::Value AdvanceClock(const Napi::CallbackInfo& info);
  Napi::Value Close(const Napi::CallbackInfo& info);

  std::shared_ptr<Session> session_;
};

}  // namespace binding
