// GuestNetworkService: a VM that the host's networking is mirrored into.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/guid.h"
#include "schema/common.h"

namespace schema {

// The numbers stand in a service's own State. Unverified: that they are HCN's
// order of names.
enum class GuestNetworkServiceState : std::uint8_t {
  kNone,
  kCreated,
  kBootstrapping,
  kSynchronized,
  kPaused,
  kDesynchronized,
  kRehydrating,
  kDegraded,
  kDestroyed,
};
std::string_view GuestNetworkServiceStateName(GuestNetworkServiceState state);

struct GuestNetworkServiceInterface {
  base::Guid endpoint_id;
  base::Guid interface_guid;
  std::string state;  // Created, Bootstrapping, Synchronized, Desynchronized, Paused; as given.
  json::Object rest;

  bool operator==(const GuestNetworkServiceInterface&) const = default;
};

struct GuestNetworkService : ObjectBase {
  base::Guid virtual_machine_id;                                  // Zero: not given.
  std::vector<GuestNetworkServiceInterface> mirrored_interfaces;  // Since 2.2.
  std::optional<bool> mirror_host_networking;                     // Since 2.5.
  std::optional<json::Object> rpc_server;                         // GnsRpcServerInformation, since 2.11; kept as given.
  std::uint32_t flags = 0;  // 1 IsFlowsteered, 2 IsFlowsteeredSelfManaged; unknown bits are kept.

  bool operator==(const GuestNetworkService&) const = default;
};

base::Result<GuestNetworkService> ReadGuestNetworkService(json::Object document);
json::Value WriteGuestNetworkService(const GuestNetworkService& service);
json::Value WriteGuestNetworkServiceInterface(const GuestNetworkServiceInterface& mirrored);

}  // namespace schema
