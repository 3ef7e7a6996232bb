#include "ports/linux/helper/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "ports/linux/helper/interfaces.h"
#include "ports/linux/helper/system.h"
#include "ports/linux/helper/world.h"

namespace ports::helper {
namespace {

// Runs `attempt` in a child, because namespaces are entered for good. Returns
// what was wrong, or nothing.
template <typename Attempt>
base::Status TryInChild(Attempt attempt) {
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) return SystemError("pipe");
  const Fd ours(pipe[0]);
  Fd theirs(pipe[1]);
  const pid_t child = ::fork();
  if (child < 0) return SystemError("fork");
  if (child == 0) {
    const base::Status status = attempt();
    if (!status.ok()) {
      const std::string& detail = status.error().detail;
      if (::write(theirs.get(), detail.data(), detail.size()) < 0) ::_exit(2);
    }
    ::_exit(status.ok() ? 0 : 1);
  }
  theirs.Reset();
  std::string detail;
  char buffer[512];
  for (ssize_t n; (n = ::read(ours.get(), buffer, sizeof(buffer))) > 0;)
    detail.append(buffer, static_cast<std::size_t>(n));
  const int status = WaitFor(child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return base::MakeError(base::hr::ERR_NAMESPACES_UNAVAILABLE, detail);
}

// Tries `attempt` in the wires of a new world.
template <typename Attempt>
base::Status TryInWorld(bool try_tun, Attempt attempt) {
  return TryInChild([&]() -> base::Status {
    base::Result<World> world = EnterWorld(try_tun);
    if (!world.ok()) return world.error();
    const base::Status status = attempt(*world);
    EndWorld(&*world);
    return status;
  });
}

std::string Quote(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"";
}

const char* Bool(bool value) { return value ? "true" : "false"; }

}  // namespace

int Check() {
  const base::Status user = TryInChild([] { return EnterUserNamespace(); });
  const base::Status namespaces = TryInWorld(true, [](const World&) { return base::Status(); });
  const base::Status tun = TryInWorld(true, [](const World&) { return CheckTun(); });
  const base::Status packet = TryInWorld(true, [](const World&) { return CheckPacketSockets(); });
  const bool iproute2 = !FindProgram("ip").empty();
  const bool available = namespaces.ok();

  std::vector<std::string> missing;
  if (!available) missing.push_back(namespaces.error().detail + ".");
  if (available && !tun.ok()) {
    missing.push_back(
        "TAP devices are not to be had (" + tun.error().detail +
        "): packet sockets do the same job a little slower; as root, `chmod 0666 /dev/net/tun` allows them.");
  }
  std::string list;
  for (const std::string& one : missing) list += (list.empty() ? "" : ",") + Quote(one);
  const char* ports = !available ? "null" : tun.ok() ? "\"tap\"" : "\"packet\"";
  ::printf(
      "{\"available\":%s,\"ports\":%s,\"userNamespaces\":%s,\"namespaces\":%s,\"tun\":%s,\"packetSockets\":%s,"
      "\"iproute2\":%s,\"missing\":[%s]}\n",
      Bool(available), ports, Bool(user.ok()), Bool(namespaces.ok()), Bool(tun.ok()), Bool(packet.ok()), Bool(iproute2),
      list.c_str());
  return available ? 0 : 1;
}

}  // namespace ports::helper
