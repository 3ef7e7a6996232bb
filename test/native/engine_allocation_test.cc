// What carrying costs in memory: packets of established connections ask the
// allocator for nothing, whatever policy does to them.
//
// This file replaces the program's operator new by one that counts: in all its
// forms that are used, since sanitizers would keep their own of those left out.
#include <atomic>
#include <cstdlib>
#include <new>
#include <utility>

#include "native/engine_lab.h"

namespace {
std::atomic<std::uint64_t> allocations{0};
}  // namespace

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();  // Exceptions are off.
  return memory;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
#if !defined(_WIN32)
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  const auto unit = static_cast<std::size_t>(alignment);
  return std::aligned_alloc(unit, (size + unit - 1) / unit * unit);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  void* const memory = operator new(size, alignment, std::nothrow);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t, const std::nothrow_t&) noexcept { std::free(memory); }
#endif

using namespace engine_test;

namespace {

struct Sent {
  vfp::PortIndex from;
  std::string packet;
};

// Sends each of the packets once, so that their connections are there, and then
// by the thousand, in batches, counting what that allocates.
void CheckCarriesWithoutAllocating(Lab& lab, const std::vector<Sent>& opening, const std::vector<Sent>& then) {
  constexpr std::size_t kFrames = 32, kRounds = 200, kRoom = 256;
  for (const Sent& sent : opening) CHECK_EQ(lab.Send(sent.from, sent.packet).size(), 1u);
  std::vector<std::pair<vfp::PortIndex, Bytes>> templates;
  for (const Sent& sent : then) templates.emplace_back(sent.from, lab.Frame(sent.from, sent.packet));
  std::vector<std::uint8_t> room(kFrames * kRoom);
  std::vector<wire::Frame> frames(kFrames);
  lab.forgets = true;
  const auto round = [&] {
    for (const auto& [port, bytes] : templates) {
      for (std::size_t i = 0; i < kFrames; ++i) {
        std::uint8_t* data = room.data() + i * kRoom + wire::kFrameHeadroom;
        std::memcpy(data, bytes.data(), bytes.size());
        frames[i] = {.data = data,
                     .length = static_cast<std::uint32_t>(bytes.size()),
                     .offload = {},
                     .headroom = wire::kFrameHeadroom};
      }
      lab.engine.OnFrames(port, frames);
    }
  };
  round();  // What is made when it is first needed is there now.
  lab.forgotten = 0;
  const std::uint64_t before = allocations.load();
  for (std::size_t i = 0; i < kRounds; ++i) {
    lab.clock.Advance(std::chrono::milliseconds(5));
    round();
  }
  CHECK_EQ(allocations.load() - before, 0u);
  CHECK_EQ(lab.forgotten, kRounds * kFrames * templates.size());
}

std::vector<vfp::LayerSpec> AllowAll() {
  return {Acl({MakeRule("in", 1, vfp::Allow{})}, {MakeRule("out", 1, vfp::Allow{})})};
}

}  // namespace

TEST("the allocator is counted") {
  const std::uint64_t before = allocations.load();
  delete new int(7);
  std::vector<int> many(1000);
  CHECK_EQ(allocations.load() - before, 2u);
}

TEST("connections through ACLs are carried without allocating, both families and protocols, both ways") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4", "fd00::4"});
  const auto b = lab.Pod("b", {"10.1.0.5", "fd00::5"});
  lab.Policy(a, AllowAll());
  lab.Policy(b, AllowAll());
  CheckCarriesWithoutAllocating(lab,
                                {{a, "tcp 10.1.0.4:7 > 10.1.0.5:80 S"},
                                 {b, "tcp 10.1.0.5:80 > 10.1.0.4:7 SA"},
                                 {a, "tcp 10.1.0.4:7 > 10.1.0.5:80 A"},
                                 {a, "udp [fd00::4]:7 > [fd00::5]:9"},
                                 {a, "ping 10.1.0.4 > 10.1.0.5 id 7"}},
                                {{a, "tcp 10.1.0.4:7 > 10.1.0.5:80 A"},
                                 {b, "tcp 10.1.0.5:80 > 10.1.0.4:7 PA"},
                                 {a, "udp 10.1.0.4:7 > 10.1.0.5:9"},
                                 {a, "ping 10.1.0.4 > 10.1.0.5 id 7"},
                                 {b, "pong 10.1.0.5 > 10.1.0.4 id 7"}});
}

TEST("connections through a load balancer are carried without allocating, both ways") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto b = lab.Pod("b", {"10.1.0.5"});
  lab.Policy(a, {LoadBalancer("10.96.0.10", "80", Balance({"10.1.0.5:8080"}))});
  lab.Policy(b, AllowAll());
  CheckCarriesWithoutAllocating(lab,
                                {{a, "tcp 10.1.0.4:7 > 10.96.0.10:80 S"}, {b, "tcp 10.1.0.5:8080 > 10.1.0.4:7 SA"}},
                                {{a, "tcp 10.1.0.4:7 > 10.96.0.10:80 A"}, {b, "tcp 10.1.0.5:8080 > 10.1.0.4:7 A"}});
}

TEST("connections through NAT are carried without allocating, both ways") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto uplink = lab.Uplink();
  const vfp::DynamicNat nat{.address = Ip("192.168.0.1"), .ports = {5000, 5000}};
  lab.Policy(a, {Layer("nat", 300, {Group(kOut, {MakeRule("snat", 1, nat)})})});
  CheckCarriesWithoutAllocating(
      lab, {{a, "tcp 10.1.0.4:7 > 192.0.2.9:80 S"}, {uplink, "tcp 192.0.2.9:80 > 192.168.0.1:5000 SA"}},
      {{a, "tcp 10.1.0.4:7 > 192.0.2.9:80 A"}, {uplink, "tcp 192.0.2.9:80 > 192.168.0.1:5000 A"}});
}

TEST("an overlay's connections are carried into the tunnel and out of it without allocating") {
  Lab lab({}, LabOverlay());
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto uplink = lab.Uplink();
  lab.Meet(a, uplink);
  lab.Policy(a, AllowAll());
  const Sent out{a, "udp 10.1.0.4:7 > 10.2.0.4:9"};
  const Sent in{uplink, "vxlan 4096 192.168.0.2 > 192.168.0.1 [udp 10.2.0.4:9 > 10.1.0.4:7]"};
  CheckCarriesWithoutAllocating(lab, {out, in}, {out, in});
}

TEST("a port with a limit on its bandwidth is carried for without allocating while it keeps to it") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  vfp::ChangeSet change;
  change.set_shaping.push_back({a, {.outbound = vfp::RateLimit{100'000'000}, .inbound = {}}});
  CHECK(lab.Commit(std::move(change)).ok());
  CheckCarriesWithoutAllocating(lab, {{a, "udp 10.1.0.4:7 > 10.1.0.5:9"}}, {{a, "udp 10.1.0.4:7 > 10.1.0.5:9"}});
}
