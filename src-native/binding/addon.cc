// The module's exports; lib/native/hcn-calls.ts has their types.
#include <node_api.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error_codes.h"
#include "base/service_codes.h"
#include "binding/compartment.h"
#include "binding/environment.h"
#include "binding/host_object.h"
#include "binding/open_host.h"
#include "binding/promise_call.h"
#include "compose/support.h"
#include "compose/versions.h"

namespace binding {
namespace {

// `name` of each code: base::ErrorSymbol or base::ErrorText.
napi_value ErrorNames(napi_env env, std::string_view (*name)(base::HResult)) {
  napi_value names = nullptr;
  if (napi_create_object(env, &names) != napi_ok) return nullptr;
  const auto add = [&](std::uint32_t code) {
    const std::string_view given = name(base::MakeHResult(code));
    napi_value text = nullptr;
    if (napi_create_string_utf8(env, given.data(), given.size(), &text) != napi_ok) return;
    napi_set_named_property(env, names, std::to_string(code).c_str(), text);
  };
#define HNS_VFP_ADD_CODE(symbol, value, text) add(value);
  HNS_VFP_ERROR_CODES(HNS_VFP_ADD_CODE)
  HNS_VFP_SERVICE_CODES(HNS_VFP_ADD_CODE)
#undef HNS_VFP_ADD_CODE
  napi_object_freeze(env, names);
  return names;
}

napi_value Versions(napi_env env) {
  const std::string described = compose::DescribeVersions();
  napi_value text = nullptr;
  return napi_create_string_utf8(env, described.data(), described.size(), &text) == napi_ok ? text : nullptr;
}

napi_value DescribeSupport(napi_env env, napi_callback_info) {
  const std::string described = compose::DescribeSupport();
  napi_value text = nullptr;
  return napi_create_string_utf8(env, described.data(), described.size(), &text) == napi_ok ? text : nullptr;
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
      {"openSystemHost", nullptr, OpenSystemHost, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"errorSymbols", nullptr, nullptr, nullptr, nullptr, ErrorNames(env, base::ErrorSymbol), napi_enumerable,
       nullptr},
      {"errorTexts", nullptr, nullptr, nullptr, nullptr, ErrorNames(env, base::ErrorText), napi_enumerable, nullptr},
      {"versions", nullptr, nullptr, nullptr, nullptr, Versions(env), napi_enumerable, nullptr},
      {"describeSupport", nullptr, DescribeSupport, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"enterCompartment", nullptr, EnterCompartment, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"noop", nullptr, Noop, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"noopAsync", nullptr, NoopAsync, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  napi_define_properties(env, exports, std::size(properties), properties);
  return exports;
}

}  // namespace
}  // namespace binding

NAPI_MODULE_INIT() { return binding::Init(env, exports); }
