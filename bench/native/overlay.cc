// Cached flows into VXLAN tunnels and out of them: a pod with ACLs that talks to
// many on another host. Flow i is UDP between the pod's port 1024 + (i & 15) *
// 4000 + (i >> 4) % 4000 and port 80 of 10.128.0.0 + (i >> 4).
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/clock.h"
#include "bench.h"
#include "traffic.h"
#include "vfp/encapsulation.h"
#include "wire/bytes.h"
#include "wire/checksum.h"

namespace bench {
namespace {

constexpr std::uint32_t kPod = 0x0a010004, kRemote = 0x0a800000;
constexpr std::uint32_t kHost = 0xc0a80001, kOther = 0xc0a80002;
constexpr std::uint32_t kVsid = 4096;
constexpr std::uint64_t kPodMac = 0x00155d000001, kRouterMac = 0x00155d0000aa, kOtherRouter = 0x00155d0000bb;
constexpr std::uint64_t kHostMac = 0x00155d0000fe, kOtherHostMac = 0x525400000002;

base::MacAddress Mac(std::uint64_t value) { return base::MacAddress::FromUint64(value); }

void Check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "the overlay benchmark is not what it should be: %s\n", what);
  std::exit(1);
}

enum class Way { kIn, kOut };  // Out of the tunnel to the pod, and into it.

// The other host's packets as they arrive, or the pod's as it sends them, with
// the headroom that drivers leave.
class Tunnelled {
 public:
  explicit Tunnelled(Way way) : way_(way), ring_(kRing * kStride) {
    const std::vector<std::uint8_t> payload(18);
    wire::FrameFields fields{.source_mac = Mac(way == Way::kOut ? kPodMac : kOtherRouter),
                             .destination_mac = Mac(kRouterMac),
                             .vlan = {},
                             .source = base::IpAddress::V4(way == Way::kOut ? kPod : 0),
                             .destination = base::IpAddress::V4(way == Way::kOut ? 0 : kPod)};
    fields.payload = payload;
    std::vector<std::uint8_t> bytes = wire::BuildUdp(fields);
    wire::Store16(bytes.data() + 40, 0);  // No UDP checksum.
    ip_sum_ = static_cast<std::uint16_t>(~wire::Load16(bytes.data() + 24));
    template_.resize(wire::kVxlanPushBytes);
    template_.insert(template_.end(), bytes.begin(), bytes.end());
    wire::Frame frame{.data = template_.data() + wire::kVxlanPushBytes,
                      .length = static_cast<std::uint32_t>(bytes.size()),
                      .offload = {},
                      .headroom = wire::kVxlanPushBytes};
    vfp::Push(vfp::Prepare({.source = base::IpAddress::V4(kOther),
                            .destination = base::IpAddress::V4(kHost),
                            .vsid = kVsid,
                            .source_mac = Mac(kOtherHostMac),
                            .destination_mac = Mac(kHostMac)}),
              &frame);
  }

  wire::Frame Packet(std::uint32_t flow) {
    // The inner Ethernet header begins at a cache line's 14th byte from its end, as a driver has it.
    std::uint8_t* data = ring_.data() + (next_++ % kRing) * kStride + wire::kFrameHeadroom;
    std::memcpy(data, template_.data(), template_.size());
    std::uint8_t* inner = data + wire::kVxlanPushBytes;
    const std::uint32_t peer = kRemote + (flow >> 4);
    const auto port = static_cast<std::uint16_t>(1024 + (flow & 15) * 4000 + (flow >> 4) % 4000);
    std::uint32_t sum = ip_sum_ + (peer >> 16) + (peer & 0xffff);
    sum = (sum & 0xffff) + (sum >> 16);
    wire::Store16(inner + 24, static_cast<std::uint16_t>(~((sum & 0xffff) + (sum >> 16))));
    wire::Store32(inner + (way_ == Way::kOut ? 30 : 26), peer);
    wire::Store32(inner + 34, way_ == Way::kOut ? std::uint32_t{port} << 16 | 80 : 80u << 16 | port);
    const bool tunnelled = way_ == Way::kIn;
    return {.data = tunnelled ? data : inner,
            .length = static_cast<std::uint32_t>(template_.size() - (tunnelled ? 0 : wire::kVxlanPushBytes)),
            .offload = {},
            .headroom = static_cast<std::uint16_t>(wire::kFrameHeadroom + (tunnelled ? 0 : wire::kVxlanPushBytes))};
  }

 private:
  static constexpr std::size_t kStride = 256;
  const Way way_;
  std::vector<std::uint8_t> ring_, template_;
  std::uint16_t ip_sum_ = 0;
  std::size_t next_ = 0;
};

class OverlayWorld {
 public:
  OverlayWorld() : engine_(clock_, Options()) {
    vfp::SegmentSpec segment;
    segment.id = "overlay";
    segment.host_mac = Mac(kHostMac);
    segment.gateway_mac = Mac(kRouterMac);
    segment.gateways = {base::IpAddress::V4(0x0a010001)};
    segment.prefixes = {*base::IpPrefix::Parse("10.1.0.0/24")};
    segment.overlay = vfp::OverlaySpec{};
    segment.overlay->provider = base::IpAddress::V4(kHost);
    segment.overlay->subnets = {{*base::IpPrefix::Parse("10.1.0.0/24"), kVsid}};
    segment.overlay->remote_subnets = {
        {*base::IpPrefix::Parse("10.128.0.0/9"), kVsid, base::IpAddress::V4(kOther), Mac(kOtherRouter)}};
    vfp::PortSpec port;
    port.segment = engine_.AddSegment(segment).value();
    port.sink = &sink_;
    port.id = "pod";
    port.mac = Mac(kPodMac);
    port.addresses = {base::IpAddress::V4(kPod)};
    pod_ = engine_.AddPort(port).value();
    port.id = "uplink";
    port.kind = vfp::PortKind::kUplink;
    port.addresses.clear();
    uplink_ = engine_.AddPort(port).value();
    vfp::ChangeSet change;
    change.set_port_layers.push_back({pod_, {Acl()}});
    Check(engine_.Commit(std::move(change)).ok(), "policy");
  }
  // The next hop tells its MAC, having been asked for it.
  void Meet() {
    const wire::FrameFields fields{.source_mac = Mac(kOtherHostMac),
                                   .destination_mac = Mac(kHostMac),
                                   .vlan = {},
                                   .source = base::IpAddress::V4(kOther),
                                   .destination = base::IpAddress::V4(kHost)};
    std::vector<std::uint8_t> asked = wire::BuildArp(fields, 2, Mac(kOtherHostMac), Mac(kHostMac));
    wire::Frame frame{.data = asked.data(), .length = static_cast<std::uint32_t>(asked.size()), .offload = {}};
    engine_.OnFrames(uplink_, {&frame, 1});
  }
  void Send(Way way, std::span<wire::Frame> frames) { engine_.OnFrames(way == Way::kOut ? pod_ : uplink_, frames); }
  std::uint64_t delivered() const { return sink_.count(); }

 private:
  static vfp::EngineOptions Options() {
    vfp::EngineOptions options;
    options.max_connections = 2'000'000;
    return options;
  }
  static vfp::LayerSpec Acl() {
    vfp::LayerSpec layer;
    layer.id = "ACL_ENDPOINT_LAYER";
    layer.priority = 100;
    layer.default_allow = false;
    for (const vfp::Direction direction : {vfp::Direction::kOutbound, vfp::Direction::kInbound}) {
      vfp::GroupSpec group;
      group.id = direction == vfp::Direction::kOutbound ? "OUT" : "IN";
      group.direction = direction;
      for (int i = 0; i < 4; ++i) {
        vfp::Rule rule;
        rule.id = std::to_string(i);
        rule.priority = static_cast<std::uint16_t>(100 + i);
        rule.flags = vfp::Rule::kTerminating | vfp::Rule::kStateful;
        if (i < 3) rule.conditions.destination_ports = {{static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(i)}};
        group.rules.push_back(rule);
      }
      layer.groups.push_back(std::move(group));
    }
    return layer;
  }

  CountingSink sink_;
  base::SystemClock clock_;
  vfp::Engine engine_;
  vfp::PortIndex pod_ = 0, uplink_ = 0;
};

}  // namespace

std::vector<Figure> MeasureFlowHitOverlay(const Settings& settings) {
  constexpr std::uint32_t kFlows = 100'000;
  const auto world = std::make_unique<OverlayWorld>();
  std::vector<Figure> figures;
  for (const Way way : {Way::kOut, Way::kIn}) {
    Tunnelled traffic(way);
    wire::Frame batch[kBatch];
    for (std::uint32_t flow = 0; flow < kFlows; flow += kBatch) {
      for (std::uint32_t i = 0; i < kBatch; ++i) batch[i] = traffic.Packet(flow + i);
      world->Send(way, batch);
      if (flow == 0 && way == Way::kOut) world->Meet();
    }
    Traffic numbers;
    std::vector<double> samples;
    for (int sample = 0; sample < settings.samples; ++sample) {
      const std::uint64_t before = world->delivered();
      std::uint64_t sent = 0;
      const double start = Seconds();
      double elapsed = 0;
      do {
        for (int round = 0; round < 256; ++round, sent += kBatch) {
          for (wire::Frame& frame : batch) frame = traffic.Packet(numbers.Random(kFlows));
          world->Send(way, batch);
        }
        elapsed = Seconds() - start;
      } while (elapsed < settings.seconds);
      // Now and then the switch asks for the next hop's MAC, too.
      Check(world->delivered() - before >= sent, "delivered packets");
      samples.push_back(static_cast<double>(sent) / elapsed);
    }
    figures.push_back(MakeFigure("flow.hit.overlay", "packets/s", samples,
                                 {{"flows", std::to_string(kFlows)},
                                  {"way", Quote(way == Way::kOut ? "encapsulation" : "decapsulation")},
                                  {"frameBytes", "64"},
                                  {"batch", std::to_string(kBatch)},
                                  {"order", Quote("uniformly random")},
                                  {"includes", Quote("making the packet (26 bytes of headers, 110 copied), delivery to "
                                                     "a counting sink")}}));
  }
  return figures;
}

}  // namespace bench
