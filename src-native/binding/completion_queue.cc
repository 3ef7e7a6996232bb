#include "binding/completion_queue.h"

#include <utility>

namespace binding {

napi_status CompletionQueue::Open(napi_env env) {
  napi_value name = nullptr;
  if (const napi_status status = napi_create_string_utf8(env, "hns-vfp", NAPI_AUTO_LENGTH, &name); status != napi_ok) {
    return status;
  }
  const napi_status status =
      napi_create_threadsafe_function(env, nullptr, nullptr, name, /*max_queue_size=*/0,
                                      /*initial_thread_count=*/1, nullptr, nullptr, this, OnWake, &wake_);
  if (status != napi_ok) return status;
  LetGo(env);
  return napi_ok;
}

void CompletionQueue::Push(std::unique_ptr<Completion> completion) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  waiting_.push_back(std::move(completion));
  if (waiting_.size() > 1) return;
  // Under the lock, so that Close cannot release the function meanwhile.
  napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
}

void CompletionQueue::Hold(napi_env env) { napi_ref_threadsafe_function(env, wake_); }
void CompletionQueue::LetGo(napi_env env) { napi_unref_threadsafe_function(env, wake_); }

void CompletionQueue::Close() {
  std::vector<std::unique_ptr<Completion>> dropped;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    closed_ = true;
    dropped.swap(waiting_);
    napi_release_threadsafe_function(wake_, napi_tsfn_abort);
  }
}

void CompletionQueue::OnWake(napi_env env, napi_value, void* context, void*) {
  // Without an environment the function is being torn down.
  if (env != nullptr) static_cast<CompletionQueue*>(context)->Drain(env);
}

void CompletionQueue::Drain(napi_env env) {
  std::vector<std::unique_ptr<Completion>> batch = std::move(spare_);
  {
    const std::lock_guard lock(mutex_);
    waiting_.swap(batch);
  }
  for (std::unique_ptr<Completion>& completion : batch) {
    napi_handle_scope scope = nullptr;
    if (napi_open_handle_scope(env, &scope) != napi_ok) break;
    completion->Settle(env);
    completion.reset();
    napi_close_handle_scope(env, scope);
  }
  batch.clear();
  spare_ = std::move(batch);
}

}  // namespace binding
