// ARP and Neighbor Discovery: the switch answers, and translates what leaves.
#include "native/engine_lab.h"
#include "wire/ndp.h"

using namespace engine_test;

namespace {

const auto kPodMac = Mac("00-15-5D-11-00-00");

Bytes Arp(std::uint16_t operation, std::string_view sender, std::string_view target, const base::MacAddress& mac,
          const base::MacAddress& destination = base::MacAddress::Broadcast()) {
  wire::FrameFields fields{.source_mac = mac,
                           .destination_mac = destination,
                           .vlan = {},
                           .source = Ip(sender),
                           .destination = Ip(target),
                           .payload = {}};
  return wire::BuildArp(fields, operation, mac, {});
}

Bytes Solicitation(std::string_view source, std::string_view target, const base::MacAddress& mac, bool probe = false) {
  wire::FrameFields fields{.source_mac = mac, .source = Ip(source), .destination = {}, .payload = {}};
  return wire::BuildNeighborSolicitation(fields, Ip(target), probe ? std::nullopt : std::optional(mac));
}

base::MacAddress AdvertisedMac(Bytes frame) {
  wire::Frame view{.data = frame.data(), .length = static_cast<std::uint32_t>(frame.size()), .offload = {}};
  wire::ParsedFrame parsed;
  wire::Parse(view, &parsed);
  const auto nd = wire::NdView::Parse(view, parsed);
  return nd ? nd->sender_link_layer_address().value_or(base::MacAddress{}) : base::MacAddress{};
}

}  // namespace

TEST("a pod that asks for another pod is told that pod's MAC") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});

  CHECK_EQ(lab.OneFrame(a, Arp(1, "10.1.0.4", "10.1.0.5", kPodMac)), "a arp is-at 10.1.0.5 00-15-5D-11-00-01");
  CHECK_EQ(lab.engine.Port(a).value().outbound.answered, 1u);
}

TEST("without an uplink the switch answers for the gateway, with one for nobody outside") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  CHECK_EQ(lab.OneFrame(a, Arp(1, "10.1.0.4", "10.1.0.1", kPodMac)), "a arp is-at 10.1.0.1 00-15-5D-00-00-01");
  CHECK_EQ(lab.OneFrame(a, Arp(1, "10.1.0.4", "10.1.0.9", kPodMac)), "drop no-destination");

  lab.Uplink();

  CHECK_EQ(lab.OneFrame(a, Arp(1, "10.1.0.4", "10.1.0.1", kPodMac)), "uplink arp who-has 10.1.0.1 00-15-5D-00-00-FE");
}

TEST("a pod that asks for a remote endpoint is told the remote's MAC") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Uplink();
  lab.Remote("10.1.0.99", "00-15-5D-99-00-01");

  CHECK_EQ(lab.OneFrame(a, Arp(1, "10.1.0.4", "10.1.0.99", kPodMac)), "a arp is-at 10.1.0.99 00-15-5D-99-00-01");
}

TEST("nobody answers a pod that announces its own address or probes for it") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  CHECK_EQ(lab.OneFrame(a, Arp(1, "10.1.0.4", "10.1.0.4", kPodMac)), "drop no-destination");
  CHECK_EQ(lab.OneFrame(a, Arp(1, "0.0.0.0", "10.1.0.4", kPodMac)), "drop no-destination");
  CHECK_EQ(lab.OneFrame(a, Arp(1, "0.0.0.0", "10.1.0.5", kPodMac)), "a arp is-at 10.1.0.5 00-15-5D-11-00-01");

  lab.Uplink();

  CHECK_EQ(lab.OneFrame(a, Arp(1, "10.1.0.4", "10.1.0.4", kPodMac)), "uplink arp who-has 10.1.0.4 00-15-5D-00-00-FE");
}

TEST("outside, every pod has the host's MAC") {
  Lab lab;
  lab.Pod("a", {"10.1.0.4"});
  const auto uplink = lab.Uplink();

  CHECK_EQ(lab.OneFrame(uplink, Arp(1, "10.1.0.200", "10.1.0.4", lab.outside_mac)),
           "uplink arp is-at 10.1.0.4 00-15-5D-00-00-FE");
  CHECK_EQ(lab.OneFrame(uplink, Arp(1, "0.0.0.0", "10.1.0.4", lab.outside_mac)),
           "uplink arp is-at 10.1.0.4 00-15-5D-00-00-FE");
  CHECK_EQ(lab.OneFrame(uplink, Arp(1, "10.1.0.200", "10.1.0.77", lab.outside_mac)), "drop no-destination");
}

TEST("an answer from outside reaches the pod that asked, under the pod's MAC in header and body") {
  Lab lab;
  lab.Pod("a", {"10.1.0.4"});
  const auto uplink = lab.Uplink();

  CHECK_EQ(lab.OneFrame(uplink, Arp(2, "10.1.0.200", "10.1.0.4", lab.outside_mac, lab.host_mac)),
           "a arp is-at 10.1.0.200 52-54-00-AA-BB-CC");

  const Bytes& got = lab.delivered[0].second;
  CHECK_EQ(wire::LoadMac(got.data()), kPodMac);
  CHECK_EQ(wire::LoadMac(got.data() + 14 + 18), kPodMac);
}

TEST("an announcement from outside reaches all pods") {
  Lab lab;
  lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  const auto uplink = lab.Uplink();

  CHECK_EQ(lab.SendFrame(uplink, Arp(1, "10.1.0.200", "10.1.0.200", lab.outside_mac)).size(), 2u);
  CHECK_EQ(lab.SendFrame(uplink, Arp(2, "10.1.0.200", "10.1.0.200", lab.outside_mac)).size(), 2u);
}

TEST("a pod that solicits another pod is told that pod's MAC") {
  Lab lab;
  const auto a = lab.Pod("a", {"fd00::4"});
  lab.Pod("b", {"fd00::5"});

  CHECK_EQ(lab.OneFrame(a, Solicitation("fd00::4", "fd00::5", kPodMac)), "a icmp fd00::5 > fd00::4 type 136");
  CHECK_EQ(AdvertisedMac(lab.delivered[0].second), Mac("00-15-5D-11-00-01"));
  CHECK_EQ(lab.OneFrame(a, Solicitation("fd00::4", "fd00::1", kPodMac)), "a icmp fd00::1 > fd00::4 type 136");
  CHECK_EQ(AdvertisedMac(lab.delivered[0].second), lab.gateway_mac);
}

TEST("a solicitation that leaves carries the host's MAC in its body") {
  Lab lab;
  const auto a = lab.Pod("a", {"fd00::4"});
  lab.Uplink();

  CHECK_EQ(lab.OneFrame(a, Solicitation("fd00::4", "fd00::77", kPodMac)),
           "uplink icmp fd00::4 > ff02::1:ff00:77 type 135");
  CHECK_EQ(AdvertisedMac(lab.delivered[0].second), lab.host_mac);
  CHECK_EQ(lab.OneFrame(a, Solicitation("::", "fd00::4", kPodMac, true)), "uplink icmp :: > ff02::1:ff00:4 type 135");
}

TEST("outside, every pod has the host's MAC in IPv6 too") {
  Lab lab;
  lab.Pod("a", {"fd00::4"});
  const auto uplink = lab.Uplink();

  CHECK_EQ(lab.OneFrame(uplink, Solicitation("fd00::200", "fd00::4", lab.outside_mac)),
           "uplink icmp fd00::4 > fd00::200 type 136");
  CHECK_EQ(AdvertisedMac(lab.delivered[0].second), lab.host_mac);
}

TEST("an advertisement from outside reaches the pod that asked") {
  Lab lab;
  lab.Pod("a", {"fd00::4"});
  const auto uplink = lab.Uplink();
  wire::ParsedFrame asked;
  Bytes question = Solicitation("fd00::4", "fd00::200", lab.host_mac);
  wire::Frame view{.data = question.data(), .length = static_cast<std::uint32_t>(question.size()), .offload = {}};
  wire::Parse(view, &asked);
  Bytes answer(wire::kNeighborAdvertisementBytes);
  wire::WriteNeighborAdvertisement(asked, *wire::NdView::Parse(view, asked), lab.outside_mac, false, answer);

  CHECK_EQ(lab.OneFrame(uplink, answer), "a icmp fd00::200 > fd00::4 type 136");
  CHECK_EQ(wire::LoadMac(lab.delivered[0].second.data()), kPodMac);
  CHECK_EQ(AdvertisedMac(lab.delivered[0].second), lab.outside_mac);
}

TEST("neighbor messages do not pass the ports' layers") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4", "fd00::4"});
  lab.Pod("b", {"10.1.0.5", "fd00::5"});
  lab.Policy(a, {Acl({}, {})});

  CHECK_EQ(lab.OneFrame(a, Arp(1, "10.1.0.4", "10.1.0.5", kPodMac)), "a arp is-at 10.1.0.5 00-15-5D-11-00-01");
  CHECK_EQ(lab.OneFrame(a, Solicitation("fd00::4", "fd00::5", kPodMac)), "a icmp fd00::5 > fd00::4 type 136");
}

TEST("a neighbor message that came from further than the link is garbage") {
  Lab lab;
  const auto a = lab.Pod("a", {"fd00::4"});
  lab.Pod("b", {"fd00::5"});
  Bytes frame = Solicitation("fd00::4", "fd00::5", kPodMac);
  frame[21] = 64;  // Hop limit.

  CHECK_EQ(lab.OneFrame(a, frame), "drop invalid-packet");
}
