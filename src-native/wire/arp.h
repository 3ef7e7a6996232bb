// ARP for IPv4 over Ethernet (RFC 826).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "wire/bytes.h"
#include "wire/frame.h"
#include "wire/parsed_frame.h"

namespace wire {

class ArpView {
 public:
  static constexpr std::uint32_t kBytes = 28;
  static constexpr std::uint16_t kRequest = 1;
  static constexpr std::uint16_t kReply = 2;

  // Ethernet addresses, IPv4 addresses, a request or a reply: nothing else.
  static std::optional<ArpView> Parse(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < kBytes) return std::nullopt;
    // Hardware type 1, protocol type 0x0800, address lengths 6 and 4.
    if (Load32(bytes.data()) != 0x00010800 || Load16(bytes.data() + 4) != 0x0604) return std::nullopt;
    ArpView view(bytes.data());
    if (view.operation() != kRequest && view.operation() != kReply) return std::nullopt;
    return view;
  }

  std::uint16_t operation() const { return Load16(at_ + 6); }
  base::MacAddress sender_mac() const { return LoadMac(at_ + 8); }
  base::IpAddress sender() const { return LoadIpv4(at_ + 14); }
  base::MacAddress target_mac() const { return LoadMac(at_ + 18); }
  base::IpAddress target() const { return LoadIpv4(at_ + 24); }

 private:
  explicit ArpView(const std::uint8_t* at) : at_(at) {}
  const std::uint8_t* at_;
};

// Rewrite the body; the Ethernet header is the caller's. REQUIRES: parsed.kind
// is kArp, parsed.error is kNone, and both are of this frame.
inline void RewriteArpSenderMac(const ParsedFrame& parsed, const base::MacAddress& mac, Frame* frame) {
  StoreMac(frame->data + parsed.l3_offset + 8, mac);
}
inline void RewriteArpTargetMac(const ParsedFrame& parsed, const base::MacAddress& mac, Frame* frame) {
  StoreMac(frame->data + parsed.l3_offset + 18, mac);
}

}  // namespace wire
