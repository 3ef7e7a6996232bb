// Fragments: the first has the ports, the others follow it.
#include "native/engine_lab.h"
#include "wire/bytes.h"
#include "wire/checksum.h"

using namespace engine_test;

namespace {

// Cuts an IPv4 packet after `first_payload` bytes of IP payload (a multiple of 8).
std::pair<Bytes, Bytes> Cut(Bytes whole, std::uint16_t id, std::size_t first_payload) {
  const std::size_t headers = 14 + 20;
  const std::size_t total = wire::Load16(whole.data() + 16);
  Bytes first(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(headers + first_payload));
  Bytes second(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(headers));
  second.insert(second.end(), whole.begin() + static_cast<std::ptrdiff_t>(headers + first_payload),
                whole.begin() + static_cast<std::ptrdiff_t>(14 + total));
  for (Bytes* part : {&first, &second}) {
    wire::Store16(part->data() + 16, static_cast<std::uint16_t>(part->size() - 14));
    wire::Store16(part->data() + 18, id);
    wire::Store16(part->data() + 20, part == &first ? 0x2000 : static_cast<std::uint16_t>(first_payload / 8));
    wire::Store16(part->data() + 24, 0);
    const std::uint32_t sum = wire::ChecksumAdd({part->data() + 14, 20});
    wire::Store16(part->data() + 24, static_cast<std::uint16_t>(~wire::ChecksumFold(sum)));
  }
  return {first, second};
}

struct Pods {
  Lab lab;
  vfp::PortIndex a = lab.Pod("a", {"10.1.0.4"});
  vfp::PortIndex b = lab.Pod("b", {"10.1.0.5"});
  base::MacAddress mac = Mac("00-15-5D-11-00-00");
  std::pair<Bytes, Bytes> parts = Cut(Packet("udp 10.1.0.4:1000 > 10.96.0.10:53", mac, lab.gateway_mac), 77, 16);

  Pods() { lab.Policy(a, {LoadBalancer("10.96.0.10", "53", Balance({"10.1.0.5:5353"}))}); }
};

}  // namespace

TEST("later fragments follow their first through every translation") {
  Pods p;

  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.first), "b udp 10.1.0.4:1000 > 10.1.0.5:5353");
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.second), "b fragment 10.1.0.4 > 10.1.0.5");
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.second), "b fragment 10.1.0.4 > 10.1.0.5");
  CHECK_EQ(p.lab.Flows(p.a).size(), 1u);
}

TEST("put together again, the fragments have the right checksum") {
  Pods p;
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.first), "b udp 10.1.0.4:1000 > 10.1.0.5:5353");
  Bytes whole = p.lab.delivered[0].second;
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.second), "b fragment 10.1.0.4 > 10.1.0.5");
  const Bytes& rest = p.lab.delivered[0].second;
  whole.insert(whole.end(), rest.begin() + 34, rest.end());
  wire::Store16(whole.data() + 16, static_cast<std::uint16_t>(whole.size() - 14));
  wire::Store16(whole.data() + 20, 0);
  wire::Store16(whole.data() + 24, 0);
  wire::Store16(whole.data() + 24,
                static_cast<std::uint16_t>(~wire::ChecksumFold(wire::ChecksumAdd({whole.data() + 14, 20}))));

  CHECK(
      wire::ChecksumsValid({.data = whole.data(), .length = static_cast<std::uint32_t>(whole.size()), .offload = {}}));
}

TEST("a later fragment whose first was not seen, or too long ago, is dropped") {
  Pods p;
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.second), "drop fragment");
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.first), "b udp 10.1.0.4:1000 > 10.1.0.5:5353");
  p.lab.Wait(std::chrono::seconds(15));
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.second), "drop fragment");
}

TEST("later fragments obey the rules about their first one's ports") {
  Pods p;
  p.lab.Policy(p.b, {Acl({MakeRule("dns", 1, vfp::Allow{}, From("", "5353", 17))}, {})});
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.first), "b udp 10.1.0.4:1000 > 10.1.0.5:5353");
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.second), "b fragment 10.1.0.4 > 10.1.0.5");

  p.lab.Policy(p.b, {Acl({MakeRule("dns", 1, vfp::Allow{}, From("", "53", 17))}, {})});
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.second), "drop connection-blocked");
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.first), "drop connection-blocked");
}

TEST("fragments of other datagrams make room, at most a bounded number is remembered") {
  Pods p;
  p.lab.explains = false;
  const Bytes whole = Packet("udp 10.1.0.4:1000 > 10.96.0.10:53", p.mac, p.lab.gateway_mac);
  for (std::uint16_t id = 1; id <= 5000; ++id) p.lab.SendFrame(p.a, Cut(whole, id, 16).first);

  CHECK_EQ(p.lab.OneFrame(p.a, Cut(whole, 1, 16).second), "drop fragment");
  CHECK_EQ(p.lab.OneFrame(p.a, Cut(whole, 5000, 16).second), "b fragment 10.1.0.4 > 10.1.0.5");
}

TEST("a later fragment that would write over the first is invalid") {
  Pods p;
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.first), "b udp 10.1.0.4:1000 > 10.1.0.5:5353");
  Bytes overlapping = p.parts.second;
  wire::Store16(overlapping.data() + 20, 1);  // At byte 8: the first has sixteen.
  wire::Store16(overlapping.data() + 24, 0);
  wire::Store16(overlapping.data() + 24,
                static_cast<std::uint16_t>(~wire::ChecksumFold(wire::ChecksumAdd({overlapping.data() + 14, 20}))));

  CHECK_EQ(p.lab.OneFrame(p.a, overlapping), "drop invalid-packet");
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.second), "b fragment 10.1.0.4 > 10.1.0.5");
}

TEST("a first fragment too small for its header is invalid, and its rest is nobody's") {
  Pods p;
  const auto tiny = Cut(Packet("tcp 10.1.0.4:1000 > 10.1.0.5:80 S", p.mac, p.lab.gateway_mac), 78, 8);

  CHECK_EQ(p.lab.OneFrame(p.a, tiny.first), "drop invalid-packet");
  CHECK_EQ(p.lab.OneFrame(p.a, tiny.second), "drop invalid-packet");  // It holds the rest of the header.
}

TEST("the same fragment a million times is one connection and one record") {
  Pods p;
  p.lab.explains = false;
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.first), "b udp 10.1.0.4:1000 > 10.1.0.5:5353");
  constexpr std::size_t kAtOnce = 1000;
  std::vector<Bytes> copies(kAtOnce, p.parts.first);
  std::vector<wire::Frame> frames(kAtOnce);
  for (int round = 0; round < 1000; ++round) {
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      copies[i] = p.parts.first;
      frames[i] = {.data = copies[i].data(), .length = static_cast<std::uint32_t>(copies[i].size()), .offload = {}};
    }
    p.lab.delivered.clear();
    p.lab.engine.OnFrames(p.a, frames);
    CHECK_EQ(p.lab.delivered.size(), kAtOnce);
  }

  CHECK_EQ(p.lab.Flows(p.a).size(), 1u);
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.second), "b fragment 10.1.0.4 > 10.1.0.5");
}

TEST("a port that sends fragments by the thousand loses its own records, not another's") {
  Pods p;
  p.lab.explains = false;
  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.first), "b udp 10.1.0.4:1000 > 10.1.0.5:5353");
  const Bytes whole = Packet("udp 10.1.0.5:1000 > 10.1.0.4:53", Mac("00-15-5D-11-00-01"), p.mac);
  for (std::uint16_t id = 1; id <= 5000; ++id) p.lab.SendFrame(p.b, Cut(whole, id, 16).first);

  CHECK_EQ(p.lab.OneFrame(p.a, p.parts.second), "b fragment 10.1.0.4 > 10.1.0.5");
}

TEST("IPv6 fragments follow their first, and may not write over it") {
  Lab lab;
  const auto a = lab.Pod("a", {"fd00::4"});
  lab.Pod("b", {"fd00::5"});
  lab.Policy(a, {Layer("LB_DSR", 200,
                       {Group(kOut, {MakeRule("lb", 1, Balance({"[fd00::5]:5353"}), To("fd00:96::a/128", "53"))},
                              base::IpFamily::kIpv6)})});
  const Bytes whole = Packet("udp [fd00::4]:1000 > [fd00:96::a]:53", Mac("00-15-5D-11-00-00"), lab.gateway_mac);
  // `offset` and how many bytes of the UDP datagram, behind a fragment header.
  const auto part = [&](std::uint16_t offset, std::size_t bytes, bool more) {
    const auto udp = whole.begin() + 54;
    Bytes frame(whole.begin(), udp);
    const Bytes header = {
        17, 0, static_cast<std::uint8_t>(offset >> 8), static_cast<std::uint8_t>(offset | (more ? 1 : 0)), 0, 0, 0, 99};
    frame.insert(frame.end(), header.begin(), header.end());
    frame.insert(frame.end(), udp + offset, udp + offset + static_cast<std::ptrdiff_t>(bytes));
    frame[20] = 44;
    wire::Store16(frame.data() + 18, static_cast<std::uint16_t>(8 + bytes));
    return frame;
  };

  CHECK_EQ(lab.OneFrame(a, part(16, 8, false)), "drop fragment");
  CHECK_EQ(lab.OneFrame(a, part(0, 16, true)), "b udp [fd00::4]:1000 > [fd00::5]:5353");
  CHECK_EQ(lab.OneFrame(a, part(16, 8, false)), "b fragment fd00::4 > fd00::5");
  CHECK_EQ(lab.OneFrame(a, part(8, 8, false)), "drop invalid-packet");
}
