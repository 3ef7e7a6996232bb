// Capture at ports, whatever their driver: frames as they enter and leave the
// switch, with the time.
//
// A Capture stands between a driver and the engine and is itself a PortDriver:
// whoever sets up ports speaks to it as to the driver it wraps. While nothing
// is captured a batch costs one relaxed atomic load in each direction.
//
// A frame is copied before the engine may rewrite it (outbound), or as it is
// delivered (inbound). Checksums left to the sender's hardware are completed in
// the copy, so that a reader sees what a wire would. Frames larger than the MTU
// are whole segments as the sender's stack left them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "ports/port_driver.h"

namespace ports {

struct CapturedFrames {
  // Repeated { uint64 monotonic nanoseconds, uint32 direction (0 outbound: the
  // port gave it to the switch; 1 inbound), uint32 length, bytes }, all
  // little-endian, oldest first.
  std::vector<std::uint8_t> packed;
  std::uint64_t not_kept = 0;  // Frames since the last Read that found no room.
};

class Capture final : public PortDriver {
 public:
  static constexpr std::size_t kMaxBytes = 256 * 1024 * 1024;

  // `clock` and `driver` outlive the capture. `driver` is not started yet.
  Capture(const base::Clock& clock, PortDriver& driver);
  ~Capture() override;

  // ERROR_INVALID_PARAMETER: `max_bytes` is zero or above kMaxBytes.
  // ERROR_ALREADY_EXISTS: the port is captured already.
  base::Status StartCapture(vfp::PortIndex port, std::size_t max_bytes);
  // Takes what was captured so far and makes room. ERROR_NOT_FOUND.
  base::Result<CapturedFrames> ReadCapture(vfp::PortIndex port);
  // What was not read is gone. ERROR_NOT_FOUND. RemovePort does it too.
  base::Status StopCapture(vfp::PortIndex port);

  // PortDriver: passed on to the wrapped driver.
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
  base::Status AttachAdapter(vfp::PortIndex port, const std::string& adapter) override;
  base::Result<base::MacAddress> AdapterMac(const std::string& adapter) override;
  base::Result<AdapterAddresses> AddressesOfAdapter(const std::string& adapter) override;

 private:
  struct State;
  PortDriver& driver_;
  std::unique_ptr<State> state_;
};

}  // namespace ports
