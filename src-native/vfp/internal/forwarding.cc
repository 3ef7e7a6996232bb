#include "vfp/internal/forwarding.h"

#include <algorithm>

#include "vfp/internal/segment_type.h"

namespace vfp {
namespace {

using HT = HeaderTransposition;

bool NamesPorts(std::uint8_t protocol) { return protocol == wire::kProtoTcp || protocol == wire::kProtoUdp; }

// Whether a rule of the host port's hairpin layer names this packet.
bool IsSteeredThrough(const PortState& host, const Tuple& tuple) {
  const auto family = static_cast<std::uint8_t>(tuple.source.family);
  for (const auto& layer : host.layers) {
    if (!layer->hairpin) continue;
    for (const CompiledGroup* group : layer->Groups(Direction::kInbound, family)) {
      if (group->Match(tuple) != nullptr) return true;
    }
  }
  return false;
}

std::optional<PortIndex> OwnerOfReply(const Datapath& path, const RouteRequest& request) {
  const Tuple& tuple = request.tuple;
  if (!path.bindings.UsesAddress(tuple.destination)) return std::nullopt;
  // To itself: the packet of a translated connection, not a reply to one.
  if (tuple.source == tuple.destination) return std::nullopt;
  const bool has_number = tuple.has_ports || request.is_echo;
  const auto owner = path.bindings.Owner({.nat_address = tuple.destination,
                                          .remote_address = tuple.source,
                                          .nat_port = has_number ? tuple.destination_port : std::uint16_t{0},
                                          .remote_port = tuple.has_ports ? tuple.source_port : std::uint16_t{0},
                                          .protocol = tuple.protocol});
  // Bindings know no segments; a reply does not cross one.
  if (!owner || path.net.port(*owner)->segment != request.segment) return std::nullopt;
  if (path.net.port(*owner)->vlan != request.vlan) return std::nullopt;
  return owner;
}

// A subnet of the segment is a route, too: of those that are longer.
bool IsOnLinkLonger(const SegmentState& segment, const base::IpAddress& address, const PortRoute& route) {
  return std::any_of(segment.spec.prefixes.begin(), segment.spec.prefixes.end(), [&](const base::IpPrefix& prefix) {
    return prefix.length > route.destination.length && prefix.Contains(address);
  });
}

// nullopt: as if the port had no routes.
std::optional<Route> ByPortRoute(const RouteRequest& request) {
  const SegmentState& segment = *request.segment;
  const base::IpAddress& to = request.reach.value_or(request.tuple.destination);
  const PortRoute* found = request.from->routes->Find(to);
  if (found == nullptr || IsOnLinkLonger(segment, to, *found)) return std::nullopt;
  const SegmentType& type = TypeOf(segment);
  RouteRequest via = request;
  if (found->next_hop) via.reach = found->next_hop;
  const AddressEntry* entry = segment.FindIn(request.vlan, via.reach.value_or(to));
  if (entry != nullptr && entry->port == request.from->index) return std::nullopt;
  std::optional<Route> route;
  if (entry != nullptr && entry->port != kNoPort) {
    route = type.ToLocal(via, entry->port, "the port with the address");
  } else if (entry != nullptr) {
    route = type.ToRemote(via, *entry);
  }
  if (!route) route = type.OnwardBy(via, *found);
  if (route) route->by = found;
  return route;
}

Route FindByAddress(const Datapath& path, const RouteRequest& request) {
  const SegmentState& segment = *request.segment;
  const SegmentType& type = TypeOf(segment);
  const PortState& from = *request.from;
  if (const auto owner = OwnerOfReply(path, request)) return ToPort(*owner, "the reply of a translated connection");
  if (from.routes != nullptr) {
    if (auto route = ByPortRoute(request)) return *std::move(route);
  }
  const AddressEntry* entry = segment.FindIn(request.vlan, request.reach.value_or(request.tuple.destination));
  const PortState* host = segment.HostIn(request.vlan);
  const bool elsewhere = entry == nullptr && !segment.vlans.empty() &&
                         segment.Find(request.reach.value_or(request.tuple.destination)) != nullptr;
  if (entry != nullptr && entry->port != kNoPort && (host == nullptr || entry->port != host->index)) {
    return type.ToLocal(request, entry->port, "the port with the destination's address");
  }
  if (entry != nullptr && entry->port == kNoPort) {
    if (from.kind == PortKind::kUplink) return Nowhere("the address is out where the frame came from");
    if (auto route = type.ToRemote(request, *entry)) return *std::move(route);
    entry = nullptr;
  }
  if (host != nullptr && host != &from && IsSteeredThrough(*host, request.tuple)) {
    return ToPort(host->index, "a VIP that passes through the host port");
  }
  if (entry != nullptr) return type.ToLocal(request, entry->port, "the host's own address");
  Route onward = type.Onward(request);
  if (elsewhere && onward.egress == Egress::kUnresolved && onward.drop == DropReason::kNoDestination) {
    onward.drop = DropReason::kVlan;
    onward.why = "the port with that address is in another VLAN";
  }
  return onward;
}

}  // namespace

Route ToPort(PortIndex port, const char* why) {
  Route route;
  route.egress = Egress::kPort;
  route.port = port;
  route.why = why;
  return route;
}

Route Nowhere(const char* why, DropReason reason) {
  Route route;
  route.drop = reason;
  route.why = why;
  return route;
}

Route ByMac(Route route, const RouteRequest& request) {
  // With another MAC written there is no room to keep the one it was for.
  const bool writes = (route.change.modify & HT::kDestinationMac) != 0;
  route.by_mac = request.from->kind != PortKind::kUplink && !writes;
  route.asks |= writes;
  route.seen_mac = request.destination_mac;
  return route;
}

Route ByUplink(const SegmentState& segment, const base::MacAddress* next, const char* why) {
  Route route;
  route.egress = Egress::kUplink;
  route.port = segment.uplink->index;
  route.change.modify = HT::kSourceMac;
  route.change.source_mac = segment.spec.host_mac;
  if (next != nullptr) {
    route.change.modify |= HT::kDestinationMac;
    route.change.destination_mac = *next;
  }
  route.why = why;
  return route;
}

Tuple TupleOf(const wire::ParsedFrame& parsed) {
  return {.source = parsed.source,
          .destination = parsed.destination,
          .source_port = parsed.source_port,
          .destination_port = parsed.destination_port,
          .protocol = parsed.protocol,
          .has_ports = NamesPorts(parsed.protocol) && !parsed.is_later_fragment};
}

Tuple TupleOf(const FlowKey& key) {
  return {.source = key.family == 6 ? wire::LoadIpv6(key.source) : wire::LoadIpv4(key.source),
          .destination = key.family == 6 ? wire::LoadIpv6(key.destination) : wire::LoadIpv4(key.destination),
          .source_port = key.source_port,
          .destination_port = key.destination_port,
          .protocol = key.protocol,
          .has_ports = NamesPorts(key.protocol)};
}

Route FindRoute(const Datapath& path, const RouteRequest& request) {
  Route route = FindByAddress(path, request);
  const base::IpAddress& destination = request.tuple.destination;
  route.asks |= request.segment->nat_addresses.contains(destination) || path.bindings.UsesAddress(destination);
  return route;
}

}  // namespace vfp
