#ifdef __linux__
#include "native/ports_linux_lab.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "native/test.h"

namespace ports_test {
namespace {

int StatusOf(int wait_status) {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

std::string LinkText(const std::string& path) {
  char text[PATH_MAX];
  const ssize_t n = ::readlink(path.c_str(), text, sizeof(text));
  return n > 0 ? std::string(text, static_cast<std::size_t>(n)) : std::string();
}

bool Join(std::int64_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid) + "/ns/";
  const int user = ::open((folder + "user").c_str(), O_RDONLY | O_CLOEXEC);
  const int net = ::open((folder + "net").c_str(), O_RDONLY | O_CLOEXEC);
  const bool same_user = LinkText(folder + "user") == LinkText("/proc/self/ns/user");
  return user >= 0 && net >= 0 && (same_user || ::setns(user, CLONE_NEWUSER) == 0) && ::setns(net, CLONE_NEWNET) == 0;
}

}  // namespace

std::string HelperPath() {
  std::string self = LinkText("/proc/self/exe");
  return self.substr(0, self.rfind('/')) + "/hns-netns-helper";
}

bool CanHave(bool use_tun) {
  const Output check = Run({HelperPath(), "check"});
  const bool can = check.text.find("\"available\":true") != std::string::npos &&
                   check.text.find(use_tun ? "\"tun\":true" : "\"packetSockets\":true") != std::string::npos;
  // The sentences of "missing", which ends the line.
  if (!can) native_test::Skip(check.text.substr(std::min(check.text.find("\"missing\":"), check.text.size())));
  return can;
}

bool EnterOwnMachine() {
  const std::string uid = std::to_string(::geteuid());
  const std::string gid = std::to_string(::getegid());
  if (uid != "0") {
    if (::unshare(CLONE_NEWUSER) != 0) return false;
    const auto write = [](const char* path, const std::string& text) {
      const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
      const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
      ::close(fd);
      return written;
    };
    if (!write("/proc/self/setgroups", "deny") || !write("/proc/self/uid_map", "0 " + uid + " 1") ||
        !write("/proc/self/gid_map", "0 " + gid + " 1")) {
      return false;
    }
  }
  return ::unshare(CLONE_NEWNET | CLONE_NEWNS) == 0 &&
         ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

Output Run(const std::vector<std::string>& command) {
  Output output;
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) return output;
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe[1], 1);
    ::dup2(pipe[1], 2);
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(pipe[1]);
  char buffer[4096];
  for (ssize_t n; (n = ::read(pipe[0], buffer, sizeof(buffer))) > 0;)
    output.text.append(buffer, static_cast<std::size_t>(n));
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  output.status = StatusOf(status);
  return output;
}

Output RunInside(const base::Result<ports::CompartmentInfo>& compartment, std::vector<std::string> command) {
  if (!compartment.ok()) return {.status = -1, .text = compartment.error().detail};
  std::vector<std::string> words = {compartment->helper, "enter", std::to_string(compartment->pid), "--"};
  words.insert(words.end(), command.begin(), command.end());
  return Run(words);
}

Child::Child(std::int64_t pid, const std::function<int()>& body) {
  ::fflush(stdout);
  pid_ = ::fork();
  if (pid_ == 0) ::_exit(pid == 0 || Join(pid) ? body() : 99);
}

Child::~Child() {
  Kill(SIGKILL);
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
}

int Child::Wait() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return StatusOf(status);
}

void Child::Kill(int signal) {
  if (pid_ > 0) ::kill(pid_, signal);
}

Watched::Watched(std::int64_t pid) : fd_(static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0))) {}
Watched::~Watched() {
  if (fd_ >= 0) ::close(fd_);
}

bool Watched::EndsWithin(int milliseconds) const {
  pollfd waiting = {fd_, POLLIN, 0};
  return ::poll(&waiting, 1, milliseconds) > 0;
}

std::string NetnsOf(std::int64_t pid) { return LinkText("/proc/" + std::to_string(pid) + "/ns/net"); }

bool NetnsInUse(const std::string& netns) {
  bool found = false;
  DIR* processes = ::opendir("/proc");
  while (const dirent* entry = ::readdir(processes)) {
    const long pid = ::strtol(entry->d_name, nullptr, 10);
    found = found || (pid > 0 && NetnsOf(pid) == netns);
  }
  ::closedir(processes);
  return found;
}

void Hub::OnFrames(vfp::PortIndex port, std::span<wire::Frame> frames) noexcept {
  {
    std::lock_guard lock(mutex_);
    for (const wire::Frame& frame : frames) longest_ = std::max(longest_, frame.length);
  }
  for (const vfp::PortIndex other : ports) {
    if (other != port) driver->OnFrames(other, frames);
  }
}

std::uint32_t Hub::longest() {
  std::lock_guard lock(mutex_);
  return longest_;
}

LinuxLab::LinuxLab(bool use_tun) : driver({.helper_path = HelperPath(), .use_tun = use_tun}) {
  hub.driver = &driver.sink();
  hub.ports = {1, 2};
  const auto note = [this](const base::Status& status) {
    if (!status.ok() && failure.empty()) failure = status.error().detail;
  };
  note(driver.Start(hub));
  if (!failure.empty()) return;
  note(driver.AddCompartment(a, false));
  note(driver.AddCompartment(b, false));
  note(driver.AddPort(1));
  note(driver.AddPort(2));
  note(driver.Attach(1, Spec(a, 2)));
  note(driver.Attach(2, Spec(b, 3)));
}

LinuxLab::~LinuxLab() { driver.Stop(); }

ports::InterfaceSpec LinuxLab::Spec(const base::Guid& compartment, int number) const {
  ports::InterfaceSpec spec;
  spec.compartment = compartment;
  spec.mac = base::MacAddress{{0x00, 0x15, 0x5d, 0x00, 0x00, static_cast<std::uint8_t>(number)}};
  spec.mtu = 1400;
  const std::string n = std::to_string(number);
  spec.addresses = {*base::IpPrefix::Parse("10.77.0." + n + "/24"), *base::IpPrefix::Parse("fd77::" + n + "/64")};
  spec.routes = {{*base::IpPrefix::Parse("0.0.0.0/0"), *base::IpAddress::Parse("10.77.0.1"), 0},
                 {*base::IpPrefix::Parse("::/0"), *base::IpAddress::Parse("fd77::1"), 0}};
  spec.resolver.search = {"default.svc.cluster.local", "svc.cluster.local"};
  spec.resolver.servers = {"10.96.0.10"};
  spec.resolver.options = {"ndots:5"};
  return spec;
}

}  // namespace ports_test
#endif
