// VXLAN (RFC 7348): Ethernet frames inside UDP over IPv4.
//
//   | outer Ethernet 14 | outer IPv4 20 | outer UDP 8 | VXLAN 8 | inner frame |
//
// The VXLAN header is a byte of flags, of which only I ("the VNI counts", 0x08)
// is defined, three reserved bytes, the 24-bit VNI, and a reserved byte.
// Reserved bits are sent as zero and not looked at (section 5). The outer UDP
// checksum is sent as zero, and zero is accepted; another one may be checked.
// The source port is the sender's to choose, from the inner flow, so that
// routers spread flows and keep each on one way (section 5, 49152 to 65535).
// Endpoints of a tunnel do not fragment its packets (section 4.3).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "wire/bytes.h"
#include "wire/ethernet.h"
#include "wire/frame.h"
#include "wire/ipv4.h"
#include "wire/parsed_frame.h"
#include "wire/udp.h"

namespace wire {

inline constexpr std::uint16_t kVxlanPort = 4789;
inline constexpr std::uint32_t kMaxVni = 0xffffff;

class VxlanView {
 public:
  static constexpr std::uint32_t kBytes = 8;
  static constexpr std::uint8_t kFlagVni = 0x08;

  static std::optional<VxlanView> Parse(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < kBytes) return std::nullopt;
    return VxlanView(bytes.data());
  }

  bool has_vni() const { return (at_[0] & kFlagVni) != 0; }
  std::uint32_t vni() const { return Load32(at_ + 4) >> 8; }

 private:
  explicit VxlanView(const std::uint8_t* at) : at_(at) {}
  const std::uint8_t* at_;
};

// All that stands in front of the inner frame.
inline constexpr std::uint32_t kVxlanPushBytes =
    kEthernetHeaderBytes + Ipv4View::kMinBytes + UdpView::kBytes + VxlanView::kBytes;
// What of an IP packet's MTU the tunnel takes: the inner Ethernet header instead
// of the outer one (vfp.md 3.17).
inline constexpr std::uint32_t kVxlanOverheadBytes =
    kEthernetHeaderBytes + Ipv4View::kMinBytes + UdpView::kBytes + VxlanView::kBytes;

// The UDP source port of the tunnel for an inner frame: 49152 to 65535, the same
// for all packets of one flow in one direction. Of a fragment, and of protocols
// without ports, only addresses and protocol count, so that all fragments of a
// packet go one way. A frame that is not IP has 49152.
std::uint16_t VxlanSourcePort(std::span<const std::uint8_t> inner);

// Where the inner frame of a VXLAN packet is.
struct VxlanPacket {
  base::IpAddress source;  // Outer.
  base::IpAddress destination;
  std::uint32_t vni = 0;
  std::uint32_t inner_offset = 0;  // From the start of the frame.
  std::uint32_t inner_length = 0;  // Without padding of the outer frame.
  std::uint8_t outer_tos = 0;
};

enum class VxlanError : std::uint8_t {
  kNone,
  kNoHeader,     // Too short for a VXLAN header and an inner Ethernet header.
  kNoVni,        // The I flag is not set.
  kFragment,     // Of the outer packet.
  kBadChecksum,  // A UDP checksum that is there and wrong.
};

// REQUIRES: parsed describes `frame` without error and is UDP over IPv4 with its
// L4 header. The length is the outer UDP header's, which Parse has checked.
VxlanError ReadVxlan(const Frame& frame, const ParsedFrame& parsed, VxlanPacket* out);

// Takes everything in front of the inner frame away. A checksum or segmentation
// that is owed stays owed, of the inner packet.
void PopVxlan(const VxlanPacket& packet, Frame* frame);

}  // namespace wire
