#include "ports/capture.h"

#include <cstring>

#include "native/ports_support.h"
#include "native/test.h"
#include "ports/memory/memory_driver.h"

namespace {

using ports_test::AsFrame;
using ports_test::Bytes;
using ports_test::FakeEngine;
using ports_test::OwingUdp;
using ports_test::Pack;

struct World {
  World() { ok = capture.Start(engine).ok() && capture.AddPort(1).ok() && capture.AddPort(2).ok(); }
  void Deliver(vfp::PortIndex port, Bytes& bytes) {
    wire::Frame frames[] = {AsFrame(bytes)};
    capture.sink().OnFrames(port, frames);
  }
  base::ManualClock clock;
  FakeEngine engine;
  ports::MemoryDriver driver;
  ports::Capture capture{clock, driver};
  bool ok = false;
};

Bytes Record(base::MonotonicTime time, std::uint32_t direction, const Bytes& frame) {
  Bytes out;
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<std::uint8_t>(time.count() >> shift));
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<std::uint8_t>(direction >> shift));
  const Bytes packed = Pack({frame});
  out.insert(out.end(), packed.begin(), packed.end());
  return out;
}

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

TEST("a capture keeps what a port sends and receives, with time and direction, and is read once") {
  World world;
  CHECK(world.ok);
  Bytes out(60, 1), in(61, 2), elsewhere(62, 3);
  CHECK(world.capture.StartCapture(1, 4096).ok());
  const base::MonotonicTime start = world.clock.Now();

  CHECK(world.driver.Send(1, Pack({out})).ok());
  world.clock.Advance(std::chrono::microseconds(5));
  world.Deliver(1, in);
  world.Deliver(2, elsewhere);

  const auto read = world.capture.ReadCapture(1);
  CHECK(read.ok());
  CHECK(read->packed == Record(start, 0, out) + Record(start + std::chrono::microseconds(5), 1, in));
  CHECK_EQ(read->not_kept, 0u);
  CHECK(world.capture.ReadCapture(1)->packed.empty());
}

TEST("captured frames still reach the engine and the driver") {
  World world;
  CHECK(world.ok);
  Bytes out(60, 1), in(61, 2);
  CHECK(world.capture.StartCapture(1, 4096).ok());

  CHECK(world.driver.Send(1, Pack({out})).ok());
  world.Deliver(1, in);

  CHECK(world.engine.seen == std::vector<Bytes>{out});
  CHECK(*world.driver.Receive(1) == Pack({in}));
}

TEST("an outbound frame is captured as the port sent it, before the engine rewrites it") {
  World world;
  CHECK(world.ok);
  world.engine.on_frames = [](vfp::PortIndex, std::span<wire::Frame> frames) {
    for (wire::Frame& frame : frames) std::memset(frame.data, 0xff, frame.length);
  };
  const Bytes out(60, 1);
  CHECK(world.capture.StartCapture(1, 4096).ok());

  CHECK(world.driver.Send(1, Pack({out})).ok());

  CHECK(world.capture.ReadCapture(1)->packed == Record(world.clock.Now(), 0, out));
}

TEST("a checksum left to the sender is complete in the capture and still owed in the frame") {
  World world;
  CHECK(world.ok);
  OwingUdp udp;
  const Bytes before = udp.bytes;
  wire::Frame frames[] = {udp.Frame()};
  CHECK(world.capture.StartCapture(1, 4096).ok());

  world.capture.sink().OnFrames(1, frames);

  CHECK(world.capture.ReadCapture(1)->packed == Record(world.clock.Now(), 1, udp.Completed()));
  CHECK(udp.bytes == before);
}

TEST("a capture keeps the oldest frames that fit its bytes and counts the others") {
  World world;
  CHECK(world.ok);
  Bytes first(60, 1), second(60, 2), small(20, 3);
  CHECK(world.capture.StartCapture(1, 16 + 60 + 16 + 20).ok());

  world.Deliver(1, first);
  world.Deliver(1, second);
  world.Deliver(1, small);

  const auto read = world.capture.ReadCapture(1);
  CHECK(read->packed == Record(world.clock.Now(), 1, first) + Record(world.clock.Now(), 1, small));
  CHECK_EQ(read->not_kept, 1u);
  world.Deliver(1, second);
  CHECK(world.capture.ReadCapture(1)->packed == Record(world.clock.Now(), 1, second));
}

TEST("a capture is started once, stopped once and bounded") {
  World world;
  CHECK(world.ok);
  CHECK_EQ(world.capture.StartCapture(1, 0).error().code, base::hr::ERROR_INVALID_PARAMETER);
  CHECK_EQ(world.capture.StartCapture(1, ports::Capture::kMaxBytes + 1).error().code,
           base::hr::ERROR_INVALID_PARAMETER);
  CHECK_EQ(world.capture.ReadCapture(1).error().code, base::hr::ERROR_NOT_FOUND);
  CHECK(world.capture.StartCapture(1, 4096).ok());
  CHECK_EQ(world.capture.StartCapture(1, 4096).error().code, base::hr::ERROR_ALREADY_EXISTS);

  CHECK(world.capture.StopCapture(1).ok());

  CHECK_EQ(world.capture.StopCapture(1).error().code, base::hr::ERROR_NOT_FOUND);
  CHECK_EQ(world.capture.ReadCapture(1).error().code, base::hr::ERROR_NOT_FOUND);
}

TEST("a port's capture ends with the port") {
  World world;
  CHECK(world.ok);
  CHECK(world.capture.StartCapture(1, 4096).ok());

  world.capture.RemovePort(1);
  CHECK(world.capture.AddPort(1).ok());

  CHECK_EQ(world.capture.ReadCapture(1).error().code, base::hr::ERROR_NOT_FOUND);
}

}  // namespace
