// The module's exports; see lib/native/hcn-calls.ts for their types.
#include <napi.h>

#include <string>

#include "base/error_codes.h"

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

void Noop(const Napi::CallbackInfo&) {}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("errorSymbols", ErrorSymbols(env));
  exports.Set("noop", Napi::Function::New<Noop>(env, "noop"));
  return exports;
}

}  // namespace
}  // namespace binding

static Napi::Object InitModule(Napi::Env env, Napi::Object exports) { return binding::Init(env, exports); }
NODE_API_MODULE(hns_vfp, InitModule)
