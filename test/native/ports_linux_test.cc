// The Linux driver on real namespaces, interfaces and sockets.
#ifdef __linux__
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "native/ports_linux_lab.h"
#include "native/test.h"
#include "ports/linux/resolver_text.h"

namespace {

using ports_test::CanHave;
using ports_test::Child;
using ports_test::kAddressA;
using ports_test::kAddressB;
using ports_test::LinuxLab;
using ports_test::Output;
using ports_test::RunInside;

bool Contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

sockaddr_in SocketAddress(const char* address, std::uint16_t port) {
  sockaddr_in out = {};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  ::inet_pton(AF_INET, address, &out.sin_addr);
  return out;
}

int OpenSocket(int type, const sockaddr_in& bound) {
  const int fd = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  const timeval limit = {20, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  ::bind(fd, reinterpret_cast<const sockaddr*>(&bound), sizeof(bound));
  return fd;
}

constexpr std::size_t kStreamBytes = 8 << 20;
std::uint8_t StreamByte(std::size_t at) { return static_cast<std::uint8_t>(at * 31 + (at >> 13)); }

// Both say 0 when every byte of the stream came as it was sent.
int ServeStream(int ready) {
  const sockaddr_in address = SocketAddress(kAddressB, 5001);
  const int listener = OpenSocket(SOCK_STREAM, address);
  if (::listen(listener, 1) != 0 || ::write(ready, "r", 1) != 1) return 1;
  const int connection = ::accept(listener, nullptr, nullptr);
  if (connection < 0) return 2;
  std::vector<std::uint8_t> buffer(65536);
  std::size_t at = 0;
  for (ssize_t n; (n = ::recv(connection, buffer.data(), buffer.size(), 0)) > 0;) {
    for (ssize_t i = 0; i < n; ++i) {
      if (buffer[static_cast<std::size_t>(i)] != StreamByte(at++)) return 3;
    }
  }
  return at == kStreamBytes ? 0 : 4;
}

int SendStream() {
  const int fd = OpenSocket(SOCK_STREAM, SocketAddress(kAddressA, 0));
  const sockaddr_in address = SocketAddress(kAddressB, 5001);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return 1;
  std::vector<std::uint8_t> bytes(kStreamBytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = StreamByte(i);
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t n = ::send(fd, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (n <= 0) return 2;
    at += static_cast<std::size_t>(n);
  }
  return 0;
}

int EchoDatagram(int ready) {
  const int fd = OpenSocket(SOCK_DGRAM, SocketAddress(kAddressB, 5002));
  if (::write(ready, "r", 1) != 1) return 1;
  char text[2048];
  sockaddr_in from = {};
  socklen_t length = sizeof(from);
  const ssize_t n = ::recvfrom(fd, text, sizeof(text), 0, reinterpret_cast<sockaddr*>(&from), &length);
  return n > 0 && ::sendto(fd, text, static_cast<std::size_t>(n), 0, reinterpret_cast<sockaddr*>(&from), length) == n
             ? 0
             : 2;
}

int AskEcho() {
  const int fd = OpenSocket(SOCK_DGRAM, SocketAddress(kAddressA, 0));
  const sockaddr_in address = SocketAddress(kAddressB, 5002);
  const std::string text(1372, 'x');  // With its headers just the MTU of 1400.
  if (::sendto(fd, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) < 0)
    return 1;
  char back[2048];
  const ssize_t n = ::recv(fd, back, sizeof(back), 0);
  return n == static_cast<ssize_t>(text.size()) && text.compare(0, text.size(), back, text.size()) == 0 ? 0 : 2;
}

// Waits until the child says that it listens.
struct Ready {
  Ready() { (void)!::pipe(fds); }
  ~Ready() {
    ::close(fds[0]);
    ::close(fds[1]);
  }
  void Wait() {
    char byte;
    (void)!::read(fds[0], &byte, 1);
  }
  int fds[2] = {-1, -1};
};

void CheckConfiguration(bool use_tun) {
  LinuxLab lab(use_tun);
  CHECK_EQ(lab.failure, std::string());

  const Output link = RunInside(lab.A(), {"ip", "-o", "link", "show", "dev", "eth0"});
  CHECK(Contains(link.text, "mtu 1400 "));
  CHECK(Contains(link.text, "link/ether 00:15:5d:00:00:02 "));
  CHECK(Contains(link.text, ",UP"));
  CHECK_EQ(Contains(RunInside(lab.A(), {"ip", "-d", "link", "show", "dev", "eth0"}).text, "tun type tap"), use_tun);
  const Output addresses = RunInside(lab.A(), {"ip", "-o", "addr", "show", "dev", "eth0"});
  CHECK(Contains(addresses.text, "inet 10.77.0.2/24 brd 10.77.0.255 "));
  CHECK(Contains(addresses.text, "inet6 fd77::2/64 scope global nodad"));
  CHECK(!Contains(addresses.text, "tentative"));
  CHECK(Contains(RunInside(lab.A(), {"ip", "route"}).text, "default via 10.77.0.1 dev eth0"));
  CHECK(Contains(RunInside(lab.A(), {"ip", "-6", "route"}).text, "default via fd77::1 dev eth0"));
  CHECK(Contains(RunInside(lab.A(), {"ip", "-o", "addr", "show", "dev", "lo"}).text, "127.0.0.1/8"));
  CHECK_EQ(RunInside(lab.A(), {"cat", "/etc/resolv.conf"}).text,
           std::string("# The DNS settings of this compartment's endpoints.\n"
                       "search default.svc.cluster.local svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n"));
  // Nothing but what was asked for is there.
  CHECK_EQ(RunInside(lab.A(), {"ip", "-br", "link"}).text.find("eth1"), std::string::npos);
}

void CheckTraffic(bool use_tun) {
  LinuxLab lab(use_tun);
  CHECK_EQ(lab.failure, std::string());
  {
    Ready ready;
    Child echo(lab.B()->pid, [&] { return EchoDatagram(ready.fds[1]); });
    ready.Wait();
    Child asking(lab.A()->pid, AskEcho);
    CHECK_EQ(asking.Wait(), 0);
    CHECK_EQ(echo.Wait(), 0);
  }
  CHECK(lab.hub.longest() <= 1400 + 14);

  Ready ready;
  Child server(lab.B()->pid, [&] { return ServeStream(ready.fds[1]); });
  ready.Wait();
  Child client(lab.A()->pid, SendStream);
  CHECK_EQ(client.Wait(), 0);
  CHECK_EQ(server.Wait(), 0);
  // The sender's stack left segmentation to whoever comes after it: us.
  CHECK(lab.hub.longest() > 10'000);
  CHECK(lab.driver.Counters(1)->received > 0);
  CHECK(lab.driver.Counters(2)->delivered > 0);
}

void CheckChanges(bool use_tun) {
  LinuxLab lab(use_tun);
  CHECK_EQ(lab.failure, std::string());
  ports::InterfaceSpec spec = lab.Spec(lab.a, 9);
  spec.mtu = 1300;
  spec.addresses.pop_back();
  spec.routes = {{*base::IpPrefix::Parse("192.0.2.0/24"), *base::IpAddress::Parse("198.51.100.1"), 7}};
  spec.resolver = {.domain = "a.example", .search = {"b.example"}, .servers = {}, .options = {}};

  CHECK(lab.driver.Attach(1, spec).ok());

  const std::string link = RunInside(lab.A(), {"ip", "-o", "link", "show", "dev", "eth0"}).text;
  CHECK(Contains(link, "mtu 1300 ") && Contains(link, "00:15:5d:00:00:09"));
  const std::string addresses = RunInside(lab.A(), {"ip", "-o", "addr", "show", "dev", "eth0", "scope", "global"}).text;
  CHECK(Contains(addresses, "10.77.0.9/24") && !Contains(addresses, "10.77.0.2/24") && !Contains(addresses, "fd77::2"));
  const std::string routes = RunInside(lab.A(), {"ip", "route"}).text;
  CHECK(Contains(routes, "192.0.2.0/24 via 198.51.100.1 dev eth0 metric 7 onlink") && !Contains(routes, "default"));
  const std::string routes6 = RunInside(lab.A(), {"ip", "-6", "route"}).text;
  CHECK(!Contains(routes6, "default"));
  CHECK(Contains(RunInside(lab.A(), {"cat", "/etc/resolv.conf"}).text, "\nsearch a.example b.example\n"));

  // One the kernel refuses, after addresses it took: all is as it was.
  ports::InterfaceSpec refused = lab.Spec(lab.a, 10);
  refused.routes.push_back({*base::IpPrefix::Parse("192.0.2.0/24"), *base::IpAddress::Parse("127.0.0.1"), 0});
  const base::Status status = lab.driver.Attach(1, refused);
  CHECK(!status.ok());
  CHECK_EQ(status.error().code, base::hr::ERR_PORT_DRIVER);
  CHECK(Contains(status.error().detail, "via 127.0.0.1"));
  CHECK_EQ(RunInside(lab.A(), {"ip", "-o", "addr", "show", "dev", "eth0", "scope", "global"}).text, addresses);
  CHECK_EQ(RunInside(lab.A(), {"ip", "route"}).text, routes);
  CHECK_EQ(RunInside(lab.A(), {"ip", "-6", "route"}).text, routes6);
  CHECK_EQ(RunInside(lab.A(), {"ip", "-o", "link", "show", "dev", "eth0"}).text, link);
}

void CheckLeaving(bool use_tun) {
  LinuxLab lab(use_tun);
  CHECK_EQ(lab.failure, std::string());
  CHECK(lab.driver.AddPort(3).ok());
  ports::InterfaceSpec second = lab.Spec(lab.a, 5);
  second.resolver.servers = {"10.96.0.11"};
  CHECK(lab.driver.Attach(3, second).ok());
  CHECK(Contains(RunInside(lab.A(), {"ip", "-o", "addr", "show", "dev", "eth1"}).text, "10.77.0.5/24"));
  // Both routes to everywhere; the earlier interface's first.
  const std::string routes = RunInside(lab.A(), {"ip", "route"}).text;
  CHECK(Contains(routes, "default via 10.77.0.1 dev eth0") && Contains(routes, "via 10.77.0.1 dev eth1 metric 1"));
  CHECK(Contains(RunInside(lab.A(), {"ip", "route", "get", "192.0.2.1"}).text, "dev eth0"));
  CHECK(
      Contains(RunInside(lab.A(), {"cat", "/etc/resolv.conf"}).text, "nameserver 10.96.0.10\nnameserver 10.96.0.11\n"));

  lab.driver.Detach(1);

  CHECK(!Contains(RunInside(lab.A(), {"ip", "-br", "link"}).text, "eth0"));
  CHECK(!Contains(RunInside(lab.A(), {"cat", "/etc/resolv.conf"}).text, "10.96.0.10"));
  CHECK(Contains(RunInside(lab.A(), {"ip", "route", "get", "192.0.2.1"}).text, "dev eth1"));
  // The name is free again, and so is the port.
  CHECK(lab.driver.Attach(1, lab.Spec(lab.a, 2)).ok());
  CHECK(Contains(RunInside(lab.A(), {"ip", "-o", "addr", "show", "dev", "eth0"}).text, "10.77.0.2/24"));
  // What still comes for a port without an interface is dropped and counted.
  // (The hub sends nothing to port 3.)
  CHECK_EQ(lab.driver.Counters(3)->dropped, 0u);
  lab.driver.Detach(3);
  std::vector<std::uint8_t> bytes(60, 1);
  wire::Frame frames[] = {{.data = bytes.data(), .length = 60, .offload = {}}};
  lab.driver.sink().OnFrames(3, frames);
  CHECK_EQ(lab.driver.Counters(3)->dropped, 1u);
}

TEST("a TAP in a compartment has the address, routes, MTU, MAC and resolver it was given") {
  if (CanHave(true)) CheckConfiguration(true);
}
TEST("a veth in a compartment has the address, routes, MTU, MAC and resolver it was given") {
  if (CanHave(false)) CheckConfiguration(false);
}
TEST("datagrams and whole segments of a stream pass between compartments over TAPs") {
  if (CanHave(true)) CheckTraffic(true);
}
TEST("datagrams and whole segments of a stream pass between compartments over packet sockets") {
  if (CanHave(false)) CheckTraffic(false);
}
TEST("an attached TAP takes new settings, all of them or none") {
  if (CanHave(true)) CheckChanges(true);
}
TEST("an attached veth takes new settings, all of them or none") {
  if (CanHave(false)) CheckChanges(false);
}
TEST("a detached TAP is gone and what it brought with it, while its neighbour stays") {
  if (CanHave(true)) CheckLeaving(true);
}
TEST("a detached veth is gone and what it brought with it, while its neighbour stays") {
  if (CanHave(false)) CheckLeaving(false);
}

TEST("the host compartment is the driver's own root, with a resolver file of its own") {
  if (!CanHave(false)) return;
  LinuxLab lab(false);
  CHECK_EQ(lab.failure, std::string());
  const base::Guid host = base::Guid::Random();
  CHECK(lab.driver.AddCompartment(host, true).ok());

  const auto description = lab.driver.DescribeCompartment(host);

  CHECK(Contains(RunInside(description, {"ip", "-br", "link"}).text, "lo"));
  CHECK(!Contains(RunInside(description, {"ip", "-br", "link"}).text, "wire"));
  CHECK(Contains(RunInside(description, {"ip", "netns", "list"}).text, lab.a.ToString()));
  CHECK_EQ(RunInside(lab.A(), {"ip", "netns", "list"}).text, std::string());
}

TEST("the Linux driver refuses what it does not know and changes nothing") {
  if (!CanHave(false)) return;
  LinuxLab lab(false);
  CHECK_EQ(lab.failure, std::string());
  CHECK_EQ(lab.driver.Attach(9, lab.Spec(lab.a, 9)).error().code, base::hr::HCN_E_PORT_NOT_FOUND);
  CHECK(lab.driver.AddPort(9).ok());
  CHECK_EQ(lab.driver.AddPort(9).error().code, base::hr::HCN_E_PORT_ALREADY_EXISTS);
  CHECK_EQ(lab.driver.Attach(9, lab.Spec(base::Guid::Random(), 9)).error().code, base::hr::ERROR_NOT_FOUND);
  CHECK_EQ(lab.driver.AddCompartment(lab.a, false).error().code, base::hr::ERROR_ALREADY_EXISTS);
  ports::InterfaceSpec injected = lab.Spec(lab.a, 9);
  injected.resolver.search = {"a.example\nnameserver 192.0.2.1"};
  CHECK_EQ(lab.driver.Attach(9, injected).error().code, base::hr::ERROR_INVALID_PARAMETER);
  CHECK_EQ(lab.driver.AttachAdapter(9, "no-such-adapter").error().code, base::hr::HCN_E_ADAPTER_NOT_FOUND);
  CHECK_EQ(lab.driver.AttachAdapter(9, "a-name-longer-than-any").error().code, base::hr::HCN_E_ADAPTER_NOT_FOUND);
  CHECK_EQ(lab.driver.AdapterMac("lo").error().code, base::hr::HCN_E_ADAPTER_NOT_FOUND);
  CHECK(!Contains(RunInside(lab.A(), {"ip", "-br", "link"}).text, "eth1"));
}

TEST("a missing helper is said to be what is missing") {
  ports_test::Hub hub;
  ports::LinuxDriver driver({.helper_path = "/nonexistent/hns-netns-helper"});

  const base::Status status = driver.Start(hub);

  CHECK(!status.ok());
  CHECK_EQ(status.error().code, base::hr::ERR_NAMESPACES_UNAVAILABLE);
  CHECK(Contains(status.error().detail, "/nonexistent/hns-netns-helper"));
  CHECK_EQ(driver.AddCompartment(base::Guid::Random(), false).error().code, base::hr::HCN_E_MANAGER_STOPPED);
}

TEST("a resolver file names each server, suffix and option of its interfaces once, in their order") {
  const ports::ResolverSettings first{
      .domain = "one.example", .search = {"a", "b"}, .servers = {"10.0.0.1"}, .options = {"ndots:2"}};
  const ports::ResolverSettings second{
      .domain = "", .search = {"b", "c"}, .servers = {"10.0.0.2", "10.0.0.1"}, .options = {}};

  CHECK_EQ(ports::ResolverText({&first, &second}),
           std::string("# The DNS settings of this compartment's endpoints.\n"
                       "search one.example a b c\nnameserver 10.0.0.1\nnameserver 10.0.0.2\noptions ndots:2\n"));
}

}  // namespace
#endif
