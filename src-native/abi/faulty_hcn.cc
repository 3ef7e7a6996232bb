#include "abi/faulty_hcn.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "abi/strings.h"

namespace abi {

namespace {

constexpr HRESULT kCallFailed = base::MakeHResult(0x800706BEu);  // RPC_S_CALL_FAILED

}  // namespace

struct FaultyHcn::State {
  State(const HcnTable& the_inner, Options given)
      : inner(the_inner), options(std::move(given)), plan(std::move(options.faults), options.seed) {}

  const HcnTable& inner;
  Options options;
  HcnTable table;
  std::vector<std::string_view> calls;  // Names of the table's entries.

  std::mutex mutex;
  std::condition_variable changed;
  // All below is guarded by `mutex`.
  FaultPlan plan;
  bool released = false;
  int restarting = 0;
  base::MonotonicTime away_until{0};

  // OK: the call goes on. A call that finds no service is not counted. The faults of this call are put into `strikes`.
  HRESULT Begin(std::string_view call, std::vector<Fault>& strikes) {
    const std::lock_guard lock(mutex);
    if (released) return base::hr::OK;
    if (restarting > 0 || options.clock->Now() < away_until) return base::hr::RPC_S_SERVER_UNAVAILABLE;
    strikes = plan.Strike(call);
    return base::hr::OK;
  }

  HRESULT Suffer(const std::vector<Fault>& strikes, bool after) {
    for (const Fault& fault : strikes) {
      if (fault.after != after) continue;
      if (const HRESULT code = Suffer(fault); base::Failed(code)) return code;
    }
    return base::hr::OK;
  }

 private:
  HRESULT Suffer(const Fault& fault) {
    switch (fault.action) {
      case Fault::Action::kDelay: return WaitFor(fault.duration);
      case Fault::Action::kHang: return Hang();
      case Fault::Action::kFail: return fault.code;
      case Fault::Action::kRestart: break;
    }
    // HNS' own distinction: not begun, or gone in the middle of it.
    const HRESULT lost = fault.after ? kCallFailed : base::hr::RPC_S_SERVER_UNAVAILABLE;
    return Restart(fault.duration) ? lost : base::hr::HCN_E_MANAGER_STOPPED;
  }

  HRESULT WaitFor(std::chrono::nanoseconds duration) {
    std::unique_lock lock(mutex);
    const base::MonotonicTime until = options.clock->Now() + duration;
    while (!released) {
      const std::chrono::nanoseconds left = until - options.clock->Now();
      if (left.count() <= 0) return base::hr::OK;
      if (options.manual_clock) {
        changed.wait(lock);
      } else {
        changed.wait_for(lock, left);
      }
    }
    return base::hr::HCN_E_MANAGER_STOPPED;
  }

  HRESULT Hang() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return released; });
    return base::hr::HCN_E_MANAGER_STOPPED;
  }

  // False: the host goes down instead.
  bool Restart(std::chrono::nanoseconds away) {
    {
      const std::lock_guard lock(mutex);
      if (released) return false;
      ++restarting;
      away_until = std::max(away_until, options.clock->Now() + away);
    }
    options.restart();
    const std::lock_guard lock(mutex);
    --restarting;
    return true;
  }
};

namespace {

using State = FaultyHcn::State;

// A call's name as a template argument.
template <std::size_t kSize>
struct Name {
  constexpr Name(const char (&given)[kSize]) { std::copy_n(given, kSize, text); }  // NOLINT: implicit by design
  char text[kSize];
};

using CloseEntry = HRESULT (*HcnTable::*)(void*, void*) noexcept;

// The parts of a call that it writes to are told by their types.
template <typename Argument>
void Clear(Argument argument) {
  if constexpr (std::is_same_v<Argument, char16_t**> || std::is_same_v<Argument, void**> ||
                std::is_same_v<Argument, HcnPortRangeEntry**>) {
    if (argument != nullptr) *argument = nullptr;
  } else if constexpr (std::is_same_v<Argument, std::uint32_t*> || std::is_same_v<Argument, HcnPortRangeReservation*>) {
    if (argument != nullptr) *argument = {};
  }
}

template <CloseEntry kClose, typename Argument>
void TakeBack(const HcnTable& inner, Argument argument) {
  if constexpr (std::is_same_v<Argument, char16_t**>) {
    if (argument != nullptr) inner.free_string(inner.context, *argument);
  } else if constexpr (std::is_same_v<Argument, HcnPortRangeEntry**>) {
    if (argument != nullptr) inner.free_guest_network_port_reservations(inner.context, *argument);
  } else if constexpr (std::is_same_v<Argument, void**>) {
    static_assert(kClose != nullptr, "what gives a handle says what closes it");
    if (argument != nullptr && *argument != nullptr) (inner.*kClose)(inner.context, *argument);
  }
  Clear(argument);
}

// The last argument when it is an error record's place, else null.
template <typename... Arguments>
char16_t** RecordOf(Arguments... arguments) {
  const auto last = std::get<sizeof...(Arguments) - 1>(std::tuple(arguments...));
  if constexpr (std::is_same_v<std::remove_const_t<decltype(last)>, char16_t**>) {
    return last;
  } else {
    return nullptr;
  }
}

template <Name kName, auto kEntry, CloseEntry kClose = nullptr>
struct Entry;

template <Name kName, typename... Arguments, HRESULT (*HcnTable::*kEntry)(void*, Arguments...) noexcept,
          CloseEntry kClose>
struct Entry<kName, kEntry, kClose> {
  static void Wrap(State& state) {
    state.calls.push_back(kName.text);
    if (state.inner.*kEntry != nullptr) state.table.*kEntry = Call;
  }

 private:
  // What closes a handle does so whatever its answer: the handle is the
  // caller's, and nobody could close it again.
  static constexpr bool kCloses = std::is_same_v<decltype(kEntry), CloseEntry>;

  static HRESULT Call(void* context, Arguments... arguments) noexcept {
    State& state = *static_cast<State*>(context);
    std::vector<Fault> strikes;
    HRESULT code = state.Begin(kName.text, strikes);
    if (!base::Failed(code)) code = state.Suffer(strikes, /*after=*/false);
    if (base::Failed(code) && !kCloses) {
      (Clear<std::decay_t<Arguments>>(arguments), ...);
      return Refuse(code, arguments...);
    }
    const HRESULT result = (state.inner.*kEntry)(state.inner.context, arguments...);
    if (!base::Failed(code)) code = state.Suffer(strikes, /*after=*/true);
    if (!base::Failed(code)) return result;
    (TakeBack<kClose>(state.inner, static_cast<std::decay_t<Arguments>>(arguments)), ...);
    return Refuse(code, arguments...);
  }

  static HRESULT Refuse(HRESULT code, Arguments... arguments) {
    return Fail(base::MakeError(code), RecordOf(static_cast<std::decay_t<Arguments>>(arguments)...));
  }
};

template <typename... Entry>
struct EntryList {
  static constexpr std::size_t kSize = sizeof...(Entry);
  static void WrapAll(State& state) { (Entry::Wrap(state), ...); }
};

using T = HcnTable;

// The names are those of lib/native/hcn-calls.ts.
// clang-format off
using Entries = EntryList<
    Entry<"enumerateNetworks", &T::enumerate_networks>,
    Entry<"createNetwork", &T::create_network, &T::close_network>,
    Entry<"openNetwork", &T::open_network, &T::close_network>,
    Entry<"modifyNetwork", &T::modify_network>,
    Entry<"queryNetworkProperties", &T::query_network_properties>,
    Entry<"deleteNetwork", &T::delete_network>,
    Entry<"closeNetwork", &T::close_network>,

    Entry<"enumerateEndpoints", &T::enumerate_endpoints>,
    Entry<"createEndpoint", &T::create_endpoint, &T::close_endpoint>,
    Entry<"openEndpoint", &T::open_endpoint, &T::close_endpoint>,
    Entry<"modifyEndpoint", &T::modify_endpoint>,
    Entry<"queryEndpointProperties", &T::query_endpoint_properties>,
    Entry<"queryEndpointStats", &T::query_endpoint_stats>,
    Entry<"queryEndpointAddresses", &T::query_endpoint_addresses>,
    Entry<"deleteEndpoint", &T::delete_endpoint>,
    Entry<"closeEndpoint", &T::close_endpoint>,

    Entry<"enumerateNamespaces", &T::enumerate_namespaces>,
    Entry<"createNamespace", &T::create_namespace, &T::close_namespace>,
    Entry<"openNamespace", &T::open_namespace, &T::close_namespace>,
    Entry<"modifyNamespace", &T::modify_namespace>,
    Entry<"queryNamespaceProperties", &T::query_namespace_properties>,
    Entry<"deleteNamespace", &T::delete_namespace>,
    Entry<"closeNamespace", &T::close_namespace>,

    Entry<"enumerateLoadBalancers", &T::enumerate_load_balancers>,
    Entry<"createLoadBalancer", &T::create_load_balancer, &T::close_load_balancer>,
    Entry<"openLoadBalancer", &T::open_load_balancer, &T::close_load_balancer>,
    Entry<"modifyLoadBalancer", &T::modify_load_balancer>,
    Entry<"queryLoadBalancerProperties", &T::query_load_balancer_properties>,
    Entry<"deleteLoadBalancer", &T::delete_load_balancer>,
    Entry<"closeLoadBalancer", &T::close_load_balancer>,

    Entry<"enumerateSdnRoutes", &T::enumerate_sdn_routes>,
    Entry<"createSdnRoute", &T::create_sdn_route, &T::close_sdn_route>,
    Entry<"openSdnRoute", &T::open_sdn_route, &T::close_sdn_route>,
    Entry<"modifySdnRoute", &T::modify_sdn_route>,
    Entry<"querySdnRouteProperties", &T::query_sdn_route_properties>,
    Entry<"deleteSdnRoute", &T::delete_sdn_route>,
    Entry<"closeSdnRoute", &T::close_sdn_route>,

    Entry<"enumerateGuestNetworkServices", &T::enumerate_guest_network_services>,
    Entry<"createGuestNetworkService", &T::create_guest_network_service, &T::close_guest_network_service>,
    Entry<"openGuestNetworkService", &T::open_guest_network_service, &T::close_guest_network_service>,
    Entry<"modifyGuestNetworkService", &T::modify_guest_network_service>,
    Entry<"queryGuestNetworkServiceProperties", &T::query_guest_network_service_properties>,
    Entry<"deleteGuestNetworkService", &T::delete_guest_network_service>,
    Entry<"closeGuestNetworkService", &T::close_guest_network_service>,
    Entry<"registerGuestNetworkServiceCallback", &T::register_guest_network_service_callback, &T::unregister_guest_network_service_callback>,
    Entry<"unregisterGuestNetworkServiceCallback", &T::unregister_guest_network_service_callback>,

    Entry<"reserveGuestNetworkServicePort", &T::reserve_guest_network_service_port, &T::release_guest_network_service_port_reservation_handle>,
    Entry<"reserveGuestNetworkServicePortRange", &T::reserve_guest_network_service_port_range, &T::release_guest_network_service_port_reservation_handle>,
    Entry<"releaseGuestNetworkServicePortReservationHandle", &T::release_guest_network_service_port_reservation_handle>,
    Entry<"enumerateGuestNetworkPortReservations", &T::enumerate_guest_network_port_reservations>,

    Entry<"hnsCall", &T::hns_call>,
    Entry<"registerServiceCallback", &T::register_service_callback, &T::unregister_service_callback>,
    Entry<"unregisterServiceCallback", &T::unregister_service_callback>,

    Entry<"registerNetworkCallback", &T::register_network_callback, &T::unregister_network_callback>,
    Entry<"unregisterNetworkCallback", &T::unregister_network_callback>,
    Entry<"queryFeatures", &T::query_features>,
    Entry<"queryMetrics", &T::query_metrics>>;
// clang-format on

// Neither the context nor what frees memory can go wrong.
constexpr std::size_t kPassed = 3;
// An entry that is not in the list would be missing from the table.
static_assert(sizeof(HcnTable) == (Entries::kSize + kPassed) * sizeof(void*));

void FillTable(State& state) {
  state.table.context = &state;
  state.table.free_string = [](void* context, char16_t* text) noexcept {
    const HcnTable& inner = static_cast<State*>(context)->inner;
    inner.free_string(inner.context, text);
  };
  state.table.free_guest_network_port_reservations = [](void* context, HcnPortRangeEntry* entries) noexcept {
    const HcnTable& inner = static_cast<State*>(context)->inner;
    inner.free_guest_network_port_reservations(inner.context, entries);
  };
  Entries::WrapAll(state);
}

}  // namespace

base::Result<std::unique_ptr<FaultyHcn>> FaultyHcn::Make(const HcnTable& inner, Options options) {
  std::vector<std::string> wanted;
  for (const Fault& fault : options.faults) wanted.push_back(fault.call);
  auto state = std::make_unique<State>(inner, std::move(options));
  FillTable(*state);
  for (const std::string& call : wanted) {
    if (call != "*" && std::ranges::find(state->calls, call) == state->calls.end()) {
      return base::MakeError(base::hr::ERROR_INVALID_PARAMETER,
                             "`call` of a fault is `" + call + "`: there is no such call");
    }
  }
  return std::unique_ptr<FaultyHcn>(new FaultyHcn(std::move(state)));
}

FaultyHcn::FaultyHcn(std::unique_ptr<State> state) : state_(std::move(state)) {}
FaultyHcn::~FaultyHcn() = default;

const HcnTable& FaultyHcn::table() const { return state_->table; }

void FaultyHcn::ClockMoved() {
  const std::lock_guard lock(state_->mutex);
  state_->changed.notify_all();
}

void FaultyHcn::Release() {
  const std::lock_guard lock(state_->mutex);
  state_->released = true;
  state_->changed.notify_all();
}

}  // namespace abi
