// HostComputeRoute: routes that are pushed to a set of endpoints.
#pragma once

#include <optional>
#include <vector>

#include "base/guid.h"
#include "base/ip_address.h"
#include "schema/common.h"

namespace schema {

struct SdnRouteSetting {
  std::optional<base::IpPrefix> destination;  // Host bits may be set: clients send 169.254.169.254/24.
  std::optional<base::IpAddress> next_hop;    // Absent: some clients send "".
  std::optional<bool> need_encap;
  std::optional<bool> automatic_endpoint_monitor;
  json::Object rest;

  bool operator==(const SdnRouteSetting&) const = default;
};

struct SdnRoute : ObjectBase {
  base::Guid network_id;                  // HostComputeNetwork; output since 2.5. Zero: not given.
  std::vector<base::Guid> endpoint_ids;   // In the order given.
  std::vector<SdnRouteSetting> settings;  // `Routes` in the schema and hns.v2.psm1, `Setting` in hcsshim.

  bool operator==(const SdnRoute&) const = default;
};

// `Routes` and `Setting` are one list under two names: given both, they must agree.
base::Result<SdnRoute> ReadSdnRoute(json::Object document);
// Under both names. Endpoint ids are spelled as the endpoints' own documents
// spell them: hcsshim compares the text when it takes an endpoint off a route.
json::Value WriteSdnRoute(const SdnRoute& route);

}  // namespace schema
