// A route of one port: where what leaves it goes, by destination.
#pragma once

#include <optional>

#include "base/ip_address.h"

namespace vfp {

struct PortRoute {
  base::IpPrefix destination;                 // Host bits do not count.
  std::optional<base::IpAddress> next_hop{};  // Absent: the destination itself.
  // On an overlay: by a tunnel or not at all. The next hop is then an address of the
  // overlay, or else the provider address of a host.
  bool encapsulate = false;

  bool operator==(const PortRoute&) const = default;
};

}  // namespace vfp
