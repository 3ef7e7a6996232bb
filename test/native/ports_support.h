// What the tests of port drivers share: packing, a sink that stands for the
// engine, and a UDP frame whose checksum is left to its sender.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <vector>

#include "vfp/packet_sink.h"
#include "wire/frame.h"

namespace ports_test {

using Bytes = std::vector<std::uint8_t>;

inline Bytes Pack(std::initializer_list<Bytes> frames) {
  Bytes out;
  for (const Bytes& frame : frames) {
    for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<std::uint8_t>(frame.size() >> shift));
    out.insert(out.end(), frame.begin(), frame.end());
  }
  return out;
}

class FakeEngine final : public vfp::PacketSink {
 public:
  std::function<void(vfp::PortIndex, std::span<wire::Frame>)> on_frames;
  std::vector<Bytes> seen;
  std::vector<std::size_t> batches;
  std::vector<vfp::PortIndex> ports;

  void OnFrames(vfp::PortIndex port, std::span<wire::Frame> frames) noexcept override {
    batches.push_back(frames.size());
    ports.push_back(port);
    for (const wire::Frame& frame : frames) seen.emplace_back(frame.data, frame.data + frame.length);
    if (on_frames) on_frames(port, frames);
  }
};

inline wire::Frame AsFrame(Bytes& bytes) {
  return {.data = bytes.data(), .length = static_cast<std::uint32_t>(bytes.size()), .offload = {}};
}

// 10.0.0.1:1 > 10.0.0.2:2, four bytes of payload, UDP length 12.
struct OwingUdp {
  // The sum of the pseudo-header, not complemented, stands in the checksum
  // field: 0a00+0001+0a00+0002+0011+000c = 1420.
  Bytes bytes = {2,    0,    0,    0,   0, 2,  2,    0,    0,  0,  0,    1,    0x08, 0x00,        // Ethernet
                 0x45, 0,    0,    32,  0, 0,  0,    0,    64, 17, 0x66, 0xcb, 10,   0,    0, 1,  // IPv4
                 10,   0,    0,    2,                                                             //
                 0,    1,    0,    2,   0, 12, 0x14, 0x20,                                        // UDP
                 0xde, 0xad, 0xbe, 0xef};
  // ~(1420+0001+0002+000c+dead+beef) with end-around carry: the words add up to
  // 1b1cb, folded b1cc, complemented 4e33.
  static constexpr std::uint8_t kChecksum[2] = {0x4e, 0x33};
  static constexpr std::size_t kChecksumAt = 40;

  wire::Frame Frame() {
    wire::Frame frame = AsFrame(bytes);
    frame.offload.flags = wire::Offload::kNeedsChecksum;
    frame.offload.checksum_start = 34;
    frame.offload.checksum_offset = 6;
    return frame;
  }
  Bytes Completed() const {
    Bytes done = bytes;
    done[kChecksumAt] = kChecksum[0];
    done[kChecksumAt + 1] = kChecksum[1];
    return done;
  }
};

}  // namespace ports_test
