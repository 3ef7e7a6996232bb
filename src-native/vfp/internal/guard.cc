#include "vfp/internal/guard.h"

#include <cstring>

namespace vfp {
namespace {

constexpr std::uint16_t kDhcpServer = 67, kDhcpClient = 68, kDhcpV6Server = 547, kDhcpV6Client = 546;
constexpr std::uint8_t kProtoIgmp = 2;
constexpr std::uint8_t kMldFirst = 130, kMldLast = 132, kMldV2Report = 143;

// fe80:: with the interface identifier that RFC 4291, appendix A makes of a MAC.
bool IsLinkLocalOf(const base::MacAddress& mac, const base::IpAddress& address) {
  const auto& m = mac.bytes;
  const std::uint8_t expected[16] = {0xfe, 0x80, 0,    0,    0,    0,    0,   0, static_cast<std::uint8_t>(m[0] ^ 2),
                                     m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5]};
  return address.IsV6() && std::memcmp(address.bytes.data(), expected, sizeof expected) == 0;
}

bool IsOwn(const PortState& port, const base::IpAddress& address) {
  return port.Owns(address) || IsLinkLocalOf(port.mac, address);
}

bool IsMulticastListening(const wire::ParsedFrame& parsed) {
  if (parsed.kind == wire::EtherKind::kIpv4) return parsed.protocol == kProtoIgmp;
  return parsed.protocol == wire::kProtoIcmpV6 && !parsed.is_later_fragment &&
         ((parsed.icmp_type >= kMldFirst && parsed.icmp_type <= kMldLast) || parsed.icmp_type == kMldV2Report);
}

bool IsDhcpRequest(const wire::ParsedFrame& parsed) {
  return parsed.source.IsV4() && parsed.source.IsUnspecified() && parsed.protocol == wire::kProtoUdp &&
         parsed.source_port == kDhcpClient && parsed.destination_port == kDhcpServer;
}

std::optional<DropReason> CheckArp(const PortState& port, const wire::ParsedFrame& parsed) {
  if (parsed.arp_sender_mac != port.mac) return DropReason::kArpGuard;
  // A probe for a duplicate says nothing of its sender (RFC 5227).
  const bool probe = parsed.arp_operation == 1 && parsed.source.IsUnspecified();
  return probe || port.Owns(parsed.source) ? std::nullopt : std::optional(DropReason::kArpGuard);
}

std::optional<DropReason> CheckNd(const PortState& port, const wire::ParsedFrame& parsed, const wire::NdView& nd) {
  if (nd.type() == wire::kNdRouterAdvertisement || nd.type() == wire::kNdRedirect) return DropReason::kRouterGuard;
  const bool probe = parsed.source.IsUnspecified() && !nd.IsAdvertisement();
  if (!probe && !IsOwn(port, parsed.source)) return DropReason::kIpv6Guard;
  if (nd.IsAdvertisement() && !IsOwn(port, nd.target())) return DropReason::kIpv6Guard;
  const auto mac = nd.sender_link_layer_address();
  return !mac || *mac == port.mac ? std::nullopt : std::optional(DropReason::kIpv6Guard);
}

bool IsDhcpAnswer(const wire::ParsedFrame& parsed) {
  if (!parsed.IsIp() || parsed.protocol != wire::kProtoUdp || parsed.is_later_fragment) return false;
  const bool v4 = parsed.kind == wire::EtherKind::kIpv4;
  return parsed.source_port == (v4 ? kDhcpServer : kDhcpV6Server) &&
         parsed.destination_port == (v4 ? kDhcpClient : kDhcpV6Client);
}

}  // namespace

std::optional<DropReason> CheckGuards(const PortState& port, const wire::ParsedFrame& parsed,
                                      const std::optional<wire::NdView>& nd) {
  const PortGuards& guards = port.spec.guards;
  if (guards.mac && parsed.source_mac != port.mac) return DropReason::kMacGuard;
  if (guards.neighbor && parsed.kind == wire::EtherKind::kArp) return CheckArp(port, parsed);
  if (guards.neighbor && nd) return CheckNd(port, parsed, *nd);
  if (guards.dhcp && IsDhcpAnswer(parsed)) return DropReason::kDhcpGuard;
  return std::nullopt;
}

std::optional<DropReason> CheckSource(const PortState& port, const wire::ParsedFrame& parsed) {
  if (!port.spec.guards.address || IsOwn(port, parsed.source)) return std::nullopt;
  if (IsMulticastListening(parsed) || IsDhcpRequest(parsed)) return std::nullopt;
  return parsed.source.IsV4() ? DropReason::kIpv4Guard : DropReason::kIpv6Guard;
}

}  // namespace vfp
