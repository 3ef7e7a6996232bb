// A route of a subnet or an endpoint.
#pragma once

#include <cstdint>
#include <optional>

#include "base/ip_address.h"
#include "schema/common.h"

namespace schema {

struct Route {
  std::optional<base::IpAddress> next_hop;  // Absent: some clients send "", see hcn.md 6.2.
  std::optional<base::IpPrefix> destination;
  std::optional<std::uint16_t> metric;
  json::Object rest;

  // 0.0.0.0/0 or ::/0. Its next hop in a subnet is the subnet's gateway.
  bool IsDefault() const { return destination && destination->length == 0; }
  bool operator==(const Route&) const = default;
};

Route ReadRoute(json::Object document, const Scope& scope);
json::Value WriteRoute(const Route& route);

}  // namespace schema
