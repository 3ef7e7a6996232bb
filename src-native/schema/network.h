// HostComputeNetwork.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "schema/common.h"
#include "schema/dns.h"
#include "schema/policy.h"
#include "schema/subnet.h"

namespace schema {

enum class NetworkMode : std::uint8_t {
  kNat = 0,
  kIcs = 1,
  kTransparent = 2,
  kL2Bridge = 3,
  kL2Tunnel = 4,
  kOverlay = 5,
  kPrivate = 6,
  kInternal = 7,
  kMirrored = 8,
  kInfiniband = 9,
  kConstrainedIcs = 10,
};

std::string_view NetworkModeName(NetworkMode mode);  // "L2Bridge"

namespace network_flags {
inline constexpr std::uint32_t kEnableDnsProxy = 1;
inline constexpr std::uint32_t kEnableDhcpServer = 2;
inline constexpr std::uint32_t kEnableMirroring = 4;
inline constexpr std::uint32_t kEnableNonPersistent = 8;
inline constexpr std::uint32_t kEnablePersistent = 16;
inline constexpr std::uint32_t kIsolateVSwitch = 32;
inline constexpr std::uint32_t kEnableFlowSteering = 64;
inline constexpr std::uint32_t kDisableSharing = 128;
inline constexpr std::uint32_t kEnableFirewall = 256;
inline constexpr std::uint32_t kDisableHostPort = 1024;
inline constexpr std::uint32_t kEnableIov = 8192;
}  // namespace network_flags

struct MacRange {
  MacText start;
  MacText end;  // Inclusive; not below `start`.
  json::Object rest;

  bool operator==(const MacRange&) const = default;
};

struct Network : ObjectBase {
  std::optional<NetworkMode> type;  // Absent: clients mean NAT.
  std::vector<NetworkPolicy> policies;
  std::vector<MacRange> mac_ranges;
  json::Object mac_pool_rest;  // What MacPool held beside Ranges.
  Dns dns;
  std::vector<Ipam> ipams;
  std::uint32_t flags = 0;  // network_flags; unknown bits are kept.

  bool operator==(const Network&) const = default;
};

base::Result<Network> ReadNetwork(json::Object document);
json::Value WriteNetwork(const Network& network);

}  // namespace schema
