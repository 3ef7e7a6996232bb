#include "ports/memory/memory_driver.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include "ports/frame_packing.h"

namespace ports {
namespace {

constexpr std::size_t kBatch = 32;
constexpr std::size_t kLengthBytes = 4;

base::Error PortNotFound(vfp::PortIndex port) {
  return base::MakeError(base::hr::HCN_E_PORT_NOT_FOUND,
                         "the memory driver has no port `" + std::to_string(port) + "`");
}

base::Status CheckPacking(std::span<const std::uint8_t> packed) {
  std::size_t at = 0;
  while (at < packed.size()) {
    const std::size_t left = packed.size() - at;
    if (left < kLengthBytes) {
      return base::MakeError(base::hr::ERR_INVALID_FRAME,
                             "`" + std::to_string(left) + "` bytes are left where a length of 4 should be");
    }
    const std::uint32_t length = LoadLittleEndian32(packed.data() + at);
    if (length > wire::kMaxFrameBytes) {
      return base::MakeError(base::hr::ERR_INVALID_FRAME, "a frame of `" + std::to_string(length) +
                                                              "` bytes is longer than the longest, `" +
                                                              std::to_string(wire::kMaxFrameBytes) + "`");
    }
    if (length > left - kLengthBytes) {
      return base::MakeError(base::hr::ERR_INVALID_FRAME, "a frame of `" + std::to_string(length) +
                                                              "` bytes has only `" +
                                                              std::to_string(left - kLengthBytes) + "` left");
    }
    at += kLengthBytes + length;
  }
  return {};
}

// Up to one batch, copied, because the engine rewrites in place. Each frame
// starts on a cache line, so that headers never straddle more than they must.
class Scratch {
 public:
  // Takes frames from the front of `packed`, which CheckPacking has accepted.
  std::span<wire::Frame> Load(std::span<const std::uint8_t>* packed) {
    std::size_t count = 0;
    std::size_t needed = 0;
    std::array<const std::uint8_t*, kBatch> sources;
    std::array<std::size_t, kBatch> offsets;
    while (count < kBatch && !packed->empty()) {
      const std::uint32_t length = LoadLittleEndian32(packed->data());
      sources[count] = packed->data() + kLengthBytes;
      frames_[count] = wire::Frame{.data = nullptr, .length = length, .offload = {}, .headroom = wire::kFrameHeadroom};
      needed += wire::kFrameHeadroom;
      offsets[count] = needed;
      needed += (length + kCacheLine - 1) / kCacheLine * kCacheLine;
      *packed = packed->subspan(kLengthBytes + length);
      ++count;
    }
    if (bytes_.size() < needed + kCacheLine) bytes_.resize(needed + kCacheLine);
    const std::size_t skew = reinterpret_cast<std::uintptr_t>(bytes_.data()) % kCacheLine;
    std::uint8_t* start = bytes_.data() + (skew == 0 ? 0 : kCacheLine - skew);
    for (std::size_t i = 0; i < count; ++i) {
      frames_[i].data = start + offsets[i];
      std::memcpy(frames_[i].data, sources[i], frames_[i].length);
    }
    return {frames_.data(), count};
  }

 private:
  static constexpr std::size_t kCacheLine = 64;
  std::vector<std::uint8_t> bytes_;
  std::array<wire::Frame, kBatch> frames_;
};

struct Queue {
  std::vector<std::uint8_t> packed;
  MemoryPortCounters counters;
};

}  // namespace

struct MemoryDriver::State final : vfp::PacketSink {
  explicit State(const MemoryDriverOptions& driver_options) : options(driver_options) {}

  void OnFrames(vfp::PortIndex port, std::span<wire::Frame> frames) noexcept override {
    std::lock_guard lock(mutex);
    const auto found = queues.find(port);
    if (found == queues.end()) return;
    Queue& queue = found->second;
    for (const wire::Frame& frame : frames) {
      if (frame.length + kLengthBytes > options.queue_bytes - queue.packed.size()) {
        ++queue.counters.dropped;
        continue;
      }
      const std::size_t at = queue.packed.size();
      queue.packed.resize(at + kLengthBytes);
      StoreLittleEndian(queue.packed.data() + at, frame.length);
      AppendFrameBytes(frame, &queue.packed);
      ++queue.counters.delivered;
    }
  }

  std::unique_ptr<Scratch> TakeScratch() {
    std::lock_guard lock(mutex);
    if (idle_scratch.empty()) return std::make_unique<Scratch>();
    std::unique_ptr<Scratch> taken = std::move(idle_scratch.back());
    idle_scratch.pop_back();
    return taken;
  }

  const MemoryDriverOptions options;

  // Held shared while frames are handed to the engine, so that Stop waits for
  // them. Taken before the engine's own lock; `mutex` is taken under that.
  std::shared_mutex running;
  vfp::PacketSink* engine = nullptr;  // Guarded by `running`.

  std::mutex mutex;  // Guards everything below.
  std::unordered_map<vfp::PortIndex, Queue> queues;
  std::unordered_map<base::Guid, bool, base::GuidHash> compartments;  // Value: the host's own.
  std::vector<std::unique_ptr<Scratch>> idle_scratch;                 // As many as calls of Send ever ran at once.
};

MemoryDriver::MemoryDriver(const MemoryDriverOptions& options) : state_(std::make_unique<State>(options)) {}
MemoryDriver::~MemoryDriver() { Stop(); }

base::Status MemoryDriver::Start(vfp::PacketSink& engine) {
  std::lock_guard lock(state_->running);
  state_->engine = &engine;
  return {};
}

void MemoryDriver::Stop() {
  {
    std::lock_guard lock(state_->running);
    state_->engine = nullptr;
  }
  std::lock_guard lock(state_->mutex);
  state_->queues.clear();
  state_->compartments.clear();
}

vfp::PacketSink& MemoryDriver::sink() { return *state_; }

base::Status MemoryDriver::AddCompartment(const base::Guid& id, bool host) {
  std::lock_guard lock(state_->mutex);
  if (!state_->compartments.emplace(id, host).second) {
    return base::MakeError(base::hr::ERROR_ALREADY_EXISTS, "compartment `" + id.ToString() + "` exists");
  }
  return {};
}

void MemoryDriver::RemoveCompartment(const base::Guid& id) {
  std::lock_guard lock(state_->mutex);
  state_->compartments.erase(id);
}

base::Result<CompartmentInfo> MemoryDriver::DescribeCompartment(const base::Guid& id) const {
  std::lock_guard lock(state_->mutex);
  if (!state_->compartments.contains(id)) {
    return base::MakeError(base::hr::ERROR_NOT_FOUND, "there is no compartment `" + id.ToString() + "`");
  }
  CompartmentInfo info;
  info.kind = "memory";
  return info;
}

base::Status MemoryDriver::AddPort(vfp::PortIndex port) {
  std::lock_guard lock(state_->mutex);
  if (!state_->queues.try_emplace(port).second) {
    return base::MakeError(base::hr::HCN_E_PORT_ALREADY_EXISTS, "port `" + std::to_string(port) + "`");
  }
  return {};
}

void MemoryDriver::RemovePort(vfp::PortIndex port) {
  std::lock_guard lock(state_->mutex);
  state_->queues.erase(port);
}

base::Status MemoryDriver::Attach(vfp::PortIndex port, const InterfaceSpec& spec) {
  std::lock_guard lock(state_->mutex);
  if (!state_->queues.contains(port)) return PortNotFound(port);
  if (!state_->compartments.contains(spec.compartment)) {
    return base::MakeError(base::hr::ERROR_NOT_FOUND, "there is no compartment `" + spec.compartment.ToString() + "`");
  }
  return {};
}

void MemoryDriver::Detach(vfp::PortIndex) {}

base::Status MemoryDriver::AttachAdapter(vfp::PortIndex port, const std::string& adapter) {
  if (adapter.empty()) return base::MakeError(base::hr::HCN_E_ADAPTER_NOT_FOUND, "the adapter's name is empty");
  std::lock_guard lock(state_->mutex);
  if (!state_->queues.contains(port)) return PortNotFound(port);
  return {};
}

base::Result<base::MacAddress> MemoryDriver::AdapterMac(const std::string& adapter) {
  if (adapter.empty()) return base::MakeError(base::hr::HCN_E_ADAPTER_NOT_FOUND, "the adapter's name is empty");
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a: equal in every process, which std::hash is not.
  for (const char c : adapter) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  base::MacAddress mac = base::MacAddress::FromUint64(hash ^ hash >> 48);
  mac.bytes[0] = 0x02;  // Locally administered, one station.
  return mac;
}

base::Result<AdapterAddresses> MemoryDriver::AddressesOfAdapter(const std::string& adapter) {
  if (adapter.empty()) return base::MakeError(base::hr::HCN_E_ADAPTER_NOT_FOUND, "the adapter's name is empty");
  return AdapterAddresses{};
}

base::Status MemoryDriver::Send(vfp::PortIndex port, std::span<const std::uint8_t> packed) {
  HNS_RETURN_IF_ERROR(CheckPacking(packed));
  std::shared_lock running(state_->running);
  if (state_->engine == nullptr)
    return base::MakeError(base::hr::HCN_E_MANAGER_STOPPED, "the memory driver is stopped");
  {
    std::lock_guard lock(state_->mutex);
    if (!state_->queues.contains(port)) return PortNotFound(port);
  }
  std::unique_ptr<Scratch> scratch = state_->TakeScratch();
  std::uint64_t sent = 0;
  while (!packed.empty()) {
    const std::span<wire::Frame> frames = scratch->Load(&packed);
    state_->engine->OnFrames(port, frames);
    sent += frames.size();
  }
  std::lock_guard lock(state_->mutex);
  state_->idle_scratch.push_back(std::move(scratch));
  if (const auto found = state_->queues.find(port); found != state_->queues.end()) found->second.counters.sent += sent;
  return {};
}

base::Result<std::vector<std::uint8_t>> MemoryDriver::Receive(vfp::PortIndex port) {
  {
    std::shared_lock running(state_->running);
    if (state_->engine != nullptr) (void)state_->engine->Poll();
  }
  std::lock_guard lock(state_->mutex);
  const auto found = state_->queues.find(port);
  if (found == state_->queues.end()) return PortNotFound(port);
  return std::exchange(found->second.packed, {});
}

base::Result<MemoryPortCounters> MemoryDriver::Counters(vfp::PortIndex port) const {
  std::lock_guard lock(state_->mutex);
  const auto found = state_->queues.find(port);
  if (found == state_->queues.end()) return PortNotFound(port);
  return found->second.counters;
}

}  // namespace ports
