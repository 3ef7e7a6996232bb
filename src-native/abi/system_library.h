// A DLL of Windows' own, by its name in the system directory and nowhere else.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace abi {

class SystemLibrary {
 public:
  // The system directory, C:\Windows\System32 as a rule.
  static std::filesystem::path Folder();
  // ERROR_MOD_NOT_FOUND: the file is not there. ERROR_BAD_EXE_FORMAT: it is no
  // DLL, or of another processor. Says which file. Its own imports come from the
  // system directory too.
  static base::Result<SystemLibrary> Open(const std::filesystem::path& file);

  SystemLibrary(SystemLibrary&& other) noexcept;
  SystemLibrary& operator=(SystemLibrary&&) = delete;
  // The DLL stays in the process: threads of its own may run in it.
  ~SystemLibrary() = default;

  using Function = void (*)();
  // Null when it has no such export.
  Function Find(const char* name) const;
  const std::string& name() const { return name_; }

 private:
  SystemLibrary(void* module, std::string name) : module_(module), name_(std::move(name)) {}
  void* module_;      // An HMODULE.
  std::string name_;  // "computenetwork.dll"
};

}  // namespace abi
