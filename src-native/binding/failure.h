// The Error that native promises reject with; see NativeFailure in
// lib/native/hcn-calls.ts.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error_codes.h"

namespace binding {

struct Failure {
  base::HResult code = base::hr::OK;  // OK: none.
  std::string detail;                 // One clause; empty when the code says it all.
  bool failed() const { return code != base::hr::OK; }
};

// Says which argument it is about; they count from one. No failure stays none.
Failure OfArgument(std::size_t number, Failure failure);

// `record`: HCN's error record, or null. Null when JavaScript cannot run.
napi_value MakeError(napi_env env, const Failure& failure, const char16_t* record);

// A promise that is rejected already.
napi_value RejectedPromise(napi_env env, const Failure& failure);

}  // namespace binding
