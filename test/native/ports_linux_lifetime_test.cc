// What is left of compartments when somebody ends, in good order or not:
// nothing. And running commands inside them.
#ifdef __linux__
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "native/ports_linux_lab.h"
#include "native/test.h"

namespace {

using ports_test::CanHave;
using ports_test::Child;
using ports_test::HelperPath;
using ports_test::LinuxLab;
using ports_test::NetnsInUse;
using ports_test::NetnsOf;
using ports_test::Output;
using ports_test::RunInside;
using ports_test::Watched;

constexpr int kPatience = 20'000;  // Milliseconds; only a failing test waits so long.

// What must go when a lab goes: its helper, the holders of its compartments, a
// program that runs inside, and the namespaces.
struct Traces {
  std::vector<Watched> processes;
  std::vector<std::string> namespaces;

  explicit Traces(const std::vector<std::int64_t>& pids) {
    for (const std::int64_t pid : pids) {
      processes.emplace_back(pid);
      namespaces.push_back(NetnsOf(pid));
    }
  }
  std::string Left() const {
    for (const Watched& process : processes) {
      if (!process.valid() || !process.EndsWithin(kPatience)) return "a process";
    }
    for (const std::string& one : namespaces) {
      if (!one.empty() && one != NetnsOf(::getpid()) && NetnsInUse(one)) return one;
    }
    return {};
  }
};

std::vector<std::int64_t> PidsOf(const LinuxLab& lab) { return {lab.driver.HelperPid(), lab.A()->pid, lab.B()->pid}; }

void CheckKilledOwner(bool use_tun) {
  // The owner tells its pids and then waits to be killed.
  int report[2];
  CHECK_EQ(::pipe(report), 0);
  Child owner(0, [&] {
    LinuxLab lab(use_tun);
    if (!lab.failure.empty()) return 1;
    // A container's process, as a program started by the owner runs it.
    int started[2];
    if (::pipe(started) != 0) return 1;
    const Child inside(0, [&] {
      ::dup2(started[1], 1);
      return ::execl(HelperPath().c_str(), "helper", "enter", std::to_string(lab.A()->pid).c_str(), "--", "sh", "-c",
                     "echo started; exec sleep 1000", nullptr);
    });
    char byte;
    if (::read(started[0], &byte, 1) != 1) return 1;
    const std::vector<std::int64_t> all = PidsOf(lab);
    std::array<std::int64_t, 4> pids = {all[0], all[1], all[2], inside.pid()};
    if (::write(report[1], pids.data(), sizeof(pids)) != sizeof(pids)) return 1;
    for (;;) ::pause();
  });
  std::array<std::int64_t, 4> pids = {};
  CHECK_EQ(::read(report[0], pids.data(), sizeof(pids)), static_cast<ssize_t>(sizeof(pids)));
  ::close(report[0]);
  ::close(report[1]);
  const Traces traces({pids[0], pids[1], pids[2], pids[3]});
  CHECK(!traces.namespaces[1].empty() && traces.namespaces[1] != traces.namespaces[2]);

  owner.Kill(SIGKILL);

  CHECK_EQ(owner.Wait(), 128 + SIGKILL);
  CHECK_EQ(traces.Left(), std::string());
}

void CheckKilledHelper(bool use_tun) {
  LinuxLab lab(use_tun);
  CHECK_EQ(lab.failure, std::string());
  const auto helper = static_cast<pid_t>(lab.driver.HelperPid());
  const Traces traces(PidsOf(lab));

  ::kill(helper, SIGKILL);

  CHECK_EQ(traces.Left(), std::string());
  const base::Status status = lab.driver.AddCompartment(base::Guid::Random(), false);
  CHECK(!status.ok());
  CHECK_EQ(status.error().code, base::hr::ERR_PORT_DRIVER);
  std::vector<std::uint8_t> bytes(60, 1);
  wire::Frame frames[] = {{.data = bytes.data(), .length = 60, .offload = {}}};
  lab.driver.sink().OnFrames(1, frames);
  lab.driver.Detach(1);
  lab.driver.RemoveCompartment(lab.b);
  lab.driver.Stop();
  // Reaped: no process of that id is ours to wait for.
  CHECK_EQ(::waitpid(helper, nullptr, WNOHANG), -1);
}

void CheckStop(bool use_tun) {
  auto lab = std::make_unique<LinuxLab>(use_tun);
  CHECK_EQ(lab->failure, std::string());
  const auto helper = static_cast<pid_t>(lab->driver.HelperPid());
  const Traces traces(PidsOf(*lab));

  lab->driver.Stop();

  CHECK_EQ(traces.Left(), std::string());
  CHECK_EQ(::waitpid(helper, nullptr, WNOHANG), -1);
  CHECK_EQ(lab->driver.HelperPid(), 0);
  // And it can be started again.
  CHECK(lab->driver.Start(lab->hub).ok());
  CHECK(lab->driver.AddCompartment(lab->a, false).ok());
}

TEST("killing the process that owns TAPs leaves no process and no namespace") {
  if (CanHave(true)) CheckKilledOwner(true);
}
TEST("killing the process that owns veths leaves no process and no namespace") {
  if (CanHave(false)) CheckKilledOwner(false);
}
TEST("a killed helper takes TAPs and namespaces along, and calls say that it is gone") {
  if (CanHave(true)) CheckKilledHelper(true);
}
TEST("a killed helper takes veths and namespaces along, and calls say that it is gone") {
  if (CanHave(false)) CheckKilledHelper(false);
}
TEST("a stopped driver with TAPs leaves no process and no namespace") {
  if (CanHave(true)) CheckStop(true);
}
TEST("a stopped driver with veths leaves no process and no namespace") {
  if (CanHave(false)) CheckStop(false);
}

TEST("a removed compartment takes its namespace along, although others were made after it") {
  if (!CanHave(false)) return;
  LinuxLab lab(false);
  CHECK_EQ(lab.failure, std::string());
  const std::int64_t holder = lab.A()->pid;
  const Traces traces({holder});
  // Held open by nobody: a TAP or veth in it would be gone with it.
  lab.driver.RemoveCompartment(lab.a);

  CHECK_EQ(traces.Left(), std::string());
  CHECK_EQ(lab.A().error().code, base::hr::ERROR_NOT_FOUND);
  CHECK(lab.B().ok());
}

TEST("a command inside a compartment keeps its folder, environment, status and output") {
  if (!CanHave(false)) return;
  LinuxLab lab(false);
  CHECK_EQ(lab.failure, std::string());
  char folder[4096];
  CHECK(::getcwd(folder, sizeof(folder)) != nullptr);
  ::setenv("HNS_TEST_WORD", "kept", 1);

  CHECK_EQ(RunInside(lab.A(), {"sh", "-c", "pwd; echo $HNS_TEST_WORD"}).text, std::string(folder) + "\nkept\n");
  CHECK_EQ(RunInside(lab.A(), {"sh", "-c", "exit 7"}).status, 7);
  CHECK_EQ(RunInside(lab.A(), {"sh", "-c", "kill -TERM $$"}).status, 128 + SIGTERM);
  CHECK_EQ(RunInside(lab.A(), {"/nonexistent/command"}).status, 127);
  const Output cannot = ports_test::Run({HelperPath(), "enter", "0", "--", "true"});
  CHECK_EQ(cannot.status, 125);
}

TEST("a signal to whoever entered a compartment reaches the command, and its death kills it") {
  if (!CanHave(false)) return;
  LinuxLab lab(false);
  CHECK_EQ(lab.failure, std::string());
  const std::string holder = std::to_string(lab.A()->pid);
  for (const int signal : {SIGTERM, SIGKILL}) {
    int output[2];
    CHECK_EQ(::pipe(output), 0);
    Child entering(0, [&] {
      ::dup2(output[1], 1);
      ::close(output[0]);
      ::close(output[1]);
      return ::execl(HelperPath().c_str(), "helper", "enter", holder.c_str(), "--", "sh", "-c",
                     "trap 'exit 9' TERM; echo ready; sleep 1000 >/dev/null 2>&1 & wait", nullptr);
    });
    ::close(output[1]);
    char byte;
    CHECK_EQ(::read(output[0], &byte, 1), 1);

    entering.Kill(signal);

    CHECK_EQ(entering.Wait(), signal == SIGTERM ? 9 : 128 + SIGKILL);
    // The command held the other end of the pipe.
    while (::read(output[0], &byte, 1) > 0) {
    }
    ::close(output[0]);
  }
}

}  // namespace
#endif
