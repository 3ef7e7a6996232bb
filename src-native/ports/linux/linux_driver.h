// Ports that are Linux interfaces in network namespaces of our own.
//
// A helper process (`hns-netns-helper serve`) owns the namespaces, because a
// process with threads cannot enter a new user namespace and the machine's own
// /run must stay as it is. It makes interfaces, configures them and hands their
// descriptors over; frames never pass through it. It ends when we do, however
// we end, and takes every namespace and every process inside along.
//
// An interface is a TAP, or, where /dev/net/tun cannot be opened, a veth whose
// other end is a packet socket. Both carry a virtio header, so segments of up
// to 64 KiB and unfinished checksums pass whole.
//
// Threads: one thread of the driver reads every interface and calls the engine.
// Deliveries are written by whoever delivers, without blocking; what the kernel
// does not take at once is dropped and counted. Should the helper die, all
// interfaces are gone: their ports drop, and calls answer ERR_PORT_DRIVER.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "ports/port_driver.h"

namespace ports {

struct LinuxDriverOptions {
  std::string helper_path;  // The helper's executable.
  bool use_tun = true;      // False: packet sockets even where a TAP could be had.
};

struct LinuxPortCounters {
  std::uint64_t received = 0;   // Frames read from the interface.
  std::uint64_t delivered = 0;  // Frames the interface took.
  std::uint64_t dropped = 0;    // Deliveries it did not take, or came when there was no interface.
};

class LinuxDriver final : public PortDriver {
 public:
  explicit LinuxDriver(LinuxDriverOptions options);
  ~LinuxDriver() override;

  base::Status Start(vfp::PacketSink& engine) override;
  void Stop() override;
  vfp::PacketSink& sink() override;
  base::Status AddCompartment(const base::Guid& id, bool host) override;
  void RemoveCompartment(const base::Guid& id) override;
  base::Result<CompartmentInfo> DescribeCompartment(const base::Guid& id) const override;
  base::Status AddPort(vfp::PortIndex port) override;
  void RemovePort(vfp::PortIndex port) override;
  base::Status Attach(vfp::PortIndex port, const InterfaceSpec& spec) override;
  void Detach(vfp::PortIndex port) override;
  // The interface is looked for in the network namespace this process runs in;
  // taking frames from it needs CAP_NET_RAW there.
  base::Status AttachAdapter(vfp::PortIndex port, const std::string& adapter) override;
  base::Result<base::MacAddress> AdapterMac(const std::string& adapter) override;
  base::Result<AdapterAddresses> AddressesOfAdapter(const std::string& adapter) override;

  base::Result<LinuxPortCounters> Counters(vfp::PortIndex port) const;
  // The helper's process id; 0 when it is not running.
  std::int64_t HelperPid() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ports
