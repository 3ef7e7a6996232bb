#include "ports/linux/helper_client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "ports/linux/system_error.h"

namespace ports {
namespace {

// Far more than the slowest request (a few runs of `ip`) takes.
constexpr int kReplyMilliseconds = 30'000;
constexpr int kEndMilliseconds = 5'000;

base::Error Unavailable(std::string detail) {
  return base::MakeError(base::hr::ERR_NAMESPACES_UNAVAILABLE, std::move(detail));
}

// The child gets `socket` as descriptor 3 and nothing of ours beside it, and
// the signals as a new program expects them.
int SpawnWith(const Fd& socket, const std::string& path, bool use_tun, pid_t* pid) {
  // Away from 3: duplicating a descriptor onto itself leaves close-on-exec set.
  const Fd moved(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 10));
  if (!moved.valid()) return errno;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  for (int standard = 0; standard <= 2; ++standard) {
    ::posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0);
  }
  ::posix_spawn_file_actions_adddup2(&actions, moved.get(), helper::kControlFd);
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const char* arguments[] = {path.c_str(), "serve", use_tun ? nullptr : "--no-tun", nullptr};
  const int error =
      ::posix_spawn(pid, path.c_str(), &actions, &attributes, const_cast<char* const*>(arguments), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return error;
}

// `what`: POLLIN (a hang-up counts), or POLLRDHUP for the other end's closing alone.
bool WaitFor(int fd, short what, int milliseconds) {
  pollfd waiting = {fd, what, 0};
  int ready;
  do {
    ready = ::poll(&waiting, 1, milliseconds);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

Fd TakeDescriptor(msghdr* message) {
  Fd taken;
  for (cmsghdr* header = CMSG_FIRSTHDR(message); header != nullptr; header = CMSG_NXTHDR(message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    int fd = -1;
    ::memcpy(&fd, CMSG_DATA(header), sizeof(fd));
    taken = Fd(fd);
  }
  return taken;
}

}  // namespace

base::Result<std::unique_ptr<HelperClient>> HelperClient::Spawn(const std::string& path, bool use_tun) {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return SystemError("socketpair");
  Fd ours(pair[0]);
  Fd theirs(pair[1]);
  pid_t pid = 0;
  if (const int error = SpawnWith(theirs, path, use_tun, &pid); error != 0) {
    return Unavailable("the namespace helper `" + path + "` cannot be started: " + ::strerror(error));
  }
  theirs.Reset();  // So that a helper that dies is an end of file.
  std::unique_ptr<HelperClient> client(new HelperClient(std::move(ours), pid));
  base::Result<Reply> greeting = client->Receive();
  if (!greeting.ok()) {
    client->Shutdown();
    return Unavailable(greeting.error().detail);
  }
  if (greeting->values.empty() || greeting->values[0] != helper::kProtocolVersion) {
    client->Shutdown();
    return Unavailable("the namespace helper `" + path + "` is of another build");
  }
  return client;
}

HelperClient::~HelperClient() { Shutdown(); }

base::Error HelperClient::Gone() const {
  return base::MakeError(base::hr::ERR_PORT_DRIVER, "the namespace helper (process `" + std::to_string(pid_) +
                                                        "`) is gone, and all interfaces with it");
}

base::Result<HelperClient::Reply> HelperClient::Call(const helper::Fields& request) {
  const std::string bytes = helper::EncodeMessage(request);
  if (bytes.size() > helper::kMaxMessageBytes) {
    return base::MakeError(base::hr::ERR_PORT_DRIVER,
                           "`" + std::to_string(bytes.size()) + "` bytes of settings for one interface are too many");
  }
  std::lock_guard lock(mutex_);
  if (gone_.load() || !socket_.valid()) return Gone();
  if (::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) {
    gone_ = true;
    return Gone();
  }
  return Receive();
}

base::Result<HelperClient::Reply> HelperClient::Receive() {
  std::vector<char> buffer(helper::kMaxMessageBytes);
  iovec part = {buffer.data(), buffer.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  ssize_t n = -1;
  if (WaitFor(socket_.get(), POLLIN, kReplyMilliseconds)) {
    do {
      n = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
  } else {
    // A late reply would be taken for the next request's.
    ::kill(pid_, SIGKILL);
  }
  if (n <= 0) {
    gone_ = true;
    return Gone();
  }
  Reply reply;
  reply.fd = TakeDescriptor(&message);
  auto fields = helper::DecodeMessage({buffer.data(), static_cast<std::size_t>(n)});
  if (!fields || fields->empty()) {
    gone_ = true;
    return Gone();
  }
  if (fields->front() == "error" && fields->size() == 2) {
    return base::MakeError(base::hr::ERR_PORT_DRIVER, (*fields)[1]);
  }
  fields->erase(fields->begin());
  reply.values = std::move(*fields);
  return reply;
}

void HelperClient::MarkGone() {
  gone_ = true;
  std::lock_guard lock(mutex_);
  Reap();
}

void HelperClient::Reap() {
  if (reaped_) return;
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
}

void HelperClient::Shutdown() {
  std::lock_guard lock(mutex_);
  gone_ = true;
  if (reaped_) return;
  // The helper sees our end closed; we see the end of its own when it is gone.
  ::shutdown(socket_.get(), SHUT_WR);
  if (!WaitFor(socket_.get(), POLLRDHUP, kEndMilliseconds)) ::kill(pid_, SIGKILL);
  socket_.Reset();
  Reap();
}

}  // namespace ports
