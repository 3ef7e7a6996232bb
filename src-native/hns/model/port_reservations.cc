#include "hns/model/port_reservations.h"

#include <algorithm>
#include <string>

namespace hns {

namespace {

// Windows' dynamic ports, then all that are not well known.
constexpr std::uint32_t kFirstDynamic = 49152;
constexpr std::uint32_t kFirstUnprivileged = 1024;
constexpr std::uint32_t kLastPort = 65535;

}  // namespace

std::uint16_t PortReservations::TakenIn(const PortReservation& wanted) const {
  std::uint16_t taken = 0;
  for (const auto& [number, other] : reservations_) {
    if (other.last < wanted.first || wanted.last < other.first) continue;
    if ((other.protocols & wanted.protocols) == 0 || (other.shared && wanted.shared)) continue;
    taken = std::max(taken, std::min(other.last, wanted.last));
  }
  return taken;
}

std::uint64_t PortReservations::Add(const PortReservation& wanted) {
  const std::uint64_t number = next_++;
  reservations_.emplace(number, wanted);
  return number;
}

base::Result<std::uint64_t> PortReservations::Reserve(const PortReservation& wanted) {
  std::lock_guard lock(mutex_);
  if (const std::uint16_t taken = TakenIn(wanted); taken != 0) {
    return base::MakeError(base::hr::HCN_E_PORT_ALREADY_EXISTS, "port " + std::to_string(taken) + " is reserved");
  }
  return Add(wanted);
}

base::Result<std::uint64_t> PortReservations::ReserveRange(std::uint16_t count, PortReservation* wanted) {
  std::lock_guard lock(mutex_);
  for (const std::uint32_t from : {kFirstDynamic, kFirstUnprivileged}) {
    for (std::uint32_t first = from; first + count - 1 <= kLastPort;) {
      wanted->first = static_cast<std::uint16_t>(first);
      wanted->last = static_cast<std::uint16_t>(first + count - 1);
      const std::uint16_t taken = TakenIn(*wanted);
      if (taken == 0) return Add(*wanted);
      first = std::uint32_t{taken} + 1;
    }
  }
  return base::MakeError(base::hr::HCN_E_PORT_ALREADY_EXISTS,
                         "there are no " + std::to_string(count) + " free ports in a row");
}

void PortReservations::Release(std::uint64_t reservation) {
  std::lock_guard lock(mutex_);
  reservations_.erase(reservation);
}

void PortReservations::ReleaseAllOf(const base::Guid& service) {
  std::lock_guard lock(mutex_);
  std::erase_if(reservations_, [&](const auto& entry) { return entry.second.service == service; });
}

std::vector<PortReservation> PortReservations::All() const {
  std::lock_guard lock(mutex_);
  std::vector<PortReservation> all;
  for (const auto& [number, reservation] : reservations_) all.push_back(reservation);
  return all;
}

}  // namespace hns
