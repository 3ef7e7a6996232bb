// Network compartments of threads: what iphlpapi.dll has for them, loaded when it
// is asked for.
#pragma once

#include <cstdint>
#include <filesystem>

#include "abi/system_library.h"
#include "base/result.h"

namespace abi {

class SystemCompartments {
 public:
  // `file`: iphlpapi.dll of the system directory, save in tests. As
  // SystemLibrary::Open, and ERROR_PROC_NOT_FOUND for a Windows that has no
  // compartments; it names the export.
  static base::Result<SystemCompartments> Open(const std::filesystem::path& file);

  // Moves the calling thread to a compartment (1: the machine's own). What it was
  // in before; Windows' code when it does not move.
  base::Result<std::uint32_t> Enter(std::uint32_t compartment) const;

 private:
  explicit SystemCompartments(SystemLibrary library) : library_(std::move(library)) {}

  SystemLibrary library_;
};

}  // namespace abi
