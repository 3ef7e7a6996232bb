#include "ports/linux/interface_io.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>

namespace ports {
namespace {

constexpr std::size_t kEthernetBytes = 14;
constexpr std::size_t kTagBytes = 4;
constexpr std::size_t kTwoMacs = 12;

// The frame behind the virtio header that was read to `slot`; `bytes` is both.
wire::Frame FrameIn(std::uint8_t* slot, std::size_t bytes) {
  wire::Frame frame;
  ::memcpy(&frame.offload, slot, sizeof(frame.offload));
  frame.data = slot + sizeof(frame.offload);
  frame.length = static_cast<std::uint32_t>(bytes - sizeof(frame.offload));
  frame.headroom = ReadBuffers::kHeadroom;
  return frame;
}

// The kernel takes a VLAN tag out of the frame and hands it beside it. Without
// it a tagged frame would be taken for one of the untagged network.
void RestoreTag(msghdr* message, wire::Frame* frame) {
  for (cmsghdr* header = CMSG_FIRSTHDR(message); header != nullptr; header = CMSG_NXTHDR(message, header)) {
    if (header->cmsg_level != SOL_PACKET || header->cmsg_type != PACKET_AUXDATA) continue;
    tpacket_auxdata aux;
    ::memcpy(&aux, CMSG_DATA(header), sizeof(aux));
    if ((aux.tp_status & TP_STATUS_VLAN_VALID) == 0) return;
    const std::uint16_t type = (aux.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0 ? aux.tp_vlan_tpid : 0x8100;
    std::uint8_t* start = frame->data - kTagBytes;  // Over the virtio header, which was read.
    ::memmove(start, frame->data, kTwoMacs);
    const std::uint8_t tag[kTagBytes] = {static_cast<std::uint8_t>(type >> 8), static_cast<std::uint8_t>(type),
                                         static_cast<std::uint8_t>(aux.tp_vlan_tci >> 8),
                                         static_cast<std::uint8_t>(aux.tp_vlan_tci)};
    ::memcpy(start + kTwoMacs, tag, kTagBytes);
    frame->data = start;
    frame->length += kTagBytes;
    frame->headroom -= kTagBytes;
    if (frame->offload.NeedsChecksum()) frame->offload.checksum_start += kTagBytes;
    if (frame->offload.header_length != 0) frame->offload.header_length += kTagBytes;
    return;
  }
}

bool IsTransient(int error) {
  // ENETDOWN: a packet socket says once that its interface went down.
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR || error == ENETDOWN || error == ENOBUFS;
}

}  // namespace

ReadBuffers::ReadBuffers() : bytes_(new std::uint8_t[kStride * kFrameBatch]) {}

InterfaceIo::ReadResult InterfaceIo::Read(ReadBuffers& buffers, std::array<wire::Frame, kFrameBatch>& frames) {
  return kind_ == InterfaceKind::kTap ? ReadTap(buffers, frames) : ReadPackets(buffers, frames);
}

std::size_t InterfaceIo::Write(std::span<const wire::Frame> frames) {
  return kind_ == InterfaceKind::kTap ? WriteTap(frames) : WritePackets(frames);
}

InterfaceIo::ReadResult InterfaceIo::ReadTap(ReadBuffers& buffers, std::array<wire::Frame, kFrameBatch>& frames) {
  std::size_t count = 0;
  bool gone = false;
  while (count < kFrameBatch) {
    const ssize_t n = ::read(fd_.get(), buffers.Slot(count), ReadBuffers::kSlotBytes);
    if (n < 0) {
      gone = !IsTransient(errno);
      break;
    }
    if (static_cast<std::size_t>(n) < sizeof(wire::Offload) + kEthernetBytes) continue;
    frames[count] = FrameIn(buffers.Slot(count), static_cast<std::size_t>(n));
    ++count;
  }
  return {.frames = {frames.data(), count}, .gone = gone};
}

InterfaceIo::ReadResult InterfaceIo::ReadPackets(ReadBuffers& buffers, std::array<wire::Frame, kFrameBatch>& frames) {
  struct alignas(cmsghdr) Control {
    char bytes[CMSG_SPACE(sizeof(tpacket_auxdata))];
  };
  std::array<mmsghdr, kFrameBatch> messages;
  std::array<iovec, kFrameBatch> parts;
  std::array<Control, kFrameBatch> controls;
  for (std::size_t i = 0; i < kFrameBatch; ++i) {
    parts[i] = {buffers.Slot(i), ReadBuffers::kSlotBytes};
    messages[i].msg_hdr = {};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    messages[i].msg_hdr.msg_control = controls[i].bytes;
    messages[i].msg_hdr.msg_controllen = sizeof(controls[i].bytes);
  }
  const int received = ::recvmmsg(fd_.get(), messages.data(), kFrameBatch, MSG_DONTWAIT, nullptr);
  if (received < 0) return {.frames = {}, .gone = !IsTransient(errno)};
  std::size_t count = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(received); ++i) {
    msghdr* message = &messages[i].msg_hdr;
    if ((message->msg_flags & MSG_TRUNC) != 0 || messages[i].msg_len < sizeof(wire::Offload) + kEthernetBytes) continue;
    frames[count] = FrameIn(buffers.Slot(i), messages[i].msg_len);
    RestoreTag(message, &frames[count]);
    ++count;
  }
  return {.frames = {frames.data(), count}, .gone = false};
}

std::size_t InterfaceIo::WriteTap(std::span<const wire::Frame> frames) {
  std::size_t taken = 0;
  for (const wire::Frame& frame : frames) {
    const iovec parts[2] = {{const_cast<wire::Offload*>(&frame.offload), sizeof(frame.offload)},
                            {frame.data, frame.length}};
    if (::writev(fd_.get(), parts, 2) > 0) ++taken;
  }
  return taken;
}

std::size_t InterfaceIo::WritePackets(std::span<const wire::Frame> frames) {
  std::array<mmsghdr, kFrameBatch> messages;
  std::array<iovec, 2 * kFrameBatch> parts;
  std::size_t taken = 0;
  while (!frames.empty()) {
    const std::size_t batch = std::min(frames.size(), kFrameBatch);
    for (std::size_t i = 0; i < batch; ++i) {
      const wire::Frame& frame = frames[i];
      parts[2 * i] = {const_cast<wire::Offload*>(&frame.offload), sizeof(frame.offload)};
      parts[2 * i + 1] = {frame.data, frame.length};
      messages[i].msg_hdr = {};
      messages[i].msg_hdr.msg_iov = &parts[2 * i];
      messages[i].msg_hdr.msg_iovlen = 2;
    }
    // It stops at the first it cannot send: that one is dropped, the rest tried.
    const int sent = ::sendmmsg(fd_.get(), messages.data(), static_cast<unsigned>(batch), MSG_DONTWAIT);
    const std::size_t done = sent > 0 ? static_cast<std::size_t>(sent) : 0;
    taken += done;
    frames = frames.subspan(std::min(done < batch ? done + 1 : done, frames.size()));
  }
  return taken;
}

}  // namespace ports
