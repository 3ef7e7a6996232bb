// The HCN table of the machine's own service: computenetwork.dll, and HNSCall of
// vmcompute.dll.
#pragma once

#include <filesystem>
#include <memory>

#include "abi/hcn_table.h"
#include "base/result.h"

namespace abi {

class SystemTable {
 public:
  // Both DLLs from `folder`: the system directory, save in tests. A DLL that is
  // not there or is none: ERROR_MOD_NOT_FOUND, ERROR_BAD_EXE_FORMAT. One of the
  // name that is something else: ERROR_PROC_NOT_FOUND.
  //
  // What this build of Windows does not export answers ERROR_PROC_NOT_FOUND when
  // it is called, and the error record names it. A service that is stopped is
  // found by the first call, which answers its code.
  static base::Result<std::unique_ptr<SystemTable>> Open(const std::filesystem::path& folder);
  ~SystemTable();

  // Good as long as this object.
  const HcnTable& table() const;

  struct State;

 private:
  explicit SystemTable(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace abi
