// What every port driver does alike, whatever carries its frames; and what
// stays true while frames are under way.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "native/ports_support.h"
#include "native/test.h"
#include "ports/capture.h"
#include "ports/memory/memory_driver.h"
#ifdef __linux__
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native/ports_linux_lab.h"
#include "ports/linux/linux_driver.h"
#endif

namespace {

using ports_test::AsFrame;
using ports_test::Bytes;
using ports_test::Pack;

class Ignore final : public vfp::PacketSink {
 public:
  void OnFrames(vfp::PortIndex, std::span<wire::Frame>) noexcept override { ++batches; }
  std::atomic<int> batches{0};
};

void CheckContract(ports::PortDriver& driver) {
  Ignore engine;
  const base::Guid pod = base::Guid::Random();
  ports::InterfaceSpec spec;
  spec.compartment = pod;
  spec.mac = *base::MacAddress::Parse("00-15-5D-00-00-01");
  spec.addresses = {*base::IpPrefix::Parse("10.0.0.4/24")};
  CHECK(driver.Start(engine).ok());

  // Ports and compartments are there from their adding to their removing.
  CHECK(driver.AddPort(3).ok());
  CHECK_EQ(driver.AddPort(3).error().code, base::hr::HCN_E_PORT_ALREADY_EXISTS);
  CHECK_EQ(driver.DescribeCompartment(pod).error().code, base::hr::ERROR_NOT_FOUND);
  CHECK_EQ(driver.Attach(3, spec).error().code, base::hr::ERROR_NOT_FOUND);
  CHECK(driver.AddCompartment(pod, false).ok());
  CHECK_EQ(driver.AddCompartment(pod, false).error().code, base::hr::ERROR_ALREADY_EXISTS);
  CHECK(!driver.DescribeCompartment(pod)->kind.empty());
  CHECK_EQ(driver.Attach(4, spec).error().code, base::hr::HCN_E_PORT_NOT_FOUND);
  CHECK_EQ(driver.AttachAdapter(3, "").error().code, base::hr::HCN_E_ADAPTER_NOT_FOUND);
  CHECK_EQ(driver.AdapterMac("").error().code, base::hr::HCN_E_ADAPTER_NOT_FOUND);

  // Attaching twice changes, detaching twice does nothing.
  CHECK(driver.Attach(3, spec).ok());
  spec.addresses = {*base::IpPrefix::Parse("10.0.0.5/24")};
  CHECK(driver.Attach(3, spec).ok());
  driver.Detach(3);
  driver.Detach(3);
  CHECK(driver.Attach(3, spec).ok());

  // Removing works in any order, and of what was never there.
  driver.RemoveCompartment(pod);
  driver.RemoveCompartment(pod);
  driver.RemovePort(3);
  driver.RemovePort(3);
  driver.Detach(3);
  CHECK_EQ(driver.DescribeCompartment(pod).error().code, base::hr::ERROR_NOT_FOUND);
  CHECK(driver.AddPort(3).ok());

  // Frames for a port that is not there are nobody's problem.
  Bytes bytes(60, 1);
  wire::Frame frames[] = {AsFrame(bytes)};
  driver.sink().OnFrames(99, frames);
  driver.Stop();
  driver.Stop();
  driver.sink().OnFrames(3, frames);
  // And it can be used again, as if new.
  CHECK(driver.Start(engine).ok());
  CHECK(driver.AddPort(3).ok());
  driver.Stop();
}

TEST("the memory driver keeps the contract of port drivers") {
  ports::MemoryDriver driver;
  CheckContract(driver);
}

TEST("a capture keeps the contract of the driver it wraps") {
  const base::SystemClock clock;
  ports::MemoryDriver driver;
  ports::Capture capture(clock, driver);
  CheckContract(capture);
}

TEST("when the memory driver has stopped, no frame on its way reaches the engine") {
  Ignore engine;
  ports::MemoryDriver driver;
  CHECK(driver.Start(engine).ok());
  CHECK(driver.AddPort(1).ok());
  const Bytes packed = Pack({Bytes(60, 1), Bytes(60, 2)});
  std::thread sender([&] {
    while (driver.Send(1, packed).ok()) {
    }
  });
  while (engine.batches < 100) std::this_thread::yield();

  driver.Stop();

  const int at_stop = engine.batches;
  sender.join();
  CHECK_EQ(engine.batches.load(), at_stop);
}

TEST("ports are captured and released while frames pass") {
  const base::SystemClock clock;
  Ignore engine;
  ports::MemoryDriver driver;
  ports::Capture capture(clock, driver);
  CHECK(capture.Start(engine).ok());
  CHECK(capture.AddPort(1).ok());
  std::atomic<bool> done{false};
  const Bytes frame(60, 1);
  std::thread sender([&] {
    while (!done) (void)driver.Send(1, Pack({frame}));
  });
  std::size_t captured = 0;
  bool sound = true;
  while (captured < 100'000) {
    sound = sound && capture.StartCapture(1, 4096).ok();
    for (int i = 0; i < 10; ++i) {
      const auto read = capture.ReadCapture(1);
      sound = sound && read.ok() && read->packed.size() % (16 + frame.size()) == 0;
      captured += read->packed.size();
    }
    sound = sound && capture.StopCapture(1).ok();
  }
  done = true;
  sender.join();
  CHECK(sound);
}

#ifdef __linux__
void CheckLinuxContract(bool use_tun) {
  if (!ports_test::CanHave(use_tun)) return;
  ports::LinuxDriver driver({.helper_path = ports_test::HelperPath(), .use_tun = use_tun});
  CheckContract(driver);
}

TEST("the Linux driver with TAPs keeps the contract of port drivers") { CheckLinuxContract(true); }
TEST("the Linux driver with veths keeps the contract of port drivers") { CheckLinuxContract(false); }

sockaddr_in Address(const char* text) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);
  ::inet_pton(AF_INET, text, &address.sin_addr);
  return address;
}

int FloodB() {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const sockaddr_in to = Address(ports_test::kAddressB);
  const char text[64] = {};
  for (;;) (void)::sendto(fd, text, sizeof(text), 0, reinterpret_cast<const sockaddr*>(&to), sizeof(to));
}

void CheckChangesUnderTraffic(bool use_tun) {
  if (!ports_test::CanHave(use_tun)) return;
  ports_test::LinuxLab lab(use_tun);
  CHECK_EQ(lab.failure, std::string());
  // It also has copies of the interfaces' descriptors, as any process between
  // its fork and its exec: they must not keep a detached interface.
  ports_test::Child flood(lab.A()->pid, FloodB);
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t before = lab.driver.Counters(2)->delivered;
    while (lab.driver.Counters(2)->delivered < before + 100) std::this_thread::yield();
    lab.driver.Detach(2);
    const base::Status again = lab.driver.Attach(2, lab.Spec(lab.b, 3));
    CHECK_EQ(again.ok() ? "" : again.error().detail, std::string());
    // The busy interface too.
    CHECK(lab.driver.Attach(1, lab.Spec(lab.a, 2)).ok());
  }
  lab.driver.Stop();
}

TEST("TAPs come, change and go while frames pass") { CheckChangesUnderTraffic(true); }
TEST("veths come, change and go while frames pass") { CheckChangesUnderTraffic(false); }

void CheckDeletedInside(bool use_tun) {
  if (!ports_test::CanHave(use_tun)) return;
  ports_test::LinuxLab lab(use_tun);
  CHECK_EQ(lab.failure, std::string());

  CHECK_EQ(ports_test::RunInside(lab.A(), {"ip", "link", "del", "dev", "eth0"}).status, 0);

  // The port can have another, and the neighbour did not notice.
  lab.driver.Detach(1);
  CHECK(lab.driver.Attach(1, lab.Spec(lab.a, 2)).ok());
  CHECK(ports_test::RunInside(lab.A(), {"ip", "-br", "link"}).text.find("eth0") != std::string::npos);
  CHECK(ports_test::RunInside(lab.B(), {"ip", "-br", "link"}).text.find("eth0") != std::string::npos);
}

TEST("a port whose TAP somebody deleted inside its compartment can have another") { CheckDeletedInside(true); }
TEST("a port whose veth somebody deleted inside its compartment can have another") { CheckDeletedInside(false); }
#endif

}  // namespace
