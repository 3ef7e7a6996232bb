// IPv6 Neighbor Discovery (RFC 4861), as far as a switch that translates MACs
// needs it: who is asked for, and where link-layer addresses stand in the body.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/ip_address.h"
#include "base/mac_address.h"
#include "wire/frame.h"
#include "wire/parsed_frame.h"

namespace wire {

inline constexpr std::uint8_t kNdRouterSolicitation = 133;
inline constexpr std::uint8_t kNdRouterAdvertisement = 134;
inline constexpr std::uint8_t kNdNeighborSolicitation = 135;
inline constexpr std::uint8_t kNdNeighborAdvertisement = 136;
inline constexpr std::uint8_t kNdRedirect = 137;

inline constexpr std::uint8_t kNdFlagRouter = 0x80;  // Of an advertisement.
inline constexpr std::uint8_t kNdFlagSolicited = 0x40;
inline constexpr std::uint8_t kNdFlagOverride = 0x20;

// Whether the packet calls itself Neighbor Discovery; NdView says whether it is.
inline bool ClaimsNd(const ParsedFrame& parsed) {
  return parsed.kind == EtherKind::kIpv6 && parsed.protocol == kProtoIcmpV6 && parsed.l4_offset != 0 &&
         parsed.icmp_type >= kNdRouterSolicitation && parsed.icmp_type <= kNdRedirect;
}

class NdView {
 public:
  // nullopt for what a receiver must discard: hop limit not 255 (it came from
  // further than the link), a code, a fragment (RFC 6980), a message too short,
  // an option of length zero or past the end, a link-layer option that is not
  // Ethernet's. `parsed` is of this frame, without error. The view borrows its bytes.
  static std::optional<NdView> Parse(const Frame& frame, const ParsedFrame& parsed);

  std::uint8_t type() const { return body_[0]; }
  std::uint8_t flags() const { return body_[4]; }
  bool IsSolicitation() const { return type() == kNdNeighborSolicitation; }
  bool IsAdvertisement() const { return type() == kNdNeighborAdvertisement; }
  // Of a neighbor message or redirect; unspecified (::) otherwise.
  base::IpAddress target() const;
  // The sender's own: the source option (type 1) of solicitations and router
  // advertisements, the target option (type 2) of a neighbor advertisement.
  // nullopt when there is none, as when an address is probed before use (DAD).
  std::optional<base::MacAddress> sender_link_layer_address() const;

 private:
  explicit NdView(std::span<const std::uint8_t> body) : body_(body) {}
  std::span<const std::uint8_t> body_;  // From the ICMPv6 type to the end of the packet.
};

// Puts `mac` into every link-layer address option of a neighbor or router
// message (a second one, or one of the wrong type, must not leak a MAC either)
// and updates the ICMPv6 checksum by difference. A redirect is left alone: its
// option is not about the sender. Returns how many options were written.
// REQUIRES: NdView::Parse accepts the frame.
int RewriteNdLinkLayerAddresses(const ParsedFrame& parsed, const base::MacAddress& mac, Frame* frame);

}  // namespace wire
