#include "abi/vfp_documents.h"

#include <chrono>
#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace abi {

namespace {

using base::json::Array;
using base::json::Object;
using base::json::Value;

const char* DirectionName(vfp::Direction direction) { return direction == vfp::Direction::kOutbound ? "out" : "in"; }

const char* KindName(vfp::PortKind kind) {
  switch (kind) {
    case vfp::PortKind::kUplink: return "uplink";
    case vfp::PortKind::kHost: return "host";
    case vfp::PortKind::kEndpoint: break;
  }
  return "endpoint";
}

template <typename Items>
Array Printed(const Items& items) {
  Array array;
  for (const auto& item : items) array.emplace_back(item.ToString());
  return array;
}

Object DirectionDocument(const vfp::DirectionCounters& counters, std::uint64_t waiting_bytes) {
  Object object;
  object.Set("packets", counters.packets);
  object.Set("bytes", counters.bytes);
  object.Set("forwarded", counters.forwarded);
  object.Set("dropped", counters.dropped);
  object.Set("answered", counters.answered);
  object.Set("waiting", counters.waiting);
  object.Set("waitingBytes", waiting_bytes);
  object.Set("delayed", counters.delayed);
  object.Set("fastPath", counters.fast_path);
  object.Set("slowPath", counters.slow_path);
  object.Set("reconciled", counters.reconciled);
  Array drops;
  for (std::size_t number = 0; number < counters.drops.size(); ++number) {
    if (counters.drops[number] == 0) continue;
    Object drop;
    drop.Set("reason", vfp::DropReasonName(static_cast<vfp::DropReason>(number)));
    drop.Set("number", std::uint64_t{number});
    drop.Set("packets", counters.drops[number]);
    drops.emplace_back(std::move(drop));
  }
  object.Set("drops", std::move(drops));
  return object;
}

struct ActionText {
  const char* name;
  std::string data;
};

struct DescribeAction {
  ActionText operator()(const vfp::Allow&) const { return {"allow", {}}; }
  ActionText operator()(const vfp::Block&) const { return {"block", {}}; }
  ActionText operator()(const vfp::StaticNat& nat) const {
    std::string data = nat.source ? "source" : "destination";
    if (nat.address) data += " " + nat.address->ToString();
    if (nat.port) data += " port " + std::to_string(*nat.port);
    return {"nat", std::move(data)};
  }
  ActionText operator()(const vfp::DynamicNat& nat) const {
    return {"dynnat", nat.address.ToString() + " ports " + nat.ports.ToString()};
  }
  ActionText operator()(const vfp::LoadBalance& balance) const {
    std::string data;
    for (const vfp::Backend& backend : balance.backends) {
      if (!data.empty()) data += ", ";
      data += backend.address.IsV6() ? "[" + backend.address.ToString() + "]" : backend.address.ToString();
      if (backend.port != 0) data += ":" + std::to_string(backend.port);
    }
    if (balance.backends.empty()) data = "no backends";
    if (balance.source_address) data += " from " + balance.source_address->ToString();
    if (balance.preserve_destination) data += ", destination kept";
    return {"lbnat", std::move(data)};
  }
};

Object ConditionsDocument(const vfp::Conditions& conditions) {
  Object object;
  if (!conditions.protocols.empty()) {
    Array protocols;
    for (const std::uint8_t protocol : conditions.protocols) protocols.emplace_back(unsigned{protocol});
    object.Set("protocols", std::move(protocols));
  }
  if (!conditions.sources.empty()) object.Set("sources", Printed(conditions.sources));
  if (!conditions.destinations.empty()) object.Set("destinations", Printed(conditions.destinations));
  if (!conditions.source_ports.empty()) object.Set("sourcePorts", Printed(conditions.source_ports));
  if (!conditions.destination_ports.empty()) object.Set("destinationPorts", Printed(conditions.destination_ports));
  return object;
}

Object RuleDocument(const vfp::RuleInfo& info) {
  ActionText action = std::visit(DescribeAction{}, info.rule.action);
  Object object;
  object.Set("id", info.rule.id.view());
  object.Set("name", info.rule.name.view());
  object.Set("priority", unsigned{info.rule.priority});
  object.Set("flags", info.rule.flags);
  object.Set("action", action.name);
  object.Set("conditions", ConditionsDocument(info.rule.conditions));
  object.Set("data", std::move(action.data));
  object.Set("matchedPackets", info.matched_packets);
  object.Set("droppedPackets", info.dropped_packets);
  return object;
}

Object TupleDocument(const vfp::TupleView& tuple) {
  Object object;
  object.Set("sourceMac", tuple.source_mac.ToString());
  object.Set("destinationMac", tuple.destination_mac.ToString());
  object.Set("source", tuple.source.ToString());
  object.Set("destination", tuple.destination.ToString());
  object.Set("protocol", unsigned{tuple.protocol});
  object.Set("sourcePort", unsigned{tuple.source_port});
  object.Set("destinationPort", unsigned{tuple.destination_port});
  return object;
}

Object TranspositionDocument(const vfp::HeaderTransposition& change) {
  using H = vfp::HeaderTransposition;
  Object object;
  if ((change.modify & H::kSourceMac) != 0) object.Set("sourceMac", change.source_mac.ToString());
  if ((change.modify & H::kDestinationMac) != 0) object.Set("destinationMac", change.destination_mac.ToString());
  if ((change.modify & H::kSourceAddress) != 0) object.Set("source", change.source.ToString());
  if ((change.modify & H::kDestinationAddress) != 0) object.Set("destination", change.destination.ToString());
  if ((change.modify & H::kSourcePort) != 0) object.Set("sourcePort", unsigned{change.source_port});
  if ((change.modify & H::kDestinationPort) != 0) object.Set("destinationPort", unsigned{change.destination_port});
  if ((change.modify & H::kDecrementTtl) != 0) object.Set("ttlDecrement", unsigned{change.ttl_decrement});
  return object;
}

Object FlowKeyDocument(const vfp::FlowKey& key) {
  const auto address = [&](const std::uint8_t* bytes) {
    return (key.family == 4 ? base::IpAddress::V4FromBytes(bytes) : base::IpAddress::V6FromBytes(bytes)).ToString();
  };
  Object object;
  object.Set("source", address(key.source));
  object.Set("destination", address(key.destination));
  object.Set("protocol", unsigned{key.protocol});
  object.Set("sourcePort", unsigned{key.source_port});
  object.Set("destinationPort", unsigned{key.destination_port});
  return object;
}

Object PushDocument(const vfp::Encapsulation& push) {
  Object object;
  object.Set("type", "vxlan");
  object.Set("vsid", push.vsid);
  object.Set("source", push.source.ToString());
  object.Set("destination", push.destination.ToString());
  object.Set("destinationPort", unsigned{push.udp_port});
  // Unknown while the next hop has not told it.
  if (!push.destination_mac.IsZero()) {
    object.Set("sourceMac", push.source_mac.ToString());
    object.Set("destinationMac", push.destination_mac.ToString());
  }
  return object;
}

Object FlowSideDocument(const vfp::FlowKey& key, const vfp::HeaderTransposition& change, std::uint64_t packets,
                        std::uint64_t bytes) {
  Object object;
  object.Set("key", FlowKeyDocument(key));
  object.Set("change", TranspositionDocument(change));
  object.Set("packets", packets);
  object.Set("bytes", bytes);
  return object;
}

std::int64_t Milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

Object FlowDocument(const vfp::FlowInfo& flow) {
  Object object;
  object.Set("port", flow.port);
  object.Set("initiator", DirectionName(flow.initiator));
  object.Set("state", vfp::ConnectionStateName(flow.state));
  object.Set("current", flow.current);
  Object out = FlowSideDocument(flow.outbound, flow.outbound_change, flow.outbound_packets, flow.outbound_bytes);
  if (flow.outbound_push) out.Set("push", PushDocument(*flow.outbound_push));
  object.Set("out", std::move(out));
  object.Set("in", FlowSideDocument(flow.inbound, flow.inbound_change, flow.inbound_packets, flow.inbound_bytes));
  object.Set("idleMilliseconds", Milliseconds(flow.idle));
  object.Set("expiresInMilliseconds", Milliseconds(flow.expires_in));
  Array decisions;
  for (const vfp::FlowInfo::Decision& decision : flow.decisions) {
    Object entry;
    entry.Set("layer", decision.layer);
    entry.Set("rule", decision.rule_id);
    entry.Set("action", decision.action);
    entry.Set("detail", decision.detail);
    decisions.emplace_back(std::move(entry));
  }
  object.Set("decisions", std::move(decisions));
  return object;
}

Object StepDocument(const vfp::ExplainStep& step) {
  Object object;
  object.Set("port", step.port);
  object.Set("direction", DirectionName(step.direction));
  object.Set("layer", step.layer);
  object.Set("group", step.group);
  if (!step.rule_id.empty()) {
    Object rule;
    rule.Set("id", step.rule_id);
    rule.Set("name", step.rule_name);
    rule.Set("priority", unsigned{step.rule_priority});
    object.Set("rule", std::move(rule));
  }
  object.Set("action", step.action);
  object.Set("detail", step.detail);
  object.Set("change", TranspositionDocument(step.change));
  if (step.push) object.Set(step.action == "decap" ? "pop" : "push", PushDocument(*step.push));
  object.Set("before", TupleDocument(step.before));
  object.Set("after", TupleDocument(step.after));
  return object;
}

Array SplitAtCommas(std::string_view text) {
  Array parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    parts.emplace_back(part);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return parts;
}

}  // namespace

Value PortDocument(const vfp::PortInfo& port, const std::string& network) {
  Object object;
  object.Set("id", port.spec.id);
  object.Set("friendlyName", port.spec.friendly_name);
  object.Set("kind", KindName(port.spec.kind));
  object.Set("network", network);
  object.Set("macAddress", port.spec.mac.ToString());
  object.Set("addresses", Printed(port.spec.addresses));
  if (port.spec.vlan != 0) object.Set("vlan", unsigned{port.spec.vlan});
  object.Set("mtu", unsigned{port.spec.mtu});
  object.Set("generation", port.generation);
  object.Set("connections", port.connections);
  Object flows;
  flows.Set("tcpHalfOpen", port.flows.tcp_half_open);
  flows.Set("tcp", port.flows.tcp);
  flows.Set("udp", port.flows.udp);
  flows.Set("icmp", port.flows.icmp);
  flows.Set("other", port.flows.other);
  object.Set("flows", std::move(flows));
  if (port.shaping != vfp::PortShaping{}) {
    Object limits;
    if (port.shaping.outbound) limits.Set("out", port.shaping.outbound->bytes_per_second);
    if (port.shaping.inbound) limits.Set("in", port.shaping.inbound->bytes_per_second);
    object.Set("bytesPerSecond", std::move(limits));
  }
  return object;
}

Value CountersDocument(const vfp::PortInfo& port) {
  Object object;
  object.Set("port", port.spec.id);
  object.Set("out", DirectionDocument(port.outbound, port.outbound_waiting_bytes));
  object.Set("in", DirectionDocument(port.inbound, port.inbound_waiting_bytes));
  return object;
}

Value LayerDocument(const vfp::LayerInfo& layer) {
  Array groups;
  for (const vfp::GroupInfo& info : layer.groups) {
    Array rules;
    for (const vfp::RuleInfo& rule : info.rules) rules.emplace_back(RuleDocument(rule));
    Object group;
    group.Set("id", info.id);
    group.Set("priority", unsigned{info.priority});
    group.Set("direction", DirectionName(info.direction));
    group.Set("family", info.family == base::IpFamily::kIpv4 ? 4 : 6);
    group.Set("shared", info.shared);
    group.Set("rules", std::move(rules));
    groups.emplace_back(std::move(group));
  }
  Object object;
  object.Set("id", layer.id);
  object.Set("priority", unsigned{layer.priority});
  object.Set("stateful", layer.stateful);
  object.Set("defaultAllow", layer.default_allow);
  object.Set("groups", std::move(groups));
  return object;
}

Value FlowPageDocument(const vfp::FlowPage& page) {
  Array flows;
  flows.reserve(page.flows.size());
  for (const vfp::FlowInfo& flow : page.flows) flows.emplace_back(FlowDocument(flow));
  Object object;
  object.Set("flows", std::move(flows));
  if (page.next != 0) object.Set("next", std::to_string(page.next));
  return object;
}

Value ExplanationDocument(const vfp::Explanation& explanation) {
  Object object;
  switch (explanation.verdict) {
    case vfp::ExplainVerdict::kForward: object.Set("verdict", "forward"); break;
    case vfp::ExplainVerdict::kDrop: object.Set("verdict", "drop"); break;
    case vfp::ExplainVerdict::kAnswered: object.Set("verdict", "answered"); break;
  }
  if (explanation.reason) {
    Object reason;
    reason.Set("name", vfp::DropReasonName(*explanation.reason));
    reason.Set("number", unsigned{static_cast<std::uint8_t>(*explanation.reason)});
    object.Set("reason", std::move(reason));
  }
  object.Set("deliverTo", SplitAtCommas(explanation.deliver_to));
  object.Set("cached", explanation.cached);
  Array steps;
  for (const vfp::ExplainStep& step : explanation.steps) steps.emplace_back(StepDocument(step));
  object.Set("steps", std::move(steps));
  object.Set("finalTuple", TupleDocument(explanation.final_tuple));
  return object;
}

}  // namespace abi
