#include "abi/system_library.h"

#include <system_error>
#include <utility>

namespace {

// Before Windows' macros take the names.
constexpr base::HResult kAccessDenied = base::hr::ERROR_ACCESS_DENIED;
constexpr base::HResult kBadFormat = base::hr::ERROR_BAD_EXE_FORMAT;
constexpr base::HResult kNotThere = base::hr::ERROR_MOD_NOT_FOUND;

}  // namespace

#include <windows.h>

namespace abi {

std::filesystem::path SystemLibrary::Folder() {
  std::wstring folder(MAX_PATH, L'\0');
  folder.resize(::GetSystemDirectoryW(folder.data(), static_cast<UINT>(folder.size())));
  return folder;
}

base::Result<SystemLibrary> SystemLibrary::Open(const std::filesystem::path& file) {
  // By its full path, so that no other folder is looked into.
  HMODULE module =
      ::LoadLibraryExW(file.c_str(), nullptr, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
  if (module != nullptr) return SystemLibrary(module, file.filename().string());
  const DWORD code = ::GetLastError();
  const std::string text =
      "`" + file.string() + "` does not load: " + std::system_category().message(static_cast<int>(code));
  if (code == ERROR_BAD_EXE_FORMAT || code == ERROR_INVALID_EXE_SIGNATURE) return base::MakeError(kBadFormat, text);
  if (code == ERROR_ACCESS_DENIED) return base::MakeError(kAccessDenied, text);
  return base::MakeError(kNotThere, text);
}

SystemLibrary::SystemLibrary(SystemLibrary&& other) noexcept
    : module_(std::exchange(other.module_, nullptr)), name_(std::move(other.name_)) {}

SystemLibrary::Function SystemLibrary::Find(const char* name) const {
  return reinterpret_cast<Function>(::GetProcAddress(static_cast<HMODULE>(module_), name));
}

}  // namespace abi
