#include "ports/capture.h"

#include <atomic>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "ports/frame_packing.h"

namespace ports {
namespace {

constexpr std::size_t kRecordHeaderBytes = 16;

struct Ring {
  std::size_t max_bytes = 0;
  CapturedFrames captured;
};

// Set aside at once, so that a frame's copy never waits for the allocator; the
// kernel gives pages only as they are written.
std::vector<std::uint8_t> EmptyRing(std::size_t max_bytes) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(max_bytes);
  return bytes;
}

base::Error NotCaptured(vfp::PortIndex port) {
  return base::MakeError(base::hr::ERROR_NOT_FOUND, "port `" + std::to_string(port) + "` is not being captured");
}

}  // namespace

struct Capture::State {
  // What stands before the engine (outbound) or before the driver (inbound).
  class Tap final : public vfp::PacketSink {
   public:
    Tap(State& state, vfp::Direction direction, vfp::PacketSink* passes_to)
        : next(passes_to), state_(state), direction_(direction) {}

    void OnFrames(vfp::PortIndex port, std::span<wire::Frame> frames) noexcept override {
      if (state_.active.load(std::memory_order_relaxed) != 0) state_.Record(port, direction_, frames);
      next->OnFrames(port, frames);
    }
    std::optional<std::chrono::nanoseconds> Poll() noexcept override { return next->Poll(); }

    vfp::PacketSink* next;  // Set before the first frame; null until then.

   private:
    State& state_;
    const vfp::Direction direction_;
  };

  State(const base::Clock& capture_clock, PortDriver& driver)
      : clock(capture_clock),
        to_engine(*this, vfp::Direction::kOutbound, nullptr),
        to_driver(*this, vfp::Direction::kInbound, &driver.sink()) {}

  void Record(vfp::PortIndex port, vfp::Direction direction, std::span<const wire::Frame> frames) {
    std::lock_guard lock(mutex);
    const auto found = rings.find(port);
    if (found == rings.end()) return;
    Ring& ring = found->second;
    std::vector<std::uint8_t>& packed = ring.captured.packed;
    const auto now = static_cast<std::uint64_t>(clock.Now().count());
    for (const wire::Frame& frame : frames) {
      const std::size_t at = packed.size();
      if (ring.max_bytes - at < kRecordHeaderBytes + frame.length) {
        ++ring.captured.not_kept;
        continue;
      }
      packed.resize(at + kRecordHeaderBytes);
      StoreLittleEndian(packed.data() + at, now);
      StoreLittleEndian(packed.data() + at + 8, static_cast<std::uint32_t>(direction));
      StoreLittleEndian(packed.data() + at + 12, frame.length);
      AppendFrameBytes(frame, &packed);
    }
  }

  base::Status Forget(vfp::PortIndex port) {
    std::lock_guard lock(mutex);
    if (rings.erase(port) == 0) return NotCaptured(port);
    active.fetch_sub(1, std::memory_order_relaxed);
    return {};
  }

  const base::Clock& clock;
  std::atomic<std::uint32_t> active{0};  // Captured ports.
  std::mutex mutex;                      // Guards `rings`; nothing is called under it.
  std::unordered_map<vfp::PortIndex, Ring> rings;
  Tap to_engine;
  Tap to_driver;
};

Capture::Capture(const base::Clock& clock, PortDriver& driver)
    : driver_(driver), state_(std::make_unique<State>(clock, driver)) {}
Capture::~Capture() = default;

base::Status Capture::StartCapture(vfp::PortIndex port, std::size_t max_bytes) {
  if (max_bytes == 0 || max_bytes > kMaxBytes) {
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "a capture of `" + std::to_string(max_bytes) +
                                                                  "` bytes; from 1 to " + std::to_string(kMaxBytes));
  }
  Ring ring{.max_bytes = max_bytes, .captured = {.packed = EmptyRing(max_bytes), .not_kept = 0}};
  std::lock_guard lock(state_->mutex);
  if (!state_->rings.try_emplace(port, std::move(ring)).second) {
    return base::MakeError(base::hr::ERROR_ALREADY_EXISTS, "port `" + std::to_string(port) + "` is being captured");
  }
  state_->active.fetch_add(1, std::memory_order_relaxed);
  return {};
}

base::Result<CapturedFrames> Capture::ReadCapture(vfp::PortIndex port) {
  std::unique_lock lock(state_->mutex);
  auto found = state_->rings.find(port);
  if (found == state_->rings.end()) return NotCaptured(port);
  const std::size_t max_bytes = found->second.max_bytes;
  // Frames pass while the next ring is set aside.
  lock.unlock();
  CapturedFrames fresh{.packed = EmptyRing(max_bytes), .not_kept = 0};
  lock.lock();
  found = state_->rings.find(port);
  if (found == state_->rings.end()) return NotCaptured(port);
  fresh.packed.reserve(found->second.max_bytes);  // Stopped and started anew meanwhile, with another size.
  return std::exchange(found->second.captured, std::move(fresh));
}

base::Status Capture::StopCapture(vfp::PortIndex port) { return state_->Forget(port); }

base::Status Capture::Start(vfp::PacketSink& engine) {
  state_->to_engine.next = &engine;
  return driver_.Start(state_->to_engine);
}

void Capture::Stop() { driver_.Stop(); }
vfp::PacketSink& Capture::sink() { return state_->to_driver; }
base::Status Capture::AddCompartment(const base::Guid& id, bool host) { return driver_.AddCompartment(id, host); }
void Capture::RemoveCompartment(const base::Guid& id) { driver_.RemoveCompartment(id); }
base::Result<CompartmentInfo> Capture::DescribeCompartment(const base::Guid& id) const {
  return driver_.DescribeCompartment(id);
}
base::Status Capture::AddPort(vfp::PortIndex port) { return driver_.AddPort(port); }

void Capture::RemovePort(vfp::PortIndex port) {
  driver_.RemovePort(port);
  // The index is given again, and its next owner did not ask to be captured.
  (void)state_->Forget(port);
}

base::Status Capture::Attach(vfp::PortIndex port, const InterfaceSpec& spec) { return driver_.Attach(port, spec); }
void Capture::Detach(vfp::PortIndex port) { driver_.Detach(port); }
base::Status Capture::AttachAdapter(vfp::PortIndex port, const std::string& adapter) {
  return driver_.AttachAdapter(port, adapter);
}
base::Result<base::MacAddress> Capture::AdapterMac(const std::string& adapter) { return driver_.AdapterMac(adapter); }

base::Result<AdapterAddresses> Capture::AddressesOfAdapter(const std::string& adapter) {
  return driver_.AddressesOfAdapter(adapter);
}

}  // namespace ports
