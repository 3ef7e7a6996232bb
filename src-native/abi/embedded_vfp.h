// The VFP table of an embedded host.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "abi/vfp_table.h"
#include "base/result.h"
#include "hns/service.h"
#include "vfp/engine.h"

namespace abi {

// Frames at ports, past the engine: what a port driver and a capture offer.
// Implemented where those are known (compose/).
class FrameAccess {
 public:
  virtual ~FrameAccess() = default;
  // False: Send and Receive are not there, because processes own the ports.
  virtual bool CarriesFrames() const = 0;
  virtual base::Status Send(vfp::PortIndex port, std::span<const std::uint8_t> packed) = 0;
  virtual base::Result<std::vector<std::uint8_t>> Receive(vfp::PortIndex port) = 0;
  virtual base::Status StartCapture(vfp::PortIndex port, std::size_t max_bytes) = 0;
  virtual base::Result<std::vector<std::uint8_t>> ReadCapture(vfp::PortIndex port) = 0;
  virtual base::Status StopCapture(vfp::PortIndex port) = 0;
};

class EmbeddedVfp {
 public:
  // All outlive the table.
  EmbeddedVfp(hns::Service& service, vfp::Engine& engine, FrameAccess& frames);
  ~EmbeddedVfp();

  // Good as long as this object.
  const VfpTable& table() const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace abi
