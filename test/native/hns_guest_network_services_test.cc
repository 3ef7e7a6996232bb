// Guest network services, their callbacks and their ports, at the ABI.
#include "native/hns_support.h"

namespace {

using namespace hns_test;

constexpr Kind kGuest = Kind::kGuestNetworkService;

std::string StateRequest(const std::string& state) {
  return R"({"ResourceType":"State","RequestType":"Update","Settings":{"State":")" + state + R"("}})";
}

struct Heard {
  std::vector<std::string> events;
  static void Callback(std::uint32_t type, void* context, HResult, const char16_t* data) {
    std::string text = std::to_string(type);
    if (data != nullptr) {
      const Value value = *base::json::Parse(*base::Utf16ToUtf8(data));
      text += " " + Text(value, "ID");
      if (!At(value, "Data").IsNull()) text += " " + Text(value, "Data.State");
    }
    static_cast<Heard*>(context)->events.push_back(text);
  }
};

struct Reserved {
  HResult code = hr::OK;
  void* handle = nullptr;
  abi::HcnPortRangeReservation range;
};

struct Fixture {
  TestHost host;
  const abi::HcnTable& t = host.hcn();

  Reserved Port(void* guest, std::uint32_t protocol, std::uint32_t access, std::uint16_t port) {
    Reserved made;
    made.code = t.reserve_guest_network_service_port(t.context, guest, protocol, access, port, &made.handle);
    return made;
  }
  Reserved Range(void* guest, std::uint16_t count) {
    Reserved made;
    made.code = t.reserve_guest_network_service_port_range(t.context, guest, count, &made.range, &made.handle);
    return made;
  }
  HResult Release(void* reservation) {
    return t.release_guest_network_service_port_reservation_handle(t.context, reservation);
  }
  std::vector<std::string> Listed() {
    std::uint32_t count = 7;
    abi::HcnPortRangeEntry* entries = nullptr;
    if (t.enumerate_guest_network_port_reservations(t.context, &count, &entries) != hr::OK) return {"a failure"};
    std::vector<std::string> listed;
    for (std::uint32_t i = 0; i < count; ++i) {
      listed.push_back(std::to_string(entries[i].protocol) + " " + std::to_string(entries[i].starting_port) + "-" +
                       std::to_string(entries[i].ending_port) + " " + std::to_string(entries[i].sharing_flags));
    }
    t.free_guest_network_port_reservations(t.context, entries);
    return listed;
  }
};

TEST("a guest network service tells what it was given, and is found and deleted by its id") {
  Fixture f;
  const base::Guid id = *base::Guid::Parse("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
  const Outcome created = f.host.Create(
      kGuest,
      R"({"Name":"wsl","VirtualMachineId":"BBBBBBBB-0000-4000-8000-000000000001","MirrorHostNetworking":true,)"
      R"("GnsRpcServerInformation":{"NetworkAddress":"x"},"Flags":"IsFlowsteered","Later":[1]})",
      id);
  CHECK_CODE(created, OK);

  const Value service = f.host.Document(kGuest, created.handle);

  CHECK_EQ(Text(service, "ID"), id.ToString());
  CHECK_EQ(Text(service, "VirtualMachineId"), "bbbbbbbb-0000-4000-8000-000000000001");
  CHECK_EQ(Text(service, "MirrorHostNetworking"), "true");
  CHECK_EQ(Text(service, "GnsRpcServerInformation.NetworkAddress"), "x");
  CHECK_EQ(Text(service, "Flags"), "1");
  CHECK_EQ(Text(service, "State"), "1");
  CHECK_EQ(Text(service, "Later"), "[1]");
  CHECK_EQ(Size(f.host.Enumerate(kGuest, R"({"Name":"wsl"})").json(), ""), 1u);
  CHECK_CODE(f.host.Create(kGuest, "{}", id), ERROR_OBJECT_ALREADY_EXISTS);
  CHECK_CODE(f.host.Delete(kGuest, id), OK);
  CHECK_CODE(f.host.Delete(kGuest, id), ERROR_NOT_FOUND);
  CHECK_CODE(f.host.Open(kGuest, id), ERROR_NOT_FOUND);
  CHECK_CODE(f.host.Query(kGuest, created.handle), HCN_E_OBJECT_USED_AFTER_UNLOAD);
  CHECK_EQ(f.host.Close(Kind::kNetwork, created.handle), hr::ERROR_INVALID_HANDLE);
  CHECK_EQ(f.host.Close(kGuest, created.handle), hr::OK);
  CHECK_EQ(f.host.Close(kGuest, created.handle), hr::ERROR_INVALID_HANDLE);
}

TEST("a guest network service changes its state alone, by Update alone") {
  Fixture f;
  const Outcome guest = f.host.Create(kGuest, "{}");
  CHECK_CODE(f.host.Modify(kGuest, guest.handle, StateRequest("synchronized")), OK);
  CHECK_EQ(Text(f.host.Document(kGuest, guest.handle), "State"), "3");

  CHECK_CODE(f.host.Modify(kGuest, guest.handle, StateRequest("Asleep")), ERROR_INVALID_PARAMETER);
  CHECK_CODE(f.host.Modify(kGuest, guest.handle, R"({"ResourceType":"State","RequestType":"Update","Settings":{}})"),
             ERROR_INVALID_PARAMETER);
  CHECK_CODE(f.host.Modify(kGuest, guest.handle,
                           R"({"ResourceType":"State","RequestType":"Add","Settings":{"State":"Paused"}})"),
             HCN_E_REQUEST_UNSUPPORTED);
  CHECK_CODE(f.host.Modify(kGuest, guest.handle, R"({"RequestType":"Update","Settings":{"State":"Paused"}})"),
             HCN_E_REQUEST_UNSUPPORTED);
  CHECK_CODE(f.host.Create(kGuest, R"({"VirtualMachineId":"x"})"), HCN_E_GUID_CONVERSION_FAILURE);
  CHECK_CODE(f.host.Create(kGuest, R"({"MirrorHostNetworking":"maybe"})"), ERROR_INVALID_PARAMETER);
  CHECK_EQ(Text(f.host.Document(kGuest, guest.handle), "State"), "3");
  CHECK_EQ(f.host.Count(kGuest), 1u);
}

TEST("who watches a guest network service hears its changes alone, and who listens to the service the rest") {
  Heard all, one;  // Outlive the host, which tells them that it goes.
  Fixture f;
  abi::HCN_CALLBACK all_handle = nullptr, one_handle = nullptr;
  CHECK_EQ(f.t.register_service_callback(f.t.context, Heard::Callback, &all, &all_handle), hr::OK);
  const Outcome guest = f.host.Create(kGuest, "{}");
  const Outcome other = f.host.Create(kGuest, "{}");
  const std::string id = f.host.IdOf(kGuest, guest.handle).ToString();
  const std::string other_id = f.host.IdOf(kGuest, other.handle).ToString();
  CHECK_EQ(f.t.register_guest_network_service_callback(f.t.context, guest.handle, Heard::Callback, &one, &one_handle),
           hr::OK);

  f.host.Modify(kGuest, guest.handle, StateRequest("Bootstrapping"));
  f.host.Modify(kGuest, guest.handle, StateRequest("Bootstrapping"));  // No change, no notification.
  f.host.Modify(kGuest, other.handle, StateRequest("Paused"));
  f.host.Modify(kGuest, guest.handle, StateRequest("Synchronized"));
  f.host.Delete(kGuest, *base::Guid::Parse(other_id));

  CHECK(one.events == (std::vector<std::string>{"17 " + id + " Bootstrapping", "17 " + id + " Synchronized"}));
  CHECK(all.events == (std::vector<std::string>{"7 " + id, "7 " + other_id, "8 " + other_id}));

  // Each kind of callback ends by its own function, once.
  CHECK_EQ(f.t.unregister_service_callback(f.t.context, one_handle), hr::ERROR_INVALID_HANDLE);
  CHECK_EQ(f.t.unregister_guest_network_service_callback(f.t.context, all_handle), hr::ERROR_INVALID_HANDLE);
  CHECK_EQ(f.t.unregister_guest_network_service_callback(f.t.context, one_handle), hr::OK);
  CHECK_EQ(f.t.unregister_guest_network_service_callback(f.t.context, one_handle), hr::ERROR_INVALID_HANDLE);
  f.host.Modify(kGuest, guest.handle, StateRequest("Degraded"));
  CHECK_EQ(one.events.size(), 2u);
  one_handle = &one;
  CHECK_EQ(f.t.register_guest_network_service_callback(f.t.context, other.handle, Heard::Callback, &one, &one_handle),
           hr::HCN_E_OBJECT_USED_AFTER_UNLOAD);
  CHECK(one_handle == nullptr);
}

TEST("a guest network service's watcher hears that the service disconnects") {
  Heard one;
  Fixture f;
  abi::HCN_CALLBACK handle = nullptr;
  const Outcome guest = f.host.Create(kGuest, "{}");
  CHECK_EQ(f.t.register_guest_network_service_callback(f.t.context, guest.handle, Heard::Callback, &one, &handle),
           hr::OK);
  f.host.CloseHost();
  CHECK(one.events == std::vector<std::string>{"16777216"});
}

TEST("a port is one guest's, for its protocols, unless both share it") {
  Fixture f;
  void* guest = f.host.Create(kGuest, "{}").handle;
  void* other = f.host.Create(kGuest, "{}").handle;
  const Reserved tcp = f.Port(guest, 1, 1, 8080);
  CHECK_EQ(tcp.code, hr::OK);

  CHECK_EQ(f.Port(other, 1, 1, 8080).code, hr::HCN_E_PORT_ALREADY_EXISTS);
  CHECK_EQ(f.Port(other, 3, 1, 8080).code, hr::HCN_E_PORT_ALREADY_EXISTS);
  CHECK_EQ(f.Port(other, 1, 2, 8080).code, hr::HCN_E_PORT_ALREADY_EXISTS);
  CHECK_EQ(f.Port(guest, 1, 1, 8080).code, hr::HCN_E_PORT_ALREADY_EXISTS);
  CHECK_EQ(f.Port(other, 2, 1, 8080).code, hr::OK);
  CHECK_EQ(f.Port(other, 1, 1, 8081).code, hr::OK);
  CHECK_EQ(f.Port(guest, 2, 2, 5353).code, hr::OK);
  CHECK_EQ(f.Port(other, 2, 2, 5353).code, hr::OK);
  CHECK_EQ(f.Port(other, 2, 1, 5353).code, hr::HCN_E_PORT_ALREADY_EXISTS);
  CHECK(f.Listed() == (std::vector<std::string>{"1 8080-8080 0", "2 8080-8080 0", "1 8081-8081 0", "2 5353-5353 1",
                                                "2 5353-5353 1"}));

  CHECK_EQ(f.Release(tcp.handle), hr::OK);
  CHECK_EQ(f.Release(tcp.handle), hr::ERROR_INVALID_HANDLE);
  CHECK_EQ(f.Port(other, 1, 1, 8080).code, hr::OK);
}

TEST("a range is as many ports in a row as were asked for, all of them free") {
  Fixture f;
  void* guest = f.host.Create(kGuest, "{}").handle;
  CHECK_EQ(f.Port(guest, 2, 2, 49160).code, hr::OK);

  const Reserved first = f.Range(guest, 4095);
  const Reserved second = f.Range(guest, 8);

  CHECK_EQ(first.code, hr::OK);
  CHECK_EQ(first.range.starting_port, 49161);
  CHECK_EQ(first.range.ending_port, 49161 + 4095 - 1);
  CHECK_EQ(second.range.starting_port, 49152);
  CHECK_EQ(second.range.ending_port, 49159);
  CHECK_EQ(f.Port(guest, 1, 2, 50000).code, hr::HCN_E_PORT_ALREADY_EXISTS);
  // More than the dynamic ports go below them; more than there are go nowhere.
  CHECK_EQ(f.Range(guest, 20000).range.starting_port, 1024);
  const std::size_t before = f.Listed().size();
  const Reserved refused = f.Range(guest, 65535);
  CHECK_EQ(refused.code, hr::HCN_E_PORT_ALREADY_EXISTS);
  CHECK(refused.handle == nullptr);
  CHECK_EQ(refused.range.ending_port, 0);
  CHECK_EQ(f.Listed().size(), before);
}

TEST("reservations of a guest network service end with it, and their handles stay good for release") {
  Fixture f;
  const Outcome guest = f.host.Create(kGuest, "{}");
  const Reserved port = f.Port(guest.handle, 1, 1, 80);
  const Reserved range = f.Range(guest.handle, 10);
  CHECK_EQ(f.Listed().size(), 2u);

  CHECK_CODE(f.host.Delete(kGuest, f.host.IdOf(kGuest, guest.handle)), OK);

  CHECK(f.Listed().empty());
  CHECK_EQ(f.Release(port.handle), hr::OK);
  CHECK_EQ(f.Release(range.handle), hr::OK);
  CHECK_EQ(f.Port(guest.handle, 1, 1, 80).code, hr::HCN_E_OBJECT_USED_AFTER_UNLOAD);
  CHECK_EQ(f.Range(guest.handle, 1).code, hr::HCN_E_OBJECT_USED_AFTER_UNLOAD);
}

TEST("reservations that make no sense are refused and leave nothing") {
  Fixture f;
  void* guest = f.host.Create(kGuest, "{}").handle;
  void* network = f.host.Create(Kind::kNetwork, kNetwork).handle;
  CHECK_EQ(f.Port(guest, 0, 1, 80).code, hr::ERROR_INVALID_PARAMETER);
  CHECK_EQ(f.Port(guest, 4, 1, 80).code, hr::ERROR_INVALID_PARAMETER);
  CHECK_EQ(f.Port(guest, 1, 0, 80).code, hr::ERROR_INVALID_PARAMETER);
  CHECK_EQ(f.Port(guest, 1, 3, 80).code, hr::ERROR_INVALID_PARAMETER);
  CHECK_EQ(f.Port(guest, 1, 1, 0).code, hr::ERROR_INVALID_PARAMETER);
  CHECK_EQ(f.Range(guest, 0).code, hr::ERROR_INVALID_PARAMETER);
  CHECK_EQ(f.Port(network, 1, 1, 80).code, hr::ERROR_INVALID_HANDLE);
  CHECK_EQ(f.Range(nullptr, 1).code, hr::ERROR_INVALID_HANDLE);
  CHECK_EQ(f.Release(guest), hr::ERROR_INVALID_HANDLE);
  const auto& t = f.t;
  CHECK_EQ(t.reserve_guest_network_service_port(t.context, guest, 1, 1, 80, nullptr), hr::E_POINTER);
  CHECK_EQ(t.enumerate_guest_network_port_reservations(t.context, nullptr, nullptr), hr::E_POINTER);
  CHECK(f.Listed().empty());
  t.free_guest_network_port_reservations(t.context, nullptr);
}

}  // namespace
