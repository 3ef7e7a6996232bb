#include "ports/linux/helper/interfaces.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "ports/linux/helper/system.h"
#include "ports/linux/links.h"

namespace ports::helper {
namespace {

base::Error BadField(std::string_view what, std::string_view value) {
  return base::MakeError(base::hr::ERR_PORT_DRIVER, std::string(what) + " `" + std::string(value) + "` cannot be read");
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool ParseNumber(std::string_view text, std::uint32_t* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

std::string DeviceName(int number) { return "eth" + std::to_string(number); }

std::string LinkText(const InterfaceConfig& config) {
  std::string mac = config.mac.ToString();
  std::replace(mac.begin(), mac.end(), '-', ':');
  return " address " + mac + " mtu " + std::to_string(config.mtu);
}

std::string AddressText(const base::IpPrefix& address, const std::string& device) {
  std::string text = address.address.ToString() + "/" + std::to_string(address.length) + " dev " + device;
  // Usable at once: the engine knows that nobody else has it.
  if (address.address.IsV6()) text += " nodad";
  // A network of two or one has no broadcast address (RFC 3021).
  if (address.address.IsV4() && address.length < 31) text += " broadcast +";
  return text;
}

// Two interfaces of a compartment may have the same route, of which Linux keeps
// one for each metric: the earlier interface's counts, as long as it is there.
std::uint32_t Metric(const RouteConfig& route, int number) {
  constexpr std::uint32_t kDefaultOfIpv6 = 1024;
  const bool unset_ipv6 = route.metric == 0 && route.destination.address.IsV6();
  return (unset_ipv6 ? kDefaultOfIpv6 : route.metric) + static_cast<std::uint32_t>(number);
}

std::string RouteText(const RouteConfig& route, const InterfaceConfig& config, int number) {
  const base::IpPrefix destination = route.destination.Masked();
  std::string text = destination.address.ToString() + "/" + std::to_string(destination.length);
  const bool on_link = route.next_hop.IsUnspecified();
  if (!on_link) text += " via " + route.next_hop.ToString();
  text += " dev " + DeviceName(number) + " metric " + std::to_string(Metric(route, number));
  const bool reachable = std::any_of(config.addresses.begin(), config.addresses.end(),
                                     [&](const base::IpPrefix& a) { return a.Contains(route.next_hop); });
  if (!on_link && !reachable) text += " onlink";
  return text;
}

template <typename T>
bool Has(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// From `before` to `after`; everything wanted is said again, because taking an
// address away takes others of its subnet and routes along.
std::vector<std::string> Difference(const InterfaceConfig& before, const InterfaceConfig& after, int number) {
  const std::string device = DeviceName(number);
  std::vector<std::string> lines = {"link set dev " + device + LinkText(after) + " up"};
  for (const RouteConfig& route : before.routes) {
    if (!Has(after.routes, route)) lines.push_back("route del " + RouteText(route, before, number));
  }
  for (const base::IpPrefix& address : before.addresses) {
    if (Has(after.addresses, address)) continue;
    lines.push_back("addr del " + address.address.ToString() + "/" + std::to_string(address.length) + " dev " + device);
  }
  for (const base::IpPrefix& address : after.addresses) lines.push_back("addr replace " + AddressText(address, device));
  for (const RouteConfig& route : after.routes) lines.push_back("route replace " + RouteText(route, after, number));
  return lines;
}

}  // namespace

base::Result<InterfaceConfig> InterfaceConfig::Parse(const std::string& mac, const std::string& mtu,
                                                     const std::string& addresses, const std::string& routes) {
  InterfaceConfig config;
  const auto parsed_mac = base::MacAddress::Parse(mac);
  if (!parsed_mac) return BadField("MAC address", mac);
  config.mac = *parsed_mac;
  if (!ParseNumber(mtu, &config.mtu)) return BadField("MTU", mtu);
  for (const std::string_view line : Split(addresses, '\n')) {
    const auto prefix = base::IpPrefix::Parse(line);
    if (!prefix) return BadField("address", line);
    config.addresses.push_back(*prefix);
  }
  for (const std::string_view line : Split(routes, '\n')) {
    const std::vector<std::string_view> words = Split(line, ' ');
    if (words.size() != 3) return BadField("route", line);
    const auto destination = base::IpPrefix::Parse(words[0]);
    const auto next_hop = base::IpAddress::Parse(words[1]);
    RouteConfig route;
    if (!destination || !next_hop || !ParseNumber(words[2], &route.metric)) return BadField("route", line);
    route.destination = *destination;
    route.next_hop = *next_hop;
    config.routes.push_back(route);
  }
  return config;
}

int Interfaces::FreeNumber(const std::string& compartment) const {
  for (int number = 0;; ++number) {
    const bool taken = std::any_of(interfaces_.begin(), interfaces_.end(), [&](const auto& entry) {
      return entry.second.compartment == compartment && entry.second.number == number;
    });
    if (!taken) return number;
  }
}

base::Result<Fd> Interfaces::AddVeth(const std::string& compartment, const Interface& interface) {
  const std::string mtu = std::to_string(interface.config.mtu);
  base::Status made = RunIp({
      "link add name " + interface.wire + " mtu " + mtu + " type veth peer name " + interface.name + " mtu " + mtu +
          " netns " + kNetnsFolder + "/" + compartment,
      "link set dev " + interface.wire + " arp off up",
  });
  if (made.ok()) {
    base::Result<Fd> socket = OpenPacketSocket(interface.wire);
    if (socket.ok()) return socket;
    made = socket.error();
  }
  if (LinkExists(interface.wire)) (void)RunIp({"link del dev " + interface.wire});
  return made.error();
}

base::Result<Interfaces::Added> Interfaces::Add(const std::string& port, const std::string& compartment,
                                                const InterfaceConfig& config) {
  const Fd* netns = compartments_.FindNetns(compartment);
  if (netns == nullptr) {
    return base::MakeError(base::hr::ERR_PORT_DRIVER, "the helper has no compartment `" + compartment + "`");
  }
  if (interfaces_.contains(port)) {
    return base::MakeError(base::hr::ERR_PORT_DRIVER, "the helper has an interface for port `" + port + "` already");
  }
  const int number = FreeNumber(compartment);
  Interface interface;
  interface.compartment = compartment;
  interface.name = DeviceName(number);
  interface.number = number;
  interface.config = config;
  Added added{.name = interface.name, .tap = world_.tun, .fd = {}};
  if (!world_.tun) {
    interface.wire = "wire" + std::to_string(next_wire_++);
    HNS_ASSIGN_OR_RETURN(added.fd, AddVeth(compartment, interface));
  }
  base::Status status;
  {
    const InNetns inside(*netns, world_.wires_netns);
    status = inside.status();
    if (status.ok() && world_.tun) {
      base::Result<Fd> tap = OpenTap(interface.name);
      if (!tap.ok()) return tap.error();
      added.fd = std::move(*tap);
    }
    if (status.ok()) status = RunIp(Difference(InterfaceConfig{}, config, number));
  }
  if (!status.ok()) {
    if (!interface.wire.empty()) (void)RunIp({"link del dev " + interface.wire});
    return status.error();
  }
  interfaces_[port] = std::move(interface);
  return added;
}

base::Status Interfaces::Configure(const Interface& interface, const std::vector<std::string>& lines, IpErrors errors) {
  const Fd* netns = compartments_.FindNetns(interface.compartment);
  if (netns == nullptr) return base::MakeError(base::hr::ERR_PORT_DRIVER, "the interface's compartment is gone");
  const InNetns inside(*netns, world_.wires_netns);
  HNS_RETURN_IF_ERROR(inside.status());
  return RunIp(lines, errors);
}

base::Status Interfaces::Change(const std::string& port, const InterfaceConfig& config) {
  const auto found = interfaces_.find(port);
  if (found == interfaces_.end()) {
    return base::MakeError(base::hr::ERR_PORT_DRIVER, "the helper has no interface for port `" + port + "`");
  }
  Interface& interface = found->second;
  base::Status status;
  // The larger MTU first on the far end, or it would refuse frames in between.
  if (!interface.wire.empty() && config.mtu != interface.config.mtu) {
    status = RunIp({"link set dev " + interface.wire + " mtu " + std::to_string(config.mtu)});
  }
  if (status.ok()) {
    status = Configure(interface, Difference(interface.config, config, interface.number), IpErrors::kStop);
  }
  if (status.ok()) {
    interface.config = config;
    return {};
  }
  // Back, from wherever it stopped: what was not reached cannot be taken away.
  (void)Configure(interface, Difference(config, interface.config, interface.number), IpErrors::kPass);
  if (!interface.wire.empty()) {
    (void)RunIp({"link set dev " + interface.wire + " mtu " + std::to_string(interface.config.mtu)});
  }
  return status;
}

base::Status Interfaces::Remove(const std::string& port) {
  const auto found = interfaces_.find(port);
  if (found == interfaces_.end()) {
    return base::MakeError(base::hr::ERR_PORT_DRIVER, "the helper has no interface for port `" + port + "`");
  }
  const Interface interface = std::move(found->second);
  interfaces_.erase(found);
  if (!interface.wire.empty()) {
    // It may have gone with its compartment.
    return LinkExists(interface.wire) ? RunIp({"link del dev " + interface.wire}) : base::Status();
  }
  const Fd* netns = compartments_.FindNetns(interface.compartment);
  if (netns == nullptr) return {};
  const InNetns inside(*netns, world_.wires_netns);
  HNS_RETURN_IF_ERROR(inside.status());
  return LinkExists(interface.name) ? RunIp({"link del dev " + interface.name}) : base::Status();
}

base::Status CheckTun() {
  base::Result<Fd> tap = OpenTap("probe");
  return tap.ok() ? base::Status() : base::Status(tap.error());
}

base::Status CheckPacketSockets() {
  HNS_RETURN_IF_ERROR(RunIp({"link add name probe0 type veth peer name probe1"}));
  base::Result<Fd> socket = OpenPacketSocket("probe0");
  HNS_RETURN_IF_ERROR(RunIp({"link del dev probe0"}));
  return socket.ok() ? base::Status() : base::Status(socket.error());
}

}  // namespace ports::helper
