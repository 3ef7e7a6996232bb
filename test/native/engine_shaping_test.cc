// Limits on a port's bandwidth: what leaves when, what waits, in which order,
// and what is dropped.
#include <algorithm>
#include <cstdlib>
#include <map>

#include "native/engine_lab.h"
#include "native/wire_support.h"

using namespace engine_test;
using std::chrono::milliseconds;

namespace {

constexpr std::uint64_t kRate = 1'000'000;  // Bytes per second.
constexpr std::uint64_t kBurst = 65'536;    // Of that rate: 50 ms of it are less.
constexpr std::uint32_t kFrame = 1000;

std::string Flow(int port) { return "udp 10.1.0.4:" + std::to_string(port) + " > 10.1.0.5:9"; }

struct Shaped {
  Lab lab;
  vfp::PortIndex a = lab.Pod("a", {"10.1.0.4"});
  vfp::PortIndex b = lab.Pod("b", {"10.1.0.5"});

  explicit Shaped(std::uint64_t outbound = kRate, std::uint64_t inbound = 0, vfp::EngineOptions options = {})
      : lab(options) {
    lab.explains = false;
    Limit(a, outbound, inbound);
  }
  void Limit(vfp::PortIndex port, std::uint64_t outbound, std::uint64_t inbound = 0) {
    vfp::ChangeSet change;
    vfp::PortShaping shaping;
    if (outbound != 0) shaping.outbound = vfp::RateLimit{outbound};
    if (inbound != 0) shaping.inbound = vfp::RateLimit{inbound};
    change.set_shaping.push_back({port, shaping});
    lab.delivered.clear();
    CHECK(lab.Commit(std::move(change)).ok());
  }
  // A UDP packet of the flow, as many bytes as asked, with a number inside.
  Bytes Frame(int port, std::uint32_t bytes = kFrame, std::uint32_t number = 0) {
    Bytes payload(bytes - 42);
    wire::Store32(payload.data(), number);
    wire::FrameFields fields{.source_mac = Mac("00-15-5D-11-00-00"),
                             .destination_mac = Mac("00-15-5D-11-00-01"),
                             .source = Ip("10.1.0.4"),
                             .destination = Ip("10.1.0.5"),
                             .source_port = static_cast<std::uint16_t>(port),
                             .destination_port = 9};
    fields.payload = payload;
    return wire::BuildUdp(fields);
  }
  // How many frames left at once.
  std::size_t Send(int port, std::size_t frames) {
    std::size_t left = 0;
    for (std::size_t i = 0; i < frames; ++i) left += SendFrame(Frame(port));
    return left;
  }
  std::size_t SendFrame(Bytes frame) {
    lab.SendFrame(a, std::move(frame));
    return lab.delivered.size();
  }
  // How many leave by themselves after that time.
  std::size_t After(milliseconds time) {
    lab.Wait(time);
    lab.delivered.clear();
    lab.engine.Poll();
    return lab.delivered.size();
  }
  vfp::PortInfo Info(vfp::PortIndex port) const { return lab.engine.Port(port).value(); }
  vfp::DirectionCounters Out() const { return Info(a).outbound; }
  std::uint64_t RateDrops() const { return Out().drops[static_cast<std::size_t>(vfp::DropReason::kRateLimit)]; }
};

std::uint16_t SourcePort(const Bytes& frame) { return wire::Load16(frame.data() + 34); }
std::uint32_t Number(const Bytes& frame) { return wire::Load32(frame.data() + 42); }

void NeverMore(std::uint64_t seed) {
  native_test::Random random(seed);
  const auto pick = [&](std::uint64_t from, std::uint64_t to) { return from + random.Next() % (to - from + 1); };
  const std::uint64_t rate = pick(1, 3) == 1 ? pick(1, 100'000) : pick(100'000, 20'000'000'000);
  Shaped s(rate);
  const vfp::RateLimit limit{rate};
  struct Departure {
    std::int64_t at;
    std::uint64_t bytes;
  };
  std::vector<Departure> left;
  const auto collect = [&] {
    std::uint64_t bytes = 0;
    for (const auto& [to, frame] : s.lab.delivered) bytes += frame.size();
    s.lab.delivered.clear();
    if (bytes != 0) left.push_back({s.lab.clock.Now().count(), bytes});
  };
  for (int i = 0; i < 150; ++i) {
    switch (pick(0, 2)) {
      case 0:
        s.lab.clock.Advance(std::chrono::nanoseconds(pick(0, 3'000'000'000 / (pick(1, 1000) * pick(1, 1000)))));
        break;
      case 1: s.lab.engine.Poll(); break;
      default:
        for (std::uint64_t n = pick(1, 30); n != 0; --n) {
          Bytes bytes = s.Frame(static_cast<int>(pick(1, 5)), static_cast<std::uint32_t>(pick(60, 1500)));
          wire::Frame frame{.data = bytes.data(), .length = static_cast<std::uint32_t>(bytes.size()), .offload = {}};
          s.lab.engine.OnFrames(s.a, {&frame, 1});
        }
    }
    collect();
    CHECK(s.Info(s.a).outbound_waiting_bytes <= limit.backlog());
  }
  for (std::size_t from = 0; from < left.size(); ++from) {
    long double bytes = 0;
    for (std::size_t to = from; to < left.size(); ++to) {
      bytes += static_cast<long double>(left[to].bytes);
      const long double may = static_cast<long double>(limit.burst()) +
                              static_cast<long double>(rate) * (left[to].at - left[from].at) / 1e9L;
      CHECK(bytes <= may);
    }
  }
  const vfp::DirectionCounters out = s.Out();
  CHECK_EQ(out.packets, out.forwarded + out.dropped + out.waiting);
  s.Limit(s.a, 0);
  CHECK_EQ(s.Out().waiting, 0u);
  CHECK_EQ(s.Out().packets, s.Out().forwarded + s.Out().dropped);
}

}  // namespace

TEST("a silence lets a burst through at once, and no more than the bucket holds") {
  Shaped s;
  CHECK_EQ(s.Send(1, 200), kBurst / kFrame);
  CHECK_EQ(s.Out().forwarded, kBurst / kFrame);

  // As much as that is waiting too; a long silence lets it go, and fills the bucket no further.
  CHECK_EQ(s.Out().waiting, kBurst / kFrame);
  CHECK_EQ(s.Out().delayed, kBurst / kFrame);
  CHECK_EQ(s.RateDrops(), 200 - 2 * (kBurst / kFrame));
  CHECK_EQ(s.After(milliseconds(60'000)), kBurst / kFrame);
  CHECK_EQ(s.After(milliseconds(60'000)), 0u);
  CHECK_EQ(s.Send(1, 200), kBurst / kFrame);
}

TEST("over a second a sender that never rests gets its rate, within a frame") {
  Shaped s;
  s.Send(1, 200);
  std::size_t left = 0;
  for (int i = 0; i < 1000; ++i) {
    left += s.After(milliseconds(1));
    left += s.Send(1, 3);
  }
  const std::int64_t bytes = static_cast<std::int64_t>(left * kFrame);
  CHECK(std::abs(bytes - static_cast<std::int64_t>(kRate)) <= kFrame);
}

TEST("two flows share a limit evenly, though one sends five times as much") {
  Shaped s;
  s.Send(1, 200);
  s.After(milliseconds(1000));
  s.Send(1, 200);
  std::map<std::uint16_t, int> left;
  for (int i = 0; i < 2000; ++i) {
    s.lab.Wait(milliseconds(1));
    for (int n = 0; n < 5; ++n) {
      s.SendFrame(s.Frame(1));
      for (const auto& [to, frame] : s.lab.delivered) ++left[SourcePort(frame)];
    }
    s.SendFrame(s.Frame(2));
    for (const auto& [to, frame] : s.lab.delivered) ++left[SourcePort(frame)];
  }
  // 2000 frames of tokens in two seconds; what the greedy one had waiting before is shared too.
  CHECK_EQ(left[1] + left[2], 2000);
  CHECK(left[2] > 930);
}

TEST("who sends now and then does not wait for who fills the backlog") {
  Shaped s;
  s.Send(1, 200);
  CHECK_EQ(s.Send(2, 1), 0u);
  s.After(milliseconds(2));

  const auto mine = std::any_of(s.lab.delivered.begin(), s.lab.delivered.end(),
                                [](const auto& got) { return SourcePort(got.second) == 2; });
  CHECK(mine);
}

TEST("flows of small and of large frames get equal bytes") {
  Shaped s(kRate * 10);
  s.Send(1, 2000);
  s.After(milliseconds(1000));
  s.Send(1, 600);  // The bucket is empty, the backlog begins.
  std::map<std::uint16_t, std::uint64_t> left;
  for (int i = 0; i < 1000; ++i) {
    s.lab.Wait(milliseconds(1));
    const auto send = [&](int port, std::uint32_t bytes, int times) {
      for (int n = 0; n < times; ++n) {
        s.SendFrame(s.Frame(port, bytes));
        for (const auto& [to, frame] : s.lab.delivered) left[SourcePort(frame)] += frame.size();
      }
    };
    send(2, 100, 100);
    send(3, 1500, 7);
  }
  const double share = static_cast<double>(left[2]) / static_cast<double>(left[2] + left[3]);
  CHECK(share > 0.48 && share < 0.52);
}

TEST("frames of a flow leave in the order they came, waiting or not") {
  Shaped s;
  std::vector<std::uint32_t> seen;
  const auto collect = [&] {
    for (const auto& [to, frame] : s.lab.delivered) seen.push_back(Number(frame));
  };
  for (std::uint32_t number = 0; number < 100; ++number) {
    s.SendFrame(s.Frame(1, kFrame, number));
    collect();
    if (number % 10 == 0) {
      s.After(milliseconds(3));
      collect();
    }
  }
  s.After(milliseconds(10'000));
  collect();
  CHECK_EQ(seen.size(), 100u);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
}

TEST("Poll says when the next frame has its tokens, and that frame leaves then and not before") {
  Shaped s;
  s.Send(1, 66);
  const auto wait = s.lab.engine.Poll();
  CHECK(wait.has_value());
  // 65 frames of 1000 bytes have left 536 tokens; 464 more take 464 microseconds.
  CHECK(*wait == std::chrono::microseconds(464));
  s.lab.clock.Advance(*wait - std::chrono::nanoseconds(1));
  s.lab.delivered.clear();
  s.lab.engine.Poll();
  CHECK(s.lab.delivered.empty());
  s.lab.clock.Advance(std::chrono::nanoseconds(1));
  CHECK(!s.lab.engine.Poll().has_value());
  CHECK_EQ(s.lab.delivered.size(), 1u);
}

TEST("a limit that is raised lets what waits leave sooner, one that is lowered later, and both keep it") {
  Shaped s;
  s.Send(1, 100);
  CHECK_EQ(s.Out().waiting, 35u);
  s.Limit(s.a, kRate * 10);
  CHECK_EQ(s.After(milliseconds(2)), 20u);
  s.Limit(s.a, kRate / 10);
  CHECK_EQ(s.After(milliseconds(100)), 10u);
  CHECK_EQ(s.Out().waiting, 5u);
  CHECK_EQ(s.Out().dropped, 0u);
}

TEST("the same limit once more gives no new tokens") {
  Shaped s;
  s.Send(1, 66);
  s.Limit(s.a, kRate);
  CHECK_EQ(s.lab.delivered.size(), 0u);
  CHECK_EQ(s.Out().waiting, 1u);
}

TEST("a limit that goes lets go what waits, in its order") {
  Shaped s;
  for (std::uint32_t number = 0; number < 100; ++number) s.SendFrame(s.Frame(1, kFrame, number));
  s.Limit(s.a, 0);
  std::vector<std::uint32_t> seen;
  for (const auto& [to, frame] : s.lab.delivered) seen.push_back(Number(frame));
  CHECK_EQ(seen.size(), 35u);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK_EQ(seen.front(), 65u);
  CHECK_EQ(s.Out().waiting, 0u);
  CHECK_EQ(s.Send(1, 200), 200u);
  CHECK(!s.lab.engine.Poll().has_value());
}

TEST("what waits is gone with its port, and what waits for a port that goes is dropped as such") {
  Shaped s;
  s.Send(1, 100);
  CHECK(s.lab.engine.RemovePort(s.b).ok());
  CHECK_EQ(s.Out().waiting, 0u);
  CHECK_EQ(s.Out().drops[static_cast<std::size_t>(vfp::DropReason::kPortRemoved)], 35u);
  CHECK_EQ(s.Out().packets, s.Out().forwarded + s.Out().dropped);
  CHECK_EQ(s.After(milliseconds(1000)), 0u);

  Shaped t;
  t.Send(1, 100);
  CHECK(t.lab.engine.RemovePort(t.a).ok());
  CHECK_EQ(t.After(milliseconds(1000)), 0u);
  CHECK(!t.lab.engine.Poll().has_value());
}

TEST("an inbound limit holds whoever sends, and both ends' limits count") {
  Shaped s(kRate);
  s.Limit(s.b, 0, kRate / 2);
  s.Send(1, 200);
  std::size_t arrived = 0;
  s.After(milliseconds(1000));
  for (int i = 0; i < 1000; ++i) {
    arrived += s.After(milliseconds(1));
    arrived += s.Send(1, 3);
  }
  // Half a megabyte, and what the two buckets held when it began.
  CHECK(arrived >= kRate / 2 / kFrame - 1);
  CHECK(arrived <= (kRate / 2 + kBurst) / kFrame + 1);
  CHECK(s.Info(s.b).inbound.waiting > 0);
}

TEST("what policy drops costs no tokens") {
  Shaped s;
  s.lab.Policy(s.a,
               {Acl({}, {MakeRule("block", 1, vfp::Block{}, To("10.1.0.66/32")), MakeRule("allow", 2, vfp::Allow{})})});
  for (int i = 0; i < 1000; ++i) s.lab.Send(s.a, "udp 10.1.0.4:1 > 10.1.0.66:9");
  CHECK_EQ(s.Send(1, 200), kBurst / kFrame);
}

TEST("a large segment costs what its pieces are on the wire, and leaves though the bucket is smaller") {
  Shaped s;
  Bytes bytes = s.Frame(1, 60'000);
  const auto send = [&](std::uint16_t gso_size) {
    Bytes copy = bytes;
    wire::Frame frame{.data = copy.data(), .length = static_cast<std::uint32_t>(copy.size()), .offload = {}};
    frame.offload.gso_type = gso_size == 0 ? wire::Offload::kGsoNone : wire::Offload::kGsoUdpL4;
    frame.offload.gso_size = gso_size;
    s.lab.delivered.clear();
    s.lab.engine.OnFrames(s.a, {&frame, 1});
    return s.lab.delivered.size();
  };
  // 59 958 bytes in 600 pieces of 100, with 42 bytes of headers each: 85 158 in all.
  CHECK_EQ(send(100), 1u);
  CHECK_EQ(s.Send(1, 1), 0u);
  const auto wait = s.lab.engine.Poll();
  CHECK(*wait == std::chrono::microseconds(85'158 - kBurst + kFrame));
}

TEST("a tunnel's headers are paid for, and a tunnel that changes meanwhile is the new one") {
  Lab lab({}, LabOverlay());
  const auto pod = lab.Pod("a", {"10.1.0.4"});
  const auto uplink = lab.Uplink();
  lab.Meet(pod, uplink);
  lab.explains = false;
  vfp::ChangeSet change;
  change.set_shaping.push_back({pod, {.outbound = vfp::RateLimit{kRate}, .inbound = {}}});
  CHECK(lab.Commit(std::move(change)).ok());
  // 59 bytes of packet and 50 of tunnel each.
  const std::string packet = "udp 10.1.0.4:1 > 10.2.0.4:9";
  const std::size_t bytes = Packet(packet, lab.host_mac, lab.host_mac).size() + 50;
  std::size_t left = 0;
  for (std::size_t i = 0; i < kBurst / bytes + 5; ++i) left += lab.Send(pod, packet).size();
  CHECK_EQ(left, kBurst / bytes);
  vfp::OverlaySpec other = LabOverlay();
  other.remote_subnets.insert(other.remote_subnets.begin(), {.prefix = *base::IpPrefix::Parse("10.9.0.0/24"),
                                                             .vsid = 4096,
                                                             .provider = Ip("192.168.0.9"),
                                                             .router_mac = Mac("02-00-00-00-09-00")});
  const vfp::SegmentSpec spec{.id = "overlay",
                              .host_mac = lab.host_mac,
                              .gateway_mac = lab.gateway_mac,
                              .gateways = {Ip("10.1.0.1")},
                              .prefixes = {*base::IpPrefix::Parse("10.1.0.0/24")},
                              .overlay = other};
  CHECK(lab.engine.UpdateSegment(lab.segment, spec).ok());
  lab.delivered.clear();
  lab.Wait(milliseconds(1000));
  lab.engine.Poll();
  CHECK_EQ(lab.delivered.size(), 5u);
  for (const auto& [to, frame] : lab.delivered) {
    CHECK_EQ(Describe(frame), "vxlan 4096 192.168.0.1 > 192.168.0.2 [" + packet + "]");
  }
}

TEST("a broadcast takes tokens or is dropped, and does not wait") {
  Shaped s;
  s.lab.Pod("c", {"10.1.0.6"});
  s.lab.explains = true;
  const std::string broadcast = "udp 10.1.0.4:1 > 255.255.255.255:9";
  CHECK_EQ(s.lab.Send(s.a, broadcast).size(), 2u);
  s.Send(1, 66);
  CHECK_EQ(s.lab.One(s.a, broadcast), "drop rate-limit");
  CHECK_EQ(s.Out().waiting, 1u);
}

TEST("who owes tokens is still answered for ARP, and asks") {
  Shaped s;
  s.Send(1, 100);
  wire::FrameFields fields{.source_mac = Mac("00-15-5D-11-00-00"),
                           .destination_mac = base::MacAddress::Broadcast(),
                           .source = Ip("10.1.0.4"),
                           .destination = Ip("10.1.0.5")};
  s.lab.SendFrame(s.a, wire::BuildArp(fields, 1, fields.source_mac, {}));
  CHECK_EQ(s.lab.delivered.size(), 1u);
}

TEST("explain says that a packet would pass, wait or be dropped, and takes no tokens") {
  Shaped s;
  s.lab.explains = true;
  const auto step = [&](int port) {
    for (const vfp::ExplainStep& one : s.lab.Explain(s.a, Flow(port)).steps) {
      if (one.action == "qos") return one.detail;
    }
    return std::string();
  };
  CHECK_EQ(step(1), "60 bytes of 65536 that may leave now, at 1000000 bytes per second");
  s.Send(1, 66);
  CHECK_EQ(step(1), "waits with 1000 bytes that came before, at 1000000 bytes per second");
  s.Send(1, 65);
  const vfp::Explanation dropped = [&] {
    Bytes frame = s.Frame(1);
    return s.lab.engine
        .Explain(s.a, {.data = frame.data(), .length = static_cast<std::uint32_t>(frame.size()), .offload = {}})
        .value();
  }();
  CHECK(dropped.verdict == vfp::ExplainVerdict::kDrop);
  CHECK(dropped.reason == vfp::DropReason::kRateLimit);
  s.lab.Wait(milliseconds(100));
  CHECK_EQ(step(1), "60 bytes of 536 that may leave now, at 1000000 bytes per second");
}

TEST("a limit of nothing and a limit on an uplink are refused, and nothing of their change is done") {
  Lab lab;
  const auto pod = lab.Pod("a", {"10.1.0.4"});
  const auto uplink = lab.Uplink();
  for (const auto& [port, rate] : {std::pair{pod, std::uint64_t{0}}, {uplink, std::uint64_t{1}}}) {
    vfp::ChangeSet change;
    change.set_shaping.push_back({pod, {.outbound = vfp::RateLimit{5}, .inbound = {}}});
    change.set_shaping.push_back({port, {.outbound = {}, .inbound = vfp::RateLimit{rate}}});
    CHECK_EQ(lab.Commit(std::move(change)).error().code, base::hr::ERROR_INVALID_PARAMETER);
    CHECK(lab.engine.Port(pod).value().shaping == vfp::PortShaping{});
  }
}

TEST(
    "property: in no stretch of time does more leave than the burst and the rate's share, in whatever way time "
    "passes") {
  const char* wanted = std::getenv("HNS_PROPERTY_RUNS");
  const std::uint64_t runs = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 40;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    NeverMore(seed);
    if (!native_test::Failed()) continue;
    native_test::Fail(__FILE__, __LINE__, "seed " + std::to_string(seed));
    return;
  }
}
