#include "abi/system_table.h"

#include <array>
#include <cstddef>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "abi/strings.h"
#include "abi/system_library.h"
#include "abi/system_memory.h"

namespace {

// Before Windows' macros take the names.
constexpr base::HResult kPointer = base::hr::E_POINTER;
constexpr base::HResult kOutOfMemory = base::hr::E_OUTOFMEMORY;
constexpr base::HResult kNoExport = base::hr::ERROR_PROC_NOT_FOUND;
constexpr base::HResult kOk = base::hr::OK;

}  // namespace

#include "abi/system_exports.h"

namespace abi {
namespace {

// Types of the exports' declarations, as the table has them: the same in
// registers and memory on x64.
template <typename T>
struct Ours {
  using Type = T;
};
template <>
struct Ours<PCWSTR> {
  using Type = const char16_t*;
};
template <>
struct Ours<PWSTR*> {
  using Type = char16_t**;
};
template <>
struct Ours<REFGUID> {
  using Type = const base::Guid&;
};
template <>
struct Ours<HCN_PORT_PROTOCOL> {
  using Type = std::uint32_t;
};
template <>
struct Ours<HCN_PORT_ACCESS> {
  using Type = std::uint32_t;
};
template <>
struct Ours<ULONG*> {
  using Type = std::uint32_t*;
};
template <>
struct Ours<HCN_PORT_RANGE_RESERVATION*> {
  using Type = HcnPortRangeReservation*;
};
template <>
struct Ours<HCN_PORT_RANGE_ENTRY**> {
  using Type = HcnPortRangeEntry**;
};
static_assert(sizeof(void*) == 8, "calling conventions differ on x86");
static_assert(sizeof(wchar_t) == sizeof(char16_t) && sizeof(GUID) == sizeof(base::Guid));
static_assert(sizeof(HCN_PORT_RANGE_ENTRY) == sizeof(HcnPortRangeEntry));
static_assert(sizeof(HCN_PORT_RANGE_RESERVATION) == sizeof(HcnPortRangeReservation));

// Of an export `HRESULT WINAPI F(A...)`: the table's entry for it.
template <typename Export>
struct EntryOf;
template <typename... A>
struct EntryOf<::HRESULT(WINAPI*)(A...)> {
  using Type = base::HResult (*)(void* context, typename Ours<A>::Type...) noexcept;
};

// Every entry that is called as it is, with its export. X(entry, export).
#define HNS_SYSTEM_KIND(X, entry, entries, Name, Names)     \
  X(enumerate_##entries, HcnEnumerate##Names)               \
  X(create_##entry, HcnCreate##Name)                        \
  X(open_##entry, HcnOpen##Name)                            \
  X(modify_##entry, HcnModify##Name)                        \
  X(query_##entry##_properties, HcnQuery##Name##Properties) \
  X(delete_##entry, HcnDelete##Name)                        \
  X(close_##entry, HcnClose##Name)

#define HNS_SYSTEM_ENTRIES(X)                                                                                  \
  HNS_SYSTEM_KIND(X, network, networks, Network, Networks)                                                     \
  HNS_SYSTEM_KIND(X, endpoint, endpoints, Endpoint, Endpoints)                                                 \
  HNS_SYSTEM_KIND(X, namespace, namespaces, Namespace, Namespaces)                                             \
  HNS_SYSTEM_KIND(X, load_balancer, load_balancers, LoadBalancer, LoadBalancers)                               \
  HNS_SYSTEM_KIND(X, sdn_route, sdn_routes, SdnRoute, SdnRoutes)                                               \
  HNS_SYSTEM_KIND(X, guest_network_service, guest_network_services, GuestNetworkService, GuestNetworkServices) \
  X(query_endpoint_stats, HcnQueryEndpointStats)                                                               \
  X(query_endpoint_addresses, HcnQueryEndpointAddresses)                                                       \
  X(reserve_guest_network_service_port, HcnReserveGuestNetworkServicePort)                                     \
  X(reserve_guest_network_service_port_range, HcnReserveGuestNetworkServicePortRange)                          \
  X(release_guest_network_service_port_reservation_handle, HcnReleaseGuestNetworkServicePortReservationHandle) \
  X(enumerate_guest_network_port_reservations, HcnEnumerateGuestNetworkPortReservations)

enum Export : std::size_t {
#define HNS_NUMBER(entry, name) k##name,
  HNS_SYSTEM_ENTRIES(HNS_NUMBER)
#undef HNS_NUMBER
      kHcnFreeGuestNetworkPortReservations,
  kHcnRegisterServiceCallback,
  kHcnUnregisterServiceCallback,
  kHcnRegisterGuestNetworkServiceCallback,
  kHcnUnregisterGuestNetworkServiceCallback,
  kHNSCall,
  kExports,
};

constexpr std::array<const char*, kExports> kNames = {
#define HNS_NAME(entry, name) #name,
    HNS_SYSTEM_ENTRIES(HNS_NAME)
#undef HNS_NAME
        "HcnFreeGuestNetworkPortReservations",
    "HcnRegisterServiceCallback",
    "HcnUnregisterServiceCallback",
    "HcnRegisterGuestNetworkServiceCallback",
    "HcnUnregisterGuestNetworkServiceCallback",
    "HNSCall",
};

// The compiler holds each entry against the declaration of its export.
#define HNS_SAME(entry, name) \
  static_assert(std::is_same_v<decltype(HcnTable::entry), EntryOf<decltype(&::name)>::Type>, #name);
HNS_SYSTEM_ENTRIES(HNS_SAME)
#undef HNS_SAME

// A callback of the table's, registered with the service. It outlives its
// registration: a service that calls once more reaches this and nobody behind it.
struct Registration {
  HcnNotificationCallback callback;
  void* context;
  Export unregister;
  std::shared_mutex mutex;
  bool ended = false;  // Guarded by `mutex`.

  static void CALLBACK Hear(DWORD type, void* self, ::HRESULT status, PCWSTR data) {
    auto& registration = *static_cast<Registration*>(self);
    const std::shared_lock lock(registration.mutex);
    if (registration.ended) return;
    registration.callback(type, registration.context, status, reinterpret_cast<const char16_t*>(data));
  }

  // Nobody hears anything after this; and it is never freed.
  static void End(std::unique_ptr<Registration> registration) {
    const std::unique_lock lock(registration->mutex);
    registration->ended = true;
    (void)registration.release();
  }
};

}  // namespace

struct SystemTable::State {
  State(SystemLibrary network_library, SystemLibrary compute_library)
      : network(std::move(network_library)), compute(std::move(compute_library)) {
    for (std::size_t i = 0; i < kExports; ++i) exports[i] = (i == kHNSCall ? compute : network).Find(kNames[i]);
  }

  // Whoever is registered still would be called when all this is gone.
  ~State() {
    for (auto& [handle, registration] : registrations) {
      auto* const function = Get<base::HResult WINAPI(HCN_CALLBACK)>(registration->unregister);
      Registration::End(std::move(registration));
      if (function != nullptr) function(handle);
    }
  }

  template <typename Signature>
  Signature* Get(Export which) const {
    return reinterpret_cast<Signature*>(exports[which]);
  }

  base::Error Missing(Export which) const {
    const std::string& library = which == kHNSCall ? compute.name() : network.name();
    return base::MakeError(kNoExport, "this build's " + library + " has no `" + kNames[which] + "`");
  }

  const SystemLibrary network;
  const SystemLibrary compute;
  std::array<SystemLibrary::Function, kExports> exports{};
  HcnTable table;
  std::mutex mutex;
  // By handle. Guarded by `mutex`; what has ended moves to `ended`, see Registration.
  std::unordered_map<HCN_CALLBACK, std::unique_ptr<Registration>> registrations;
};

namespace {

SystemTable::State& StateOf(void* context) { return *static_cast<SystemTable::State*>(context); }

// As abi::Fail, in the memory that free_string of this table frees.
base::HResult Refuse(const base::Error& error, char16_t** record) {
  char16_t* text = nullptr;
  const base::HResult code = Fail(error, record != nullptr ? &text : nullptr);
  if (text != nullptr) *record = TaskText(text);
  FreeText(text);
  return code;
}

// What an entry gives out is null at entry, and after a failure: a service that
// left something there is not believed.
template <typename T>
void Clear(T) {}
void Clear(char16_t** text) {
  if (text != nullptr) *text = nullptr;
}
void Clear(void** handle) {
  if (handle != nullptr) *handle = nullptr;
}

// A service that says it succeeded and gives no text gave an empty one.
template <typename T>
bool Complete(T) {
  return true;
}
bool Complete(char16_t** text) {
  if (text != nullptr && *text == nullptr) *text = TaskText(u"");
  return text == nullptr || *text != nullptr;
}

template <Export kWhich, typename Entry>
struct Caller;

// The error record is the last parameter of those that have one.
template <Export kWhich, typename... A>
struct Caller<kWhich, base::HResult (*)(void*, A...) noexcept> {
  static constexpr bool kHasRecord =
      std::is_same_v<std::tuple_element_t<sizeof...(A) - 1, std::tuple<A...>>, char16_t**>;

  static base::HResult Call(void* context, A... arguments) noexcept {
    const SystemTable::State& state = StateOf(context);
    [[maybe_unused]] char16_t** record = nullptr;
    if constexpr (kHasRecord) record = std::get<sizeof...(A) - 1>(std::tuple<A&...>(arguments...));
    (Clear(arguments), ...);
    auto* const function = state.Get<base::HResult WINAPI(A...)>(kWhich);
    if (function == nullptr) return Refuse(state.Missing(kWhich), record);
    const base::HResult code = function(arguments...);
    if (code < 0) {
      char16_t* const said = record != nullptr ? *record : nullptr;
      (Clear(arguments), ...);
      if (record != nullptr) *record = said;
      return code;
    }
    if (record != nullptr) {
      ::CoTaskMemFree(*record);
      *record = nullptr;
    }
    const bool is_complete = CompleteAnswers(std::index_sequence_for<A...>{}, arguments...);
    return is_complete ? kOk : kOutOfMemory;
  }

 private:
  template <std::size_t... kAt>
  static bool CompleteAnswers(std::index_sequence<kAt...>, A... arguments) {
    return ((kHasRecord && kAt == sizeof...(A) - 1 ? true : Complete(arguments)) && ...);
  }
};

void FreeString(void*, char16_t* text) noexcept { ::CoTaskMemFree(text); }

void FreeReservations(void* context, HcnPortRangeEntry* entries) noexcept {
  auto* const function = StateOf(context).Get<void WINAPI(HcnPortRangeEntry*)>(kHcnFreeGuestNetworkPortReservations);
  if (function != nullptr && entries != nullptr) function(entries);
}

// `subscribe(registration)`, whose handle goes to `*handle`.
template <typename Subscribe>
base::HResult Register(SystemTable::State& state, HcnNotificationCallback callback, void* callback_context,
                       HCN_CALLBACK* handle, Export unregister, Subscribe subscribe) {
  if (callback == nullptr || handle == nullptr) return kPointer;
  *handle = nullptr;
  auto registration = std::make_unique<Registration>();
  registration->callback = callback;
  registration->context = callback_context;
  registration->unregister = unregister;
  const base::HResult code = subscribe(registration.get());
  if (code < 0) return code;
  const std::lock_guard lock(state.mutex);
  std::unique_ptr<Registration>& place = state.registrations[*handle];
  // A service that gives out a handle twice.
  if (place != nullptr) Registration::End(std::move(place));
  place = std::move(registration);
  return kOk;
}

base::HResult RegisterService(void* context, HcnNotificationCallback callback, void* callback_context,
                              HCN_CALLBACK* handle) noexcept {
  SystemTable::State& state = StateOf(context);
  auto* const function =
      state.Get<base::HResult WINAPI(HCN_NOTIFICATION_CALLBACK, void*, HCN_CALLBACK*)>(kHcnRegisterServiceCallback);
  if (function == nullptr) return kNoExport;
  return Register(state, callback, callback_context, handle, kHcnUnregisterServiceCallback,
                  [&](Registration* self) { return function(Registration::Hear, self, handle); });
}

base::HResult RegisterGuest(void* context, HCN_GUESTNETWORKSERVICE service, HcnNotificationCallback callback,
                            void* callback_context, HCN_CALLBACK* handle) noexcept {
  SystemTable::State& state = StateOf(context);
  auto* const function = state.Get<base::HResult WINAPI(void*, HCN_NOTIFICATION_CALLBACK, void*, HCN_CALLBACK*)>(
      kHcnRegisterGuestNetworkServiceCallback);
  if (function == nullptr) return kNoExport;
  return Register(state, callback, callback_context, handle, kHcnUnregisterGuestNetworkServiceCallback,
                  [&](Registration* self) { return function(service, Registration::Hear, self, handle); });
}

template <Export kWhich>
base::HResult Unregister(void* context, HCN_CALLBACK handle) noexcept {
  SystemTable::State& state = StateOf(context);
  auto* const function = state.Get<base::HResult WINAPI(HCN_CALLBACK)>(kWhich);
  if (function == nullptr) return kNoExport;
  const base::HResult code = function(handle);
  if (code < 0) return code;
  std::unique_ptr<Registration> registration;
  {
    const std::lock_guard lock(state.mutex);
    const auto found = state.registrations.find(handle);
    if (found == state.registrations.end()) return kOk;
    registration = std::move(found->second);
    state.registrations.erase(found);
  }
  Registration::End(std::move(registration));
  return kOk;
}

// Windows' HNSCall has no error record; what it has to say is in the response.
base::HResult HnsCall(void* context, const char16_t* method, const char16_t* path, const char16_t* request,
                      char16_t** response, char16_t** record) noexcept {
  if (response == nullptr) return kPointer;
  *response = nullptr;
  if (record != nullptr) *record = nullptr;
  SystemTable::State& state = StateOf(context);
  auto* const function =
      state.Get<base::HResult WINAPI(const char16_t*, const char16_t*, const char16_t*, char16_t**)>(kHNSCall);
  if (function == nullptr) return Refuse(state.Missing(kHNSCall), record);
  const base::HResult code = function(method, path, request, response);
  if (code < 0) {
    *response = nullptr;
    return code;
  }
  return Complete(response) ? kOk : kOutOfMemory;
}

HcnTable MakeTable(SystemTable::State* state) {
  HcnTable t;
  t.context = state;
  t.free_string = FreeString;
#define HNS_FILL(entry, name) t.entry = Caller<k##name, decltype(HcnTable::entry)>::Call;
  HNS_SYSTEM_ENTRIES(HNS_FILL)
#undef HNS_FILL
  t.free_guest_network_port_reservations = FreeReservations;
  t.register_service_callback = RegisterService;
  t.unregister_service_callback = Unregister<kHcnUnregisterServiceCallback>;
  t.register_guest_network_service_callback = RegisterGuest;
  t.unregister_guest_network_service_callback = Unregister<kHcnUnregisterGuestNetworkServiceCallback>;
  t.hns_call = HnsCall;
  return t;
}

}  // namespace

SystemTable::SystemTable(std::unique_ptr<State> state) : state_(std::move(state)) {}
SystemTable::~SystemTable() = default;

base::Result<std::unique_ptr<SystemTable>> SystemTable::Open(const std::filesystem::path& folder) {
  HNS_ASSIGN_OR_RETURN(SystemLibrary network, SystemLibrary::Open(folder / "computenetwork.dll"));
  HNS_ASSIGN_OR_RETURN(SystemLibrary compute, SystemLibrary::Open(folder / "vmcompute.dll"));
  auto state = std::make_unique<State>(std::move(network), std::move(compute));
  // Without it, it is a DLL that only has the name.
  for (const Export first : {kHcnEnumerateNetworks, kHNSCall}) {
    if (state->exports[first] == nullptr) return state->Missing(first);
  }
  state->table = MakeTable(state.get());
  return std::unique_ptr<SystemTable>(new SystemTable(std::move(state)));
}

const HcnTable& SystemTable::table() const { return state_->table; }

}  // namespace abi
