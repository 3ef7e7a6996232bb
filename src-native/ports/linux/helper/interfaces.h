// Interfaces inside compartments: a TAP, or a veth whose far end lies in the
// `wires` namespace under a packet socket. Either way the descriptor that comes
// out carries [virtio header][Ethernet frame] per read and write.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/mac_address.h"
#include "base/result.h"
#include "ports/linux/fd.h"
#include "ports/linux/helper/compartments.h"
#include "ports/linux/helper/system.h"
#include "ports/linux/helper/world.h"

namespace ports::helper {

struct RouteConfig {
  base::IpPrefix destination;
  base::IpAddress next_hop;
  std::uint32_t metric = 0;
  auto operator<=>(const RouteConfig&) const = default;
};

struct InterfaceConfig {
  base::MacAddress mac;
  std::uint32_t mtu = 1500;
  std::vector<base::IpPrefix> addresses;
  std::vector<RouteConfig> routes;

  // The texts of protocol.h.
  static base::Result<InterfaceConfig> Parse(const std::string& mac, const std::string& mtu,
                                             const std::string& addresses, const std::string& routes);
};

class Interfaces {
 public:
  Interfaces(const World& world, const Compartments& compartments) : world_(world), compartments_(compartments) {}

  struct Added {
    std::string name;  // eth0, eth1, ...: the lowest that is free there.
    bool tap = false;
    Fd fd;
  };
  // All of it, or an error and no interface.
  base::Result<Added> Add(const std::string& port, const std::string& compartment, const InterfaceConfig& config);
  // All of it, or an error and the interface as it was.
  base::Status Change(const std::string& port, const InterfaceConfig& config);
  // A TAP goes when its descriptor is closed; but a process that the driver's is
  // starting just now may have a copy until it runs another program.
  base::Status Remove(const std::string& port);

 private:
  struct Interface {
    std::string compartment;
    std::string name;
    int number = 0;    // The N of ethN.
    std::string wire;  // The veth's far end; empty for a TAP.
    InterfaceConfig config;
  };

  int FreeNumber(const std::string& compartment) const;
  base::Result<Fd> AddVeth(const std::string& compartment, const Interface& interface);
  base::Status Configure(const Interface& interface, const std::vector<std::string>& lines, IpErrors errors);

  const World& world_;
  const Compartments& compartments_;
  std::map<std::string, Interface> interfaces_;
  std::uint64_t next_wire_ = 0;
};

// Whether each kind can be had in the current network namespace; tried, and
// taken down again.
base::Status CheckTun();
base::Status CheckPacketSockets();

}  // namespace ports::helper
