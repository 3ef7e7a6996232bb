// ARP and Neighbor Discovery: who answers, and with which MAC. The segment's
// type decides (segment_type.h).
//
// Inside, a port learns the real MAC of another port. Outside, everybody here
// is the host: the switch answers for local addresses with the host's MAC, and
// a question that leaves carries the host's MAC in header and body. So no pod's
// MAC is ever seen on the wire, nor needed on the way back, where the
// destination address says whose frame it is.
//
// These messages do not pass the ports' layers. Router discovery and multicast
// listener messages are no questions about an address; they are flooded.
#pragma once

#include <optional>

#include "vfp/internal/datapath.h"
#include "wire/ndp.h"
#include "wire/parsed_frame.h"

namespace vfp {

struct NeighborMessage {
  bool asks = false;            // ARP request, neighbor solicitation.
  bool to_everybody = false;    // An answer nobody asked for: gratuitous ARP, unsolicited advertisement.
  base::IpAddress sender;       // Unspecified: a probe for a duplicate.
  base::IpAddress target;       // Asked about, or answered for.
  base::IpAddress destination;  // Of an answer: who asked.
  base::MacAddress to_mac{};    // The frame's.
  std::uint16_t vlan = 0;       // From outside: that it came with.
};

enum class NeighborAction : std::uint8_t {
  kAnswer,
  kToPort,
  kToUplink,
  kToAllPorts,
  kTaken,  // By the switch itself, which had asked.
  kDrop,
};

struct NeighborPlan {
  NeighborAction action = NeighborAction::kDrop;
  base::MacAddress mac{};  // kAnswer.
  bool is_router = false;
  PortIndex port = kNoPort;  // kToPort.
  const char* why = "";      // One clause for people.
};

// REQUIRES: ARP without error, or a neighbor message `nd` was parsed from.
NeighborMessage ReadNeighbor(const wire::ParsedFrame& parsed, const std::optional<wire::NdView>& nd,
                             std::uint16_t vlan);
NeighborPlan NeighborAnswer(const base::MacAddress& mac, const char* why, bool is_router = false);
NeighborPlan NeighborToPort(const PortState& port, const char* why);
NeighborPlan PlanNeighbor(const Datapath& path, const PortState& from, const NeighborMessage& message);

}  // namespace vfp
