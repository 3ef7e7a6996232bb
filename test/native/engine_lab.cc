#include "native/engine_lab.h"

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>

#include "wire/checksum.h"
#include "wire/parsed_frame.h"
#include "wire/vxlan.h"

namespace engine_test {
namespace {

struct Ends {
  base::IpAddress address;
  std::uint16_t port = 0;
};

Ends ParseEnds(std::string_view text) {
  if (const auto address = base::IpAddress::Parse(text)) return {*address, 0};
  const std::size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  if (host.front() == '[') host = host.substr(1, host.size() - 2);
  return {Ip(host), static_cast<std::uint16_t>(std::stoi(std::string(text.substr(colon + 1))))};
}

std::string ShowEnds(const base::IpAddress& address, std::uint16_t port) {
  return (address.IsV6() ? "[" + address.ToString() + "]" : address.ToString()) + ":" + std::to_string(port);
}

std::string ShowFlags(std::uint8_t flags) {
  std::string text;
  if (flags & wire::kTcpSyn) text += 'S';
  if (flags & wire::kTcpFin) text += 'F';
  if (flags & wire::kTcpRst) text += 'R';
  if (flags & wire::kTcpPsh) text += 'P';
  if (flags & wire::kTcpAck) text += 'A';
  return text;
}

std::uint8_t ParseFlags(std::string_view text) {
  std::uint8_t flags = 0;
  for (const char c : text) {
    if (c == 'S') flags |= wire::kTcpSyn;
    if (c == 'F') flags |= wire::kTcpFin;
    if (c == 'R') flags |= wire::kTcpRst;
    if (c == 'P') flags |= wire::kTcpPsh;
    if (c == 'A') flags |= wire::kTcpAck;
  }
  return flags;
}

bool Contains(const Bytes& frame, const base::MacAddress& mac) {
  return std::search(frame.begin(), frame.end(), mac.bytes.begin(), mac.bytes.end()) != frame.end();
}

std::vector<base::PortRange> Ports(std::string_view text) {
  if (text.empty()) return {};
  return {*base::PortRange::Parse(text)};
}

}  // namespace

base::IpAddress Ip(std::string_view text) { return base::IpAddress::Parse(text).value(); }
base::MacAddress Mac(std::string_view text) { return base::MacAddress::Parse(text).value(); }

namespace {

Bytes IcmpError(std::string_view kind, wire::FrameFields fields, std::span<const std::uint8_t> quote) {
  const bool v4 = fields.source.IsV4();
  const auto type = [&](std::uint8_t of_v4, std::uint8_t of_v6) { return v4 ? of_v4 : of_v6; };
  Bytes body(8);
  if (kind == "unreachable") body = {type(3, 1), type(3, 4), 0, 0, 0, 0, 0, 0};
  if (kind == "too-big") body = {type(3, 2), type(4, 0), 0, 0, 0, 0, 0x05, 0x14};
  if (kind == "time-exceeded") body[0] = type(11, 3);
  if (kind == "parameter-problem") body[0] = type(12, 4);
  if (kind == "redirect") body = {5, 1, 0, 0, 10, 1, 0, 66};
  body.insert(body.end(), quote.begin(), quote.end());
  fields.payload = body;
  return wire::BuildIp(fields, v4 ? wire::kProtoIcmp : wire::kProtoIcmpV6);
}

// The quoted packet on its own, when the error has all of it.
std::optional<Bytes> WholeQuote(const Bytes& frame, const wire::ParsedFrame& error) {
  if (!error.is_icmp_error || error.is_later_fragment) return std::nullopt;
  Bytes quoted(frame.begin(), frame.begin() + 14);
  quoted.insert(quoted.end(), frame.begin() + error.payload_offset, frame.end());
  wire::ParsedFrame parsed;
  wire::Parse({.data = quoted.data(), .length = static_cast<std::uint32_t>(quoted.size()), .offload = {}}, &parsed);
  return parsed.error == wire::ParseError::kNone ? std::optional(quoted) : std::nullopt;
}

}  // namespace

Bytes Tagged(std::uint16_t tci, Bytes frame) {
  const std::uint8_t tag[] = {0x81, 0x00, static_cast<std::uint8_t>(tci >> 8), static_cast<std::uint8_t>(tci)};
  frame.insert(frame.begin() + 12, std::begin(tag), std::end(tag));
  return frame;
}

Bytes Packet(std::string_view text, const base::MacAddress& source, const base::MacAddress& destination) {
  std::istringstream words{std::string(text)};
  std::string kind, from, arrow, to, last;
  words >> kind;
  if (kind == "vlan") {
    std::uint16_t vlan = 0;
    words >> vlan;
    const std::size_t inner = text.find(' ', text.find(' ') + 1) + 1;
    return Tagged(vlan, Packet(text.substr(inner), source, destination));
  }
  if (kind == "vxlan") {
    std::uint32_t vsid = 0;
    words >> vsid >> from >> arrow >> to;
    const std::size_t open = text.find('[');
    const std::string_view inner = text.substr(open + 1, text.rfind(']') - open - 1);
    return InTunnel(vsid, from, to, Packet(inner, Mac("02-00-00-00-02-00"), Mac("02-00-00-00-01-00")), source,
                    destination);
  }
  words >> from >> arrow >> to;
  const Ends a = ParseEnds(from);
  const Ends b = ParseEnds(to);
  wire::FrameFields fields{.source_mac = source,
                           .destination_mac = destination,
                           .source = a.address,
                           .destination = b.address,
                           .source_port = a.port,
                           .destination_port = b.port};
  const std::string payload = "the payload of " + kind;
  fields.payload = {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()};
  words >> last;
  if (last == "about") {
    const std::string about(text.substr(text.find(" about ") + 7));
    const Bytes quoted = Packet(about, source, destination);
    return IcmpError(kind, fields, std::span(quoted).subspan(14));
  }
  if (kind == "tcp") {
    fields.tcp_flags = ParseFlags(last);
    return wire::BuildTcp(fields);
  }
  if (kind == "udp") return wire::BuildUdp(fields);
  if (kind == "gre") return wire::BuildIp(fields, 47);
  words >> last;  // "id" N
  fields.source_port = fields.destination_port = static_cast<std::uint16_t>(std::stoi(last));
  return wire::BuildIcmpEcho(fields, kind == "pong");
}

Bytes InTunnel(std::uint32_t vsid, std::string_view from, std::string_view to, const Bytes& inner,
               const base::MacAddress& source, const base::MacAddress& destination) {
  Bytes payload(wire::VxlanView::kBytes);
  payload[0] = wire::VxlanView::kFlagVni;
  wire::Store32(payload.data() + 4, vsid << 8);
  payload.insert(payload.end(), inner.begin(), inner.end());
  wire::FrameFields fields{.source_mac = source,
                           .destination_mac = destination,
                           .source = Ip(from),
                           .destination = Ip(to),
                           .source_port = 50000,
                           .destination_port = wire::kVxlanPort};
  fields.payload = payload;
  Bytes frame = wire::BuildUdp(fields);
  wire::Store16(frame.data() + 14 + 20 + 6, 0);  // As it should be (RFC 7348, section 5).
  return frame;
}

Bytes OutOfTunnel(const Bytes& frame) {
  Bytes copy = frame;
  wire::Frame view{.data = copy.data(), .length = static_cast<std::uint32_t>(copy.size()), .offload = {}};
  wire::ParsedFrame parsed;
  wire::Parse(view, &parsed);
  wire::VxlanPacket packet;
  const bool udp = parsed.error == wire::ParseError::kNone && parsed.kind == wire::EtherKind::kIpv4 &&
                   parsed.protocol == wire::kProtoUdp && parsed.l4_offset != 0;
  if (!udp || parsed.destination_port != wire::kVxlanPort) return {};
  if (wire::ReadVxlan(view, parsed, &packet) != wire::VxlanError::kNone) return {};
  return {frame.begin() + packet.inner_offset, frame.begin() + packet.inner_offset + packet.inner_length};
}

std::string Describe(const Bytes& frame) {
  if (const Bytes inner = OutOfTunnel(frame); !inner.empty()) {
    return "vxlan " + std::to_string(wire::Load32(frame.data() + 14 + 28 + 4) >> 8) + " " +
           wire::LoadIpv4(frame.data() + 14 + 12).ToString() + " > " +
           wire::LoadIpv4(frame.data() + 14 + 16).ToString() + " [" + Describe(inner) + "]";
  }
  Bytes copy = frame;
  wire::ParsedFrame parsed;
  wire::Parse({.data = copy.data(), .length = static_cast<std::uint32_t>(copy.size()), .offload = {}}, &parsed);
  if (parsed.tagged) {
    copy.erase(copy.begin() + 12, copy.begin() + 16);
    return "vlan " + std::to_string(parsed.vlan) + " " + Describe(copy);
  }
  if (parsed.kind == wire::EtherKind::kArp) {
    return std::string(parsed.arp_operation == 1 ? "arp who-has " : "arp is-at ") +
           (parsed.arp_operation == 1 ? parsed.destination : parsed.source).ToString() + " " +
           parsed.arp_sender_mac.ToString();
  }
  if (!parsed.IsIp()) return "not ip";
  const std::string flags = ShowFlags(parsed.tcp_flags);
  const std::string ends = parsed.source.ToString() + " > " + parsed.destination.ToString();
  if (parsed.is_later_fragment) return "fragment " + ends;
  const std::string with_ports =
      ShowEnds(parsed.source, parsed.source_port) + " > " + ShowEnds(parsed.destination, parsed.destination_port);
  if (parsed.protocol == wire::kProtoTcp) return "tcp " + with_ports + (flags.empty() ? "" : " " + flags);
  if (parsed.protocol == wire::kProtoUdp) return "udp " + with_ports;
  if (parsed.is_icmp_echo) {
    const bool reply = parsed.icmp_type == 0 || parsed.icmp_type == 129;
    return (reply ? "pong " : "ping ") + ends + " id " + std::to_string(parsed.source_port);
  }
  if (parsed.protocol == wire::kProtoIcmp || parsed.protocol == wire::kProtoIcmpV6) {
    const auto quoted = WholeQuote(frame, parsed);
    return "icmp " + ends + " type " + std::to_string(parsed.icmp_type) +
           (quoted ? " about " + Describe(*quoted) : std::string());
  }
  return "protocol-" + std::to_string(parsed.protocol) + " " + ends;
}

vfp::Conditions To(std::string_view prefix, std::string_view ports, std::uint8_t protocol) {
  vfp::Conditions conditions;
  if (!prefix.empty()) conditions.destinations = {base::IpPrefix::Parse(prefix).value()};
  conditions.destination_ports = Ports(ports);
  if (protocol != 0) conditions.protocols = {protocol};
  return conditions;
}

vfp::Conditions From(std::string_view prefix, std::string_view ports, std::uint8_t protocol) {
  vfp::Conditions conditions;
  if (!prefix.empty()) conditions.sources = {base::IpPrefix::Parse(prefix).value()};
  conditions.destination_ports = Ports(ports);
  if (protocol != 0) conditions.protocols = {protocol};
  return conditions;
}

vfp::Rule MakeRule(std::string id, std::uint16_t priority, vfp::Action action, vfp::Conditions conditions,
                   std::uint32_t flags) {
  return {.id = std::move(id),
          .name = "",
          .priority = priority,
          .flags = flags,
          .conditions = std::move(conditions),
          .action = std::move(action)};
}

vfp::GroupSpec Group(vfp::Direction direction, std::vector<vfp::Rule> rules, base::IpFamily family) {
  return {.id = std::string(direction == kIn ? "IN" : "OUT") + (family == base::IpFamily::kIpv6 ? "V6" : ""),
          .priority = 100,
          .direction = direction,
          .family = family,
          .rules = std::move(rules)};
}

vfp::LayerSpec Layer(std::string id, std::uint16_t priority, std::vector<vfp::GroupSpec> groups, bool default_allow) {
  return {.id = std::move(id),
          .priority = priority,
          .stateful = true,
          .default_allow = default_allow,
          .groups = std::move(groups),
          .shared_groups = {}};
}

vfp::LayerSpec Acl(std::vector<vfp::Rule> in, std::vector<vfp::Rule> out) {
  return Layer("ACL_ENDPOINT_LAYER", 100, {Group(kIn, std::move(in)), Group(kOut, std::move(out))}, false);
}

vfp::LoadBalance Balance(std::vector<std::string_view> backends) {
  vfp::LoadBalance action;
  for (const std::string_view backend : backends) {
    const Ends ends = ParseEnds(backend);
    action.backends.push_back({ends.address, ends.port});
  }
  return action;
}

vfp::LayerSpec LoadBalancer(std::string_view vip, std::string_view port, vfp::LoadBalance action) {
  return Layer("LB_DSR", 200, {Group(kOut, {MakeRule("lb", 100, std::move(action), To(vip, port))})});
}

vfp::OverlaySpec LabOverlay() {
  vfp::OverlaySpec overlay;
  overlay.provider = Ip("192.168.0.1");
  overlay.subnets = {{base::IpPrefix::Parse("10.1.0.0/24").value(), 4096},
                     {base::IpPrefix::Parse("10.3.0.0/24").value(), 4097},
                     {base::IpPrefix::Parse("fd00::/64").value(), 4096}};
  overlay.remote_subnets = {
      {base::IpPrefix::Parse("10.2.0.0/24").value(), 4096, Ip("192.168.0.2"), Mac("02-00-00-00-02-00")},
      {base::IpPrefix::Parse("fd02::/64").value(), 4096, Ip("192.168.0.2"), Mac("02-00-00-00-02-00")}};
  return overlay;
}

Lab::Lab(vfp::EngineOptions options, std::optional<vfp::OverlaySpec> overlay, vfp::SegmentKind kind)
    : engine(clock, options),
      host_mac(Mac("00-15-5D-00-00-FE")),
      gateway_mac(Mac("00-15-5D-00-00-01")),
      outside_mac(Mac("52-54-00-AA-BB-CC")),
      overlay_(overlay.has_value()),
      keeps_macs_(kind == vfp::SegmentKind::kTransparent) {
  vfp::SegmentSpec spec;
  spec.kind = kind;
  spec.id = "pods";
  spec.host_mac = host_mac;
  spec.gateway_mac = gateway_mac;
  spec.gateways = {Ip("10.1.0.1"), Ip("fd00::1")};
  spec.prefixes = {base::IpPrefix::Parse("10.1.0.0/24").value(), base::IpPrefix::Parse("fd00::/64").value()};
  if (overlay) {
    spec.gateways.push_back(Ip("10.3.0.1"));
    spec.prefixes.push_back(base::IpPrefix::Parse("10.3.0.0/24").value());
  }
  spec.overlay = std::move(overlay);
  segment = engine.AddSegment(spec).value();
}

vfp::PortIndex Lab::Add(vfp::PortSpec spec) {
  spec.segment = segment;
  spec.sink = this;
  Port port{.name = spec.id, .mac = spec.mac, .kind = spec.kind, .addresses = spec.addresses};
  const vfp::PortIndex index = engine.AddPort(std::move(spec)).value();
  ports_[index] = std::move(port);
  return index;
}

vfp::PortIndex Lab::Pod(const std::string& name, std::vector<std::string_view> addresses, std::uint16_t vlan) {
  vfp::PortSpec spec;
  spec.vlan = vlan;
  spec.id = name;
  for (const std::string_view address : addresses) spec.addresses.push_back(Ip(address));
  spec.mac = base::MacAddress::FromUint64(0x00155D110000 + ports_.size());
  return Add(std::move(spec));
}

vfp::PortIndex Lab::Uplink() {
  vfp::PortSpec spec;
  spec.id = "uplink";
  spec.kind = vfp::PortKind::kUplink;
  return Add(std::move(spec));
}

vfp::PortIndex Lab::Host(std::vector<std::string_view> addresses, std::uint16_t vlan) {
  vfp::PortSpec spec;
  spec.vlan = vlan;
  spec.id = "host";
  spec.kind = vfp::PortKind::kHost;
  for (const std::string_view address : addresses) spec.addresses.push_back(Ip(address));
  spec.mac = host_mac;
  return Add(std::move(spec));
}

void Lab::Meet(vfp::PortIndex pod, vfp::PortIndex uplink) {
  Send(pod, "udp 10.1.0.4:1 > 10.2.0.4:1");
  const base::MacAddress mac = Mac("52-54-00-00-00-02");
  wire::FrameFields fields{
      .source_mac = mac, .destination_mac = host_mac, .source = Ip("192.168.0.2"), .destination = Ip("192.168.0.1")};
  SendFrame(uplink, wire::BuildArp(fields, 2, mac, host_mac));
}

void Lab::Remote(std::string_view address, std::string_view mac, std::string_view provider) {
  vfp::ChangeSet change;
  change.remotes.push_back({.segment = segment, .remote = {Ip(address), Mac(mac)}});
  if (!provider.empty()) change.remotes.back().remote.provider = Ip(provider);
  const base::Status status = engine.Commit(std::move(change));
  if (!status.ok()) native_test::Fail(__FILE__, __LINE__, status.error().detail);
}

void Lab::Policy(vfp::PortIndex port, std::vector<vfp::LayerSpec> layers) {
  vfp::ChangeSet change;
  change.set_port_layers.push_back({port, std::move(layers)});
  const base::Status status = engine.Commit(std::move(change));
  if (!status.ok()) native_test::Fail(__FILE__, __LINE__, status.error().detail);
}

void Lab::OnFrames(vfp::PortIndex port, std::span<wire::Frame> frames) noexcept {
  if (forgets) {
    forgotten += frames.size();
    return;
  }
  for (const wire::Frame& frame : frames) delivered.emplace_back(port, Bytes(frame.data, frame.data + frame.length));
}

Bytes Lab::Frame(vfp::PortIndex port, std::string_view packet) const {
  const Port& from = ports_.at(port);
  if (from.kind == vfp::PortKind::kUplink) return Packet(packet, outside_mac, host_mac);
  const Bytes probe = Packet(packet, from.mac, gateway_mac);
  Bytes copy = probe;
  wire::ParsedFrame parsed;
  wire::Parse({.data = copy.data(), .length = static_cast<std::uint32_t>(copy.size()), .offload = {}}, &parsed);
  for (const auto& [index, to] : ports_) {
    if (std::find(to.addresses.begin(), to.addresses.end(), parsed.destination) == to.addresses.end()) continue;
    return Packet(packet, from.mac, to.mac);
  }
  return probe;
}

Texts Lab::Send(vfp::PortIndex port, std::string_view packet) { return SendFrame(port, Frame(port, packet)); }

std::string Lab::One(vfp::PortIndex port, std::string_view packet) { return OneFrame(port, Frame(port, packet)); }

std::string Lab::OneFrame(vfp::PortIndex port, Bytes frame) {
  const Texts texts = SendFrame(port, std::move(frame));
  if (texts.size() == 1) return texts[0];
  std::string all = std::to_string(texts.size()) + " things:";
  for (const std::string& text : texts) all += " {" + text + "}";
  return all;
}

Texts Lab::SendFrame(vfp::PortIndex port, Bytes bytes) {
  wire::Frame frame{.data = bytes.data(), .length = static_cast<std::uint32_t>(bytes.size()), .offload = {}};
  vfp::Explanation said;
  if (explains) {
    const std::string before = Dump();
    said = engine.Explain(port, frame).value();
    if (Dump() != before) native_test::Fail(__FILE__, __LINE__, "explain left a trace: " + before + Dump());
  }
  const auto drops = Drops();
  delivered.clear();
  engine.OnFrames(port, {&frame, 1});
  dropped_.clear();
  for (const auto& [reason, count] : Drops()) {
    const auto old = drops.find(reason);
    const std::uint64_t more = count - (old == drops.end() ? 0 : old->second);
    if (more != 0) dropped_[reason] = more;
  }
  Texts texts;
  for (const auto& [to, got] : delivered) texts.push_back(ports_.at(to).name + " " + Describe(got));
  for (const auto& [reason, count] : dropped_) texts.push_back("drop " + std::string(vfp::DropReasonName(reason)));
  CheckDelivered();
  if (explains) CheckExplanation(port, said);
  return texts;
}

bool Lab::IsSwitchesOwn(vfp::PortIndex sender, vfp::PortIndex to, const Bytes& frame) const {
  if (!overlay_) return false;
  const std::string text = Describe(frame);
  if (ports_.at(to).kind == vfp::PortKind::kUplink) return text.starts_with("arp who-has 192.168.0.");
  return to == sender && (text.starts_with("icmp 10.1.0.1 > ") || text.starts_with("icmp fd00::1 > "));
}

void Lab::CheckExplanation(vfp::PortIndex port, const vfp::Explanation& said) {
  std::set<std::string> told, arrived;
  std::istringstream names(said.deliver_to);
  for (std::string name; std::getline(names, name, ',');) told.insert(name);
  for (const auto& [to, frame] : delivered) arrived.insert(ports_.at(to).name);
  const auto differ = [&](const std::string& what) {
    std::string text = "explain differs from what happened: " + what + "; told:";
    for (const std::string& name : told) text += " " + name;
    for (const auto& step : said.steps)
      text += " [" + step.port + " " + step.layer + " " + step.action + " " + step.detail + "]";
    text += "; happened:";
    for (const auto& [to, frame] : delivered) text += " " + ports_.at(to).name + " " + Describe(frame);
    for (const auto& [reason, count] : dropped_) text += " " + std::string(vfp::DropReasonName(reason));
    native_test::Fail(__FILE__, __LINE__, text);
  };
  const bool only_own = std::all_of(delivered.begin(), delivered.end(),
                                    [&](const auto& got) { return IsSwitchesOwn(port, got.first, got.second); });
  switch (said.verdict) {
    case vfp::ExplainVerdict::kDrop:
      if (!only_own) return differ("a drop");
      if (dropped_.size() != 1 || !said.reason || dropped_.begin()->first != *said.reason) return differ("the reason");
      return;
    case vfp::ExplainVerdict::kAnswered:
      if (overlay_ && ports_.at(port).kind == vfp::PortKind::kUplink) return;  // What waited may leave.
      if (delivered.size() != 1 || delivered[0].first != port) return differ("an answer");
      return;
    case vfp::ExplainVerdict::kForward: break;
  }
  const bool shaped = std::any_of(said.steps.begin(), said.steps.end(), [](const vfp::ExplainStep& step) {
    return step.action == "qos" && step.detail.starts_with("waits ");
  });
  if (shaped && only_own) return;
  const bool waits =
      !said.steps.empty() && said.steps.back().action == "encap" && said.steps.back().push->destination_mac.IsZero();
  if (waits && only_own) return;
  if (told != arrived) return differ("where it arrives");
  if (delivered.size() != 1) return;
  Bytes copy = delivered[0].second;
  wire::ParsedFrame parsed;
  wire::Parse({.data = copy.data(), .length = static_cast<std::uint32_t>(copy.size()), .offload = {}}, &parsed);
  const vfp::TupleView& tuple = said.final_tuple;
  if (tuple.source != parsed.source || tuple.destination != parsed.destination ||
      tuple.source_mac != parsed.source_mac || tuple.destination_mac != parsed.destination_mac) {
    return differ("the addresses");
  }
  if (parsed.is_later_fragment) return;
  if (tuple.source_port != parsed.source_port || tuple.destination_port != parsed.destination_port) differ("the ports");
}

void Lab::CheckDelivered() {
  for (auto& [to, bytes] : delivered) {
    const wire::Frame frame{.data = bytes.data(), .length = static_cast<std::uint32_t>(bytes.size()), .offload = {}};
    if (!wire::ChecksumsValid(frame)) {
      native_test::Fail(__FILE__, __LINE__, "wrong checksum: " + Describe(bytes));
    }
    Bytes whole = bytes;
    wire::ParsedFrame parsed;
    wire::Parse({.data = whole.data(), .length = static_cast<std::uint32_t>(whole.size()), .offload = {}}, &parsed);
    if (auto quoted = WholeQuote(whole, parsed);
        quoted && !wire::ChecksumsValid(
                      {.data = quoted->data(), .length = static_cast<std::uint32_t>(quoted->size()), .offload = {}})) {
      native_test::Fail(__FILE__, __LINE__, "wrong checksum in the quote: " + Describe(bytes));
    }
    if (ports_.at(to).kind != vfp::PortKind::kUplink || keeps_macs_) continue;
    for (const auto& [index, port] : ports_) {
      if (port.kind != vfp::PortKind::kEndpoint || !Contains(bytes, port.mac)) continue;
      native_test::Fail(__FILE__, __LINE__, "the MAC of " + port.name + " left by the uplink: " + Describe(bytes));
    }
  }
  for (const vfp::PortInfo& info : engine.Ports()) {
    for (const vfp::DirectionCounters& counters : {info.outbound, info.inbound}) {
      std::uint64_t by_reason = 0;
      for (const std::uint64_t count : counters.drops) by_reason += count;
      if (counters.packets == counters.forwarded + counters.dropped + counters.answered + counters.waiting &&
          counters.dropped == by_reason) {
        continue;
      }
      native_test::Fail(__FILE__, __LINE__, "counters of " + info.spec.id + " do not add up");
    }
  }
}

std::map<vfp::DropReason, std::uint64_t> Lab::Drops() const {
  std::map<vfp::DropReason, std::uint64_t> drops;
  for (const vfp::PortInfo& info : engine.Ports()) {
    for (std::size_t i = 0; i < info.outbound.drops.size(); ++i) {
      const std::uint64_t count = info.outbound.drops[i] + info.inbound.drops[i];
      if (count != 0) drops[static_cast<vfp::DropReason>(i)] += count;
    }
  }
  return drops;
}

vfp::Explanation Lab::Explain(vfp::PortIndex port, std::string_view packet) {
  Bytes bytes = Frame(port, packet);
  return engine.Explain(port, {.data = bytes.data(), .length = static_cast<std::uint32_t>(bytes.size()), .offload = {}})
      .value();
}

std::vector<vfp::FlowInfo> Lab::Flows(vfp::PortIndex port) const {
  std::vector<vfp::FlowInfo> flows;
  std::uint64_t cursor = 0;
  do {
    vfp::FlowPage page = engine.Flows(port, cursor, 3);
    for (vfp::FlowInfo& flow : page.flows) flows.push_back(std::move(flow));
    cursor = page.next;
  } while (cursor != 0);
  return flows;
}

std::string Lab::Dump() const {
  std::ostringstream out;
  for (const vfp::PortInfo& port : engine.Ports()) {
    out << port.spec.id << " generation " << port.generation << " connections " << port.connections << "\n";
    for (const vfp::DirectionCounters* c : {&port.outbound, &port.inbound}) {
      out << c->packets << " " << c->bytes << " " << c->forwarded << " " << c->dropped << " " << c->answered << " "
          << c->waiting << " " << c->fast_path << " " << c->slow_path << " " << c->reconciled;
      for (const std::uint64_t drop : c->drops) out << " " << drop;
      out << "\n";
    }
    const auto layers = engine.Layers(port.index);
    for (const vfp::LayerInfo& layer : layers.value()) {
      out << " " << layer.id;
      for (const vfp::GroupInfo& group : layer.groups) {
        for (const vfp::RuleInfo& rule : group.rules) {
          out << " " << rule.rule.id << " " << rule.matched_packets << " " << rule.dropped_packets;
        }
      }
      out << "\n";
    }
  }
  for (const vfp::FlowInfo& flow : Flows()) {
    const auto show_key = [&](const vfp::FlowKey& key) {
      for (const std::uint8_t byte : key.source) out << int{byte} << ".";
      for (const std::uint8_t byte : key.destination) out << int{byte} << ".";
      out << key.source_port << ">" << key.destination_port << "/" << int{key.protocol} << " ";
    };
    out << flow.port << " ";
    show_key(flow.outbound);
    show_key(flow.inbound);
    out << flow.outbound_change.ToString() << " | " << flow.inbound_change.ToString() << " "
        << vfp::ConnectionStateName(flow.state) << " " << flow.current << " " << flow.outbound_packets << " "
        << flow.inbound_packets << " " << flow.idle.count() << " " << flow.expires_in.count() << "\n";
  }
  return out.str();
}

}  // namespace engine_test
