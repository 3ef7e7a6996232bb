#include "compose/host.h"

#include "compose/connection_settings.h"

#include <utility>
#include <vector>

#include "abi/embedded_hcn.h"
#include "abi/embedded_vfp.h"
#include "abi/faulty_hcn.h"
#include "base/guid.h"
#include "compose/host_state.h"
#include "hns/random.h"
#include "hns/service.h"
#include "hns/store/lmdb_store.h"
#include "hns/store/memory_store.h"
#include "ports/capture.h"
#include "ports/memory/memory_driver.h"
#include "vfp/engine.h"

#if defined(__linux__)
#include "ports/linux/linux_driver.h"
#endif

namespace compose {

namespace {

// What the VFP table offers on frames, from the driver and the capture.
class Frames final : public abi::FrameAccess {
 public:
  // `memory` is null when ports are interfaces.
  Frames(ports::MemoryDriver* memory, ports::Capture& capture) : memory_(memory), capture_(capture) {}

  bool CarriesFrames() const override { return memory_ != nullptr; }
  base::Status Send(vfp::PortIndex port, std::span<const std::uint8_t> packed) override {
    return memory_->Send(port, packed);
  }
  base::Result<std::vector<std::uint8_t>> Receive(vfp::PortIndex port) override { return memory_->Receive(port); }
  base::Status StartCapture(vfp::PortIndex port, std::size_t max_bytes) override {
    return capture_.StartCapture(port, max_bytes);
  }
  base::Result<std::vector<std::uint8_t>> ReadCapture(vfp::PortIndex port) override {
    HNS_ASSIGN_OR_RETURN(ports::CapturedFrames captured, capture_.ReadCapture(port));
    return std::move(captured.packed);
  }
  base::Status StopCapture(vfp::PortIndex port) override { return capture_.StopCapture(port); }

 private:
  ports::MemoryDriver* memory_;
  ports::Capture& capture_;
};

struct Driver {
  std::unique_ptr<ports::PortDriver> driver;
  ports::MemoryDriver* memory = nullptr;  // The same, when it is one.
};

base::Result<Driver> MakeDriver(const HostOptions& options) {
  Driver made;
  if (options.ports == HostOptions::Ports::kMemory) {
    auto memory = std::make_unique<ports::MemoryDriver>();
    made.memory = memory.get();
    made.driver = std::move(memory);
    return made;
  }
#if defined(__linux__)
  made.driver = std::make_unique<ports::LinuxDriver>(ports::LinuxDriverOptions{.helper_path = options.helper_path});
  return made;
#else
  return base::MakeError(base::hr::ERR_NAMESPACES_UNAVAILABLE, "interfaces of the machine are carried on Linux only");
#endif
}

base::Result<std::unique_ptr<hns::Store>> MakeStore(const std::string& state) {
  if (state.empty()) return std::unique_ptr<hns::Store>(std::make_unique<hns::MemoryStore>());
  HNS_ASSIGN_OR_RETURN(std::unique_ptr<hns::LmdbStore> store,
                       hns::LmdbStore::Open(std::u8string(state.begin(), state.end())));
  return std::unique_ptr<hns::Store>(std::move(store));
}

vfp::EngineOptions EngineOptionsOf(const HostOptions& options, std::uint64_t hash_seed) {
  vfp::EngineOptions engine;
  engine.max_connections = options.max_connections;
  engine.hash_seed = hash_seed;
  engine.flow_cache = options.flow_cache;
  (void)ApplyConnectionSettings(options.connections, &engine);  // Open has checked them.
  return engine;
}

// In order of construction; what is below uses what is above. The destructor
// stops the service first, then the driver, whose thread calls the engine; after
// that the members go in reverse.
struct EmbeddedState final : Host::State {
  EmbeddedState(const HostOptions& options, std::uint64_t seed, Driver made, std::unique_ptr<hns::Store> made_store)
      : clock(options.manual_clock ? static_cast<const base::Clock&>(manual_clock) : system_clock),
        engine(clock, EngineOptionsOf(options, seed)),
        driver(std::move(made.driver)),
        capture(clock, *driver),
        frames(made.memory, capture),
        store(std::move(made_store)),
        service(*store, engine, capture, options.seed, options.profile),
        table(service, hns::Random(0).Next()),
        vfp_table(service, engine, frames),
        has_manual_clock(options.manual_clock) {}

  ~EmbeddedState() override {
    ReleaseFaults();
    service.Stop();
    capture.Stop();
  }

  base::Status Start(const HostOptions& options, std::uint64_t fault_seed) {
    HNS_RETURN_IF_ERROR(capture.Start(engine));
    HNS_RETURN_IF_ERROR(service.Start());
    HNS_ASSIGN_OR_RETURN(std::vector<abi::Fault> faults, abi::ParseFaults(options.faults));
    if (faults.empty()) return {};
    HNS_ASSIGN_OR_RETURN(faulty, abi::FaultyHcn::Make(table.table(), {.faults = std::move(faults),
                                                                      .seed = fault_seed,
                                                                      .clock = &clock,
                                                                      .manual_clock = has_manual_clock,
                                                                      .restart = [this] { service.Restart(); }}));
    return {};
  }

  const abi::HcnTable& hcn() const override { return faulty != nullptr ? faulty->table() : table.table(); }
  const abi::VfpTable& vfp() const override { return vfp_table.table(); }

  void ReleaseFaults() override {
    if (faulty != nullptr) faulty->Release();
  }

  base::Status AdvanceClock(std::chrono::nanoseconds by) override {
    if (!has_manual_clock) {
      return base::MakeError(base::hr::ERROR_NOT_SUPPORTED, "the host was opened with the system's clock");
    }
    if (by.count() < 0) return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "time does not go back");
    manual_clock.Advance(by);
    engine.ExpireIdle();
    (void)engine.Poll();
    if (faulty != nullptr) faulty->ClockMoved();
    return {};
  }

  base::ManualClock manual_clock;
  base::SystemClock system_clock;
  const base::Clock& clock;
  vfp::Engine engine;
  std::unique_ptr<ports::PortDriver> driver;
  ports::Capture capture;
  Frames frames;
  std::unique_ptr<hns::Store> store;
  hns::Service service;
  abi::EmbeddedHcn table;
  abi::EmbeddedVfp vfp_table;
  std::unique_ptr<abi::FaultyHcn> faulty;  // Null: nothing is to go wrong.
  const bool has_manual_clock;
};

}  // namespace

Host::Host(std::unique_ptr<State> state) : state_(std::move(state)) {}
Host::~Host() = default;

base::Result<std::unique_ptr<Host>> Host::Open(const HostOptions& options) {
  if (options.max_connections == 0) {
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "`max_connections` is 0");
  }
  vfp::EngineOptions checked;
  HNS_RETURN_IF_ERROR(ApplyConnectionSettings(options.connections, &checked));
  HNS_ASSIGN_OR_RETURN(std::unique_ptr<hns::Store> store, MakeStore(options.state));
  HNS_ASSIGN_OR_RETURN(Driver driver, MakeDriver(options));
  const std::uint64_t seed = options.seed != 0 ? options.seed : hns::Random(0).Next();
  auto state = std::make_unique<EmbeddedState>(options, seed, std::move(driver), std::move(store));
  HNS_RETURN_IF_ERROR(state->Start(options, seed));
  return std::unique_ptr<Host>(new Host(std::move(state)));
}

const abi::HcnTable& Host::hcn() const { return state_->hcn(); }
const abi::VfpTable& Host::vfp() const { return state_->vfp(); }
void Host::ReleaseFaults() { state_->ReleaseFaults(); }
base::Status Host::AdvanceClock(std::chrono::nanoseconds by) { return state_->AdvanceClock(by); }

}  // namespace compose
