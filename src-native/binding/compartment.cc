#include "binding/compartment.h"

#include <cstddef>
#include <cstdint>

#include "base/error_codes.h"
#include "binding/failure.h"
#include "compose/compartment.h"

namespace binding {

napi_value EnterCompartment(napi_env env, napi_callback_info info) {
  std::size_t count = 1;
  napi_value argument = nullptr;
  std::uint32_t wanted = 0;
  Failure failure;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok || count < 1 ||
      napi_get_value_uint32(env, argument, &wanted) != napi_ok) {
    failure = OfArgument(1, {base::hr::ERROR_INVALID_PARAMETER, "must be a compartment's number."});
  } else {
    const auto before = compose::EnterCompartment(wanted);
    napi_value result = nullptr;
    if (before.ok()) return napi_create_uint32(env, *before, &result) == napi_ok ? result : nullptr;
    failure = {before.error().code, before.error().detail};
  }
  napi_throw(env, MakeError(env, failure, nullptr));
  return nullptr;
}

}  // namespace binding
