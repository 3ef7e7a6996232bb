// Rules, groups and layers: what a controller writes into a port.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ip_address.h"
#include "base/mac_address.h"
#include "vfp/flow_key.h"
#include "vfp/list.h"
#include "vfp/text.h"

namespace vfp {

// All lists: empty means any; within a list any member suffices; the lists are
// ANDed. Source and destination are those of the packet as it enters the layer.
struct Conditions {
  List<std::uint8_t> protocols;
  List<base::IpPrefix> sources;
  List<base::IpPrefix> destinations;
  List<base::PortRange> source_ports;
  List<base::PortRange> destination_ports;

  bool operator==(const Conditions&) const = default;
};

struct Backend {
  base::IpAddress address;  // DIP
  std::uint16_t port = 0;   // 0: keep the packet's destination port.
  auto operator<=>(const Backend&) const = default;
};

// What the choice of a backend is keyed by (HCN DistributionType).
enum class Affinity : std::uint8_t { kFiveTuple = 0, kSourceAddressAndProtocol = 1, kSourceAddress = 2 };

struct Allow {
  bool operator==(const Allow&) const = default;
};
struct Block {
  bool operator==(const Block&) const = default;
};

// Rewrites the destination (or the source) to fixed values; replies reversed.
struct StaticNat {
  bool source = false;  // False: destination NAT.
  std::optional<base::IpAddress> address;
  std::optional<std::uint16_t> port;
  bool operator==(const StaticNat&) const = default;
};

// Rewrites the source to `address` and a port of its pool (RFC 3022 NAPT).
struct DynamicNat {
  base::IpAddress address;
  base::PortRange ports{1024, 65535};
  bool operator==(const DynamicNat&) const = default;
};

// VIP -> DIP by Maglev hashing. With `source_address` the source is rewritten
// too, with a port of that address's pool. `preserve_destination`: the backend
// is chosen and reached, but the packet keeps the VIP (DSR towards a backend);
// `source_address` is not used then.
struct LoadBalance {
  List<Backend> backends;
  Affinity affinity = Affinity::kFiveTuple;
  std::optional<base::IpAddress> source_address;
  bool preserve_destination = false;
  bool operator==(const LoadBalance&) const = default;
};

using Action = std::variant<Allow, Block, StaticNat, DynamicNat, LoadBalance>;

struct Rule {
  // Bits of `flags`, as vfpctrl prints them.
  static constexpr std::uint32_t kTerminating = 1;
  static constexpr std::uint32_t kStateful = 2;
  // With kStateful: TCP segments of the connection outside the receiver's window
  // are dropped, resets among them. HNS' own rules do not ask for it.
  static constexpr std::uint32_t kTrackTcp = 8;

  Text id;                     // Unique in its group; never empty.
  Text name;                   // For people; may be empty.
  std::uint16_t priority = 0;  // Lower first. Ties: Block before others, then by id.
  std::uint32_t flags = kTerminating;
  Conditions conditions;
  Action action = Allow{};

  bool stateful() const { return (flags & kStateful) != 0; }
  bool operator==(const Rule&) const = default;
};

// A group is the unit of atomic replacement. At most one of its rules applies.
struct GroupSpec {
  std::string id;  // Unique in its layer and direction.
  std::uint16_t priority = 100;
  Direction direction = Direction::kOutbound;
  base::IpFamily family = base::IpFamily::kIpv4;
  std::vector<Rule> rules;
};

// A group that several ports share: its rules can be added and removed one by
// one, and every port that refers to it sees the change at once.
using SharedGroupId = std::uint32_t;

// A host port's layer of this name says, by its inbound rules, which destinations
// (VIPs) pass through the host port on their way: such a packet enters the host
// port and is turned around through its outbound layers.
inline constexpr std::string_view kHairpinLayer = "SLB_HAIRPIN_LAYER";

struct LayerSpec {
  std::string id;              // "ACL_ENDPOINT_LAYER"
  std::uint16_t priority = 0;  // Outbound packets pass layers in ascending order, inbound in descending.
  bool stateful = true;
  // What happens to a packet none of whose groups' rules match. False: dropped.
  bool default_allow = true;
  std::vector<GroupSpec> groups;
  std::vector<SharedGroupId> shared_groups;
};

}  // namespace vfp
