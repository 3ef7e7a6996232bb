#include "ports/linux/helper/compartments.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <utility>

#include "ports/linux/helper/system.h"

namespace ports::helper {
namespace {

std::string ResolverFile(const std::string& name) { return std::string(kPrivateFolder) + "/" + name + ".resolv.conf"; }
std::string NetnsFile(const std::string& name) { return std::string(kNetnsFolder) + "/" + name; }

// Names become file names.
bool IsName(const std::string& name) {
  if (name.empty() || name.size() > 64 || name.front() == '.') return false;
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
         std::string::npos;
}

base::Error NoCompartment(const std::string& name) {
  return base::MakeError(base::hr::ERR_PORT_DRIVER, "the helper has no compartment `" + name + "`");
}

// Runs in the process that is to hold the compartment.
base::Status EnterCompartment(const World& world, const std::string& name, bool host) {
  if (host) {
    if (::setns(world.host_netns.get(), CLONE_NEWNET) != 0) return SystemError("entering the host compartment");
  } else {
    if (::unshare(CLONE_NEWNET) != 0) return SystemError("making a network namespace");
    HNS_RETURN_IF_ERROR(PrepareNetns());
  }
  if (::unshare(CLONE_NEWNS) != 0) return SystemError("making a mount namespace");
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) return SystemError("making mounts private");
  if (!host && ::umount2(kNetnsFolder, MNT_DETACH) != 0) return SystemError("hiding `/run/netns`");
  const std::string resolver = ResolverFile(name);
  if (::mount(resolver.c_str(), world.resolver_target.c_str(), nullptr, MS_BIND, nullptr) != 0) {
    return SystemError("mounting a resolver file on `" + world.resolver_target + "`");
  }
  // Some containers forbid a new /proc or /sys; then the machine's show through,
  // with other process ids and without our interfaces. Sockets do not care.
  (void)::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
  (void)::mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, nullptr);
  return {};
}

constexpr std::string_view kReady = "ready";

[[noreturn]] void HoldCompartment(const World& world, const std::string& name, bool host, int report) {
  ::setsid();
  ::prctl(PR_SET_NAME, "hns-compartment");
  const base::Status status = EnterCompartment(world, name, host);
  const std::string_view text = status.ok() ? kReady : std::string_view(status.error().detail);
  const bool told = ::write(report, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (!status.ok() || !told || ::chdir("/") != 0) ::_exit(1);
  CloseFrom(0);
  for (;;) ::pause();
}

// What the process writes before it closes the pipe.
std::string ReadReport(int report) {
  std::string text;
  char buffer[512];
  for (;;) {
    const ssize_t n = ::read(report, buffer, sizeof(buffer));
    if (n <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(n));
  }
}

base::Result<pid_t> StartHolder(const World& world, const std::string& name, bool host) {
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) return SystemError("pipe");
  const Fd ours(pipe[0]);
  Fd theirs(pipe[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return SystemError("starting the process that holds a compartment");
  if (pid == 0) HoldCompartment(world, name, host, theirs.get());
  theirs.Reset();
  const std::string report = ReadReport(ours.get());
  if (report == kReady) return pid;
  ::kill(pid, SIGKILL);
  WaitFor(pid);
  return base::MakeError(base::hr::ERR_PORT_DRIVER,
                         report.empty() ? "the process that holds a compartment died at once" : report);
}

}  // namespace

base::Result<pid_t> Compartments::Add(const std::string& name, bool host) {
  if (!IsName(name)) return base::MakeError(base::hr::ERR_PORT_DRIVER, "`" + name + "` cannot name a compartment");
  if (compartments_.contains(name)) {
    return base::MakeError(base::hr::ERR_PORT_DRIVER, "the helper has a compartment `" + name + "` already");
  }
  HNS_RETURN_IF_ERROR(TouchFile(ResolverFile(name)));
  HNS_RETURN_IF_ERROR(TouchFile(NetnsFile(name)));
  base::Result<pid_t> holder = StartHolder(world_, name, host);
  if (!holder.ok()) {
    (void)::unlink(ResolverFile(name).c_str());
    (void)::unlink(NetnsFile(name).c_str());
    return holder;
  }
  Compartment& compartment = compartments_[name];
  compartment.holder = *holder;
  const std::string netns = "/proc/" + std::to_string(*holder) + "/ns/net";
  compartment.netns = Fd(::open(netns.c_str(), O_RDONLY | O_CLOEXEC));
  if (!compartment.netns.valid() || ::mount(netns.c_str(), NetnsFile(name).c_str(), nullptr, MS_BIND, nullptr) != 0) {
    base::Error error = SystemError("naming the network namespace `" + netns + "`");
    (void)Remove(name);
    return error;
  }
  return holder;
}

base::Status Compartments::Remove(const std::string& name) {
  const auto found = compartments_.find(name);
  if (found == compartments_.end()) return NoCompartment(name);
  ::kill(found->second.holder, SIGKILL);
  WaitFor(found->second.holder);
  (void)::umount2(NetnsFile(name).c_str(), MNT_DETACH);
  (void)::unlink(NetnsFile(name).c_str());
  (void)::unlink(ResolverFile(name).c_str());
  compartments_.erase(found);
  return {};
}

base::Status Compartments::SetResolver(const std::string& name, std::string_view text) {
  if (!compartments_.contains(name)) return NoCompartment(name);
  // Written in place: a file that replaced it would not be the one that is
  // mounted. A reader in between sees old lines after new ones, never none.
  const Fd file(::open(ResolverFile(name).c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.valid()) return SystemError("opening the compartment's resolver file");
  if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::ftruncate(file.get(), static_cast<off_t>(text.size())) != 0) {
    return SystemError("writing the compartment's resolver file");
  }
  return {};
}

const Fd* Compartments::FindNetns(const std::string& name) const {
  const auto found = compartments_.find(name);
  return found == compartments_.end() ? nullptr : &found->second.netns;
}

}  // namespace ports::helper
