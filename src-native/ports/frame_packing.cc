#include "ports/frame_packing.h"

#include "wire/checksum.h"

namespace ports {

void AppendFrameBytes(const wire::Frame& frame, std::vector<std::uint8_t>* out) {
  const std::size_t at = out->size();
  out->insert(out->end(), frame.data, frame.data + frame.length);
  if (!frame.offload.NeedsChecksum()) return;
  wire::Frame copy = frame;
  copy.data = out->data() + at;
  wire::CompleteChecksum(&copy);
}

}  // namespace ports
