#include "traffic.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "wire/checksum.h"

namespace bench {
namespace {

constexpr int kBackends = 10;

vfp::EngineOptions Options() {
  vfp::EngineOptions options;
  options.hash_seed = 0x5eed;
  return options;
}

void Check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "the benchmark's own set-up failed: %s\n", what);
  std::exit(1);
}

base::IpAddress BackendAddress(int i) { return base::IpAddress::V4(0x0a010001u + static_cast<std::uint32_t>(i)); }

std::vector<vfp::Rule> AclRules(int count) {
  std::vector<vfp::Rule> rules;
  constexpr std::uint32_t kStateful = vfp::Rule::kTerminating | vfp::Rule::kStateful;
  for (int i = 0; i + 1 < count; ++i) {  // None of these is for our packets.
    vfp::Rule rule{.id = "other-" + std::to_string(i),
                   .name = {},
                   .priority = static_cast<std::uint16_t>(100 + i),
                   .flags = kStateful,
                   .conditions = {},
                   .action = vfp::Block{}};
    rule.conditions.protocols = {17};
    rule.conditions.destinations = {*base::IpPrefix::Parse("10.97." + std::to_string(i % 256) + ".0/24")};
    rule.conditions.destination_ports = {{80, 80}};
    rules.push_back(rule);
  }
  rules.push_back(
      {.id = "all", .name = {}, .priority = 60000, .flags = kStateful, .conditions = {}, .action = vfp::Allow{}});
  return rules;
}

vfp::GroupSpec Group(const char* id, vfp::Direction direction, std::vector<vfp::Rule> rules) {
  return {.id = id, .priority = 1, .direction = direction, .family = base::IpFamily::kIpv4, .rules = std::move(rules)};
}

}  // namespace

Traffic::Traffic(Sizes sizes) : ring_(kRing * kStride), mixed_(sizes == Sizes::kImix) {
  constexpr std::uint32_t kImix[kCycle] = {60, 590, 60, 590, 60, 590, 60, 590, 60, 60, 60, 1514};
  for (std::size_t i = 0; i < kCycle; ++i) {
    sizes_[i].bytes = mixed_ ? kImix[i] : 60;
    MakeTemplate(&sizes_[i]);
  }
  for (std::size_t i = 0; i < kRing; ++i) std::memcpy(ring_.data() + i * kStride, template_, sizeof template_);
  for (std::size_t i = 0; i < kCycle; ++i) {
    wire::Frame made = Packet(12345);
    Check(wire::ChecksumsValid(made), "checksums of the packets");
  }
}

// Payloads are zeros, so that a buffer holds a frame of any size.
void Traffic::MakeTemplate(Size* size) {
  const std::vector<std::uint8_t> payload(size->bytes - 42);
  wire::FrameFields fields{.source_mac = base::MacAddress::FromUint64(0x00155d000001),
                           .destination_mac = base::MacAddress::FromUint64(0x00155d0000aa),
                           .vlan = {},
                           .source = base::IpAddress::V4(0),
                           .destination = base::IpAddress::V4(0x0a600001),
                           .source_port = 0,
                           .destination_port = 80,
                           .payload = payload};
  const wire::FrameBytes frame = wire::BuildUdp(fields);
  std::memcpy(template_, frame.data(), 60);
  size->ip_sum = static_cast<std::uint16_t>(~(template_[24] << 8 | template_[25]));
  size->udp_sum = static_cast<std::uint16_t>(~(template_[40] << 8 | template_[41]));
}

World::World(Behind behind, int acl_rules, int services) : engine_(clock_, Options()) {
  vfp::SegmentSpec segment_spec;
  segment_spec.id = "bench";
  segment_spec.host_mac = base::MacAddress::FromUint64(0x00155d0000fe);
  const auto segment = engine_.AddSegment(segment_spec);
  Check(segment.ok(), "segment");
  vfp::PortSpec client;
  client.id = "client";
  client.segment = *segment;
  client.mac = base::MacAddress::FromUint64(0x00155d000001);
  client.addresses = {base::IpAddress::V4(0x0a800000)};
  client.sink = &sink_;
  client_ = engine_.AddPort(client).value();
  vfp::ChangeSet change;
  const auto acl = [&] {
    return vfp::LayerSpec{.id = "ACL_ENDPOINT_LAYER",
                          .priority = 100,
                          .stateful = true,
                          .default_allow = false,
                          .groups = {Group("OUT", vfp::Direction::kOutbound, AclRules(acl_rules)),
                                     Group("IN", vfp::Direction::kInbound, AclRules(acl_rules))},
                          .shared_groups = {}};
  };
  vfp::LoadBalance balance;
  for (int i = 0; i < kBackends; ++i) balance.backends.push_back({BackendAddress(i), 8080});
  vfp::Rule lb{.id = "lb",
               .name = {},
               .priority = 100,
               .flags = vfp::Rule::kTerminating | vfp::Rule::kStateful,
               .conditions = {},
               .action = balance};
  lb.conditions.protocols = {17};
  lb.conditions.destinations = {*base::IpPrefix::Parse("10.96.0.1/32")};
  lb.conditions.destination_ports = {{80, 80}};
  std::vector<vfp::Rule> balancers{lb};
  for (int i = 1; i <= services; ++i) {
    lb.id = "lb-" + std::to_string(i);
    lb.conditions.destinations = {{base::IpAddress::V4(0x0a600001u + static_cast<std::uint32_t>(i)), 32}};
    balancers.push_back(lb);
  }
  layers_ = {acl(),
             {.id = "LB_DSR",
              .priority = 200,
              .stateful = true,
              .default_allow = true,
              .groups = {Group("LB", vfp::Direction::kOutbound, std::move(balancers))},
              .shared_groups = {}}};
  change.set_port_layers.push_back({client_, layers_});
  if (behind == Behind::kUplink) {
    vfp::PortSpec uplink;
    uplink.id = "uplink";
    uplink.segment = *segment;
    uplink.kind = vfp::PortKind::kUplink;
    uplink.sink = &sink_;
    Check(engine_.AddPort(uplink).ok(), "uplink");
    for (int i = 0; i < kBackends; ++i) {
      const auto mac = base::MacAddress::FromUint64(0x00155d990000u + static_cast<std::uint64_t>(i));
      change.remotes.push_back({*segment, {BackendAddress(i), mac}, false});
    }
  } else {
    for (int i = 0; i < kBackends; ++i) {
      vfp::PortSpec pod;
      pod.id = "pod-" + std::to_string(i);
      pod.segment = *segment;
      pod.mac = base::MacAddress::FromUint64(0x00155d110000u + static_cast<std::uint64_t>(i));
      pod.addresses = {BackendAddress(i)};
      pod.sink = &sink_;
      const auto port = engine_.AddPort(pod);
      Check(port.ok(), "pod");
      change.set_port_layers.push_back({*port, {acl()}});
    }
  }
  Check(engine_.Commit(std::move(change)).ok(), "policy");
}

void World::SetLayers(std::vector<vfp::LayerSpec> layers) {
  vfp::ChangeSet change;
  change.set_port_layers.push_back({client_, std::move(layers)});
  Check(engine_.Commit(std::move(change)).ok(), "policy");
}

}  // namespace bench
