#include "vfp/internal/delivery.h"

#include <cstring>

#include "wire/vlan.h"

namespace vfp {

void Delivery::Flush() {
  // Mostly all are for one port: then the first run takes them all.
  for (std::size_t first = 0; first < count_; ++first) {
    PortState* port = ports_[first];
    if (port == nullptr) continue;
    std::size_t size = 0;
    for (std::size_t i = first; i < count_; ++i) {
      if (ports_[i] != port) continue;
      run_[size++] = arrived_[i];
      ports_[i] = nullptr;
    }
    port->sink->OnFrames(port->index, {run_.data(), size});
  }
  count_ = 0;
  room_used_ = 0;
}

void Delivery::Tag(std::uint16_t vlan, wire::Frame* frame) {
  if (frame->headroom < wire::kVlanTagBytes) {
    std::uint8_t* room = Room(frame->length + wire::kVlanTagBytes) + wire::kVlanTagBytes;
    std::memcpy(room, frame->data, frame->length);
    frame->data = room;
    frame->headroom = wire::kVlanTagBytes;
  }
  wire::PushTag(vlan, frame);
}

}  // namespace vfp
