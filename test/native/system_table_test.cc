// The table of the machine's own service, over DLLs that are not as they should be.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "abi/system_table.h"
#include "native/temp_folder.h"
#include "native/test.h"

namespace {

using abi::SystemTable;
using native_test::TempFolder;
namespace hr = base::hr;

// Beside this program, where the build puts it.
std::string BrokenDll() {
  std::ifstream file("build-windows/broken_hcn.dll", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Put(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

// As `name`, whose last letter is another one in the DLL.
std::string Without(std::string dll, const std::string& name) {
  const std::string whole = '\0' + name + '\0';
  const auto at = dll.find(whole);
  if (at != std::string::npos) dll[at + name.size()] = static_cast<char>(name.back() - 1);
  return dll;
}

std::string RecordOf(const abi::HcnTable& table, char16_t* record) {
  std::string text;
  for (const char16_t* c = record; c != nullptr && *c != u'\0'; ++c) text.push_back(static_cast<char>(*c));
  table.free_string(table.context, record);
  return text;
}

TEST("a system without HNS is told by the name of the DLL that is missing") {
  const TempFolder folder;
  const auto opened = SystemTable::Open(folder.path());
  CHECK(!opened.ok());
  CHECK_EQ(opened.error().code, hr::ERROR_MOD_NOT_FOUND);
  CHECK(opened.error().detail.find("computenetwork.dll") != std::string::npos);

  Put(folder.path() / "computenetwork.dll", BrokenDll());
  const auto half = SystemTable::Open(folder.path());
  CHECK(!half.ok());
  CHECK(half.error().detail.find("vmcompute.dll") != std::string::npos);
}

TEST("a file that is no DLL is told as one, by its name") {
  const TempFolder folder;
  Put(folder.path() / "computenetwork.dll", "This is text.");
  const auto opened = SystemTable::Open(folder.path());
  CHECK(!opened.ok());
  CHECK_EQ(opened.error().code, hr::ERROR_BAD_EXE_FORMAT);
  CHECK(opened.error().detail.find("computenetwork.dll") != std::string::npos);
}

TEST("a DLL for another processor is told as one that does not fit") {
  const TempFolder folder;
  std::string dll = BrokenDll();
  // The machine, after the signature that the word at 0x3c points to: 32-bit ARM.
  const auto header = static_cast<unsigned char>(dll[0x3c]) | static_cast<unsigned char>(dll[0x3d]) << 8;
  dll[static_cast<std::size_t>(header) + 4] = static_cast<char>(0xc4);
  dll[static_cast<std::size_t>(header) + 5] = 0x01;
  Put(folder.path() / "computenetwork.dll", dll);
  const auto opened = SystemTable::Open(folder.path());
  CHECK(!opened.ok());
  CHECK_EQ(opened.error().code, hr::ERROR_BAD_EXE_FORMAT);
  CHECK(opened.error().detail.find("computenetwork.dll") != std::string::npos);
}

TEST("a DLL that only has the name is refused when the host is opened") {
  const TempFolder folder;
  Put(folder.path() / "computenetwork.dll", BrokenDll());
  Put(folder.path() / "vmcompute.dll", Without(BrokenDll(), "HNSCall"));
  const auto opened = SystemTable::Open(folder.path());
  CHECK(!opened.ok());
  CHECK_EQ(opened.error().code, hr::ERROR_PROC_NOT_FOUND);
  CHECK(opened.error().detail.find("`HNSCall`") != std::string::npos);
}

// Calls each entry; how many answered that they are not exported, and what the
// last error record said.
struct Answers {
  int missing = 0;
  std::string record;
};

Answers CallEach(const abi::HcnTable& t) {
  Answers answers;
  const base::Guid id;
  char16_t* text = nullptr;
  char16_t* record = nullptr;
  void* handle = nullptr;
  const auto count = [&](base::HResult code) {
    answers.missing += code == hr::ERROR_PROC_NOT_FOUND ? 1 : 0;
    if (record != nullptr) answers.record = RecordOf(t, record);
    record = nullptr;
    t.free_string(t.context, text);
    text = nullptr;
  };
#define HNS_CALL_KIND(entry, entries)                                          \
  count(t.enumerate_##entries(t.context, u"", &text, &record));                \
  count(t.open_##entry(t.context, id, &handle, &record));                      \
  count(t.modify_##entry(t.context, handle, u"{}", &record));                  \
  count(t.query_##entry##_properties(t.context, handle, u"", &text, &record)); \
  count(t.delete_##entry(t.context, id, &record));                             \
  count(t.close_##entry(t.context, handle));
  HNS_CALL_KIND(network, networks)
  HNS_CALL_KIND(endpoint, endpoints)
  HNS_CALL_KIND(namespace, namespaces)
  HNS_CALL_KIND(load_balancer, load_balancers)
  HNS_CALL_KIND(sdn_route, sdn_routes)
  HNS_CALL_KIND(guest_network_service, guest_network_services)
#undef HNS_CALL_KIND
  count(t.create_network(t.context, id, u"{}", &handle, &record));
  count(t.create_endpoint(t.context, handle, id, u"{}", &handle, &record));
  count(t.create_namespace(t.context, id, u"{}", &handle, &record));
  count(t.create_load_balancer(t.context, id, u"{}", &handle, &record));
  count(t.create_sdn_route(t.context, id, u"{}", &handle, &record));
  count(t.create_guest_network_service(t.context, id, u"{}", &handle, &record));
  count(t.query_endpoint_stats(t.context, handle, u"", &text, &record));
  count(t.query_endpoint_addresses(t.context, handle, u"", &text, &record));
  abi::HcnPortRangeReservation range;
  std::uint32_t number = 0;
  abi::HcnPortRangeEntry* entries = nullptr;
  count(t.reserve_guest_network_service_port(t.context, handle, 1, 1, 80, &handle));
  count(t.reserve_guest_network_service_port_range(t.context, handle, 1, &range, &handle));
  count(t.release_guest_network_service_port_reservation_handle(t.context, handle));
  count(t.enumerate_guest_network_port_reservations(t.context, &number, &entries));
  t.free_guest_network_port_reservations(t.context, entries);
  const auto hear = [](std::uint32_t, void*, base::HResult, const char16_t*) {};
  count(t.register_service_callback(t.context, hear, nullptr, &handle));
  count(t.unregister_service_callback(t.context, handle));
  count(t.register_guest_network_service_callback(t.context, handle, hear, nullptr, &handle));
  count(t.unregister_guest_network_service_callback(t.context, handle));
  return answers;
}

// The exports of a recent computenetwork.dll, from the list of our own.
std::vector<std::string> ExportNames() {
  std::ifstream file("src-native/dll/computenetwork.def");
  std::vector<std::string> names;
  for (std::string word; file >> word;) {
    if (word.starts_with("Hcn")) names.push_back(word);
  }
  return names;
}

TEST("each of the 57 exports that this Windows may lack fails its own call, by name, and no other") {
  const std::string whole = BrokenDll();
  CHECK(!whole.empty());
  // Nobody published their signatures: they are not called, and the DLL has none of them.
  const std::set<std::string> uncalled = {"HcnRegisterNetworkCallback", "HcnUnregisterNetworkCallback",
                                          "HcnQueryFeatures", "HcnQueryMetrics"};
  // They have no error record to name the export in.
  const std::set<std::string> recordless = {"HcnReserveGuestNetworkServicePort",
                                            "HcnReserveGuestNetworkServicePortRange",
                                            "HcnReleaseGuestNetworkServicePortReservationHandle",
                                            "HcnEnumerateGuestNetworkPortReservations",
                                            "HcnRegisterServiceCallback",
                                            "HcnUnregisterServiceCallback",
                                            "HcnRegisterGuestNetworkServiceCallback",
                                            "HcnUnregisterGuestNetworkServiceCallback"};
  const std::vector<std::string> names = ExportNames();
  CHECK_EQ(names.size(), std::size_t{57});
  for (const std::string& name : names) {
    const TempFolder folder;
    const std::string dll = Without(whole, name);
    CHECK_EQ(dll == whole, uncalled.contains(name));
    Put(folder.path() / "computenetwork.dll", dll);
    Put(folder.path() / "vmcompute.dll", whole);
    const auto opened = SystemTable::Open(folder.path());
    if (name == "HcnEnumerateNetworks") {
      // It only has the name: see above.
      CHECK(!opened.ok());
      CHECK(opened.error().detail.find("`" + name + "`") != std::string::npos);
      continue;
    }
    CHECK(opened.ok());
    const Answers answers = CallEach((*opened)->table());
    // What frees a list answers nothing: without it the list is left alone.
    const bool is_called = !uncalled.contains(name) && name != "HcnFreeGuestNetworkPortReservations";
    CHECK_EQ(answers.missing, is_called ? 1 : 0);
    const bool is_named = is_called && !recordless.contains(name) && !name.starts_with("HcnClose");
    CHECK_EQ(answers.record.find("`" + name + "`") != std::string::npos, is_named);
  }
}

TEST("with every export there, every entry reaches the service") {
  const TempFolder folder;
  Put(folder.path() / "computenetwork.dll", BrokenDll());
  Put(folder.path() / "vmcompute.dll", BrokenDll());
  const auto opened = SystemTable::Open(folder.path());
  CHECK(opened.ok());
  CHECK_EQ(CallEach((*opened)->table()).missing, 0);
}

}  // namespace
