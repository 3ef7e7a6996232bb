// Time as an object, so that tests can turn it by hand.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace base {

// Nanoseconds since an arbitrary start; never goes back.
using MonotonicTime = std::chrono::nanoseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  // Callable from any thread.
  virtual MonotonicTime Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  MonotonicTime Now() const override;
};

// Stands still until Advance. Starts at one hour, so that "never" can be zero.
class ManualClock final : public Clock {
 public:
  MonotonicTime Now() const override { return MonotonicTime(now_.load(std::memory_order_relaxed)); }
  void Advance(std::chrono::nanoseconds by) { now_.fetch_add(by.count(), std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> now_{3'600'000'000'000};
};

}  // namespace base
