// Where a batch of frames is handed over.
#pragma once

#include <span>

#include "vfp/flow_key.h"
#include "wire/frame.h"

namespace vfp {

class PacketSink {
 public:
  virtual ~PacketSink() = default;
  // `frames` belong to the caller and are good for the call only; their bytes
  // may be rewritten in place. Takes or drops; never blocks, never throws.
  virtual void OnFrames(PortIndex port, std::span<wire::Frame> frames) noexcept = 0;
};

}  // namespace vfp
