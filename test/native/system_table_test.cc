// The table of the machine's own service, over DLLs that are not as they should be.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

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

TEST("an export that this Windows lacks fails its own call, by name, and no other") {
  const std::string whole = BrokenDll();
  CHECK(!whole.empty());
  for (const std::string name : {"HcnCreateNetwork",
                                 "HcnOpenNetwork",
                                 "HcnModifyNetwork",
                                 "HcnQueryNetworkProperties",
                                 "HcnDeleteNetwork",
                                 "HcnCloseNetwork",
                                 "HcnEnumerateEndpoints",
                                 "HcnCreateEndpoint",
                                 "HcnQueryEndpointStats",
                                 "HcnQueryEndpointAddresses",
                                 "HcnEnumerateNamespaces",
                                 "HcnCreateLoadBalancer",
                                 "HcnModifyLoadBalancer",
                                 "HcnEnumerateSdnRoutes",
                                 "HcnCreateSdnRoute",
                                 "HcnCreateGuestNetworkService",
                                 "HcnReserveGuestNetworkServicePort",
                                 "HcnEnumerateGuestNetworkPortReservations",
                                 "HcnRegisterServiceCallback",
                                 "HcnUnregisterServiceCallback",
                                 "HcnRegisterGuestNetworkServiceCallback"}) {
    const TempFolder folder;
    Put(folder.path() / "computenetwork.dll", Without(whole, name));
    Put(folder.path() / "vmcompute.dll", whole);
    const auto opened = SystemTable::Open(folder.path());
    CHECK(opened.ok());
    const Answers answers = CallEach((*opened)->table());
    CHECK_EQ(answers.missing, 1);
    if (!answers.record.empty()) CHECK(answers.record.find(name) != std::string::npos);
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
