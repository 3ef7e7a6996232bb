// The driver's end of the namespace helper: starts it, asks it, ends it.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "ports/linux/fd.h"
#include "ports/linux/helper/protocol.h"

namespace ports {

class HelperClient {
 public:
  // ERR_NAMESPACES_UNAVAILABLE with what is missing and its remedy.
  static base::Result<std::unique_ptr<HelperClient>> Spawn(const std::string& path, bool use_tun);
  ~HelperClient();  // Shutdown.

  struct Reply {
    helper::Fields values;  // Without the "ok".
    Fd fd;                  // Valid when the reply brought a descriptor.
  };
  // One at a time. ERR_PORT_DRIVER with the helper's text, or that it is gone.
  base::Result<Reply> Call(const helper::Fields& request);

  // Hangs up when the helper is gone. For epoll only; nobody else reads it.
  int socket_fd() const { return socket_.get(); }
  pid_t pid() const { return gone_.load(std::memory_order_relaxed) ? 0 : pid_; }

  // For whoever saw the socket hang up: no call succeeds from now on, and the
  // dead process is reaped.
  void MarkGone();
  // Lets the helper end everything inside, and reaps it; kills it when it has
  // not ended after five seconds. Idempotent.
  void Shutdown();

 private:
  HelperClient(Fd socket, pid_t pid) : socket_(std::move(socket)), pid_(pid) {}

  base::Result<Reply> Receive();
  base::Error Gone() const;
  void Reap();  // REQUIRES: mutex_ is held.

  std::mutex mutex_;  // Held for a request and its reply.
  Fd socket_;
  const pid_t pid_;
  bool reaped_ = false;  // Guarded by mutex_.
  std::atomic<bool> gone_{false};
};

}  // namespace ports
