// One lock for the whole engine, of two ranks: whoever controls goes before
// whoever carries frames.
//
// A carrier takes `carriers_`, then `next_`, then `engine_`; a controller only
// the last two. While a controller waits for `engine_` it holds `next_`, so the
// carrier that gives `engine_` up cannot take it again before it.
#pragma once

#include <mutex>

namespace vfp {

class PriorityLock {
 public:
  class Control {
   public:
    explicit Control(PriorityLock& lock) : lock_(lock) {
      const std::lock_guard next(lock_.next_);
      lock_.engine_.lock();
    }
    ~Control() { lock_.engine_.unlock(); }
    Control(const Control&) = delete;
    Control& operator=(const Control&) = delete;

   private:
    PriorityLock& lock_;
  };

  class Carry {
   public:
    explicit Carry(PriorityLock& lock) : lock_(lock) {
      lock_.carriers_.lock();
      const std::lock_guard next(lock_.next_);
      lock_.engine_.lock();
    }
    ~Carry() {
      lock_.engine_.unlock();
      lock_.carriers_.unlock();
    }
    Carry(const Carry&) = delete;
    Carry& operator=(const Carry&) = delete;

   private:
    PriorityLock& lock_;
  };

 private:
  std::mutex carriers_;
  std::mutex next_;
  std::mutex engine_;
};

}  // namespace vfp
