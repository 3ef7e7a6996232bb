// Ports that are queues: frames in and out by call, for programs, tests and
// machines where no interface can be had.
//
// What Send gives a port enters the engine there, as if the endpoint (at an
// uplink: the wire) had sent it; deliveries have happened when it returns. What
// the engine delivers waits in the port's queue until Receive takes it. There is
// no thread here: what a limit on bandwidth has held back comes with the next
// Send or Receive after its time, at whichever port.
//
// Frames travel packed: repeated { uint32 little-endian length, bytes }.
// A queue is there from AddPort to RemovePort; Attach is bookkeeping, so an
// endpoint can be exercised before anybody attached it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ports/port_driver.h"

namespace ports {

struct MemoryDriverOptions {
  std::size_t queue_bytes = 8 * 1024 * 1024;  // Per port, packed size. What does not fit is dropped and counted.
};

struct MemoryPortCounters {
  std::uint64_t sent = 0;       // Frames handed to the engine.
  std::uint64_t delivered = 0;  // Frames queued.
  std::uint64_t dropped = 0;    // Frames that found the queue full.
};

class MemoryDriver final : public PortDriver {
 public:
  explicit MemoryDriver(const MemoryDriverOptions& options = {});
  ~MemoryDriver() override;

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
  // Any name but the empty one is a wire of its own.
  base::Status AttachAdapter(vfp::PortIndex port, const std::string& adapter) override;
  // Locally administered, derived from the name: the same in every process.
  base::Result<base::MacAddress> AdapterMac(const std::string& adapter) override;
  // None: a wire of memory has no machine on it.
  base::Result<AdapterAddresses> AddressesOfAdapter(const std::string& adapter) override;

  // ERR_INVALID_FRAME when the packing is broken or a frame is longer than
  // wire::kMaxFrameBytes, HCN_E_PORT_NOT_FOUND, HCN_E_MANAGER_STOPPED before
  // Start and after Stop; then nothing was sent. Callable from any thread.
  base::Status Send(vfp::PortIndex port, std::span<const std::uint8_t> packed);
  // Takes everything delivered so far, oldest first; empty when there is
  // nothing. Checksums are complete. HCN_E_PORT_NOT_FOUND.
  base::Result<std::vector<std::uint8_t>> Receive(vfp::PortIndex port);
  base::Result<MemoryPortCounters> Counters(vfp::PortIndex port) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ports
