// The thread that reads every interface of a driver and hands batches to the
// engine. One thread: the engine lets one batch in at a time anyway.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "base/result.h"
#include "ports/linux/fd.h"
#include "ports/linux/interface_io.h"
#include "vfp/packet_sink.h"

namespace ports {

class IoThread {
 public:
  IoThread() = default;
  ~IoThread();  // Stop.

  // `watched`: a socket whose hang-up is told once to `on_hang_up`, on the
  // thread. `on_frames` is told the count of each batch before the engine is.
  base::Status Start(vfp::PacketSink& engine, int watched, std::function<void()> on_hang_up,
                     std::function<void(vfp::PortIndex, std::size_t)> on_frames);
  // Returns when the engine is not being called and will not be. Idempotent.
  void Stop();

  // `interface` stays alive until Remove has returned or Stop has.
  base::Status Add(InterfaceIo* interface);
  // Returns when the thread is done with it. Callable while stopped; on the
  // thread itself it does not wait: the thread is done with it at its next turn.
  void Remove(InterfaceIo* interface);

 private:
  void Run();
  void Signal();
  // Marks one turn as done; false when it is time to go.
  bool BeginTurn();

  Fd epoll_;
  Fd wake_;
  int watched_ = -1;
  vfp::PacketSink* engine_ = nullptr;
  std::function<void()> on_hang_up_;
  std::function<void(vfp::PortIndex, std::size_t)> on_frames_;

  std::mutex mutex_;
  std::condition_variable turned_;
  bool running_ = false;  // Guarded by mutex_, as the two below.
  std::uint64_t asked_turns_ = 0;
  std::uint64_t done_turns_ = 0;  // Every turn asked for before this one began is over.
  std::thread thread_;
};

}  // namespace ports
