#include "vfp/internal/tunnel_ingress.h"

#include <cstring>

#include "wire/bytes.h"
#include "wire/vxlan.h"

namespace vfp {
namespace {

constexpr std::uint32_t kUdp = wire::kFastL3Offset + 20;
constexpr std::uint32_t kVxlan = kUdp + wire::UdpView::kBytes;
constexpr std::uint32_t kInner = kVxlan + wire::VxlanView::kBytes;
static_assert(kInner == wire::kVxlanPushBytes);
constexpr std::uint8_t kEcn = 3;

// An outer header of ours, with a VXLAN header and a frame behind it.
bool IsPlainTunnel(const SegmentState& segment, const wire::Frame& frame, const wire::FastView& view) {
  const OverlaySpec& overlay = segment.overlay->spec();
  const std::uint8_t* data = frame.data;
  return view.family == 4 && view.protocol == wire::kProtoUdp && view.destination_port == overlay.udp_port &&
         std::memcmp(data, segment.spec.host_mac.bytes.data(), 6) == 0 &&
         std::memcmp(data + wire::kFastL3Offset + 16, overlay.provider.bytes.data(), 4) == 0 &&
         wire::Load16(data + kUdp + 4) >= kInner - kUdp + wire::kEthernetHeaderBytes &&
         wire::Load16(data + kUdp + wire::UdpView::kChecksumOffset) == 0 &&
         (data[kVxlan] & wire::VxlanView::kFlagVni) != 0 && frame.offload.gso_type == wire::Offload::kGsoNone &&
         !frame.offload.NeedsChecksum();
}

std::uint8_t EcnOf(const std::uint8_t* ip, std::uint8_t family) {
  return (family == 4 ? ip[1] : static_cast<std::uint8_t>(wire::Load16(ip) >> 4)) & kEcn;
}

// The endpoint's port with the address, in the VSID of its subnet.
PortIndex OwnerIn(const Datapath& path, const SegmentState& segment, const base::IpAddress& address,
                  std::uint32_t vni) {
  const OverlaySubnet* subnet = segment.overlay->SubnetOf(address);
  if (subnet == nullptr || subnet->vsid != vni || segment.IsGroup(address)) return kNoPort;
  const AddressEntry* entry = segment.Find(address);
  if (entry == nullptr || entry->port == kNoPort) return kNoPort;
  const PortState& port = *path.net.port(entry->port);
  // The host's addresses come after what its port turns around.
  return port.kind == PortKind::kEndpoint && port.vlan == 0 ? entry->port : kNoPort;
}

}  // namespace

PortIndex LeavePlainTunnel(const Datapath& path, const PortState& uplink, TunnelOwners* owners, wire::Frame* frame,
                           wire::FastView* view) {
  const SegmentState& segment = *uplink.segment;
  if (!IsPlainTunnel(segment, *frame, *view)) return kNoPort;
  const std::uint32_t vni = wire::Load32(frame->data + kVxlan + 4) >> 8;
  wire::Frame inner = *frame;
  inner.data += kInner;
  inner.length = wire::Load16(frame->data + kUdp + 4) - (kInner - kUdp);
  inner.headroom = static_cast<std::uint16_t>(inner.headroom + kInner);
  inner.offload.header_length = 0;
  wire::FastView inside;
  if (!wire::ParseFast(inner, &inside)) return kNoPort;
  const std::uint8_t* ip = inner.data + wire::kFastL3Offset;
  const std::uint8_t outer_ecn = frame->data[wire::kFastL3Offset + 1] & kEcn;
  if (outer_ecn != 0 && outer_ecn != EcnOf(ip, inside.family)) return kNoPort;  // Marks to be combined.
  const base::IpAddress destination = inside.family == 4 ? wire::LoadIpv4(ip + 16) : wire::LoadIpv6(ip + 24);
  // The reply of a translation has an owner of its own.
  if (path.bindings.UsesAddress(destination)) return kNoPort;
  TunnelOwners::Owner& owner = owners->owners[destination.bytes[inside.family == 4 ? 3 : 15] % owners->owners.size()];
  const std::uint32_t stamp = uplink.stamp();
  if (owner.port == kNoPort || owner.uplink != uplink.index || owner.stamp != stamp || owner.vni != vni ||
      owner.address != destination) {
    const PortIndex port = OwnerIn(path, segment, destination, vni);
    if (port == kNoPort) return kNoPort;
    owner = {.address = destination, .vni = vni, .stamp = stamp, .uplink = uplink.index, .port = port};
  }
  wire::StoreMac(inner.data + 6, segment.spec.gateway_mac);
  *frame = inner;
  *view = inside;
  return owner.port;
}

}  // namespace vfp
