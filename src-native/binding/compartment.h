// `binding.enterCompartment(number)`: moves JavaScript's own thread.
#pragma once

#include <node_api.h>

namespace binding {

// Gives the number it was in before; throws what rejected promises reject with.
napi_value EnterCompartment(napi_env env, napi_callback_info info);

}  // namespace binding
