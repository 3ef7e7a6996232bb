// Ports of the host that guests have reserved.
//
// They belong to open handles, not to the store: a reservation ends with its
// handle, its guest network service or its host. Unverified: that they stand
// apart from port mappings and node ports.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "base/guid.h"
#include "base/result.h"

namespace hns {

// HCN_PORT_PROTOCOL, which are bits.
inline constexpr std::uint32_t kReserveTcp = 1;
inline constexpr std::uint32_t kReserveUdp = 2;
inline constexpr std::uint32_t kReserveBoth = 3;
// HCN_PORT_ACCESS.
inline constexpr std::uint32_t kExclusiveAccess = 1;
inline constexpr std::uint32_t kSharedAccess = 2;

struct PortReservation {
  base::Guid service;          // The guest network service.
  base::Guid virtual_machine;  // Its VM; zero: it names none.
  std::uint32_t protocols = kReserveBoth;
  bool shared = false;
  std::uint16_t first = 0, last = 0;
};

// Callable from any thread.
class PortReservations {
 public:
  // The reservation's number, never zero. HCN_E_PORT_ALREADY_EXISTS: one of the
  // ports is reserved for one of the protocols, and not both are shared.
  // Unverified: the code; callers report any failure as "address in use".
  base::Result<std::uint64_t> Reserve(const PortReservation& wanted);
  // `wanted`'s ports are chosen: `count` in a row, from the dynamic ports where
  // there is room. HCN_E_PORT_ALREADY_EXISTS: there is none.
  base::Result<std::uint64_t> ReserveRange(std::uint16_t count, PortReservation* wanted);
  // One that has ended already is passed over.
  void Release(std::uint64_t reservation);
  void ReleaseAllOf(const base::Guid& service);
  std::vector<PortReservation> All() const;  // In order of their making.

 private:
  // REQUIRES: mutex_ held. The last port of `wanted` that somebody has; 0: none.
  std::uint16_t TakenIn(const PortReservation& wanted) const;
  std::uint64_t Add(const PortReservation& wanted);

  mutable std::mutex mutex_;
  std::map<std::uint64_t, PortReservation> reservations_;
  std::uint64_t next_ = 1;
};

}  // namespace hns
