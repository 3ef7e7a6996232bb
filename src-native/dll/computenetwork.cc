// computenetwork.dll's exports over an embedded host, for HCN clients that know
// nothing of us. abi/system_exports.h has the prototypes; the compiler holds these
// definitions against Windows' own header, which it includes.
#include <bit>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "abi/hcn_table.h"
#include "abi/strings.h"
#include "abi/system_memory.h"
#include "dll/host.h"

// After ours: Windows' macros have the names of our error codes.
#include "abi/system_exports.h"

namespace dll {
namespace {

using Table = abi::HcnTable;

const char16_t* In(PCWSTR text) { return reinterpret_cast<const char16_t*>(text); }
base::Guid In(REFGUID id) { return std::bit_cast<base::Guid>(id); }

// Moves a string of the table into the caller's memory. False: there is none left.
bool Out(const Table& table, char16_t* text, PWSTR* out) {
  if (text == nullptr || out == nullptr) {
    table.free_string(table.context, text);
    return true;
  }
  *out = reinterpret_cast<PWSTR>(abi::TaskText(text));
  table.free_string(table.context, text);
  return *out != nullptr;
}

// Without a host, the error record says why.
HRESULT Unopened(const base::Error& error, PWSTR* record) {
  char16_t* text = nullptr;
  const HRESULT code = abi::Fail(error, record != nullptr ? &text : nullptr);
  if (text != nullptr) *record = reinterpret_cast<PWSTR>(abi::TaskText(text));
  abi::FreeText(text);
  return code;
}

// Runs `call(table, &record)`. hcn.md, rules for output parameters: `*record`
// is null at entry and on success.
template <typename Call>
HRESULT WithRecord(PWSTR* record, Call call) noexcept {
  if (record != nullptr) *record = nullptr;
  const auto table = ProcessTable();
  if (!table.ok()) return Unopened(table.error(), record);
  char16_t* text = nullptr;
  const HRESULT code = call(**table, record != nullptr ? &text : nullptr);
  // A record that finds no memory is left out; the code tells the failure.
  Out(**table, text, record);
  return code;
}

template <auto Entry, typename... Arguments>
HRESULT Do(PWSTR* record, Arguments... arguments) noexcept {
  return WithRecord(
      record, [&](const Table& table, char16_t** text) { return (table.*Entry)(table.context, arguments..., text); });
}

template <auto Entry, typename... Arguments>
HRESULT Ask(PWSTR* answer, PWSTR* record, Arguments... arguments) noexcept {
  if (answer == nullptr) return E_POINTER;
  *answer = nullptr;
  return WithRecord(record, [&](const Table& table, char16_t** text) -> HRESULT {
    char16_t* given = nullptr;
    const HRESULT code = (table.*Entry)(table.context, arguments..., &given, text);
    return Out(table, given, answer) ? code : E_OUTOFMEMORY;
  });
}

template <auto Entry, typename... Arguments>
HRESULT Open(void** handle, PWSTR* record, Arguments... arguments) noexcept {
  if (handle == nullptr) return E_POINTER;
  *handle = nullptr;
  return WithRecord(record, [&](const Table& table, char16_t** text) {
    return (table.*Entry)(table.context, arguments..., handle, text);
  });
}

// Of functions without an error record.
template <typename Call>
HRESULT Plain(Call call) noexcept {
  const auto table = ProcessTable();
  return table.ok() ? call(**table) : static_cast<HRESULT>(table.error().code);
}

template <auto Entry>
HRESULT Close(void* handle) noexcept {
  return Plain([&](const Table& table) { return (table.*Entry)(table.context, handle); });
}

// A caller's callback with its context, as the table calls it. Kept until its
// registration has ended.
struct Callback {
  HCN_NOTIFICATION_CALLBACK function;
  void* context;

  static void Call(std::uint32_t type, void* self, abi::HRESULT status, const char16_t* data) {
    const auto& callback = *static_cast<const Callback*>(self);
    callback.function(type, callback.context, status, reinterpret_cast<PCWSTR>(data));
  }
};

class Callbacks {
 public:
  static Callbacks& Of() {
    static Callbacks& callbacks = *new Callbacks;
    return callbacks;
  }

  // `subscribe(table, Callback::Call, callback, handle)`.
  template <typename Subscribe>
  HRESULT Register(HCN_NOTIFICATION_CALLBACK function, void* context, HCN_CALLBACK* handle,
                   Subscribe subscribe) noexcept {
    if (function == nullptr || handle == nullptr) return E_POINTER;
    *handle = nullptr;
    return Plain([&](const Table& table) -> HRESULT {
      auto callback = std::make_unique<Callback>(Callback{function, context});
      const HRESULT code = subscribe(table, callback.get());
      if (code != S_OK) return code;
      const std::lock_guard lock(mutex_);
      callbacks_.emplace(*handle, std::move(callback));
      return code;
    });
  }

  template <auto Entry>
  HRESULT Unregister(HCN_CALLBACK handle) noexcept {
    return Plain([&](const Table& table) -> HRESULT {
      // Returns when no call of it is running any more.
      const HRESULT code = (table.*Entry)(table.context, handle);
      if (code != S_OK) return code;
      const std::lock_guard lock(mutex_);
      callbacks_.erase(handle);
      return code;
    });
  }

 private:
  std::mutex mutex_;
  std::unordered_map<HCN_CALLBACK, std::unique_ptr<Callback>> callbacks_;
};

static_assert(sizeof(HCN_PORT_RANGE_ENTRY) == sizeof(abi::HcnPortRangeEntry));
static_assert(sizeof(HCN_PORT_RANGE_RESERVATION) == sizeof(abi::HcnPortRangeReservation));

}  // namespace
}  // namespace dll

using dll::Ask;
using dll::Close;
using dll::Do;
using dll::In;
using dll::Open;
using dll::Table;

// Four functions of one shape for each kind, and two that only endpoints differ in.
#define HNS_EXPORT_KIND(Name, Names, Handle, entry, entries)                                                      \
  HRESULT WINAPI HcnEnumerate##Names(PCWSTR Query, PWSTR* Ids, PWSTR* ErrorRecord) {                              \
    return Ask<&Table::enumerate_##entries>(Ids, ErrorRecord, In(Query));                                         \
  }                                                                                                               \
  HRESULT WINAPI HcnOpen##Name(REFGUID Id, Handle* Object, PWSTR* ErrorRecord) {                                  \
    return Open<&Table::open_##entry>(Object, ErrorRecord, In(Id));                                               \
  }                                                                                                               \
  HRESULT WINAPI HcnModify##Name(Handle Object, PCWSTR Settings, PWSTR* ErrorRecord) {                            \
    return Do<&Table::modify_##entry>(ErrorRecord, Object, In(Settings));                                         \
  }                                                                                                               \
  HRESULT WINAPI HcnQuery##Name##Properties(Handle Object, PCWSTR Query, PWSTR* Properties, PWSTR* ErrorRecord) { \
    return Ask<&Table::query_##entry##_properties>(Properties, ErrorRecord, Object, In(Query));                   \
  }                                                                                                               \
  HRESULT WINAPI HcnDelete##Name(REFGUID Id, PWSTR* ErrorRecord) {                                                \
    return Do<&Table::delete_##entry>(ErrorRecord, In(Id));                                                       \
  }                                                                                                               \
  HRESULT WINAPI HcnClose##Name(Handle Object) { return Close<&Table::close_##entry>(Object); }

#define HNS_EXPORT_CREATE(Name, Handle, entry)                                                      \
  HRESULT WINAPI HcnCreate##Name(REFGUID Id, PCWSTR Settings, Handle* Object, PWSTR* ErrorRecord) { \
    return Open<&Table::create_##entry>(Object, ErrorRecord, In(Id), In(Settings));                 \
  }

extern "C" {

HNS_EXPORT_KIND(Network, Networks, HCN_NETWORK, network, networks)
HNS_EXPORT_CREATE(Network, HCN_NETWORK, network)
HNS_EXPORT_KIND(Endpoint, Endpoints, HCN_ENDPOINT, endpoint, endpoints)
HNS_EXPORT_KIND(Namespace, Namespaces, HCN_NAMESPACE, namespace, namespaces)
HNS_EXPORT_CREATE(Namespace, HCN_NAMESPACE, namespace)
HNS_EXPORT_KIND(LoadBalancer, LoadBalancers, HCN_LOADBALANCER, load_balancer, load_balancers)
HNS_EXPORT_CREATE(LoadBalancer, HCN_LOADBALANCER, load_balancer)
HNS_EXPORT_KIND(SdnRoute, SdnRoutes, HCN_SDNROUTE, sdn_route, sdn_routes)
HNS_EXPORT_CREATE(SdnRoute, HCN_SDNROUTE, sdn_route)
HNS_EXPORT_KIND(GuestNetworkService, GuestNetworkServices, HCN_GUESTNETWORKSERVICE, guest_network_service,
                guest_network_services)
HNS_EXPORT_CREATE(GuestNetworkService, HCN_GUESTNETWORKSERVICE, guest_network_service)

HRESULT WINAPI HcnCreateEndpoint(HCN_NETWORK Network, REFGUID Id, PCWSTR Settings, HCN_ENDPOINT* Endpoint,
                                 PWSTR* ErrorRecord) {
  return Open<&Table::create_endpoint>(Endpoint, ErrorRecord, Network, In(Id), In(Settings));
}
HRESULT WINAPI HcnQueryEndpointStats(HCN_ENDPOINT Endpoint, PCWSTR Query, PWSTR* Stats, PWSTR* ErrorRecord) {
  return Ask<&Table::query_endpoint_stats>(Stats, ErrorRecord, Endpoint, In(Query));
}
HRESULT WINAPI HcnQueryEndpointAddresses(HCN_ENDPOINT Endpoint, PCWSTR Query, PWSTR* Addresses, PWSTR* ErrorRecord) {
  return Ask<&Table::query_endpoint_addresses>(Addresses, ErrorRecord, Endpoint, In(Query));
}

HRESULT WINAPI HcnRegisterServiceCallback(HCN_NOTIFICATION_CALLBACK Callback, void* Context,
                                          HCN_CALLBACK* CallbackHandle) {
  return dll::Callbacks::Of().Register(Callback, Context, CallbackHandle, [&](const Table& table, dll::Callback* kept) {
    return table.register_service_callback(table.context, dll::Callback::Call, kept, CallbackHandle);
  });
}
HRESULT WINAPI HcnUnregisterServiceCallback(HCN_CALLBACK CallbackHandle) {
  return dll::Callbacks::Of().Unregister<&Table::unregister_service_callback>(CallbackHandle);
}
HRESULT WINAPI HcnRegisterGuestNetworkServiceCallback(HCN_GUESTNETWORKSERVICE Service,
                                                      HCN_NOTIFICATION_CALLBACK Callback, void* Context,
                                                      HCN_CALLBACK* CallbackHandle) {
  return dll::Callbacks::Of().Register(Callback, Context, CallbackHandle, [&](const Table& table, dll::Callback* kept) {
    return table.register_guest_network_service_callback(table.context, Service, dll::Callback::Call, kept,
                                                         CallbackHandle);
  });
}
HRESULT WINAPI HcnUnregisterGuestNetworkServiceCallback(HCN_CALLBACK CallbackHandle) {
  return dll::Callbacks::Of().Unregister<&Table::unregister_guest_network_service_callback>(CallbackHandle);
}

HRESULT WINAPI HcnReserveGuestNetworkServicePort(HCN_GUESTNETWORKSERVICE Service, HCN_PORT_PROTOCOL Protocol,
                                                 HCN_PORT_ACCESS Access, USHORT Port, HANDLE* Reservation) {
  if (Reservation == nullptr) return E_POINTER;
  *Reservation = nullptr;
  return dll::Plain([&](const Table& table) {
    return table.reserve_guest_network_service_port(table.context, Service, Protocol, Access, Port, Reservation);
  });
}
HRESULT WINAPI HcnReserveGuestNetworkServicePortRange(HCN_GUESTNETWORKSERVICE Service, USHORT PortCount,
                                                      HCN_PORT_RANGE_RESERVATION* Range, HANDLE* Reservation) {
  if (Range == nullptr || Reservation == nullptr) return E_POINTER;
  *Reservation = nullptr;
  return dll::Plain([&](const Table& table) {
    abi::HcnPortRangeReservation reserved;
    const HRESULT code =
        table.reserve_guest_network_service_port_range(table.context, Service, PortCount, &reserved, Reservation);
    *Range = {reserved.starting_port, reserved.ending_port};
    return code;
  });
}
HRESULT WINAPI HcnReleaseGuestNetworkServicePortReservationHandle(HANDLE Reservation) {
  return Close<&Table::release_guest_network_service_port_reservation_handle>(Reservation);
}
HRESULT WINAPI HcnEnumerateGuestNetworkPortReservations(ULONG* ReturnCount, HCN_PORT_RANGE_ENTRY** PortEntries) {
  if (ReturnCount == nullptr || PortEntries == nullptr) return E_POINTER;
  *ReturnCount = 0;
  *PortEntries = nullptr;
  return dll::Plain([&](const Table& table) {
    std::uint32_t count = 0;
    abi::HcnPortRangeEntry* entries = nullptr;
    const HRESULT code = table.enumerate_guest_network_port_reservations(table.context, &count, &entries);
    *ReturnCount = count;
    *PortEntries = reinterpret_cast<HCN_PORT_RANGE_ENTRY*>(entries);
    return code;
  });
}
VOID WINAPI HcnFreeGuestNetworkPortReservations(HCN_PORT_RANGE_ENTRY* PortEntries) {
  const auto table = dll::ProcessTable();
  if (!table.ok()) return;
  (*table)->free_guest_network_port_reservations((*table)->context,
                                                 reinterpret_cast<abi::HcnPortRangeEntry*>(PortEntries));
}

// Exported by recent Windows, described by nobody: whatever they are given, they
// say that they are not there.
HRESULT WINAPI HcnRegisterNetworkCallback() { return E_NOTIMPL; }
HRESULT WINAPI HcnUnregisterNetworkCallback() { return E_NOTIMPL; }
HRESULT WINAPI HcnQueryFeatures() { return E_NOTIMPL; }
HRESULT WINAPI HcnQueryMetrics() { return E_NOTIMPL; }

// For vmcompute.dll beside this one: both are faces of one host. Null when it
// cannot be opened; `*code` says why.
const abi::HcnTable* HnsVfpTable(HRESULT* code) {
  const auto table = dll::ProcessTable();
  *code = table.ok() ? S_OK : static_cast<HRESULT>(table.error().code);
  return table.ok() ? *table : nullptr;
}

}  // extern "C"
