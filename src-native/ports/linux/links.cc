#include "ports/linux/links.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "ports/linux/system_error.h"

namespace ports {

base::Result<Fd> OpenTap(const std::string& name) {
  // Segmentation of UDP: known since Linux 6.2, and to its headers.
  constexpr unsigned kUso4 = 0x20;
  constexpr unsigned kUso6 = 0x40;
  constexpr unsigned kOffloads = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6;

  Fd fd(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid()) return SystemError("opening `/dev/net/tun`");
  ifreq request = {};
  request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
  if (name.size() >= sizeof(request.ifr_name))
    return SystemError("`" + name + "` as an interface's name", ENAMETOOLONG);
  name.copy(request.ifr_name, name.size());
  if (::ioctl(fd.get(), TUNSETIFF, &request) != 0) return SystemError("making the TAP `" + name + "`");
  int header_bytes = 10;
  if (::ioctl(fd.get(), TUNSETVNETHDRSZ, &header_bytes) != 0) return SystemError("setting the TAP's virtio header");
  if (::ioctl(fd.get(), TUNSETOFFLOAD, kOffloads | kUso4 | kUso6) != 0 &&
      ::ioctl(fd.get(), TUNSETOFFLOAD, kOffloads) != 0) {
    return SystemError("setting the TAP's offloads");
  }
  return fd;
}

base::Result<Fd> OpenPacketSocket(const std::string& interface) {
  constexpr int kOn = 1;
  constexpr int kBufferBytes = 8 << 20;  // Some 120 of the largest frames; a burst, not a queue.

  // Protocol 0: nothing is received before the socket is bound.
  Fd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return SystemError("opening a packet socket");
  const auto set = [&](int level, int option, int value) {
    return ::setsockopt(fd.get(), level, option, &value, sizeof(value)) == 0;
  };
  if (!set(SOL_PACKET, PACKET_VNET_HDR, kOn)) return SystemError("asking a packet socket for virtio headers");
  if (!set(SOL_PACKET, PACKET_IGNORE_OUTGOING, kOn))
    return SystemError("asking a packet socket to ignore what it sends");
  if (!set(SOL_PACKET, PACKET_AUXDATA, kOn)) return SystemError("asking a packet socket for VLAN tags");
  (void)set(SOL_PACKET, PACKET_QDISC_BYPASS, kOn);
  if (!set(SOL_SOCKET, SO_RCVBUFFORCE, kBufferBytes)) (void)set(SOL_SOCKET, SO_RCVBUF, kBufferBytes);
  if (!set(SOL_SOCKET, SO_SNDBUFFORCE, kBufferBytes)) (void)set(SOL_SOCKET, SO_SNDBUF, kBufferBytes);
  sockaddr_ll address = {};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
  if (address.sll_ifindex == 0) return SystemError("looking for the interface `" + interface + "`");
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return SystemError("binding a packet socket to `" + interface + "`");
  }
  return fd;
}

bool LinkExists(const std::string& name) { return ::if_nametoindex(name.c_str()) != 0; }

}  // namespace ports
