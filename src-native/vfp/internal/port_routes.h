// The routes of one port, the longest prefix first.
#pragma once

#include <algorithm>
#include <vector>

#include "vfp/port_route.h"

namespace vfp {

class PortRoutes {
 public:
  explicit PortRoutes(std::vector<PortRoute> routes) : routes_(std::move(routes)) {
    for (PortRoute& route : routes_) route.destination = route.destination.Masked();
    std::stable_sort(routes_.begin(), routes_.end(), [](const PortRoute& a, const PortRoute& b) {
      return a.destination.length > b.destination.length;
    });
  }

  // Of equal prefixes the one given first; null.
  const PortRoute* Find(const base::IpAddress& destination) const {
    const auto found = std::find_if(routes_.begin(), routes_.end(),
                                    [&](const PortRoute& route) { return route.destination.Contains(destination); });
    return found == routes_.end() ? nullptr : &*found;
  }
  bool operator==(const PortRoutes&) const = default;

 private:
  std::vector<PortRoute> routes_;
};

}  // namespace vfp
