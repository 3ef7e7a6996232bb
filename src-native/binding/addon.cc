// The module's exports; lib/native/hcn-calls.ts has their types.
#include <node_api.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/error_codes.h"
#include "binding/environment.h"
#include "binding/host_object.h"
#include "binding/open_host.h"
#include "binding/promise_call.h"

namespace binding {
namespace {

napi_value ErrorSymbols(napi_env env) {
  napi_value symbols = nullptr;
  if (napi_create_object(env, &symbols) != napi_ok) return nullptr;
  const auto add = [&](std::uint32_t code, const char* symbol) {
    napi_value text = nullptr;
    if (napi_create_string_utf8(env, symbol, NAPI_AUTO_LENGTH, &text) != napi_ok) return;
    napi_set_named_property(env, symbols, std::to_string(code).c_str(), text);
  };
#define HNS_VFP_ADD_SYMBOL(symbol, value, text) add(value, #symbol);
  HNS_VFP_ERROR_CODES(HNS_VFP_ADD_SYMBOL)
#undef HNS_VFP_ADD_SYMBOL
  napi_object_freeze(env, symbols);
  return symbols;
}

class NoopCall final : public PromiseCall {
 public:
  using PromiseCall::PromiseCall;
  void Run() noexcept override {}
};

napi_value Noop(napi_env, napi_callback_info) { return nullptr; }

napi_value NoopAsync(napi_env env, napi_callback_info) {
  return PromiseCall::Start(std::make_unique<NoopCall>(Environment::Of(env)));
}

napi_value Init(napi_env env, napi_value exports) {
  Environment* environment = Environment::Attach(env);
  if (environment == nullptr) return exports;
  napi_create_reference(env, HostObject::Define(env), 1, &environment->host_constructor);
  const napi_property_descriptor properties[] = {
      {"openEmbeddedHost", nullptr, OpenEmbeddedHost, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"openSharedEmbeddedHost", nullptr, OpenSharedEmbeddedHost, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"errorSymbols", nullptr, nullptr, nullptr, nullptr, ErrorSymbols(env), napi_enumerable, nullptr},
      {"noop", nullptr, Noop, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"noopAsync", nullptr, NoopAsync, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  napi_define_properties(env, exports, std::size(properties), properties);
  return exports;
}

}  // namespace
}  // namespace binding

NAPI_MODULE_INIT() { return binding::Init(env, exports); }
