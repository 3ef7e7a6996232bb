#include "ports/linux/adapter_addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <bit>
#include <fstream>
#include <sstream>

namespace ports {
namespace {

base::IpAddress Ipv4Of(const void* bytes) {
  base::IpAddress address;
  ::memcpy(address.bytes.data(), bytes, 4);
  return address;
}

// /proc/net/route: a header, then "eth0 destination gateway flags ... mask ..." with
// addresses in hexadecimal, as the machine stores them.
std::optional<base::IpAddress> ReadGateway(const std::string& adapter) {
  std::ifstream table("/proc/net/route");
  std::string line;
  std::getline(table, line);
  while (std::getline(table, line)) {
    std::istringstream words(line);
    std::string name;
    std::uint32_t destination = 0, gateway = 0;
    if (!(words >> name >> std::hex >> destination >> gateway)) continue;
    if (name == adapter && destination == 0 && gateway != 0) return Ipv4Of(&gateway);
  }
  return std::nullopt;
}

}  // namespace

AdapterAddresses ReadAdapterAddresses(const std::string& adapter) {
  AdapterAddresses result;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return result;
  for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_netmask == nullptr || adapter != one->ifa_name) continue;
    if (one->ifa_addr->sa_family != AF_INET) continue;
    const in_addr address = reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr;
    const in_addr mask = reinterpret_cast<const sockaddr_in*>(one->ifa_netmask)->sin_addr;
    result.addresses.push_back({Ipv4Of(&address), static_cast<std::uint8_t>(std::popcount(mask.s_addr))});
  }
  ::freeifaddrs(all);
  result.gateway = ReadGateway(adapter);
  return result;
}

}  // namespace ports
