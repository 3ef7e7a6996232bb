// Guest network services: kept, told of and given ports; they mirror nothing.
#include <utility>

#include "hns/change.h"
#include "hns/model/names.h"
#include "schema/modify_request.h"

namespace hns {

namespace {

// Unverified: that the payload stands in `Data`, as the schema has it from 2.2 on.
base::json::Value StateNotification(const schema::GuestNetworkService& service, std::uint16_t state) {
  schema::ObjectWriter writer;
  writer.Add("State", schema::GuestNetworkServiceStateName(static_cast<schema::GuestNetworkServiceState>(state)));
  writer.AddList("Interfaces", service.mirrored_interfaces, schema::WriteGuestNetworkServiceInterface);
  return writer.Take();
}

}  // namespace

base::Result<ObjectRef> Service::CreateGuestNetworkService(const base::Guid& id, std::string_view settings) {
  HNS_ASSIGN_OR_RETURN(base::json::Object document, ParseSettings(ObjectKind::kGuestNetworkService, settings));
  HNS_ASSIGN_OR_RETURN(schema::GuestNetworkService wanted, schema::ReadGuestNetworkService(std::move(document)));
  HNS_RETURN_IF_ERROR(CheckNames(wanted, base::hr::ERROR_INVALID_PARAMETER));
  ObjectRef created;
  const base::Status written = Write([&](Change& change) -> base::Status {
    HNS_RETURN_IF_ERROR(ChooseId(change.context, Table::kGuestNetworkServices, id, &wanted));
    FillBase(change.context, &wanted);
    wanted.state = static_cast<std::uint16_t>(schema::GuestNetworkServiceState::kCreated);
    SaveGuestNetworkService(change.store, wanted);
    const auto record = FindRecord(change.store, Table::kGuestNetworkServices, wanted.id);
    created = {wanted.id, record ? record->incarnation : 0};
    change.events = {{Notification::kGuestNetworkServiceCreate, wanted.id}};
    return {};
  });
  HNS_RETURN_IF_ERROR(written);
  return created;
}

// Unverified: which state may follow which; here any may.
base::Status Service::ModifyGuestNetworkService(const ObjectRef& object, std::string_view settings) {
  HNS_ASSIGN_OR_RETURN(base::json::Object document, schema::ParseObject(settings));
  HNS_ASSIGN_OR_RETURN(const schema::ModifyGuestNetworkServiceRequest request,
                       schema::ReadModifyGuestNetworkServiceRequest(std::move(document)));
  if (request.request != schema::RequestType::kUpdate) {
    return base::MakeError(base::hr::HCN_E_REQUEST_UNSUPPORTED,
                           "`" + std::string(schema::RequestTypeName(request.request)) +
                               "` of a guest network service's state; `Update` is there");
  }
  return Write([&](Change& change) -> base::Status {
    HNS_RETURN_IF_ERROR(change.Check(ObjectKind::kGuestNetworkService, object));
    HNS_ASSIGN_OR_RETURN(schema::GuestNetworkService service, LoadGuestNetworkService(change.store, object.id));
    const auto state = static_cast<std::uint16_t>(request.state);
    if (service.state == state) return {};
    service.state = state;
    SaveGuestNetworkService(change.store, service);
    change.events = {{Notification::kGuestNetworkServiceStateChanged, object.id, object.incarnation, state}};
    return {};
  });
}

// Nobody watches a service that has gone meanwhile.
void Service::DeliverState(const Event& event) {
  schema::GuestNetworkService service;
  {
    const auto store = Read();
    if (!store.ok()) return;
    if (!CheckObject(**store, ObjectKind::kGuestNetworkService, {event.id, event.incarnation}).ok()) return;
    auto found = LoadGuestNetworkService(**store, event.id);
    if (!found.ok()) return;
    service = std::move(found).value();
  }
  notifications_.NotifyWatchers(event.type, event.incarnation, event.id, StateNotification(service, event.state));
}

base::Status Service::DeleteGuestNetworkService(const base::Guid& id) {
  return Write([&](Change& change) -> base::Status {
    HNS_ASSIGN_OR_RETURN([[maybe_unused]] const schema::GuestNetworkService service,
                         LoadGuestNetworkService(change.store, id));
    change.store.Erase(Table::kGuestNetworkServices, Key(id));
    change.events = {{Notification::kGuestNetworkServiceDelete, id}};
    change.removals.push_back([this, id] { reservations_.ReleaseAllOf(id); });
    return {};
  });
}

base::Result<std::uint64_t> Service::WatchGuestNetworkService(const ObjectRef& object, Subscriber subscriber) {
  HNS_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> store, Read());
  HNS_RETURN_IF_ERROR(CheckObject(*store, ObjectKind::kGuestNetworkService, object));
  return notifications_.Subscribe(std::move(subscriber), object.incarnation);
}

// Under the service's lock, so that no service goes between the look and the reservation.
base::Result<PortReservation> Service::ReservationFor(const ObjectRef& object) {
  if (stopped_) return base::MakeError(base::hr::HCN_E_MANAGER_STOPPED);
  HNS_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> store, Read());
  HNS_RETURN_IF_ERROR(CheckObject(*store, ObjectKind::kGuestNetworkService, object));
  HNS_ASSIGN_OR_RETURN(const schema::GuestNetworkService service, LoadGuestNetworkService(*store, object.id));
  PortReservation reservation;
  reservation.service = object.id;
  reservation.virtual_machine = service.virtual_machine_id;
  return reservation;
}

base::Result<std::uint64_t> Service::ReservePort(const ObjectRef& object, std::uint32_t protocol, std::uint32_t access,
                                                 std::uint16_t port) {
  const auto invalid = [](const char* what, std::uint32_t value, const char* remedy) {
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER,
                           std::string(what) + " is `" + std::to_string(value) + "`: " + remedy);
  };
  if (protocol < kReserveTcp || protocol > kReserveBoth) {
    return invalid("the protocol", protocol, "expected 1 (TCP), 2 (UDP) or 3 (both)");
  }
  if (access != kExclusiveAccess && access != kSharedAccess) {
    return invalid("the access", access, "expected 1 (exclusive) or 2 (shared)");
  }
  if (port == 0) return invalid("the port", port, "expected 1 to 65535");
  std::lock_guard lock(mutex_);
  HNS_ASSIGN_OR_RETURN(PortReservation reservation, ReservationFor(object));
  reservation.protocols = protocol;
  reservation.shared = access == kSharedAccess;
  reservation.first = reservation.last = port;
  return reservations_.Reserve(reservation);
}

base::Result<ReservedRange> Service::ReservePortRange(const ObjectRef& object, std::uint16_t count) {
  if (count == 0) {
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "the number of ports is `0`: expected 1 to 65535");
  }
  std::lock_guard lock(mutex_);
  HNS_ASSIGN_OR_RETURN(PortReservation reservation, ReservationFor(object));
  HNS_ASSIGN_OR_RETURN(const std::uint64_t number, reservations_.ReserveRange(count, &reservation));
  return ReservedRange{number, reservation.first, reservation.last};
}

}  // namespace hns
