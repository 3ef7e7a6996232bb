// openEmbeddedHost, openSharedEmbeddedHost and openSystemHost.
#pragma once

#include <node_api.h>

namespace binding {

napi_value OpenEmbeddedHost(napi_env env, napi_callback_info info);
napi_value OpenSharedEmbeddedHost(napi_env env, napi_callback_info info);

napi_value OpenSystemHost(napi_env env, napi_callback_info info);

}  // namespace binding
