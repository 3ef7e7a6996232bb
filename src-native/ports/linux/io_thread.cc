#include "ports/linux/io_thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "ports/linux/system_error.h"

namespace ports {
namespace {

constexpr std::size_t kEventBatch = 64;

// What epoll hands back for the two descriptors that are no interface.
constexpr std::uint64_t kWake = 1;
constexpr std::uint64_t kWatched = 2;

// Milliseconds until the engine is to be asked again. A limit on bandwidth holds
// 50 ms of its rate, so that nothing is lost by being up to one late; and it may
// have been raised by a control call meanwhile, of which this thread hears nothing.
int TimeoutOf(const std::optional<std::chrono::nanoseconds>& due) {
  constexpr std::chrono::milliseconds kAtMost{100};
  if (!due) return -1;
  return static_cast<int>(std::min(std::chrono::ceil<std::chrono::milliseconds>(*due), kAtMost).count());
}

bool Watch(const Fd& epoll, int fd, std::uint32_t events, std::uint64_t tag) {
  epoll_event event = {};
  event.events = events;
  event.data.u64 = tag;
  return ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

}  // namespace

IoThread::~IoThread() { Stop(); }

base::Status IoThread::Start(vfp::PacketSink& engine, int watched, std::function<void()> on_hang_up,
                             std::function<void(vfp::PortIndex, std::size_t)> on_frames) {
  epoll_ = Fd(::epoll_create1(EPOLL_CLOEXEC));
  wake_ = Fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!epoll_.valid() || !wake_.valid()) return SystemError("making the driver's epoll");
  // Of the watched socket only errors and hang-ups, which come unasked: its
  // replies are for others.
  if (!Watch(epoll_, wake_.get(), EPOLLIN, kWake) || !Watch(epoll_, watched, EPOLLRDHUP, kWatched)) {
    return SystemError("filling the driver's epoll");
  }
  watched_ = watched;
  engine_ = &engine;
  on_hang_up_ = std::move(on_hang_up);
  on_frames_ = std::move(on_frames);
  running_ = true;
  asked_turns_ = done_turns_ = 0;
  // Signals are the program's business, on its own threads.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { Run(); });
  ::pthread_setname_np(thread_.native_handle(), "hns-ports");
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return {};
}

void IoThread::Stop() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    running_ = false;
  }
  Signal();
  thread_.join();
}

base::Status IoThread::Add(InterfaceIo* interface) {
  if (!Watch(epoll_, interface->fd(), EPOLLIN, reinterpret_cast<std::uint64_t>(interface))) {
    return SystemError("watching an interface");
  }
  return {};
}

void IoThread::Remove(InterfaceIo* interface) {
  interface->detached.store(true, std::memory_order_relaxed);
  (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, interface->fd(), nullptr);
  if (!thread_.joinable() || thread_.get_id() == std::this_thread::get_id()) return;
  // Its events may lie in the turn that is under way: that turn must end.
  std::unique_lock lock(mutex_);
  const std::uint64_t turn = ++asked_turns_;
  Signal();
  turned_.wait(lock, [&] { return done_turns_ >= turn; });
}

void IoThread::Signal() {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then it is readable anyway.
  (void)!::write(wake_.get(), &one, sizeof(one));
}

bool IoThread::BeginTurn() {
  std::lock_guard lock(mutex_);
  if (done_turns_ != asked_turns_) {
    done_turns_ = asked_turns_;
    turned_.notify_all();
  }
  return running_;
}

void IoThread::Run() {
  ReadBuffers buffers;
  std::array<wire::Frame, kFrameBatch> frames;
  std::array<epoll_event, kEventBatch> events;
  while (BeginTurn()) {
    const int ready = ::epoll_wait(epoll_.get(), events.data(), kEventBatch, TimeoutOf(engine_->Poll()));
    for (int i = 0; i < ready; ++i) {
      const std::uint64_t tag = events[i].data.u64;
      if (tag == kWake) {
        std::uint64_t count;
        (void)!::read(wake_.get(), &count, sizeof(count));
        continue;
      }
      if (tag == kWatched) {
        (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, watched_, nullptr);
        on_hang_up_();
        break;  // What follows in this turn may be gone.
      }
      // One batch of each in turn, so that a busy interface does not starve
      // others; what is left is reported again.
      auto* interface = reinterpret_cast<InterfaceIo*>(tag);
      if (interface->detached.load(std::memory_order_relaxed)) continue;
      const InterfaceIo::ReadResult read = interface->Read(buffers, frames);
      if (!read.frames.empty()) {
        on_frames_(interface->port(), read.frames.size());
        engine_->OnFrames(interface->port(), read.frames);
      }
      // An interface that somebody deleted would be reported for ever.
      if (read.gone) (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, interface->fd(), nullptr);
    }
  }
  std::lock_guard lock(mutex_);
  done_turns_ = UINT64_MAX;
  turned_.notify_all();
}

}  // namespace ports
