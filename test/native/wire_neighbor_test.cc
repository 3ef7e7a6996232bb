// ARP and Neighbor Discovery: the switch's answers, and MACs rewritten in bodies.
#include "native/test.h"
#include "native/wire_support.h"
#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/frame_builder.h"
#include "wire/ndp.h"

namespace {

using native_test::FromHex;
using native_test::HeapFrame;
using native_test::Ip;
using native_test::Mac;
using native_test::Random;

const base::MacAddress kPodMac = {{2, 0, 0, 0, 0, 1}};
const base::MacAddress kHostMac = {{0, 0x15, 0x5d, 1, 2, 3}};

wire::ParsedFrame ParseOf(HeapFrame& bytes) {
  wire::ParsedFrame parsed;
  wire::Parse(bytes.frame(), &parsed);
  return parsed;
}

HeapFrame Solicitation(const char* source, const char* target, std::optional<base::MacAddress> option) {
  return HeapFrame(wire::BuildNeighborSolicitation({.source_mac = kPodMac, .source = Ip(source)}, Ip(target), option));
}

// An ICMPv6 message with hop limit 255 and a right checksum.
HeapFrame Icmp6(const std::vector<std::uint8_t>& body, std::uint8_t hop_limit = 255) {
  return HeapFrame(wire::BuildIp(
      {.source_mac = kPodMac, .source = Ip("fe80::1"), .destination = Ip("fe80::2"), .ttl = hop_limit, .payload = body},
      58));
}

bool HasBytes(std::span<const std::uint8_t> bytes, const base::MacAddress& mac) {
  for (std::size_t at = 0; at + 6 <= bytes.size(); ++at) {
    if (std::equal(mac.bytes.begin(), mac.bytes.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at))) return true;
  }
  return false;
}

TEST("an ARP reply names the MAC that was asked for, to the one who asked") {
  HeapFrame request(wire::BuildArp({.source_mac = kPodMac,
                                    .destination_mac = base::MacAddress::Broadcast(),
                                    .source = Ip("10.1.0.4"),
                                    .destination = Ip("10.1.0.1")},
                                   1, kPodMac, {}));
  std::array<std::uint8_t, wire::kArpFrameBytes> out;
  CHECK_EQ(wire::WriteArpReply(ParseOf(request), kHostMac, out), out.size());
  const auto expected = FromHex(
      "020000000001 00155d010203 0806"
      "0001 0800 06 04 0002 00155d010203 0a010001 020000000001 0a010004");
  CHECK(HeapFrame(out) == HeapFrame(expected));
}

TEST("rewriting an ARP body changes the named MAC only") {
  HeapFrame reply(wire::BuildArp({.source_mac = kPodMac, .source = Ip("10.1.0.4"), .destination = Ip("10.1.0.9")}, 2,
                                 kPodMac, kPodMac));
  const auto parsed = ParseOf(reply);
  wire::Frame frame = reply.frame();
  wire::RewriteArpSenderMac(parsed, kHostMac, &frame);
  CHECK_EQ(ParseOf(reply).arp_sender_mac.ToString(), kHostMac.ToString());
  CHECK_EQ(ParseOf(reply).arp_target_mac.ToString(), kPodMac.ToString());
  wire::RewriteArpTargetMac(parsed, kHostMac, &frame);
  CHECK_EQ(ParseOf(reply).arp_target_mac.ToString(), kHostMac.ToString());
  CHECK_EQ(ParseOf(reply).source.ToString(), "10.1.0.4");
  CHECK_EQ(ParseOf(reply).destination.ToString(), "10.1.0.9");
}

TEST("a neighbor solicitation shows its target and its sender's MAC") {
  auto bytes = Solicitation("fd00::4", "fd00::1", kPodMac);
  const auto parsed = ParseOf(bytes);
  CHECK(wire::ChecksumsValid(bytes.frame()));
  CHECK(wire::ClaimsNd(parsed));
  CHECK_EQ(parsed.destination.ToString(), "ff02::1:ff00:1");
  CHECK_EQ(parsed.destination_mac.ToString(), "33-33-FF-00-00-01");
  const auto view = wire::NdView::Parse(bytes.frame(), parsed);
  CHECK(view.has_value());
  CHECK(view->IsSolicitation());
  CHECK_EQ(view->target().ToString(), "fd00::1");
  CHECK(view->sender_link_layer_address() == kPodMac);
}

TEST("a neighbor advertisement answers a solicitation, solicited and overriding") {
  auto bytes = Solicitation("fd00::4", "fd00::1", kPodMac);
  const auto parsed = ParseOf(bytes);
  const auto view = wire::NdView::Parse(bytes.frame(), parsed);
  std::array<std::uint8_t, wire::kNeighborAdvertisementBytes> out;
  CHECK_EQ(wire::WriteNeighborAdvertisement(parsed, *view, kHostMac, true, out), out.size());
  HeapFrame answer(out);
  CHECK(wire::ChecksumsValid(answer.frame()));
  const auto answered = ParseOf(answer);
  CHECK_EQ(answered.destination_mac.ToString(), kPodMac.ToString());
  CHECK_EQ(answered.source_mac.ToString(), kHostMac.ToString());
  CHECK_EQ(answered.source.ToString(), "fd00::1");
  CHECK_EQ(answered.destination.ToString(), "fd00::4");
  const auto seen = wire::NdView::Parse(answer.frame(), answered);
  CHECK(seen.has_value());
  CHECK(seen->IsAdvertisement());
  CHECK_EQ(seen->flags(), wire::kNdFlagRouter | wire::kNdFlagSolicited | wire::kNdFlagOverride);
  CHECK_EQ(seen->target().ToString(), "fd00::1");
  CHECK(seen->sender_link_layer_address() == kHostMac);
}

TEST("a probe for a duplicate address is answered to all nodes, unsolicited") {
  auto bytes = Solicitation("::", "fd00::1", std::nullopt);
  const auto parsed = ParseOf(bytes);
  const auto view = wire::NdView::Parse(bytes.frame(), parsed);
  CHECK(view.has_value());
  CHECK(!view->sender_link_layer_address().has_value());
  std::array<std::uint8_t, wire::kNeighborAdvertisementBytes> out;
  wire::WriteNeighborAdvertisement(parsed, *view, kHostMac, false, out);
  HeapFrame answer(out);
  CHECK(wire::ChecksumsValid(answer.frame()));
  const auto answered = ParseOf(answer);
  CHECK_EQ(answered.destination.ToString(), "ff02::1");
  CHECK_EQ(answered.destination_mac.ToString(), "33-33-00-00-00-01");
  CHECK_EQ(wire::NdView::Parse(answer.frame(), answered)->flags(), wire::kNdFlagOverride);
}

TEST("no link-layer option keeps the pod's MAC, and the checksum follows") {
  const auto option = FromHex("0101 020000000001"), target_option = FromHex("0201 020000000001");
  const auto other = FromHex("0501 0000 000005dc");  // MTU.
  for (const std::uint8_t type : {133, 134, 135, 136}) {
    const std::size_t fixed = type == 133 ? 8 : type == 134 ? 16 : 24;
    std::vector<std::uint8_t> body(fixed);
    body[0] = type;
    for (const auto& part : {option, other, target_option, option}) body.insert(body.end(), part.begin(), part.end());
    auto bytes = Icmp6(body);
    const auto parsed = ParseOf(bytes);
    CHECK(wire::NdView::Parse(bytes.frame(), parsed).has_value());
    wire::Frame frame = bytes.frame();
    CHECK_EQ(wire::RewriteNdLinkLayerAddresses(parsed, kHostMac, &frame), 3);
    CHECK(wire::ChecksumsValid(frame));
    CHECK(!HasBytes(bytes.bytes().subspan(parsed.l4_offset), kPodMac));
    HeapFrame recomputed(bytes);
    wire::Frame again = recomputed.frame();
    CHECK(wire::FillChecksums(&again));
    CHECK(recomputed == bytes);
  }
}

TEST("a redirect's option is not about its sender and stays") {
  std::vector<std::uint8_t> body(40);
  body[0] = wire::kNdRedirect;
  const auto option = FromHex("0201 020000000001");
  body.insert(body.end(), option.begin(), option.end());
  auto bytes = Icmp6(body);
  const HeapFrame before(bytes);
  const auto parsed = ParseOf(bytes);
  CHECK(wire::NdView::Parse(bytes.frame(), parsed).has_value());
  wire::Frame frame = bytes.frame();
  CHECK_EQ(wire::RewriteNdLinkLayerAddresses(parsed, kHostMac, &frame), 0);
  CHECK(bytes == before);
}

TEST("neighbor discovery that a receiver must discard is not accepted") {
  auto solicitation = std::vector<std::uint8_t>(24);
  solicitation[0] = 135;
  const auto accepted = [](std::vector<std::uint8_t> body, std::uint8_t hop_limit) {
    auto bytes = Icmp6(body, hop_limit);
    return wire::NdView::Parse(bytes.frame(), ParseOf(bytes)).has_value();
  };
  CHECK(accepted(solicitation, 255));
  CHECK(!accepted(solicitation, 254));  // Not from this link.
  auto coded = solicitation;
  coded[1] = 1;
  CHECK(!accepted(coded, 255));
  for (std::size_t length = 8; length < 24; ++length) {
    CHECK(!accepted({solicitation.begin(), solicitation.begin() + static_cast<std::ptrdiff_t>(length)}, 255));
  }
  const auto with = [&](const std::vector<std::uint8_t>& options) {
    auto body = solicitation;
    body.insert(body.end(), options.begin(), options.end());
    return accepted(body, 255);
  };
  CHECK(with(FromHex("0101 020000000001")));
  CHECK(!with(FromHex("0100 020000000001")));                   // Length zero would never end.
  CHECK(!with(FromHex("0102 020000000001")));                   // Past the end.
  CHECK(!with(FromHex("0102 020000000001 0000000000000000")));  // Not an Ethernet address.
  CHECK(!with(FromHex("0101 0200000000")));                     // Cut short.
  // Not neighbor discovery at all.
  auto echo = solicitation;
  echo[0] = 128;
  CHECK(!accepted(echo, 255));
}

TEST("random neighbor messages are never read past their end") {
  Random random(31);
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::vector<std::uint8_t> body(8 + random.Below(80));
    for (auto& byte : body) byte = random.OneIn(2) ? 0 : static_cast<std::uint8_t>(random.Below(4));
    body[0] = static_cast<std::uint8_t>(133 + random.Below(5));
    auto bytes = Icmp6(body);
    const auto parsed = ParseOf(bytes);
    const auto view = wire::NdView::Parse(bytes.frame(), parsed);
    if (!view) continue;
    ++accepted;
    (void)view->target();
    (void)view->sender_link_layer_address();
    wire::Frame frame = bytes.frame();
    wire::RewriteNdLinkLayerAddresses(parsed, kHostMac, &frame);
    CHECK(wire::ChecksumsValid(frame));
  }
  CHECK(accepted > 200);
}

}  // namespace
