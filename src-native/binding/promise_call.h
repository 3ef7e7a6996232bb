// A call that a promise waits for.
#pragma once

#include <node_api.h>

#include <memory>

#include "binding/completion.h"
#include "binding/environment.h"
#include "binding/failure.h"

namespace binding {

class PromiseCall : public Call {
 public:
  explicit PromiseCall(Environment& environment) : environment_(environment) {}

  // Gives the call to the environment and returns its promise; null with a
  // pending exception when JavaScript is ending.
  static napi_value Start(std::unique_ptr<PromiseCall> call);
  // Makes the promise only, for those who start the call later.
  napi_value Promise();
  void Settle(napi_env env) final;

 protected:
  // On the event loop's thread, last of all.
  virtual void OnSettled() {}
  // The promise's value; null when JavaScript cannot run.
  virtual napi_value Value(napi_env env);
  // HCN's record of the failure; null when there is none.
  virtual const char16_t* Record() const { return nullptr; }

  Environment& environment_;
  Failure failure_;  // Set by Run.

 private:
  // Without a promise, nobody waits. A call dropped unsettled leaves its
  // deferred (a few bytes) behind: Node-API frees one by settling it only, and
  // an environment that ends cannot.
  napi_deferred deferred_ = nullptr;
};

}  // namespace binding
