#include "ports/linux/helper/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "ports/linux/helper/compartments.h"
#include "ports/linux/helper/interfaces.h"
#include "ports/linux/helper/protocol.h"
#include "ports/linux/helper/system.h"
#include "ports/linux/helper/world.h"

namespace ports::helper {
namespace {

// `fd` below zero: none goes along.
bool SendReply(const Fields& fields, int fd = -1) {
  std::string bytes = EncodeMessage(fields);
  iovec part = {bytes.data(), bytes.size()};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  if (fd >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    ::memcpy(CMSG_DATA(header), &fd, sizeof(int));
  }
  return ::sendmsg(kControlFd, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

bool SendError(const base::Error& error) { return SendReply({"error", error.detail}); }

bool SendStatus(const base::Status& status) { return status.ok() ? SendReply({"ok"}) : SendError(status.error()); }

class Server {
 public:
  explicit Server(const World& world) : compartments_(world), interfaces_(world, compartments_) {}

  // False when nobody is there to answer to.
  bool Answer(const Fields& request) {
    const auto is = [&](std::string_view verb, std::size_t fields) {
      return !request.empty() && request[0] == verb && request.size() == fields;
    };
    if (is("add-compartment", 3)) return AddCompartment(request[1], request[2] == "host");
    if (is("remove-compartment", 2)) return SendStatus(compartments_.Remove(request[1]));
    if (is("set-resolver", 3)) return SendStatus(compartments_.SetResolver(request[1], request[2]));
    if (is("add-port", 7)) return AddPort(request);
    if (is("change-port", 6)) return SendStatus(ChangePort(request));
    if (is("remove-port", 2)) return SendStatus(interfaces_.Remove(request[1]));
    return SendReply({"error", "the helper does not understand `" + (request.empty() ? "" : request[0]) + "`"});
  }

 private:
  bool AddCompartment(const std::string& name, bool host) {
    const base::Result<pid_t> holder = compartments_.Add(name, host);
    if (!holder.ok()) return SendError(holder.error());
    return SendReply({"ok", std::to_string(*holder)});
  }

  bool AddPort(const Fields& request) {
    const auto config = InterfaceConfig::Parse(request[3], request[4], request[5], request[6]);
    if (!config.ok()) return SendError(config.error());
    const auto added = interfaces_.Add(request[1], request[2], *config);
    if (!added.ok()) return SendError(added.error());
    // Our copy of the descriptor is closed here: the driver's is the only one.
    return SendReply({"ok", added->name, added->tap ? "tap" : "packet"}, added->fd.get());
  }

  base::Status ChangePort(const Fields& request) {
    HNS_ASSIGN_OR_RETURN(const auto config, InterfaceConfig::Parse(request[2], request[3], request[4], request[5]));
    return interfaces_.Change(request[1], config);
  }

  Compartments compartments_;
  Interfaces interfaces_;
};

void AnswerUntilClosed(const World& world) {
  Server server(world);
  std::vector<char> buffer(kMaxMessageBytes);
  for (;;) {
    pollfd waiting[2] = {{kControlFd, POLLIN, 0}, {world.init_alive.get(), POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return;
    }
    if (waiting[1].revents != 0) return;  // Without its init the process namespace is dead.
    const ssize_t n = ::recv(kControlFd, buffer.data(), buffer.size(), MSG_TRUNC);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    if (static_cast<std::size_t>(n) > buffer.size()) {
      if (!SendReply({"error", "a request of `" + std::to_string(n) + "` bytes is too long"})) return;
      continue;
    }
    const auto request = DecodeMessage({buffer.data(), static_cast<std::size_t>(n)});
    const bool answered = request ? server.Answer(*request) : SendReply({"error", "a request cannot be read"});
    if (!answered) return;
  }
}

}  // namespace

int Serve(bool try_tun) {
  // Neither Ctrl-C in the driver's terminal nor a descriptor somebody forgot to
  // close is to change how long the namespaces live.
  ::setsid();
  ::prctl(PR_SET_NAME, "hns-netns-helper");
  CloseFrom(kControlFd + 1);
  ::fcntl(kControlFd, F_SETFD, FD_CLOEXEC);
  if (::chdir("/") != 0) return 1;
  // A descriptor a compartment.
  rlimit files = {};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &files);
  }

  base::Result<World> world = EnterWorld(try_tun);
  if (!world.ok()) {
    SendError(world.error());
    return 1;
  }
  if (SendReply({"ok", std::string(kProtocolVersion), world->tun ? "tap" : "packet"})) AnswerUntilClosed(*world);
  EndWorld(&*world);
  return 0;
}

}  // namespace ports::helper
