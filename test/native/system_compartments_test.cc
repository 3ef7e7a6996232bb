// Compartments of threads, over an iphlpapi.dll that has them, and one that has not.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "abi/system_compartments.h"
#include "native/temp_folder.h"
#include "native/test.h"

namespace {

using abi::SystemCompartments;
using native_test::TempFolder;
namespace hr = base::hr;

std::string StandIn() {
  std::ifstream file("build-windows/compartments.dll", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// By another name than Windows' own DLL, which is in the process already.
std::filesystem::path Put(const TempFolder& folder, const std::string& bytes) {
  const std::filesystem::path file = folder.path() / "compartments.dll";
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

TEST("a thread enters a compartment, and is told where it was") {
  const TempFolder folder;
  const auto compartments = SystemCompartments::Open(Put(folder, StandIn()));
  CHECK(compartments.ok());
  const auto first = compartments->Enter(7);
  CHECK(first.ok());
  CHECK_EQ(*first, 1u);
  const auto back = compartments->Enter(*first);
  CHECK(back.ok());
  CHECK_EQ(*back, 7u);
}

TEST("a compartment that is not there is Windows' own code, and the thread stays") {
  const TempFolder folder;
  const auto compartments = SystemCompartments::Open(Put(folder, StandIn()));
  CHECK(compartments.ok());
  const auto entered = compartments->Enter(10);
  CHECK(!entered.ok());
  CHECK_EQ(entered.error().code, hr::ERROR_INVALID_PARAMETER);
  CHECK_EQ(*compartments->Enter(1), 1u);
}

TEST("a Windows without compartments is told by the export that it lacks") {
  for (const std::string name : {"GetCurrentThreadCompartmentId", "SetCurrentThreadCompartmentId"}) {
    const TempFolder folder;
    std::string dll = StandIn();
    const auto at = dll.find('\0' + name + '\0');
    CHECK(at != std::string::npos);
    dll[at + name.size()] = 'c';
    const auto compartments = SystemCompartments::Open(Put(folder, dll));
    CHECK(!compartments.ok());
    CHECK_EQ(compartments.error().code, hr::ERROR_PROC_NOT_FOUND);
    CHECK(compartments.error().detail.find("`" + name + "`") != std::string::npos);
  }
}

TEST("without iphlpapi.dll its name is told") {
  const TempFolder folder;
  const auto compartments = SystemCompartments::Open(folder.path() / "iphlpapi.dll");
  CHECK(!compartments.ok());
  CHECK_EQ(compartments.error().code, hr::ERROR_MOD_NOT_FOUND);
  CHECK(compartments.error().detail.find("iphlpapi.dll") != std::string::npos);
}

}  // namespace
