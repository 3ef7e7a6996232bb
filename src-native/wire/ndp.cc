#include "wire/ndp.h"

#include "wire/bytes.h"
#include "wire/checksum.h"
#include "wire/icmp.h"

namespace wire {
namespace {

constexpr std::uint8_t kSourceLinkLayerOption = 1;
constexpr std::uint8_t kTargetLinkLayerOption = 2;
constexpr std::size_t kOptionUnit = 8;  // Option lengths count these.

// Bytes in front of the options; 0: not a message we know.
std::size_t FixedBytes(std::uint8_t type) {
  switch (type) {
    case kNdRouterSolicitation: return 8;
    case kNdRouterAdvertisement: return 16;
    case kNdNeighborSolicitation:
    case kNdNeighborAdvertisement: return 24;
    case kNdRedirect: return 40;
    default: return 0;
  }
}

bool IsLinkLayerOption(std::uint8_t type) { return type == kSourceLinkLayerOption || type == kTargetLinkLayerOption; }

// Calls `visit(offset in body, option type)` for each option; false when one is malformed.
template <typename Visit>
bool ForEachOption(std::span<const std::uint8_t> body, Visit visit) {
  std::size_t at = FixedBytes(body[0]);
  while (at < body.size()) {
    if (body.size() - at < kOptionUnit) return false;
    const std::size_t bytes = body[at + 1] * kOptionUnit;
    if (bytes == 0 || bytes > body.size() - at) return false;
    if (IsLinkLayerOption(body[at]) && bytes != kOptionUnit) return false;
    visit(at, body[at]);
    at += bytes;
  }
  return true;
}

std::span<const std::uint8_t> Body(const Frame& frame, const ParsedFrame& parsed) {
  const std::uint32_t end = parsed.l3_offset + parsed.ip_length;
  return frame.bytes().subspan(parsed.l4_offset, end - parsed.l4_offset);
}

}  // namespace

std::optional<NdView> NdView::Parse(const Frame& frame, const ParsedFrame& parsed) {
  if (!ClaimsNd(parsed) || parsed.ttl != 255 || parsed.icmp_code != 0 || parsed.is_fragment) return std::nullopt;
  const auto body = Body(frame, parsed);
  if (body.size() < FixedBytes(body[0])) return std::nullopt;
  if (!ForEachOption(body, [](std::size_t, std::uint8_t) {})) return std::nullopt;
  return NdView(body);
}

base::IpAddress NdView::target() const {
  if (IsSolicitation() || IsAdvertisement() || type() == kNdRedirect) return LoadIpv6(body_.data() + 8);
  base::IpAddress none;
  none.family = base::IpFamily::kIpv6;
  return none;
}

std::optional<base::MacAddress> NdView::sender_link_layer_address() const {
  if (type() == kNdRedirect) return std::nullopt;
  const std::uint8_t wanted = IsAdvertisement() ? kTargetLinkLayerOption : kSourceLinkLayerOption;
  std::optional<base::MacAddress> found;
  ForEachOption(body_, [&](std::size_t at, std::uint8_t option) {
    if (option == wanted && !found) found = LoadMac(body_.data() + at + 2);
  });
  return found;
}

int RewriteNdLinkLayerAddresses(const ParsedFrame& parsed, const base::MacAddress& mac, Frame* frame) {
  const auto body = Body(*frame, parsed);
  if (body[0] == kNdRedirect) return 0;
  std::uint8_t* writable = frame->data + parsed.l4_offset;
  ChecksumDelta delta;
  int written = 0;
  ForEachOption(body, [&](std::size_t at, std::uint8_t option) {
    if (!IsLinkLayerOption(option)) return;
    std::uint8_t* field = writable + at + 2;
    for (int i = 0; i < 6; i += 2) delta.Word(Load16(field + i), Load16(mac.bytes.data() + i));
    StoreMac(field, mac);
    ++written;
  });
  // A checksum still owed holds the pseudo-header's sum, which has no body in it.
  const bool owed = frame->offload.NeedsChecksum() && frame->offload.checksum_start == parsed.l4_offset;
  if (written != 0 && !owed) {
    std::uint8_t* checksum = writable + IcmpView::kChecksumOffset;
    Store16(checksum, ApplyDelta(Load16(checksum), delta.value()));
  }
  return written;
}

}  // namespace wire
