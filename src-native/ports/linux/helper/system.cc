#include "ports/linux/helper/system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ports::helper {
namespace {

std::string ReadAll(int fd) {
  std::string text;
  char buffer[4096];
  ::lseek(fd, 0, SEEK_SET);
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof(buffer));
    if (n <= 0) break;
    text.append(buffer, static_cast<std::size_t>(n));
  }
  return text;
}

// iproute2 ends with "Command failed -:LINE"; people want the line itself.
std::string ExplainIpFailure(std::string said, const std::vector<std::string>& lines) {
  const std::size_t at = said.rfind("Command failed -:");
  std::string command;
  if (at != std::string::npos) {
    const auto line = static_cast<std::size_t>(::atoi(said.c_str() + at + strlen("Command failed -:")));
    if (line >= 1 && line <= lines.size()) command = lines[line - 1];
    said.erase(at);
  }
  while (!said.empty() && said.back() == '\n') said.pop_back();
  return command.empty() ? "ip: " + said : "`ip " + command + "`: " + said;
}

}  // namespace

base::Status WriteExisting(const std::string& path, std::string_view text) {
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd.valid()) return SystemError("opening `" + path + "`");
  const ssize_t n = ::write(fd.get(), text.data(), text.size());
  if (n != static_cast<ssize_t>(text.size())) return SystemError("writing `" + path + "`");
  return {};
}

base::Status TouchFile(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  if (!fd.valid()) return SystemError("creating `" + path + "`");
  return {};
}

void TrySysctl(std::string_view name, std::string_view value) {
  (void)WriteExisting("/proc/sys/net/" + std::string(name), value);
}

void CloseFrom(int first, int keep) {
#ifdef SYS_close_range
  if (keep < first && ::syscall(SYS_close_range, first, ~0u, 0) == 0) return;
  if (keep >= first) {
    const bool below = keep == first || ::syscall(SYS_close_range, first, keep - 1, 0) == 0;
    if (below && ::syscall(SYS_close_range, keep + 1, ~0u, 0) == 0) return;
  }
#endif
  // Before Linux 5.9.
  std::vector<int> open;
  if (DIR* dir = ::opendir("/proc/self/fd")) {
    while (const dirent* entry = ::readdir(dir)) open.push_back(::atoi(entry->d_name));
    ::closedir(dir);
  }
  for (const int fd : open) {
    if (fd >= first && fd != keep) ::close(fd);
  }
}

std::string FindProgram(const std::string& name) {
  const char* path = ::getenv("PATH");
  std::string folders = std::string(path == nullptr ? "" : path) + ":/usr/sbin:/sbin:/usr/bin:/bin";
  std::size_t at = 0;
  while (at <= folders.size()) {
    const std::size_t end = std::min(folders.find(':', at), folders.size());
    const std::string folder = folders.substr(at, end - at);
    at = end + 1;
    if (folder.empty() || folder.front() != '/') continue;  // Never the working directory.
    std::string candidate = folder + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

base::Status RunIp(const std::vector<std::string>& lines, IpErrors errors) {
  const std::string program = FindProgram("ip");
  if (program.empty())
    return base::MakeError(base::hr::ERR_PORT_DRIVER, "the program `ip` (iproute2) is not installed");
  std::string batch;
  for (const std::string& line : lines) batch += line + "\n";
  // Files in memory, not pipes: nothing can block whoever is slow.
  const Fd input(::memfd_create("ip-batch", MFD_CLOEXEC));
  const Fd output(::memfd_create("ip-output", MFD_CLOEXEC));
  if (!input.valid() || !output.valid()) return SystemError("memfd_create");
  if (::write(input.get(), batch.data(), batch.size()) != static_cast<ssize_t>(batch.size())) {
    return SystemError("writing an ip batch");
  }
  ::lseek(input.get(), 0, SEEK_SET);

  const pid_t child = ::fork();
  if (child < 0) return SystemError("starting `ip`");
  if (child == 0) {
    ::dup2(input.get(), 0);
    ::dup2(output.get(), 1);
    ::dup2(output.get(), 2);
    CloseFrom(3);
    const char* arguments[] = {"ip", "-batch", "-", errors == IpErrors::kPass ? "-force" : nullptr, nullptr};
    ::execv(program.c_str(), const_cast<char* const*>(arguments));
    ::_exit(127);
  }
  const int status = WaitFor(child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return SystemError("running `" + program + "`", ENOEXEC);
  return base::MakeError(base::hr::ERR_PORT_DRIVER, ExplainIpFailure(ReadAll(output.get()), lines));
}

int WaitFor(pid_t pid) {
  int status = 0;
  for (;;) {
    if (::waitpid(pid, &status, 0) == pid) return status;
    if (errno != EINTR) return -1;
  }
}

InNetns::InNetns(const Fd& target, const Fd& home) : home_(home) {
  if (::setns(target.get(), CLONE_NEWNET) != 0) status_ = SystemError("entering the compartment's network namespace");
}

InNetns::~InNetns() {
  if (status_.ok() && ::setns(home_.get(), CLONE_NEWNET) != 0) ::_exit(1);
}

}  // namespace ports::helper
