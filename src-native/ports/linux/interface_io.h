// Frames of one interface: [virtio header][Ethernet frame] on a non-blocking
// TAP or packet socket.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "ports/linux/fd.h"
#include "vfp/packet_sink.h"
#include "wire/frame.h"

namespace ports {

inline constexpr std::size_t kFrameBatch = 32;

enum class InterfaceKind : std::uint8_t { kTap, kPacketSocket };

// Room for one batch, of one reading thread.
class ReadBuffers {
 public:
  ReadBuffers();
  // Where a virtio header is to be read to, its frame behind it. The frame's IP
  // header is then aligned to 16 bytes, and there is room in front for a tag.
  std::uint8_t* Slot(std::size_t i) { return bytes_.get() + i * kStride + kOffset; }
  static constexpr std::size_t kSlotBytes = sizeof(wire::Offload) + wire::kMaxFrameBytes;
  // In front of a frame that was read; the virtio header has been read by then.
  static constexpr std::uint16_t kHeadroom = wire::kFrameHeadroom + sizeof(wire::Offload);

 private:
  // Room for a tunnel's headers in front of the frame, too.
  static constexpr std::size_t kOffset = 8 + wire::kFrameHeadroom;
  // Not a multiple of a page: the first lines of all slots, which is all that
  // small frames use, must not fall into the same sets of the cache.
  static constexpr std::size_t kStride = (kOffset + kSlotBytes + 63) / 64 * 64 + 64;

  std::unique_ptr<std::uint8_t[]> bytes_;
};

class InterfaceIo {
 public:
  InterfaceIo(vfp::PortIndex port, InterfaceKind kind, Fd fd) : port_(port), kind_(kind), fd_(std::move(fd)) {}

  vfp::PortIndex port() const { return port_; }
  int fd() const { return fd_.get(); }

  struct ReadResult {
    std::span<wire::Frame> frames;  // In `buffers`, good until the next Read.
    bool gone = false;              // There will be no more: stop watching it.
  };
  // Up to a batch of what waits.
  ReadResult Read(ReadBuffers& buffers, std::array<wire::Frame, kFrameBatch>& frames);
  // How many of them the kernel took; what it did not take is dropped.
  std::size_t Write(std::span<const wire::Frame> frames);

  // Set before the interface is taken from the reading thread, so that it stops
  // within a batch.
  std::atomic<bool> detached{false};

 private:
  ReadResult ReadTap(ReadBuffers& buffers, std::array<wire::Frame, kFrameBatch>& frames);
  ReadResult ReadPackets(ReadBuffers& buffers, std::array<wire::Frame, kFrameBatch>& frames);
  std::size_t WriteTap(std::span<const wire::Frame> frames);
  std::size_t WritePackets(std::span<const wire::Frame> frames);

  const vfp::PortIndex port_;
  const InterfaceKind kind_;
  const Fd fd_;
};

}  // namespace ports
