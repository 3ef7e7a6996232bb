#include "binding/call_pool.h"

#include <utility>

namespace binding {

void CallPool::Submit(std::unique_ptr<Call> call) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  queue_.push_back(std::move(call));
  if (leader_ == nullptr || !watched_) SummonOne();
}

// REQUIRES: mutex_ held.
void CallPool::SummonOne() {
  if (summoned_) return;
  if (!resting_.empty()) {
    Worker* worker = resting_.back();
    resting_.pop_back();
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
  while (!stopped_) {
    if (std::exchange(self.woken, false)) summoned_ = false;
    if (queue_.empty()) {
      if (leader_ == &self) leader_ = nullptr;
      Rest(self, lock);
      continue;
    }
    if (leader_ == nullptr) leader_ = &self;
    if (leader_ == &self) {
      RunFirst(lock);
    } else if (!watched_) {
      Watch(self, lock);
    } else {
      Rest(self, lock);
    }
  }
}

void CallPool::RunFirst(std::unique_lock<std::mutex>& lock) {
  std::unique_ptr<Call> call = std::move(queue_.front());
  queue_.pop_front();
  ++taken_;
  if (!queue_.empty() && !watched_) SummonOne();
  lock.unlock();
  call->Run();
  completions_.Push(std::move(call));
  lock.lock();
}

void CallPool::Watch(Worker& self, std::unique_lock<std::mutex>& lock) {
  watched_ = true;
  const std::uint64_t before = taken_;
  self.wake.wait_for(lock, kPatience, [this] { return stopped_; });
  watched_ = false;
  const bool is_stuck = taken_ == before && !queue_.empty();
  if (is_stuck) leader_ = &self;
}

void CallPool::Rest(Worker& self, std::unique_lock<std::mutex>& lock) {
  resting_.push_back(&self);
  self.wake.wait(lock, [&] { return self.woken || stopped_; });
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
