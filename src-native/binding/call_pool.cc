#include "binding/call_pool.h"

#include <utility>

namespace binding {

void CallPool::Submit(std::unique_ptr<Call> call) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  queue_.push_back(std::move(call));
  SummonOne();
}

// REQUIRES: mutex_ held.
void CallPool::SummonOne() {
  if (summoned_ || queue_.empty()) return;
  if (!idle_.empty()) {
    Worker* worker = idle_.back();
    idle_.pop_back();
    worker->woken = true;
    worker->wake.notify_one();
  } else if (workers_.size() < kMaxThreads) {
    Worker& worker = *workers_.emplace_back(std::make_unique<Worker>());
    worker.woken = true;
    worker.thread = std::thread([this, &worker] { Work(worker); });
  } else {
    return;
  }
  summoned_ = true;
}

void CallPool::Work(Worker& self) {
  std::unique_lock lock(mutex_);
  while (true) {
    if (self.woken) {
      self.woken = false;
      summoned_ = false;
    }
    if (stopped_) return;
    if (queue_.empty()) {
      idle_.push_back(&self);
      self.wake.wait(lock, [&] { return self.woken || stopped_; });
      continue;
    }
    std::unique_ptr<Call> call = std::move(queue_.front());
    queue_.pop_front();
    SummonOne();
    lock.unlock();
    call->Run();
    completions_.Push(std::move(call));
    lock.lock();
  }
}

void CallPool::Stop() {
  std::deque<std::unique_ptr<Call>> dropped;
  std::vector<std::unique_ptr<Worker>> ending;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    stopped_ = true;
    dropped.swap(queue_);
    for (const std::unique_ptr<Worker>& worker : workers_) worker->wake.notify_one();
    ending.swap(workers_);
  }
  for (const std::unique_ptr<Worker>& worker : ending) worker->thread.join();
}

}  // namespace binding
