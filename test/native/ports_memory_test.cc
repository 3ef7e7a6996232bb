#include "ports/memory/memory_driver.h"

#include <cstring>

#include "native/ports_support.h"
#include "native/test.h"
#include "wire/frame.h"

namespace {

using ports::MemoryDriver;
using ports_test::AsFrame;
using ports_test::Bytes;
using ports_test::FakeEngine;
using ports_test::OwingUdp;
using ports_test::Pack;

struct Started {
  explicit Started(const ports::MemoryDriverOptions& options = {}) : driver(options) {
    ok = driver.Start(engine).ok() && driver.AddPort(1).ok() && driver.AddPort(2).ok();
  }
  FakeEngine engine;
  MemoryDriver driver;
  bool ok = false;
};

TEST("a memory port hands packed frames to the engine in their order and in batches of 32") {
  Started world;
  CHECK(world.ok);
  Bytes packed;
  for (std::uint8_t i = 0; i < 70; ++i) {
    const Bytes one = Pack({Bytes(60u + i, i)});
    packed.insert(packed.end(), one.begin(), one.end());
  }

  CHECK(world.driver.Send(2, packed).ok());

  CHECK(world.engine.batches == (std::vector<std::size_t>{32, 32, 6}));
  CHECK(world.engine.ports == (std::vector<vfp::PortIndex>{2, 2, 2}));
  CHECK_EQ(world.engine.seen.size(), 70u);
  for (std::uint8_t i = 0; i < 70; ++i) CHECK(world.engine.seen[i] == Bytes(60u + i, i));
}

TEST("an engine that rewrites frames leaves the sender's bytes alone") {
  Started world;
  CHECK(world.ok);
  world.engine.on_frames = [](vfp::PortIndex, std::span<wire::Frame> frames) {
    for (wire::Frame& frame : frames) std::memset(frame.data, 0xff, frame.length);
  };
  const Bytes packed = Pack({Bytes(64, 7)});
  const Bytes before = packed;

  CHECK(world.driver.Send(1, packed).ok());

  CHECK(packed == before);
}

TEST("broken packing is refused and none of its frames is sent") {
  Started world;
  CHECK(world.ok);
  Bytes cut = Pack({Bytes(60, 1), Bytes(60, 2)});
  cut.pop_back();
  Bytes half_length = Pack({Bytes(60, 1)});
  half_length.insert(half_length.end(), {1, 0, 0});
  const Bytes too_long = Pack({Bytes(60, 1), Bytes(wire::kMaxFrameBytes + 1, 2)});

  for (const Bytes& bad : {cut, half_length, too_long, Bytes{0xff, 0xff, 0xff, 0xff}}) {
    const base::Status status = world.driver.Send(1, bad);
    CHECK(!status.ok());
    CHECK_EQ(status.error().code, base::hr::ERR_INVALID_FRAME);
  }
  CHECK(world.engine.seen.empty());
  CHECK_EQ(world.driver.Counters(1)->sent, 0u);
}

TEST("the longest frame passes a memory port whole") {
  Started world;
  CHECK(world.ok);
  const Bytes longest(wire::kMaxFrameBytes, 9);

  CHECK(world.driver.Send(1, Pack({longest})).ok());

  CHECK_EQ(world.engine.seen.size(), 1u);
  CHECK(world.engine.seen[0] == longest);
}

TEST("delivered frames wait in their port's queue and are taken once, oldest first") {
  Started world;
  CHECK(world.ok);
  Bytes a(60, 1), b(61, 2), c(62, 3);
  wire::Frame first[] = {AsFrame(a), AsFrame(b)};
  wire::Frame second[] = {AsFrame(c)};

  world.driver.sink().OnFrames(2, first);
  world.driver.sink().OnFrames(2, second);

  CHECK(*world.driver.Receive(2) == Pack({a, b, c}));
  CHECK(world.driver.Receive(2)->empty());
  CHECK(world.driver.Receive(1)->empty());
}

TEST("a full queue drops what does not fit, counts it and goes on when there is room") {
  Started world({.queue_bytes = 2 * (4 + 60)});
  CHECK(world.ok);
  Bytes a(60, 1), b(60, 2), c(60, 3);
  wire::Frame frames[] = {AsFrame(a), AsFrame(b), AsFrame(c)};

  world.driver.sink().OnFrames(1, frames);

  CHECK_EQ(world.driver.Counters(1)->delivered, 2u);
  CHECK_EQ(world.driver.Counters(1)->dropped, 1u);
  CHECK(*world.driver.Receive(1) == Pack({a, b}));
  world.driver.sink().OnFrames(1, std::span(frames).last(1));
  CHECK(*world.driver.Receive(1) == Pack({c}));
}

TEST("a checksum left to the sender is complete in the queue, and the frame stays as it was") {
  Started world;
  CHECK(world.ok);
  OwingUdp udp;
  const Bytes before = udp.bytes;
  wire::Frame frames[] = {udp.Frame()};

  world.driver.sink().OnFrames(1, frames);

  CHECK(*world.driver.Receive(1) == Pack({udp.Completed()}));
  CHECK(udp.bytes == before);
  CHECK(frames[0].offload.NeedsChecksum());
}

TEST("a memory port that was removed or never added is an error") {
  Started world;
  CHECK(world.ok);
  CHECK_EQ(world.driver.AddPort(2).error().code, base::hr::HCN_E_PORT_ALREADY_EXISTS);
  world.driver.RemovePort(2);

  CHECK_EQ(world.driver.Send(2, Pack({Bytes(60, 1)})).error().code, base::hr::HCN_E_PORT_NOT_FOUND);
  CHECK_EQ(world.driver.Receive(2).error().code, base::hr::HCN_E_PORT_NOT_FOUND);
  CHECK_EQ(world.driver.Receive(7).error().code, base::hr::HCN_E_PORT_NOT_FOUND);
  Bytes late(60, 1);
  wire::Frame frames[] = {AsFrame(late)};
  world.driver.sink().OnFrames(2, frames);
  CHECK(world.engine.seen.empty());
}

TEST("a stopped memory driver hands nothing to the engine") {
  Started world;
  CHECK(world.ok);

  world.driver.Stop();
  world.driver.Stop();

  CHECK_EQ(world.driver.Send(1, Pack({Bytes(60, 1)})).error().code, base::hr::HCN_E_MANAGER_STOPPED);
  CHECK(world.engine.seen.empty());
}

TEST("compartments of the memory driver are remembered until removed") {
  Started world;
  CHECK(world.ok);
  const base::Guid id = *base::Guid::Parse("3c1b2f10-0000-4000-8000-000000000001");
  ports::InterfaceSpec spec;
  spec.compartment = id;
  CHECK_EQ(world.driver.Attach(1, spec).error().code, base::hr::ERROR_NOT_FOUND);

  CHECK(world.driver.AddCompartment(id, false).ok());

  CHECK_EQ(world.driver.AddCompartment(id, false).error().code, base::hr::ERROR_ALREADY_EXISTS);
  CHECK_EQ(world.driver.DescribeCompartment(id)->kind, std::string("memory"));
  CHECK(world.driver.Attach(1, spec).ok());
  world.driver.RemoveCompartment(id);
  CHECK_EQ(world.driver.DescribeCompartment(id).error().code, base::hr::ERROR_NOT_FOUND);
}

TEST("an uplink in memory has one local address of its own for each name") {
  MemoryDriver one, other;

  const base::MacAddress mac = *one.AdapterMac("Ethernet 2");

  CHECK_EQ(mac, *other.AdapterMac("Ethernet 2"));
  CHECK(mac != *one.AdapterMac("Ethernet 3"));
  CHECK_EQ(mac.bytes[0] & 0x03, 0x02);
  CHECK_EQ(one.AdapterMac("").error().code, base::hr::HCN_E_ADAPTER_NOT_FOUND);
}

}  // namespace
