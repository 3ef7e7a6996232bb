// How endpoints' frames reach the world outside the engine.
//
// A driver owns compartments (on Linux: network namespaces) and interfaces in
// them. The engine's ports exist without it; a port whose endpoint is attached
// to a compartment gets an interface there.
//
// Threads: every method is callable from any thread; the caller serialises the
// calls that name one compartment or port. Frames go to the engine's sink from
// the driver's own thread (or from whoever injects), which also calls the sink's
// Poll when that has asked for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/guid.h"
#include "base/ip_address.h"
#include "base/mac_address.h"
#include "base/result.h"
#include "vfp/packet_sink.h"

namespace ports {

struct InterfaceRoute {
  base::IpPrefix destination;
  base::IpAddress next_hop;
  std::uint16_t metric = 0;
};

struct ResolverSettings {  // What HCN calls Dns.
  std::string domain;
  std::vector<std::string> search;
  std::vector<std::string> servers;
  std::vector<std::string> options;
};

struct InterfaceSpec {
  base::Guid endpoint;
  base::Guid compartment;
  base::MacAddress mac;
  std::uint16_t mtu = 1500;
  std::vector<base::IpPrefix> addresses;  // Address with its subnet's length.
  std::vector<InterfaceRoute> routes;
  ResolverSettings resolver;  // Applied to the compartment.
};

struct CompartmentInfo {
  // "memory" or "linux".
  std::string kind;
  std::int64_t pid = 0;  // Linux: the process that holds the compartment.
  std::string helper;    // Linux: `helper enter PID -- COMMAND...` runs COMMAND inside.
};

struct AdapterAddresses {
  std::vector<base::IpPrefix> addresses;   // With their links' lengths; empty when it has none.
  std::optional<base::IpAddress> gateway;  // The IPv4 default route's next hop by this adapter.
};

class PortDriver {
 public:
  virtual ~PortDriver() = default;

  // Frames will be handed to `engine`, which outlives Stop. Returns
  // ERR_NAMESPACES_UNAVAILABLE with what is missing when it cannot work here.
  virtual base::Status Start(vfp::PacketSink& engine) = 0;
  // Returns when no call into the engine's sink is running and none can
  // follow. Removes every interface and compartment. Idempotent.
  virtual void Stop() = 0;
  // What the engine's ports of this driver deliver to.
  virtual vfp::PacketSink& sink() = 0;

  // `host`: the host's own compartment (HostDefault); it is the driver's root.
  virtual base::Status AddCompartment(const base::Guid& id, bool host) = 0;
  virtual void RemoveCompartment(const base::Guid& id) = 0;
  virtual base::Result<CompartmentInfo> DescribeCompartment(const base::Guid& id) const = 0;

  // A port the engine has; before its endpoint is attached anywhere.
  virtual base::Status AddPort(vfp::PortIndex port) = 0;
  virtual void RemovePort(vfp::PortIndex port) = 0;
  // Gives the port an interface inside spec.compartment, or changes it.
  virtual base::Status Attach(vfp::PortIndex port, const InterfaceSpec& spec) = 0;
  virtual void Detach(vfp::PortIndex port) = 0;
  // Connects the port to an interface of the machine that the user named
  // (an l2bridge's uplink). HCN_E_ADAPTER_NOT_FOUND.
  virtual base::Status AttachAdapter(vfp::PortIndex port, const std::string& adapter) = 0;
  // The adapter's own address, for an uplink's host MAC.
  virtual base::Result<base::MacAddress> AdapterMac(const std::string& adapter) = 0;
  // IPv4 addresses that the machine itself has there, as an overlay's tunnels need
  // them. HCN_E_ADAPTER_NOT_FOUND.
  virtual base::Result<AdapterAddresses> AddressesOfAdapter(const std::string& adapter) = 0;
};

}  // namespace ports
