#include "dll/host.h"

#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/utf16.h"
#include "compose/host.h"

// After ours: its macros have the names of our error codes.
#include <windows.h>

namespace dll {
namespace {

// Empty when it is not set. The process's own environment, not the C runtime's
// copy: a program that is not C may have changed it.
std::string FromEnvironment(const wchar_t* name) {
  std::wstring value(256, L'\0');
  for (;;) {
    const DWORD length = ::GetEnvironmentVariableW(name, value.data(), static_cast<DWORD>(value.size()));
    if (length == 0) return {};
    const bool fits = length < value.size();
    value.resize(length);
    if (fits) return base::Utf16ToUtf8(std::u16string(value.begin(), value.end())).value_or("");
  }
}

struct Process {
  std::mutex mutex;
  compose::Host* host = nullptr;  // Guarded by `mutex`; never freed: see the header.
};

Process& TheProcess() {
  static Process& process = *new Process;
  return process;
}

}  // namespace

base::Result<const abi::HcnTable*> ProcessTable() {
  Process& process = TheProcess();
  const std::lock_guard lock(process.mutex);
  if (process.host == nullptr) {
    compose::HostOptions options;
    HNS_ASSIGN_OR_RETURN(options.profile, hns::ParseProfile(FromEnvironment(L"HNS_VFP_PROFILE")));
    options.state = FromEnvironment(L"HNS_VFP_STATE");
    HNS_ASSIGN_OR_RETURN(std::unique_ptr<compose::Host> host, compose::Host::Open(options));
    process.host = host.release();
  }
  return &process.host->hcn();
}

}  // namespace dll
