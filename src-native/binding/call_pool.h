// The threads that calls run on. They are ours alone: a call to a Windows
// service can hang for minutes, and the four threads Node shares among files,
// DNS and cryptography must not wait for it.
//
// One thread, the leader, takes calls one after the other: calls of the embedded
// host are short and would only wait for each other's locks. When the leader has
// been in one call for kPatience while others wait, the next thread leads, and
// who comes back late rests. (Leader and followers: Schmidt et al., POSA2.)
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "binding/completion_queue.h"

namespace binding {

class CallPool {
 public:
  // As many calls may hang before all others have to wait. Made as they are needed.
  static constexpr std::size_t kMaxThreads = 64;
  static constexpr std::chrono::milliseconds kPatience{1};

  // `completions` outlives the pool; finished calls are pushed there.
  explicit CallPool(CompletionQueue& completions) : completions_(completions) {}
  ~CallPool() { Stop(); }

  // Calls start in order. Dropped after Stop.
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
  // Runs the first call. The lock is not held meanwhile.
  void RunFirst(std::unique_lock<std::mutex>& lock);
  // Waits until the leader takes another call, or for kPatience.
  void Watch(Worker& self, std::unique_lock<std::mutex>& lock);
  void Rest(Worker& self, std::unique_lock<std::mutex>& lock);
  void SummonOne();

  CompletionQueue& completions_;
  std::mutex mutex_;
  // All below is guarded by mutex_.
  std::deque<std::unique_ptr<Call>> queue_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Worker*> resting_;  // A stack: who slept last has the warmest cache.
  Worker* leader_ = nullptr;      // Null while nobody has something to do.
  bool watched_ = false;          // Somebody watches the leader.
  std::uint64_t taken_ = 0;       // Calls, so far.
  // A thread was woken and has not looked yet; it does whatever there is to do.
  bool summoned_ = false;
  bool stopped_ = false;
};

}  // namespace binding
