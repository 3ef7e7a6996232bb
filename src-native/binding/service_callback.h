// A JavaScript function that hears the service's notifications.
//
// The service calls on its own threads; each notification travels through the
// environment's completion queue, so they arrive in order, and one that a call
// caused arrives before that call's promise settles.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <memory>
#include <string>

#include "abi/hcn_table.h"
#include "binding/environment.h"

namespace binding {

class ServiceCallback : public std::enable_shared_from_this<ServiceCallback> {
 public:
  ServiceCallback(Environment& environment, napi_value function);

  // What the table calls; `context` is the ServiceCallback. Its registration
  // keeps it alive.
  static void OnNotification(std::uint32_t type, void* context, abi::HRESULT status, const char16_t* data);

  // Calls the function, unless released.
  void Deliver(napi_env env, std::uint32_t type, abi::HRESULT status, const std::u16string* data);
  // Lets go of the function. On the event loop's thread, before the last owner
  // (who may be on any thread) is gone.
  void Release();

 private:
  Environment& environment_;
  napi_ref function_ = nullptr;
};

}  // namespace binding
