#include "abi/embedded_guest.h"

#include <cstdlib>
#include <new>
#include <vector>

#include "abi/embedded_state.h"

namespace abi {

namespace {

HRESULT RegisterCallback(void* context, HCN_GUESTNETWORKSERVICE service, HcnNotificationCallback callback,
                         void* callback_context, HCN_CALLBACK* handle) noexcept {
  if (handle == nullptr || callback == nullptr) return base::hr::E_POINTER;
  *handle = nullptr;
  EmbeddedHcn::State& state = StateOf(context);
  const auto object = Resolve(state, service, HandleKind::kGuestNetworkService);
  if (!object.ok()) return object.error().code;
  const auto subscription = state.service.WatchGuestNetworkService(*object, SubscriberOf(callback, callback_context));
  if (!subscription.ok()) return subscription.error().code;
  return GiveSubscription(state, HandleKind::kGuestNetworkServiceCallback, *subscription, handle);
}

HRESULT UnregisterCallback(void* context, HCN_CALLBACK handle) noexcept {
  return EndSubscription(StateOf(context), HandleKind::kGuestNetworkServiceCallback, handle);
}

HRESULT GiveReservation(EmbeddedHcn::State& state, std::uint64_t number, HCN_PORTRESERVATION* reservation) {
  *reservation = state.handles.Open(HandleKind::kPortReservation, {{}, number});
  if (*reservation != nullptr) return base::hr::OK;
  state.service.reservations().Release(number);
  return base::hr::E_OUTOFMEMORY;
}

HRESULT ReservePort(void* context, HCN_GUESTNETWORKSERVICE service, std::uint32_t protocol, std::uint32_t access,
                    std::uint16_t port, HCN_PORTRESERVATION* reservation) noexcept {
  if (reservation == nullptr) return base::hr::E_POINTER;
  *reservation = nullptr;
  EmbeddedHcn::State& state = StateOf(context);
  const auto object = Resolve(state, service, HandleKind::kGuestNetworkService);
  if (!object.ok()) return object.error().code;
  const auto number = state.service.ReservePort(*object, protocol, access, port);
  return number.ok() ? GiveReservation(state, *number, reservation) : number.error().code;
}

HRESULT ReservePortRange(void* context, HCN_GUESTNETWORKSERVICE service, std::uint16_t count,
                         HcnPortRangeReservation* range, HCN_PORTRESERVATION* reservation) noexcept {
  if (range == nullptr || reservation == nullptr) return base::hr::E_POINTER;
  *range = {};
  *reservation = nullptr;
  EmbeddedHcn::State& state = StateOf(context);
  const auto object = Resolve(state, service, HandleKind::kGuestNetworkService);
  if (!object.ok()) return object.error().code;
  const auto reserved = state.service.ReservePortRange(*object, count);
  if (!reserved.ok()) return reserved.error().code;
  const HRESULT given = GiveReservation(state, reserved->reservation, reservation);
  if (given == base::hr::OK) *range = {reserved->first, reserved->last};
  return given;
}

HRESULT ReleasePorts(void* context, HCN_PORTRESERVATION reservation) noexcept {
  EmbeddedHcn::State& state = StateOf(context);
  const auto target = state.handles.Close(reservation, HandleKind::kPortReservation);
  if (!target) return base::hr::ERROR_INVALID_HANDLE;
  state.service.reservations().Release(target->incarnation);
  return base::hr::OK;
}

// Unverified: which partition is which, and the numbers of type, sharing and delivery.
HRESULT EnumerateReservations(void* context, std::uint32_t* count, HcnPortRangeEntry** entries) noexcept {
  if (count == nullptr || entries == nullptr) return base::hr::E_POINTER;
  *count = 0;
  *entries = nullptr;
  const std::vector<hns::PortReservation> all = StateOf(context).service.reservations().All();
  if (all.empty()) return base::hr::OK;
  auto* made = static_cast<HcnPortRangeEntry*>(std::calloc(all.size(), sizeof(HcnPortRangeEntry)));
  if (made == nullptr) return base::hr::E_OUTOFMEMORY;
  for (std::size_t i = 0; i < all.size(); ++i) {
    HcnPortRangeEntry* entry = new (&made[i]) HcnPortRangeEntry();
    entry->owning_partition_id = all[i].virtual_machine;
    entry->target_partition_id = all[i].virtual_machine;
    entry->protocol = all[i].protocols;
    entry->sharing_flags = all[i].shared ? 1 : 0;
    entry->starting_port = all[i].first;
    entry->ending_port = all[i].last;
  }
  *count = static_cast<std::uint32_t>(all.size());
  *entries = made;
  return base::hr::OK;
}

void FreeReservations(void*, HcnPortRangeEntry* entries) noexcept { std::free(entries); }

}  // namespace

void FillGuestEntries(HcnTable* table) {
  table->register_guest_network_service_callback = RegisterCallback;
  table->unregister_guest_network_service_callback = UnregisterCallback;
  table->reserve_guest_network_service_port = ReservePort;
  table->reserve_guest_network_service_port_range = ReservePortRange;
  table->release_guest_network_service_port_reservation_handle = ReleasePorts;
  table->enumerate_guest_network_port_reservations = EnumerateReservations;
  table->free_guest_network_port_reservations = FreeReservations;
}

}  // namespace abi
