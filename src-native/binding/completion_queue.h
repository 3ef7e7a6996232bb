// The way back to the event loop: many threads push, the loop drains.
//
// The loop is woken when the queue stops being empty and then takes all there
// is, so that a burst of calls costs one wake-up.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "binding/completion.h"

namespace binding {

class CompletionQueue {
 public:
  // Drains on `env`'s event loop. REQUIRES: Open before anything else.
  napi_status Open(napi_env env);
  // From any thread. Dropped when the queue is closed.
  void Push(std::unique_ptr<Completion> completion);
  // While held, the event loop has something to wait for.
  void Hold(napi_env env);
  void LetGo(napi_env env);
  // Drops what waits and whatever still comes. On the event loop's thread.
  void Close();

 private:
  static void OnWake(napi_env env, napi_value, void* context, void*);
  void Drain(napi_env env);

  napi_threadsafe_function wake_ = nullptr;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Completion>> waiting_;  // Guarded by mutex_.
  bool closed_ = false;                               // Guarded by mutex_.
  std::vector<std::unique_ptr<Completion>> spare_;    // The loop's own: empty, kept for its capacity.
};

}  // namespace binding
