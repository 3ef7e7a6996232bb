#include "abi/system_compartments.h"

#include <string>
#include <utility>

namespace {

// Before Windows' macros take the name.
constexpr base::HResult kNoExport = base::hr::ERROR_PROC_NOT_FOUND;

}  // namespace

#include <windows.h>

namespace abi {
namespace {

constexpr const char* kGet = "GetCurrentThreadCompartmentId";
constexpr const char* kSet = "SetCurrentThreadCompartmentId";

}  // namespace

base::Result<SystemCompartments> SystemCompartments::Open(const std::filesystem::path& file) {
  HNS_ASSIGN_OR_RETURN(SystemLibrary library, SystemLibrary::Open(file));
  for (const char* name : {kGet, kSet}) {
    if (library.Find(name) == nullptr)
      return base::MakeError(kNoExport, "this build's " + library.name() + " has no `" + name + "`");
  }
  return SystemCompartments(std::move(library));
}

base::Result<std::uint32_t> SystemCompartments::Enter(std::uint32_t compartment) const {
  // netioapi.h: NET_IF_COMPARTMENT_ID is a UINT32, NETIO_STATUS a Win32 code.
  const auto get = reinterpret_cast<UINT32(WINAPI*)()>(library_.Find(kGet));
  const auto set = reinterpret_cast<DWORD(WINAPI*)(UINT32)>(library_.Find(kSet));
  const std::uint32_t before = get();
  const DWORD status = set(compartment);
  if (status == ERROR_SUCCESS) return before;
  return base::MakeError(HRESULT_FROM_WIN32(status), "compartment " + std::to_string(compartment) + " is not entered");
}

}  // namespace abi
