// The module's exports; lib/native/hcn-calls.ts has their types.
#include <napi.h>

#include <memory>
#include <string>

#include "base/error_codes.h"
#include "binding/environment.h"
#include "binding/host_object.h"
#include "binding/open_host.h"
#include "binding/promise_call.h"

namespace binding {
namespace {

Napi::Object ErrorSymbols(Napi::Env env) {
  Napi::Object symbols = Napi::Object::New(env);
#define HNS_VFP_ADD_SYMBOL(symbol, value, text) symbols.Set(std::to_string(value), #symbol);
  HNS_VFP_ERROR_CODES(HNS_VFP_ADD_SYMBOL)
#undef HNS_VFP_ADD_SYMBOL
  symbols.Freeze();
  return symbols;
}

class NoopCall final : public PromiseCall {
 public:
  using PromiseCall::PromiseCall;
  void Run() noexcept override {}
};

void Noop(const Napi::CallbackInfo&) {}

Napi::Value NoopAsync(const Napi::CallbackInfo& info) {
  return {info.Env(), PromiseCall::Start(std::make_unique<NoopCall>(Environment::Of(info.Env())))};
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  Environment* environment = Environment::Attach(env);
  if (environment == nullptr) return exports;
  environment->host_constructor = Napi::Persistent(HostObject::Define(env));
  exports.Set("openEmbeddedHost", Napi::Function::New<OpenEmbeddedHost>(env, "openEmbeddedHost"));
  exports.Set("openSharedEmbeddedHost", Napi::Function::New<OpenSharedEmbeddedHost>(env, "openSharedEmbeddedHost"));
  exports.Set("errorSymbols", ErrorSymbols(env));
  exports.Set("noop", Napi::Function::New<Noop>(env, "noop"));
  exports.Set("noopAsync", Napi::Function::New<NoopAsync>(env, "noopAsync"));
  return exports;
}

}  // namespace
}  // namespace binding

static Napi::Object InitModule(Napi::Env env, Napi::Object exports) { return binding::Init(env, exports); }
NODE_API_MODULE(hns_vfp, InitModule)
