#include "wire/parsed_frame.h"

#include "native/test.h"
#include "native/wire_support.h"
#include "wire/bytes.h"
#include "wire/checksum.h"
#include "wire/ethernet.h"
#include "wire/fast_view.h"

namespace {

using native_test::FromHex;
using native_test::HeapFrame;
using native_test::Ip;
using native_test::Mac;
using native_test::PacketKind;
using native_test::Random;
using wire::EtherKind;
using wire::ParsedFrame;
using wire::ParseError;

ParsedFrame ParseOf(std::span<const std::uint8_t> bytes, const wire::Offload& offload = {}) {
  HeapFrame exact(bytes);
  exact.offload() = offload;
  ParsedFrame parsed;
  const ParseError error = wire::Parse(exact.frame(), &parsed);
  if (error != parsed.error) parsed.error = ParseError::kBadArp;  // Never: they are the same by contract.
  return parsed;
}

// With the IPv4 header checksum put right, so that a test sees the error it means.
ParseError ErrorOf(std::vector<std::uint8_t> bytes, const wire::Offload& offload = {}) {
  HeapFrame exact(bytes);
  wire::Frame frame = exact.frame();
  wire::FillChecksums(&frame);
  return ParseOf(exact.bytes(), offload).error;
}

// An IPv6 packet whose extension headers and upper layer are given as bytes.
std::vector<std::uint8_t> Ipv6With(std::uint8_t first_header, const std::vector<std::uint8_t>& behind) {
  wire::FrameFields fields{.source = Ip("2001:db8::1"), .destination = Ip("2001:db8::2"), .payload = behind};
  auto bytes = wire::BuildIp(fields, 59);
  bytes[20] = first_header;
  return bytes;
}

const std::vector<std::uint8_t> kUdpHeader = FromHex("1f90 0035 0008 0000");  // 8080 > 53, empty.

std::vector<std::uint8_t> Concat(std::initializer_list<std::vector<std::uint8_t>> parts) {
  std::vector<std::uint8_t> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST("a TCP packet over IPv4 is seen as its bytes say") {
  // Written out by hand: 10.1.0.4:31337 > 10.96.0.10:80, SYN, sequence 0x01020304, TTL 63.
  auto bytes = FromHex(
      "02aabbccddee 021122334455 0800"
      "4500 0028 1234 4000 3f06 0000 0a010004 0a60000a"
      "7a69 0050 01020304 00000000 5002 ffff 0000 0000");
  HeapFrame exact(bytes);
  wire::Frame frame = exact.frame();
  CHECK_EQ(ParseOf(exact.bytes()).error, ParseError::kBadChecksum);
  CHECK(wire::FillChecksums(&frame));
  const auto parsed = ParseOf(exact.bytes());
  CHECK_EQ(parsed.error, ParseError::kNone);
  CHECK_EQ(parsed.destination_mac.ToString(), "02-AA-BB-CC-DD-EE");
  CHECK_EQ(parsed.source_mac.ToString(), "02-11-22-33-44-55");
  CHECK_EQ(parsed.kind, EtherKind::kIpv4);
  CHECK(!parsed.tagged);
  CHECK_EQ(parsed.source.ToString(), "10.1.0.4");
  CHECK_EQ(parsed.destination.ToString(), "10.96.0.10");
  CHECK_EQ(parsed.protocol, wire::kProtoTcp);
  CHECK_EQ(parsed.ttl, 63);
  CHECK_EQ(parsed.fragment_id, 0x1234u);
  CHECK(!parsed.is_fragment);
  CHECK(!parsed.has_options);
  CHECK_EQ(parsed.source_port, 31337);
  CHECK_EQ(parsed.destination_port, 80);
  CHECK_EQ(parsed.tcp_flags, wire::kTcpSyn);
  CHECK_EQ(parsed.tcp_sequence, 0x01020304u);
  CHECK_EQ(parsed.l3_offset, 14);
  CHECK_EQ(parsed.l4_offset, 34);
  CHECK_EQ(parsed.payload_offset, 54);
  CHECK_EQ(parsed.ip_length, 40u);
}

TEST("a tagged UDP packet over IPv6 is seen as its bytes say") {
  const auto parsed =
      ParseOf(FromHex("333300000001 021122334455 8100 e064 86dd"
                      "60000000 000c 11 40 20010db8000000000000000000000001 20010db8000000000000000000000002"
                      "1f90 0035 000c 0000 01020304"));
  CHECK_EQ(parsed.error, ParseError::kNone);
  CHECK(parsed.tagged);
  CHECK_EQ(parsed.vlan, 100);
  CHECK_EQ(parsed.ether_type, 0x86dd);
  CHECK_EQ(parsed.kind, EtherKind::kIpv6);
  CHECK_EQ(parsed.source.ToString(), "2001:db8::1");
  CHECK_EQ(parsed.destination.ToString(), "2001:db8::2");
  CHECK_EQ(parsed.source_port, 8080);
  CHECK_EQ(parsed.destination_port, 53);
  CHECK_EQ(parsed.l3_offset, 18);
  CHECK_EQ(parsed.l4_offset, 58);
  CHECK_EQ(parsed.payload_offset, 66);
}

TEST("an ARP request shows who asks for whom") {
  const auto parsed =
      ParseOf(FromHex("ffffffffffff 021122334455 0806"
                      "0001 0800 06 04 0001 021122334455 0a010004 000000000000 0a010001"));
  CHECK_EQ(parsed.error, ParseError::kNone);
  CHECK_EQ(parsed.kind, EtherKind::kArp);
  CHECK_EQ(parsed.arp_operation, 1);
  CHECK_EQ(parsed.arp_sender_mac.ToString(), "02-11-22-33-44-55");
  CHECK(parsed.arp_target_mac.IsZero());
  CHECK_EQ(parsed.source.ToString(), "10.1.0.4");
  CHECK_EQ(parsed.destination.ToString(), "10.1.0.1");
  CHECK(!parsed.IsIp());
}

TEST("ARP that is not IPv4 over Ethernet, or neither request nor reply, is refused") {
  const auto good =
      wire::BuildArp({.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2")}, 2, Mac("02-00-00-00-00-01"), {});
  CHECK_EQ(ParseOf(good).error, ParseError::kNone);
  for (const std::size_t at : {14u, 15u, 16u, 17u, 18u, 19u, 20u, 21u}) {
    auto bad = good;
    bad[at] ^= 0x08;
    CHECK_EQ(ParseOf(bad).error, ParseError::kBadArp);
  }
}

TEST("an ICMP echo shows its identifier as both ports, in either family") {
  for (const bool v4 : {true, false}) {
    for (const bool reply : {false, true}) {
      const auto parsed = ParseOf(wire::BuildIcmpEcho({.source = Ip(v4 ? "10.0.0.1" : "fd00::1"),
                                                       .destination = Ip(v4 ? "10.0.0.2" : "fd00::2"),
                                                       .source_port = 4711},
                                                      reply));
      CHECK_EQ(parsed.error, ParseError::kNone);
      CHECK(parsed.is_icmp_echo);
      CHECK(!parsed.is_icmp_error);
      CHECK_EQ(parsed.source_port, 4711);
      CHECK_EQ(parsed.destination_port, 4711);
    }
  }
}

TEST("ICMP errors are told from other ICMP, in either family") {
  for (int type = 0; type < 256; ++type) {
    std::vector<std::uint8_t> icmp(8);
    icmp[0] = static_cast<std::uint8_t>(type);
    const auto v4 =
        ParseOf(wire::BuildIp({.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2"), .payload = icmp}, 1));
    CHECK_EQ(v4.is_icmp_error, type == 3 || type == 4 || type == 5 || type == 11 || type == 12);
    CHECK_EQ(v4.is_icmp_echo, type == 0 || type == 8);
    const auto v6 =
        ParseOf(wire::BuildIp({.source = Ip("fd00::1"), .destination = Ip("fd00::2"), .payload = icmp}, 58));
    CHECK_EQ(v6.is_icmp_error, type < 128);
    CHECK_EQ(v6.is_icmp_echo, type == 128 || type == 129);
  }
}

TEST("a protocol number of the other family has no header we know") {
  std::vector<std::uint8_t> payload(8, 8);
  const auto v6 =
      ParseOf(wire::BuildIp({.source = Ip("fd00::1"), .destination = Ip("fd00::2"), .payload = payload}, 1));
  CHECK_EQ(v6.error, ParseError::kNone);
  CHECK(!v6.is_icmp_echo);
  const auto v4 =
      ParseOf(wire::BuildIp({.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2"), .payload = payload}, 58));
  CHECK_EQ(v4.error, ParseError::kNone);
  CHECK_EQ(v4.icmp_type, 0);
  CHECK_EQ(v4.payload_offset, v4.l4_offset);
}

TEST("other protocols over Ethernet are passed on as they are") {
  const auto lldp = ParseOf(FromHex("0180c200000e 021122334455 88cc 0207"));
  CHECK_EQ(lldp.error, ParseError::kNone);
  CHECK_EQ(lldp.kind, EtherKind::kOther);
  CHECK_EQ(lldp.ether_type, 0x88cc);
  // A second tag is not looked behind.
  const auto stacked = ParseOf(FromHex("0180c200000e 021122334455 8100 0001 8100 0002 0800"));
  CHECK_EQ(stacked.kind, EtherKind::kOther);
  CHECK_EQ(stacked.ether_type, 0x8100);
}

TEST("a frame cut short at any byte is refused and never read past its end") {
  Random random(21);
  for (int round = 0; round < 6; ++round) {
    for (const bool v4 : {true, false}) {
      for (const auto kind : {PacketKind::kTcp, PacketKind::kUdp, PacketKind::kEchoRequest, PacketKind::kOther}) {
        const auto whole = native_test::RandomPacket(random, v4, kind);
        CHECK_EQ(ParseOf(whole).error, ParseError::kNone);
        for (std::size_t length = 0; length < whole.size(); ++length) {
          CHECK_EQ(ParseOf(std::span(whole).first(length)).error, ParseError::kTruncated);
        }
      }
    }
  }
  const auto arp = wire::BuildArp({.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2")}, 1, {}, {});
  for (std::size_t length = 0; length < arp.size(); ++length) {
    CHECK_EQ(ParseOf(std::span(arp).first(length)).error, ParseError::kTruncated);
  }
}

TEST("an IP packet too short for its L4 header is refused although the frame is longer") {
  for (const bool v4 : {true, false}) {
    for (const std::uint8_t protocol : {wire::kProtoTcp, wire::kProtoUdp, wire::kProtoIcmp, wire::kProtoIcmpV6}) {
      const std::uint32_t needed = protocol == wire::kProtoTcp ? 20 : 8;
      const bool foreign = (protocol == wire::kProtoIcmp && !v4) || (protocol == wire::kProtoIcmpV6 && v4);
      for (std::uint32_t have = 0; have < needed; ++have) {
        std::vector<std::uint8_t> payload(have, 0x55);
        auto bytes = wire::BuildIp({.source = Ip(v4 ? "10.0.0.1" : "fd00::1"),
                                    .destination = Ip(v4 ? "10.0.0.2" : "fd00::2"),
                                    .payload = payload},
                                   protocol);
        bytes.resize(bytes.size() + 64, 0x55);  // Padding must not be taken for the header.
        CHECK_EQ(ErrorOf(bytes), foreign ? ParseError::kNone : ParseError::kTruncated);
      }
    }
  }
}

TEST("Ethernet padding is no part of the packet") {
  auto bytes = wire::BuildUdp({.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2")});
  const std::size_t packet_bytes = bytes.size() - 14;
  bytes.resize(60, 0);
  const auto parsed = ParseOf(bytes);
  CHECK_EQ(parsed.error, ParseError::kNone);
  CHECK_EQ(parsed.ip_length, packet_bytes);
}

TEST("impossible IP headers are refused") {
  const auto v4 = wire::BuildUdp({.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2")});
  auto bad = v4;
  bad[14] = 0x65;  // Version 6 under IPv4's EtherType.
  CHECK_EQ(ErrorOf(bad), ParseError::kBadIpHeader);
  bad[14] = 0x44;  // A header of 16 bytes.
  CHECK_EQ(ErrorOf(bad), ParseError::kBadIpHeader);
  bad[14] = 0x4f;  // Of 60 bytes, in a packet of 28.
  CHECK_EQ(ErrorOf(bad), ParseError::kTruncated);
  bad = v4;
  bad[16] = 0;
  bad[17] = 19;  // Total length below the header's.
  CHECK_EQ(ErrorOf(bad), ParseError::kBadIpHeader);
  bad[17] = 0;
  CHECK_EQ(ErrorOf(bad), ParseError::kBadIpHeader);
  bad = v4;
  bad[17] = 29;  // One more than there is.
  CHECK_EQ(ErrorOf(bad), ParseError::kTruncated);
  auto v6 = wire::BuildUdp({.source = Ip("fd00::1"), .destination = Ip("fd00::2")});
  v6[14] = 0x45;
  CHECK_EQ(ErrorOf(v6), ParseError::kBadIpHeader);
  v6[14] = 0x60;
  v6[19] = 9;
  CHECK_EQ(ErrorOf(v6), ParseError::kTruncated);
}

TEST("a wrong IPv4 header checksum is refused, with and without options") {
  const auto plain = wire::BuildUdp({.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2")});
  auto with_options = plain;
  with_options.insert(with_options.begin() + 34, {1, 1, 1, 0});
  with_options[14] = 0x46;
  with_options[17] = static_cast<std::uint8_t>(with_options[17] + 4);
  HeapFrame filled(with_options);
  wire::Frame frame = filled.frame();
  CHECK(wire::FillChecksums(&frame));
  for (const auto bytes : {std::span<const std::uint8_t>(plain), filled.bytes()}) {
    CHECK_EQ(ParseOf(bytes).error, ParseError::kNone);
    for (std::size_t at = 18; at < 34; ++at) {
      std::vector<std::uint8_t> bad(bytes.begin(), bytes.end());
      bad[at] ^= 0x40;
      CHECK_EQ(ParseOf(bad).error, ParseError::kBadChecksum);
    }
  }
  CHECK(ParseOf(filled.bytes()).has_options);
  CHECK_EQ(ParseOf(filled.bytes()).l4_offset, 38);
}

TEST("a source route in IPv4 options is refused, other well-formed options are not") {
  const auto with = [](const std::vector<std::uint8_t>& options) {
    auto bytes = wire::BuildUdp({.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2")});
    bytes.insert(bytes.begin() + 34, options.begin(), options.end());
    bytes[14] = static_cast<std::uint8_t>(0x45 + options.size() / 4);
    bytes[17] = static_cast<std::uint8_t>(bytes[17] + options.size());
    return ErrorOf(bytes);
  };
  CHECK_EQ(with(FromHex("94040000")), ParseError::kNone);  // Router alert.
  CHECK_EQ(with(FromHex("01010101")), ParseError::kNone);
  CHECK_EQ(with(FromHex("00ffffff")), ParseError::kNone);                 // Nothing counts behind the end.
  CHECK_EQ(with(FromHex("8307040a00000300")), ParseError::kBadIpHeader);  // Loose source route.
  CHECK_EQ(with(FromHex("018907040a000003")), ParseError::kBadIpHeader);  // Strict, behind a no-operation.
  CHECK_EQ(with(FromHex("94010000")), ParseError::kBadIpHeader);          // Length below two.
  CHECK_EQ(with(FromHex("94050000")), ParseError::kBadIpHeader);          // Past the end.
  CHECK_EQ(with(FromHex("01010194")), ParseError::kBadIpHeader);          // No room for a length.
}

TEST("impossible L4 headers are refused") {
  auto tcp = wire::BuildTcp({.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2")});
  tcp[46] = 0x40;
  CHECK_EQ(ParseOf(tcp).error, ParseError::kBadL4Header);
  tcp[46] = 0x60;  // 24 bytes where 20 are.
  CHECK_EQ(ParseOf(tcp).error, ParseError::kBadL4Header);
  auto udp = wire::BuildUdp({.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2")});
  udp[39] = 7;
  CHECK_EQ(ParseOf(udp).error, ParseError::kBadL4Header);
  udp[39] = 9;
  CHECK_EQ(ParseOf(udp).error, ParseError::kBadL4Header);
}

TEST("extension headers are passed over to the upper layer") {
  const auto options = FromHex("0000 010400000000");  // Next header to be set; eight bytes, padded.
  const auto chain = [&](std::uint8_t next) {
    auto o = options;
    o[0] = next;
    return o;
  };
  const auto routed = FromHex("2c00 0400 00000000");  // Routing, no segments left; then a fragment header.
  const auto atomic = FromHex("3c00 0000 deadbeef");  // Fragment header of a whole packet; then options.
  const auto parsed = ParseOf(Ipv6With(0, Concat({chain(43), routed, atomic, chain(17), kUdpHeader})));
  CHECK_EQ(parsed.error, ParseError::kNone);
  CHECK_EQ(parsed.protocol, wire::kProtoUdp);
  CHECK(parsed.has_options);
  CHECK(!parsed.is_fragment);
  CHECK_EQ(parsed.fragment_id, 0xdeadbeefu);
  CHECK_EQ(parsed.l4_offset, 14 + 40 + 32);
  CHECK_EQ(parsed.source_port, 8080);
}

TEST("eight extension headers are accepted and nine are not") {
  const auto options = FromHex("3c00 010400000000");
  auto last = options;
  last[0] = 17;
  std::vector<std::uint8_t> headers;
  for (int i = 0; i < 7; ++i) headers.insert(headers.end(), options.begin(), options.end());
  CHECK_EQ(ParseOf(Ipv6With(60, Concat({headers, last, kUdpHeader}))).error, ParseError::kNone);
  headers.insert(headers.end(), options.begin(), options.end());
  CHECK_EQ(ParseOf(Ipv6With(60, Concat({headers, last, kUdpHeader}))).error, ParseError::kTooManyHeaders);
}

TEST("an extension chain cut short at any byte is refused") {
  const auto whole = Ipv6With(0, Concat({FromHex("2c00 010400000000"), FromHex("3c00 0000 00000001"),
                                         FromHex("1101 010c 000000000000000000000000"), kUdpHeader}));
  CHECK_EQ(ParseOf(whole).error, ParseError::kNone);
  const std::size_t behind = whole.size() - 54;
  for (std::size_t keep = 0; keep < behind; ++keep) {
    auto bytes = std::vector<std::uint8_t>(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(54 + keep));
    CHECK_EQ(ParseOf(bytes).error, ParseError::kTruncated);  // Payload length past the frame.
    wire::Store16(bytes.data() + 18, static_cast<std::uint16_t>(keep));
    CHECK_EQ(ParseOf(bytes).error, ParseError::kTruncated);  // A header past the payload length.
  }
}

TEST("a source-routed packet, a late hop-by-hop header and two fragment headers are refused") {
  const auto routed = FromHex("1100 0401 00000000");  // One segment left.
  CHECK_EQ(ParseOf(Ipv6With(43, Concat({routed, kUdpHeader}))).error, ParseError::kBadIpHeader);
  const auto options = FromHex("0000 010400000000");
  auto hop = options;
  hop[0] = 17;
  CHECK_EQ(ParseOf(Ipv6With(60, Concat({options, hop, kUdpHeader}))).error, ParseError::kBadIpHeader);
  const auto fragment = FromHex("2c00 0000 00000001");
  auto last = fragment;
  last[0] = 17;
  CHECK_EQ(ParseOf(Ipv6With(44, Concat({fragment, last, kUdpHeader}))).error, ParseError::kBadIpHeader);
}

TEST("fragments show whether they carry the L4 header, in either family") {
  // A first fragment: ports are there although the UDP length reaches further.
  auto datagram = kUdpHeader;
  datagram[5] = 100;
  auto first = wire::BuildIp(
      {.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2"), .identification = 77, .payload = datagram}, 250);
  first[23] = 17;
  first[20] = 0x20;
  HeapFrame filled(first);
  wire::Frame frame = filled.frame();
  CHECK(wire::FillChecksums(&frame));
  auto parsed = ParseOf(filled.bytes());
  CHECK_EQ(parsed.error, ParseError::kNone);
  CHECK(parsed.is_fragment);
  CHECK(!parsed.is_later_fragment);
  CHECK_EQ(parsed.fragment_id, 77u);
  CHECK_EQ(parsed.destination_port, 53);
  filled.data()[20] = 0x00;
  filled.data()[21] = 0x01;
  CHECK(wire::FillChecksums(&frame));
  parsed = ParseOf(filled.bytes());
  CHECK_EQ(parsed.error, ParseError::kNone);
  CHECK(parsed.is_later_fragment);
  CHECK_EQ(parsed.l4_offset, 0);
  CHECK_EQ(parsed.payload_offset, 34);
  CHECK_EQ(parsed.destination_port, 0);

  parsed = ParseOf(Ipv6With(44, Concat({FromHex("1100 0001 00000042"), datagram})));
  CHECK_EQ(parsed.error, ParseError::kNone);
  CHECK(parsed.is_fragment && !parsed.is_later_fragment);
  CHECK_EQ(parsed.fragment_id, 0x42u);
  CHECK_EQ(parsed.destination_port, 53);
  // A later one: what follows is payload, even where the number names an extension header.
  parsed = ParseOf(Ipv6With(44, Concat({FromHex("3c00 0008 00000042"), FromHex("ff")})));
  CHECK_EQ(parsed.error, ParseError::kNone);
  CHECK(parsed.is_later_fragment);
  CHECK_EQ(parsed.protocol, 60);
  CHECK_EQ(parsed.l4_offset, 0);
}

TEST("a first fragment without the whole L4 header, and one that would overwrite it, are refused") {
  for (const std::uint8_t protocol : {wire::kProtoTcp, wire::kProtoUdp, wire::kProtoIcmp}) {
    const std::size_t needed = protocol == wire::kProtoTcp ? 20 : 8;
    for (std::size_t have = 0; have < needed; ++have) {
      std::vector<std::uint8_t> payload(have);
      auto bytes = wire::BuildIp({.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2"), .payload = payload}, 250);
      bytes[23] = protocol;
      bytes[20] = 0x20;
      CHECK_EQ(ErrorOf(bytes), ParseError::kBadL4Header);
    }
  }
  // TCP at offsets 8 and 16 lies over the header's flags (RFC 3128); 24 does not.
  for (const auto& [units, expected] : {std::pair<std::uint8_t, ParseError>{1, ParseError::kBadL4Header},
                                        {2, ParseError::kBadL4Header},
                                        {3, ParseError::kNone}}) {
    std::vector<std::uint8_t> payload(16);
    auto bytes = wire::BuildIp({.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2"), .payload = payload}, 250);
    bytes[23] = wire::kProtoTcp;
    bytes[21] = units;
    CHECK_EQ(ErrorOf(bytes), expected);
    CHECK_EQ(
        ParseOf(Ipv6With(44, Concat({{6, 0, 0, static_cast<std::uint8_t>(units << 3), 0, 0, 0, 1}, payload}))).error,
        expected);
  }
  // Reaching past 65535 bytes when put together.
  std::vector<std::uint8_t> payload(16);
  auto bytes = wire::BuildIp({.source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2"), .payload = payload}, 17);
  bytes[20] = 0x1f;
  bytes[21] = 0xff;
  CHECK_EQ(ErrorOf(bytes), ParseError::kBadIpHeader);
}

TEST("a segment to be cut up later may say that its length is the rest of the frame") {
  wire::Offload gso;
  gso.gso_type = wire::Offload::kGsoTcpV4;
  std::vector<std::uint8_t> payload(3000, 7);
  for (const bool v4 : {true, false}) {
    auto bytes = wire::BuildTcp({.source = Ip(v4 ? "10.0.0.1" : "fd00::1"),
                                 .destination = Ip(v4 ? "10.0.0.2" : "fd00::2"),
                                 .payload = payload});
    const auto whole = ParseOf(bytes, gso);
    CHECK_EQ(whole.error, ParseError::kNone);
    wire::Store16(bytes.data() + (v4 ? 16 : 18), 0);
    if (v4) {
      HeapFrame filled(bytes);
      wire::Frame frame{filled.data(), static_cast<std::uint32_t>(bytes.size()), gso};
      CHECK(wire::FillChecksums(&frame));
      bytes.assign(filled.bytes().begin(), filled.bytes().end());
    }
    const auto parsed = ParseOf(bytes, gso);
    CHECK_EQ(parsed.error, ParseError::kNone);
    CHECK_EQ(parsed.ip_length, whole.ip_length);
    CHECK(ParseOf(bytes).error != ParseError::kNone);  // Without GSO a length of zero is wrong.
  }
}

// True when ParseFast and Parse tell the same about the frame, or ParseFast leaves it.
bool Agree(std::span<const std::uint8_t> bytes, bool* accepted) {
  HeapFrame exact(bytes);
  wire::FastView view;
  *accepted = wire::ParseFast(exact.frame(), &view);
  if (!*accepted) return true;
  const auto parsed = ParseOf(bytes);
  return parsed.error == ParseError::kNone && !parsed.tagged && !parsed.has_options && !parsed.is_fragment &&
         (view.family == 4) == (parsed.kind == EtherKind::kIpv4) && parsed.IsIp() && view.protocol == parsed.protocol &&
         view.ttl == parsed.ttl && view.l4_offset == parsed.l4_offset && parsed.l3_offset == wire::kFastL3Offset &&
         view.source_port == parsed.source_port && view.destination_port == parsed.destination_port &&
         view.tcp_flags == parsed.tcp_flags;
}

TEST("the fast parse tells what the full parse tells, on any bytes") {
  Random random(22);
  int accepted = 0, left = 0;
  for (int i = 0; i < 60000; ++i) {
    const auto kind = random.OneIn(2)   ? PacketKind::kTcp
                      : random.OneIn(4) ? PacketKind::kEchoRequest
                                        : PacketKind::kUdp;
    auto bytes = native_test::RandomPacket(random, random.OneIn(2), kind);
    for (std::uint32_t change = random.Below(3); change > 0; --change) {
      // Mostly header bytes.
      const auto limit = static_cast<std::uint32_t>(bytes.size());
      bytes[random.Below(random.OneIn(3) ? limit : std::min(limit, 60u))] = static_cast<std::uint8_t>(random.Next());
    }
    if (random.OneIn(4)) bytes.resize(random.Below(static_cast<std::uint32_t>(bytes.size() + 8)));
    if (random.OneIn(2)) {
      HeapFrame filled(bytes);
      wire::Frame frame = filled.frame();
      wire::FillChecksums(&frame);
      bytes.assign(filled.bytes().begin(), filled.bytes().end());
    }
    bool fast = false;
    CHECK(Agree(bytes, &fast));
    ++(fast ? accepted : left);
  }
  CHECK(accepted > 10000);
  CHECK(left > 10000);
}

TEST("the fast parse accepts ordinary TCP and UDP in both families") {
  for (const bool v4 : {true, false}) {
    const wire::FrameFields fields{.source = Ip(v4 ? "10.0.0.1" : "fd00::1"),
                                   .destination = Ip(v4 ? "10.0.0.2" : "fd00::2"),
                                   .source_port = 1234,
                                   .destination_port = 80,
                                   .tcp_flags = wire::kTcpAck};
    for (const auto& bytes : {wire::BuildTcp(fields), wire::BuildUdp(fields)}) {
      bool accepted = false;
      CHECK(Agree(bytes, &accepted));
      CHECK(accepted);
    }
  }
}

}  // namespace
