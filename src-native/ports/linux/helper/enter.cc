#include "ports/linux/helper/enter.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "ports/linux/helper/system.h"

namespace ports::helper {
namespace {

constexpr int kCannotEnter = 125;
constexpr int kCannotRun = 126;
constexpr int kNotFound = 127;

bool IsOurs(const Fd& user_namespace) {
  struct stat theirs = {};
  struct stat ours = {};
  return ::fstat(user_namespace.get(), &theirs) == 0 && ::stat("/proc/self/ns/user", &ours) == 0 &&
         theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

base::Status JoinNamespaces(const std::string& pid) {
  if (pid.empty() || !std::all_of(pid.begin(), pid.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return base::MakeError(base::hr::ERR_PORT_DRIVER, "`" + pid + "` is not a process id");
  }
  struct Namespace {
    const char* name;
    int kind;
    Fd fd;
  };
  // All are opened before the first is joined: after that /proc may be another.
  Namespace all[] = {
      {"user", CLONE_NEWUSER, {}}, {"net", CLONE_NEWNET, {}}, {"pid", CLONE_NEWPID, {}}, {"mnt", CLONE_NEWNS, {}}};
  for (Namespace& one : all) {
    const std::string path = "/proc/" + pid + "/ns/" + one.name;
    one.fd = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!one.fd.valid()) return SystemError("opening `" + path + "`");
  }
  for (const Namespace& one : all) {
    if (one.kind == CLONE_NEWUSER && IsOurs(one.fd)) continue;
    if (::setns(one.fd.get(), one.kind) != 0) {
      return SystemError(std::string("joining the ") + one.name + " namespace of process " + pid);
    }
  }
  return {};
}

[[noreturn]] void RunCommand(char** command, const Fd& parent_alive, const sigset_t& signals) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A parent that died before that has closed the pipe.
  pollfd parent = {parent_alive.get(), POLLIN, 0};
  if (::poll(&parent, 1, 0) > 0) ::_exit(kCannotEnter);
  ::sigprocmask(SIG_SETMASK, &signals, nullptr);
  ::execvp(command[0], command);
  const int status = errno == ENOENT ? kNotFound : kCannotRun;
  ::perror(command[0]);
  ::_exit(status);
}

int WaitForwarding(pid_t child, const sigset_t& signals) {
  for (;;) {
    siginfo_t info = {};
    const int signal = ::sigwaitinfo(&signals, &info);
    if (signal < 0) continue;
    if (signal != SIGCHLD) {
      // What a terminal sends goes to the whole process group: the command has it.
      if (info.si_code != SI_KERNEL) ::kill(child, signal);
      continue;
    }
    int status = 0;
    if (::waitpid(child, &status, WNOHANG) != child) continue;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
}

}  // namespace

int Enter(const std::string& pid, char** command) {
  char folder[PATH_MAX];
  const bool has_folder = ::getcwd(folder, sizeof(folder)) != nullptr;
  base::Status status = JoinNamespaces(pid);
  // Another mount namespace starts at its root.
  if (status.ok() && has_folder && ::chdir(folder) != 0)
    status = SystemError(std::string("changing to `") + folder + "`");
  int pipe[2];
  if (status.ok() && ::pipe2(pipe, O_CLOEXEC) != 0) status = SystemError("pipe");
  if (!status.ok()) {
    ::fprintf(stderr, "hns-netns-helper: %s\n", status.error().detail.c_str());
    return kCannotEnter;
  }
  const Fd parent_alive(pipe[0]);
  Fd alive(pipe[1]);

  sigset_t waited;
  sigset_t before;
  sigemptyset(&waited);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2}) sigaddset(&waited, signal);
  ::sigprocmask(SIG_BLOCK, &waited, &before);
  const pid_t child = ::fork();
  if (child < 0) {
    ::perror("hns-netns-helper: fork");
    return kCannotEnter;
  }
  if (child == 0) {
    alive.Reset();
    RunCommand(command, parent_alive, before);
  }
  return WaitForwarding(child, waited);
}

}  // namespace ports::helper
