// Frames of random flows between a client and a VIP, made from a template by
// writing source address and port. Their sizes, with the FCS that a NIC would
// add and memory has not: 64 bytes, or IMIX (64, 594 and 1518 bytes as 7:4:1).
// Flow i is UDP from 10.128.0.0 + (i >> 4), port 1024 + (i & 15) *
// 4000 + (i >> 4) % 4000, to 10.96.0.1:80; half of the packets are replies where
// a benchmark asks for them.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "vfp/engine.h"
#include "wire/frame_builder.h"

namespace bench {

inline constexpr std::size_t kBatch = 32;
inline constexpr std::size_t kRing = 512;  // Buffers, so that frames are where a driver would have them: in L2.

// Counts and forgets.
class CountingSink final : public vfp::PacketSink {
 public:
  void OnFrames(vfp::PortIndex, std::span<wire::Frame> frames) noexcept override { count_ += frames.size(); }
  std::uint64_t count() const { return count_; }

 private:
  std::uint64_t count_ = 0;
};

enum class Sizes { kSmallest, kImix };

class Traffic {
 public:
  explicit Traffic(Sizes sizes = Sizes::kSmallest);

  // Makes the next buffer the packet of a flow and returns its frame. Writes what
  // the switch may have rewritten, each field as a whole: the engine reads them
  // at once, and a read that spans two writes would wait for the store buffer,
  // as it never does for a frame that a NIC has put there.
  wire::Frame Packet(std::uint32_t flow) {
    std::uint8_t* data = ring_.data() + (next_ % kRing) * kStride;
    const Size& size = sizes_[next_++ % kCycle];
    std::memcpy(data, template_, 8);
    std::memcpy(data + 8, template_ + 8, 4);
    const std::uint32_t source = 0x0a800000u + (flow >> 4);
    const auto port = static_cast<std::uint16_t>(1024 + (flow & 15) * 4000 + (flow >> 4) % 4000);
    // The template's checksums are those of source 0.0.0.0, port 0: add ours.
    const std::uint32_t address = (source >> 16) + (source & 0xffff);
    if (mixed_) {
      Store16(data + 16, static_cast<std::uint16_t>(size.bytes - 14));
      Store16(data + 38, static_cast<std::uint16_t>(size.bytes - 34));
    }
    Store32(data + 22, 64u << 24 | 17u << 16 | static_cast<std::uint16_t>(~Fold(size.ip_sum + address)));
    Store32(data + 26, source);
    Store32(data + 30, 0x0a600001);
    Store32(data + 34, std::uint32_t{port} << 16 | 80);
    Store16(data + 40, static_cast<std::uint16_t>(~Fold(size.udp_sum + address + port)));
    return {.data = data, .length = size.bytes, .offload = {}};
  }
  // Uniform over `flows`.
  std::uint32_t Random(std::uint32_t flows) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::uint32_t>(((state_ & 0xffffffff) * flows) >> 32);
  }

 private:
  static constexpr std::size_t kStride = 2176;
  static constexpr std::size_t kCycle = 12;  // Sizes come in a cycle of so many frames.
  struct Size {
    std::uint32_t bytes = 0;  // In memory.
    std::uint32_t ip_sum = 0, udp_sum = 0;
  };
  void MakeTemplate(Size* size);
  static std::uint32_t Fold(std::uint32_t sum) {
    sum = (sum & 0xffff) + (sum >> 16);
    return (sum & 0xffff) + (sum >> 16);
  }
  static void Store16(std::uint8_t* at, std::uint16_t v) {
    v = __builtin_bswap16(v);
    std::memcpy(at, &v, 2);
  }
  static void Store32(std::uint8_t* at, std::uint32_t v) {
    v = __builtin_bswap32(v);
    std::memcpy(at, &v, 4);
  }

  std::uint8_t template_[64] = {};
  Size sizes_[kCycle];
  std::vector<std::uint8_t> ring_;
  const bool mixed_;
  std::size_t next_ = 0;
  std::uint64_t state_ = 88172645463325252ull;
};

// A segment with a client port that has ACLs (four rules each way, stateful) and
// a load balancer for 10.96.0.1:80 with ten backends, and an uplink or the ten
// backends' ports behind it.
class World {
 public:
  enum class Behind { kUplink, kPods };
  // `acl_rules`: in each direction. `services`: other VIPs, of no packet here.
  World(Behind behind, int acl_rules, int services = 0);

  void Send(std::span<wire::Frame> frames) { engine_.OnFrames(client_, frames); }
  std::uint64_t delivered() const { return sink_.count(); }
  vfp::Engine& engine() { return engine_; }
  // The client's.
  const std::vector<vfp::LayerSpec>& layers() const { return layers_; }
  void SetLayers(std::vector<vfp::LayerSpec> layers);

 private:
  CountingSink sink_;
  base::SystemClock clock_;
  vfp::Engine engine_;
  vfp::PortIndex client_ = 0;
  std::vector<vfp::LayerSpec> layers_;
};

}  // namespace bench
