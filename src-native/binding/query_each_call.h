// Many objects read in one crossing: each is opened, queried and closed through
// the table, as one would do it call by call. For lists, where three crossings
// per object were most of the work.
#pragma once

#include <node_api.h>

#include <string>
#include <vector>

#include "base/guid.h"
#include "binding/argument.h"
#include "binding/handle.h"
#include "binding/host_call.h"

namespace binding {

class QueryEachCall final : public HostCall {
 public:
  // What one call may be asked for, so that it does not keep a thread for long.
  static constexpr std::size_t kMostObjects = 1024;

  using HostCall::HostCall;
  ~QueryEachCall() override;

  // `arguments`: the kind's name, an array of ids, a query.
  Failure Read(napi_env env, const napi_value* arguments);
  void Run() noexcept override;

 private:
  struct Answer {
    base::HResult code = base::hr::OK;
    char16_t* properties = nullptr;
    AnswerText text;  // Of `properties`.
    char16_t* record = nullptr;
  };

  // In the order of the ids: text, or the Error that the promise of the call
  // that failed would have rejected with.
  napi_value Value(napi_env env) override;

  HandleKind kind_ = HandleKind::kNetwork;
  std::vector<base::Guid> ids_;
  std::u16string query_;
  std::vector<Answer> answers_;
};

}  // namespace binding
