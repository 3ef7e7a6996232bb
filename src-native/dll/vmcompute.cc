// vmcompute.dll's exports for v1 clients of HNS. The host is that of the
// computenetwork.dll beside this file, so that an object made through one API is
// seen through the other. There are no compute systems here: what asks for one
// is told that it does not exist, which v1 CNI plugins take as an answer.
#include <mutex>
#include <string>

#include "abi/hcn_table.h"
#include "abi/system_memory.h"

#include "abi/system_exports.h"

namespace dll {
namespace {

constexpr HRESULT kSystemNotFound = static_cast<HRESULT>(0xC037010E);  // HCS_E_SYSTEM_NOT_FOUND

// The folder of this DLL, with its last backslash.
std::wstring OwnFolder() {
  HMODULE own = nullptr;
  ::GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                       reinterpret_cast<LPCWSTR>(&OwnFolder), &own);
  std::wstring path(MAX_PATH, L'\0');
  for (;;) {
    const DWORD length = ::GetModuleFileNameW(own, path.data(), static_cast<DWORD>(path.size()));
    if (length < path.size()) {
      path.resize(length);
      break;
    }
    path.resize(path.size() * 2);
  }
  return path.substr(0, path.find_last_of(L"\\/") + 1);
}

using GetTable = const abi::HcnTable* (*)(HRESULT* code);

// The table of the process's host. Null: `*code` says why.
const abi::HcnTable* ProcessTable(HRESULT* code) {
  static std::mutex& mutex = *new std::mutex;
  static GetTable get = nullptr;  // Guarded by `mutex`; looked for again after a failure.
  const std::lock_guard lock(mutex);
  if (get == nullptr) {
    HMODULE library =
        ::LoadLibraryExW((OwnFolder() + L"computenetwork.dll").c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (library == nullptr) {
      *code = HRESULT_FROM_WIN32(::GetLastError());
      return nullptr;
    }
    // Windows' own has no such export.
    get = reinterpret_cast<GetTable>(reinterpret_cast<void (*)()>(::GetProcAddress(library, "HnsVfpTable")));
    if (get == nullptr) {
      *code = HRESULT_FROM_WIN32(ERROR_PROC_NOT_FOUND);
      return nullptr;
    }
  }
  return get(code);
}

}  // namespace
}  // namespace dll

extern "C" {

HRESULT WINAPI HNSCall(PCWSTR Method, PCWSTR Path, PCWSTR Request, PWSTR* Response) {
  if (Response == nullptr) return E_POINTER;
  *Response = nullptr;
  HRESULT code = S_OK;
  const abi::HcnTable* table = dll::ProcessTable(&code);
  if (table == nullptr) return code;
  char16_t* text = nullptr;
  code = table->hns_call(table->context, reinterpret_cast<const char16_t*>(Method),
                         reinterpret_cast<const char16_t*>(Path), reinterpret_cast<const char16_t*>(Request), &text,
                         nullptr);
  if (text != nullptr) *Response = reinterpret_cast<PWSTR>(abi::TaskText(text));
  table->free_string(table->context, text);
  return code == S_OK && *Response == nullptr ? E_OUTOFMEMORY : code;
}

HRESULT WINAPI HcsOpenComputeSystem(PCWSTR, void** System, PWSTR* Result) {
  if (System != nullptr) *System = nullptr;
  if (Result != nullptr) *Result = nullptr;
  return dll::kSystemNotFound;
}

HRESULT WINAPI HcsModifyComputeSystem(void*, PCWSTR, PWSTR* Result) {
  if (Result != nullptr) *Result = nullptr;
  return dll::kSystemNotFound;
}

HRESULT WINAPI HcsEnumerateComputeSystems(PCWSTR, PWSTR* Systems, PWSTR* Result) {
  if (Result != nullptr) *Result = nullptr;
  if (Systems == nullptr) return E_POINTER;
  *Systems = reinterpret_cast<PWSTR>(abi::TaskText(u"[]"));
  return *Systems != nullptr ? S_OK : E_OUTOFMEMORY;
}

// Nothing to close: none was opened.
HRESULT WINAPI HcsCloseComputeSystem(void*) { return S_OK; }

}  // extern "C"
