#include "binding/promise_call.h"

#include <utility>

namespace binding {

napi_value PromiseCall::Start(std::unique_ptr<PromiseCall> call) {
  napi_value promise = call->Promise();
  Environment& environment = call->environment_;
  environment.Submit(std::move(call));
  return promise;
}

napi_value PromiseCall::Promise() {
  napi_value promise = nullptr;
  napi_create_promise(environment_.env(), &deferred_, &promise);
  return promise;
}

void PromiseCall::Settle(napi_env env) {
  if (deferred_ != nullptr) {
    if (failure_.failed()) {
      napi_value error = MakeError(env, failure_, Record());
      if (error != nullptr) napi_reject_deferred(env, deferred_, error);
    } else {
      napi_value value = Value(env);
      if (value != nullptr) napi_resolve_deferred(env, deferred_, value);
    }
  }
  OnSettled();
  environment_.OnSettled();
}

napi_value PromiseCall::Value(napi_env env) {
  napi_value undefined = nullptr;
  napi_get_undefined(env, &undefined);
  return undefined;
}

}  // namespace binding
