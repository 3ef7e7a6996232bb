// The Linux driver on machines that differ from this one: an adapter to bridge
// to, and every way /etc/resolv.conf may be. Each test makes its machine of
// namespaces, in a child.
#ifdef __linux__
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "native/ports_linux_lab.h"
#include "native/test.h"

namespace {

using ports_test::CanHave;
using ports_test::Child;
using ports_test::EnterOwnMachine;
using ports_test::LinuxLab;
using ports_test::Run;
using ports_test::RunInside;
using Bytes = std::vector<std::uint8_t>;

// For children: the parent sees the status and the line.
#define EXPECT(condition)                                                           \
  do {                                                                              \
    if (!(condition)) {                                                             \
      ::fprintf(stderr, "# %s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
      return 1;                                                                     \
    }                                                                               \
  } while (false)

std::string ReadFile(const std::string& path) {
  std::string text;
  char buffer[1024];
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  for (ssize_t n; fd >= 0 && (n = ::read(fd, buffer, sizeof(buffer))) > 0;)
    text.append(buffer, static_cast<std::size_t>(n));
  ::close(fd);
  return text;
}

bool WriteFile(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  return written;
}

// A machine whose /etc and /run hold only what the test puts there.
bool EnterBareMachine() {
  return EnterOwnMachine() && ::mount("tmpfs", "/etc", "tmpfs", 0, nullptr) == 0 &&
         ::mount("tmpfs", "/run", "tmpfs", 0, nullptr) == 0 && WriteFile("/etc/marker", "the machine's\n") &&
         ::symlink("../etc/marker", "/etc/link") == 0 && WriteFile("/run/socket", "here\n");
}

int CheckResolver(const std::string& machine_before) {
  {
    LinuxLab lab(false);
    EXPECT(lab.failure.empty());
    EXPECT(RunInside(lab.A(), {"cat", "/etc/resolv.conf"}).text.find("\nnameserver 10.96.0.10\n") != std::string::npos);
    ports::InterfaceSpec other = lab.Spec(lab.b, 3);
    other.resolver.servers = {"10.96.0.99"};
    EXPECT(lab.driver.Attach(2, other).ok());
    EXPECT(RunInside(lab.B(), {"cat", "/etc/resolv.conf"}).text.find("\nnameserver 10.96.0.99\n") != std::string::npos);
    EXPECT(RunInside(lab.A(), {"cat", "/etc/resolv.conf"}).text.find("10.96.0.99") == std::string::npos);
    // The rest of the machine still shows.
    EXPECT(RunInside(lab.A(), {"cat", "/etc/link", "/run/socket"}).text == "the machine's\nhere\n");
  }
  EXPECT(ReadFile("/etc/resolv.conf") == machine_before);
  EXPECT(::access("/run/netns", F_OK) != 0);
  return 0;
}

TEST("a compartment has its own resolver file where the machine has a plain one") {
  if (!CanHave(false)) return;
  Child machine(0, [] {
    EXPECT(EnterBareMachine() && WriteFile("/etc/resolv.conf", "nameserver 192.0.2.1\n"));
    return CheckResolver("nameserver 192.0.2.1\n");
  });
  CHECK_EQ(machine.Wait(), 0);
}

TEST("a compartment has its own resolver file where the machine has a link into /run") {
  if (!CanHave(false)) return;
  Child machine(0, [] {
    EXPECT(EnterBareMachine() && ::mkdir("/run/resolve", 0755) == 0);
    EXPECT(WriteFile("/run/resolve/stub.conf", "nameserver 127.0.0.53\n"));
    EXPECT(::symlink("../run/resolve/stub.conf", "/etc/resolv.conf") == 0);
    return CheckResolver("nameserver 127.0.0.53\n");
  });
  CHECK_EQ(machine.Wait(), 0);
}

TEST("a compartment has its own resolver file where the machine's link leads nowhere") {
  if (!CanHave(false)) return;
  Child machine(0, [] {
    EXPECT(EnterBareMachine() && ::symlink("../run/resolve/stub.conf", "/etc/resolv.conf") == 0);
    return CheckResolver("");
  });
  CHECK_EQ(machine.Wait(), 0);
}

TEST("a compartment has its own resolver file where the machine has none") {
  if (!CanHave(false)) return;
  Child machine(0, [] {
    EXPECT(EnterBareMachine());
    return CheckResolver("");
  });
  CHECK_EQ(machine.Wait(), 0);
}

// Keeps frames of one sender and lets a test wait for them.
class Listener final : public vfp::PacketSink {
 public:
  void OnFrames(vfp::PortIndex, std::span<wire::Frame> frames) noexcept override {
    std::lock_guard lock(mutex_);
    for (const wire::Frame& frame : frames) {
      if (frame.data[11] == 0x77) seen_.emplace_back(frame.data, frame.data + frame.length);
    }
    arrived_.notify_all();
  }
  bool WaitFor(const std::vector<Bytes>& expected) {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, std::chrono::seconds(20), [&] { return seen_.size() >= expected.size(); }) &&
           seen_ == expected;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Bytes> seen_;
};

int OpenWire(const char* interface) {
  const int fd = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
  sockaddr_ll address = {};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(::if_nametoindex(interface));
  const timeval limit = {20, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  return ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ? fd : -1;
}

Bytes FrameFrom77(std::initializer_list<std::uint8_t> after_macs) {
  Bytes frame = {0x02, 0, 0, 0, 0, 0x01, 0x02, 0, 0, 0, 0, 0x77};
  frame.insert(frame.end(), after_macs);
  for (std::uint8_t i = 0; frame.size() < 80; ++i) frame.push_back(i);
  return frame;
}

int CheckAdapter() {
  EXPECT(EnterOwnMachine());
  EXPECT(
      Run({"ip", "link", "add", "name", "up0", "address", "02:00:00:00:00:aa", "type", "veth", "peer", "name", "far0"})
          .status == 0);
  EXPECT(Run({"ip", "link", "set", "up0", "up"}).status == 0 && Run({"ip", "link", "set", "far0", "up"}).status == 0);
  const int far = OpenWire("far0");
  EXPECT(far >= 0);
  Listener engine;
  ports::LinuxDriver driver({.helper_path = ports_test::HelperPath(), .use_tun = false});
  EXPECT(driver.Start(engine).ok() && driver.AddPort(1).ok());
  EXPECT(driver.AdapterMac("up0")->ToString() == "02-00-00-00-00-AA");

  EXPECT(driver.AttachAdapter(1, "up0").ok());

  // In: for a MAC that is not the adapter's, and with a VLAN tag.
  const Bytes plain = FrameFrom77({0x88, 0xb5});
  const Bytes tagged = FrameFrom77({0x81, 0x00, 0x20, 0x64, 0x88, 0xb5});
  EXPECT(::send(far, plain.data(), plain.size(), 0) == static_cast<ssize_t>(plain.size()));
  EXPECT(::send(far, tagged.data(), tagged.size(), 0) == static_cast<ssize_t>(tagged.size()));
  EXPECT(engine.WaitFor({plain, tagged}));

  // Out; and what we send does not come back.
  Bytes out = FrameFrom77({0x88, 0xb6});
  wire::Frame frames[] = {{.data = out.data(), .length = static_cast<std::uint32_t>(out.size()), .offload = {}}};
  driver.sink().OnFrames(1, frames);
  Bytes received(2048);
  ssize_t n;
  do {
    n = ::recv(far, received.data(), received.size(), 0);
    EXPECT(n > 0);
  } while (!std::equal(out.begin(), out.end(), received.begin()));
  EXPECT(n == static_cast<ssize_t>(out.size()));
  EXPECT(::send(far, plain.data(), plain.size(), 0) == static_cast<ssize_t>(plain.size()));
  EXPECT(engine.WaitFor({plain, tagged, plain}));

  // What comes for a detached port is dropped and counted.
  driver.Detach(1);
  driver.sink().OnFrames(1, frames);
  EXPECT(driver.Counters(1)->dropped == 1);
  return 0;
}

TEST("an uplink carries an adapter's frames both ways, with their VLAN tags, and none of its own back") {
  if (!CanHave(false)) return;
  Child machine(0, CheckAdapter);
  CHECK_EQ(machine.Wait(), 0);
}

}  // namespace
#endif
