// openEmbeddedHost and openSharedEmbeddedHost.
#pragma once

#include <napi.h>

namespace binding {

Napi::Value OpenEmbeddedHost(const Napi::CallbackInfo& info);
Napi::Value OpenSharedEmbeddedHost(const Napi::CallbackInfo& info);

}  // namespace binding
