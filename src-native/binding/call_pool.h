// The threads that calls run on. They are ours alone: a call to a Windows
// service can hang for minutes, and the four threads Node shares among files,
// DNS and cryptography must not wait for it.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "binding/completion_queue.h"

namespace binding {

class CallPool {
 public:
  // Sixteen calls may hang before the seventeenth has to wait.
  static constexpr std::size_t kMaxThreads = 16;

  // `completions` outlives the pool; finished calls are pushed there.
  explicit CallPool(CompletionQueue& completions) : completions_(completions) {}
  ~CallPool() { Stop(); }

  // Calls start in order and run concurrently. Dropped after Stop.
  void Submit(std::unique_ptr<Call> call);
  // Waits for running calls and drops the others. On the event loop's thread.
  void Stop();

 private:
  struct Worker {
    std::condition_variable wake;
    bool woken = false;  // Guarded by mutex_.
    std::thread thread;
  };

  void Work(Worker& self);
  void SummonOne();

  CompletionQueue& completions_;
  std::mutex mutex_;
  // All below is guarded by mutex_.
  std::deque<std::unique_ptr<Call>> queue_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Worker*> idle_;  // A stack: who slept last has the warmest cache.
  // A worker was summoned and has not looked at the queue yet. It summons the
  // next one if it must, so a burst of calls does not wake all threads at once.
  bool summoned_ = false;
  bool stopped_ = false;
};

}  // namespace binding
