// Tokens are bytes that may leave. In any time t no more is taken than the
// burst and rate × t, however late and seldom the bucket is looked at: what
// flows over is lost.
//
// Counted in billionths of a byte, so that a rate times nanoseconds is whole:
// the largest burst, 50 ms of 100 GB/s, fits 63 bits.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/clock.h"
#include "vfp/port_shaping.h"

namespace vfp {

class TokenBucket {
 public:
  // Full.
  TokenBucket(const RateLimit& limit, base::MonotonicTime now) : filled_at_(now) {
    SetLimit(limit, now);
    level_ = size_;
  }

  // What is in it stays, as far as it fits.
  void SetLimit(const RateLimit& limit, base::MonotonicTime now) {
    if (rate_ != 0) Refill(now);
    rate_ = static_cast<std::int64_t>(std::min(limit.bytes_per_second, RateLimit::kMaxBytesPerSecond));
    size_ = static_cast<std::int64_t>(limit.burst()) * kUnit;
    level_ = std::min(level_, size_);
  }

  void Refill(base::MonotonicTime now) {
    const std::int64_t elapsed = (now - filled_at_).count();
    if (elapsed <= 0) return;
    filled_at_ = now;
    level_ = elapsed > (size_ - level_) / rate_ ? size_ : level_ + elapsed * rate_;
  }

  // Enough for so many bytes; or, for more than fit it, full. REQUIRES, as below: refilled.
  bool Has(std::uint32_t bytes) const { return level_ >= Needed(bytes); }
  void Take(std::uint32_t bytes) { level_ -= bytes * kUnit; }
  // Until there is enough; zero when there is.
  std::chrono::nanoseconds WaitFor(std::uint32_t bytes) const {
    const std::int64_t missing = Needed(bytes) - level_;
    return std::chrono::nanoseconds(missing <= 0 ? 0 : (missing - 1) / rate_ + 1);
  }
  std::int64_t tokens() const { return level_ / kUnit; }  // Below zero: owed.

 private:
  static constexpr std::int64_t kUnit = 1'000'000'000;
  std::int64_t Needed(std::uint32_t bytes) const { return std::min(bytes * kUnit, size_); }

  std::int64_t rate_ = 0;
  std::int64_t size_ = 0;
  std::int64_t level_ = 0;
  base::MonotonicTime filled_at_;
};

}  // namespace vfp
