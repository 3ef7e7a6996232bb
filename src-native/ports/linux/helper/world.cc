#include "ports/linux/helper/world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <initializer_list>

#include "ports/linux/helper/interfaces.h"
#include "ports/linux/helper/system.h"

namespace ports::helper {
namespace {

base::Error Missing(std::string_view what) {
  return base::MakeError(base::hr::ERR_NAMESPACES_UNAVAILABLE, std::string(what));
}

base::Error Missing(std::string_view what, int error_number) {
  return Missing(std::string(what) + " (" + ::strerror(error_number) + ")");
}

// A tmpfs over `folder` that shows what the folder had, but for `hidden`.
base::Status CoverFolder(const std::string& folder, std::initializer_list<std::string_view> hidden) {
  const Fd below(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!below.valid()) return SystemError("opening `" + folder + "`");
  if (::mount("tmpfs", folder.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") != 0) {
    return SystemError("mounting a tmpfs on `" + folder + "`");
  }
  DIR* entries = ::fdopendir(::dup(below.get()));
  if (entries == nullptr) return SystemError("reading `" + folder + "`");
  const std::string from_folder = "/proc/self/fd/" + std::to_string(below.get()) + "/";
  while (const dirent* entry = ::readdir(entries)) {
    const std::string_view name = entry->d_name;
    bool skip = name == "." || name == "..";
    for (const std::string_view one : hidden) skip = skip || name == one;
    if (skip) continue;
    const std::string from = from_folder + std::string(name);
    const std::string to = folder + "/" + std::string(name);
    struct stat status = {};
    if (::lstat(from.c_str(), &status) != 0) continue;
    if (S_ISLNK(status.st_mode)) {
      char target[PATH_MAX] = {};
      if (::readlink(from.c_str(), target, sizeof(target) - 1) > 0) (void)::symlink(target, to.c_str());
      continue;
    }
    if (S_ISDIR(status.st_mode)) {
      (void)::mkdir(to.c_str(), 0755);
    } else {
      (void)TouchFile(to);
    }
    // What cannot be shown (it vanished, or is forbidden) is only not shown.
    if (::mount(from.c_str(), to.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) (void)::remove(to.c_str());
  }
  ::closedir(entries);
  return {};
}

base::Result<std::string> PrepareResolverTarget() {
  char real[PATH_MAX];
  if (::realpath("/etc/resolv.conf", real) != nullptr) return std::string(real);
  HNS_RETURN_IF_ERROR(CoverFolder("/etc", {"resolv.conf"}));
  HNS_RETURN_IF_ERROR(TouchFile("/etc/resolv.conf"));
  return std::string("/etc/resolv.conf");
}

// Over this socket nss-resolve would ask the machine's own resolver, past a
// compartment's settings: sockets know no network namespace. A file in its place
// refuses connections, and the C library goes on to resolv.conf.
base::Status HideSocket(const char* path) {
  if (::access(path, F_OK) != 0) return {};
  const std::string file = std::string(kPrivateFolder) + "/no-socket";
  HNS_RETURN_IF_ERROR(TouchFile(file));
  if (::mount(file.c_str(), path, nullptr, MS_BIND, nullptr) != 0)
    return SystemError(std::string("hiding `") + path + "`");
  return {};
}

base::Status PrepareMounts() {
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) {
    return SystemError("making our mounts invisible to the machine");
  }
  HNS_RETURN_IF_ERROR(CoverFolder("/run", {"netns", "nscd", "hns-vfp"}));
  if (::mkdir(kPrivateFolder, 0755) != 0) return SystemError("creating `/run/hns-vfp`");
  if (::mkdir(kNetnsFolder, 0755) != 0) return SystemError("creating `/run/netns`");
  HNS_RETURN_IF_ERROR(HideSocket("/run/systemd/resolve/io.systemd.Resolve"));
  // A mount of its own and shared: compartments receive what is mounted and
  // unmounted here, or they would keep removed namespaces alive.
  if (::mount("tmpfs", kNetnsFolder, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755") != 0 ||
      ::mount(nullptr, kNetnsFolder, nullptr, MS_SHARED, nullptr) != 0) {
    return SystemError("mounting a tmpfs on `/run/netns`");
  }
  return {};
}

[[noreturn]] void RunInit(const Fd& helper_alive) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NAME, "hns-init");
  CloseFrom(0, helper_alive.get());
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &child, nullptr);
  const char ready = 1;
  if (::write(helper_alive.get(), &ready, 1) != 1) ::_exit(1);
  // The signal covers a helper that dies later; the closed socket one that died
  // before the signal was asked for.
  pollfd helper = {helper_alive.get(), POLLIN, 0};
  if (::poll(&helper, 1, 0) > 0) ::_exit(1);
  for (;;) {
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    int signal = 0;
    ::sigwait(&child, &signal);
  }
}

base::Status StartInit(World* world) {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return SystemError("socketpair");
  world->init_alive = Fd(pair[0]);
  Fd theirs(pair[1]);
  world->init = ::fork();
  if (world->init < 0) return SystemError("starting the init of a new process namespace");
  if (world->init == 0) {
    world->init_alive.Reset();
    RunInit(theirs);
  }
  // Closed here first, so that a dead init is an end of file and no wait.
  theirs.Reset();
  char ready = 0;
  if (::read(world->init_alive.get(), &ready, 1) != 1)
    return Missing("the init of a new process namespace died at once");
  return {};
}

base::Result<Fd> OpenOwnNetns() {
  Fd fd(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return SystemError("opening `/proc/self/ns/net`");
  return fd;
}

}  // namespace

base::Status EnterUserNamespace() {
  const uid_t uid = ::geteuid();
  const gid_t gid = ::getegid();
  if (::unshare(CLONE_NEWUSER) != 0) {
    switch (errno) {
      case EPERM:
        return Missing(
            "user namespaces are forbidden to this user: set `kernel.unprivileged_userns_clone=1`, loosen the "
            "container's "
            "seccomp profile, or run as root",
            EPERM);
      case ENOSPC:
        return Missing("no user namespace is left: raise `user.max_user_namespaces`, or run as root", ENOSPC);
      default: return Missing("user namespaces cannot be had: a kernel with CONFIG_USER_NS, or root, is needed", errno);
    }
  }
  HNS_RETURN_IF_ERROR(WriteExisting("/proc/self/setgroups", "deny"));
  HNS_RETURN_IF_ERROR(WriteExisting("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1"));
  HNS_RETURN_IF_ERROR(WriteExisting("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1"));
  return {};
}

base::Result<World> EnterWorld(bool try_tun) {
  constexpr int kNamespaces = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID;
  World world;
  // Root of a container may lack CAP_SYS_ADMIN and still be let into a user
  // namespace: what counts is what works.
  if (::geteuid() != 0 || ::unshare(kNamespaces) != 0) {
    HNS_RETURN_IF_ERROR(EnterUserNamespace());
    world.user_namespace = true;
    if (::unshare(kNamespaces) != 0) {
      return Missing(
          "a new user namespace has no rights here: set `kernel.apparmor_restrict_unprivileged_userns=0`, give the "
          "helper "
          "an AppArmor profile that allows `userns`, or run as root",
          errno);
    }
  }
  HNS_RETURN_IF_ERROR(PrepareMounts());
  HNS_ASSIGN_OR_RETURN(world.resolver_target, PrepareResolverTarget());
  HNS_RETURN_IF_ERROR(StartInit(&world));

  HNS_RETURN_IF_ERROR(PrepareNetns());
  HNS_ASSIGN_OR_RETURN(world.host_netns, OpenOwnNetns());
  if (::unshare(CLONE_NEWNET) != 0) return Missing("a second network namespace cannot be had", errno);
  HNS_ASSIGN_OR_RETURN(world.wires_netns, OpenOwnNetns());
  TrySysctl("ipv6/conf/all/disable_ipv6", "1");
  TrySysctl("ipv6/conf/default/disable_ipv6", "1");

  if (FindProgram("ip").empty()) return Missing("the program `ip` is not there: install iproute2");
  world.tun = try_tun && CheckTun().ok();
  if (!world.tun) {
    const base::Status packet = CheckPacketSockets();
    if (!packet.ok()) return Missing("neither a TAP nor a packet socket can be had: " + packet.error().detail);
  }
  return world;
}

void EndWorld(World* world) {
  if (world->init > 0) ::kill(world->init, SIGKILL);
  while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  world->init = -1;
}

base::Status PrepareNetns() {
  TrySysctl("ipv6/conf/all/disable_ipv6", "0");
  TrySysctl("ipv6/conf/default/disable_ipv6", "0");
  TrySysctl("ipv6/conf/all/accept_dad", "0");
  TrySysctl("ipv6/conf/default/accept_dad", "0");
  TrySysctl("ipv6/conf/default/accept_ra", "0");
  TrySysctl("ipv6/conf/default/router_solicitations", "0");
  TrySysctl("ipv4/conf/all/arp_ignore", "1");
  TrySysctl("ipv4/conf/all/arp_announce", "2");
  TrySysctl("ipv4/conf/all/rp_filter", "0");
  TrySysctl("ipv4/conf/default/rp_filter", "0");
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return SystemError("opening a socket");
  ifreq request = {};
  ::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) return SystemError("bringing up the loopback interface");
  return {};
}

}  // namespace ports::helper
