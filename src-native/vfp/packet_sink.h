// Where a batch of frames is handed over.
#pragma once

#include <chrono>
#include <optional>
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
  // Does what has become due with time. Returns after what time to call again, if
  // no frames come meanwhile; nothing: only frames bring more to do.
  virtual std::optional<std::chrono::nanoseconds> Poll() noexcept { return std::nullopt; }
};

}  // namespace vfp
