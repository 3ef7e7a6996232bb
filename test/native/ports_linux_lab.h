// Compartments on this machine for tests: the driver, a hub instead of the
// engine, and code that runs inside compartments.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "ports/linux/linux_driver.h"
#include "vfp/packet_sink.h"

namespace ports_test {

// The helper, which the build puts beside the tests.
std::string HelperPath();

// Whether this machine lets us have compartments, and TAPs if asked. The
// running test is skipped, with what is missing, when not.
bool CanHave(bool use_tun);

struct Output {
  int status = -1;  // Exit status, or 128 + signal.
  std::string text;
};
// Runs a command and waits for it. stdout and stderr come together.
Output Run(const std::vector<std::string>& command);
Output RunInside(const base::Result<ports::CompartmentInfo>& compartment, std::vector<std::string> command);

// A child that runs `body` in the network of the compartment that `pid` holds
// (0: in ours); killed when the object goes before Wait.
class Child {
 public:
  Child(std::int64_t pid, const std::function<int()>& body);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  int Wait();  // Exit status, or 128 + signal.
  void Kill(int signal);
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

// Puts the calling process, which has no other thread, on a machine of its own:
// no interfaces, and mounts that nobody else sees.
bool EnterOwnMachine();

// A process by descriptor, so that its end can be waited for without guessing.
class Watched {
 public:
  explicit Watched(std::int64_t pid);
  ~Watched();
  Watched(Watched&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  bool valid() const { return fd_ >= 0; }
  bool EndsWithin(int milliseconds) const;

 private:
  int fd_;
};

// "net:[4026531840]" of a process; "" when it is gone.
std::string NetnsOf(std::int64_t pid);
// Whether any process of the machine is in that network namespace.
bool NetnsInUse(const std::string& netns);

// Repeats every frame to all other ports, as the driver's engine.
class Hub final : public vfp::PacketSink {
 public:
  void OnFrames(vfp::PortIndex port, std::span<wire::Frame> frames) noexcept override;
  std::uint32_t longest();

  vfp::PacketSink* driver = nullptr;
  std::vector<vfp::PortIndex> ports;

 private:
  std::mutex mutex_;
  std::uint32_t longest_ = 0;
};

inline constexpr char kAddressA[] = "10.77.0.2";
inline constexpr char kAddressB[] = "10.77.0.3";

// Two pods on a hub.
struct LinuxLab {
  explicit LinuxLab(bool use_tun);
  ~LinuxLab();

  ports::InterfaceSpec Spec(const base::Guid& compartment, int number) const;
  base::Result<ports::CompartmentInfo> A() const { return driver.DescribeCompartment(a); }
  base::Result<ports::CompartmentInfo> B() const { return driver.DescribeCompartment(b); }

  const base::Guid a = base::Guid::Random();
  const base::Guid b = base::Guid::Random();
  Hub hub;
  ports::LinuxDriver driver;
  std::string failure;  // Empty when both pods stand.
};

}  // namespace ports_test
