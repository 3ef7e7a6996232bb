// The machine's own service.
#include <memory>
#include <utility>

#include "compose/host_state.h"

#if defined(_WIN32)
#include "abi/system_library.h"
#include "abi/system_table.h"
#endif

namespace compose {

#if defined(_WIN32)

namespace {

struct SystemState final : Host::State {
  explicit SystemState(std::unique_ptr<abi::SystemTable> opened) : table(std::move(opened)) {}

  const abi::HcnTable& hcn() const override { return table->table(); }
  const abi::VfpTable& vfp() const override { return no_vfp; }
  void ReleaseFaults() override {}
  base::Status AdvanceClock(std::chrono::nanoseconds) override {
    return base::MakeError(base::hr::ERROR_NOT_SUPPORTED, "the system's clock is not ours to turn");
  }

  const std::unique_ptr<abi::SystemTable> table;
  // Every entry null: the addon reads nothing of the system's switch.
  const abi::VfpTable no_vfp{.free_string = [](void*, char16_t*) noexcept {},
                             .free_bytes = [](void*, std::uint8_t*) noexcept {}};
};

}  // namespace

base::Result<std::unique_ptr<Host>> Host::OpenSystem() {
  HNS_ASSIGN_OR_RETURN(std::unique_ptr<abi::SystemTable> table, abi::SystemTable::Open(abi::SystemLibrary::Folder()));
  return std::unique_ptr<Host>(new Host(std::make_unique<SystemState>(std::move(table))));
}

#else

base::Result<std::unique_ptr<Host>> Host::OpenSystem() {
  return base::MakeError(base::hr::ERROR_NOT_SUPPORTED, "HNS is a service of Windows; the embedded host is there");
}

#endif

}  // namespace compose
