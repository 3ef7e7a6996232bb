#include "ports/linux/linux_driver.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ports/linux/adapter_addresses.h"
#include "ports/linux/helper_client.h"
#include "ports/linux/interface_io.h"
#include "ports/linux/io_thread.h"
#include "ports/linux/links.h"
#include "ports/linux/resolver_text.h"
#include "ports/linux/system_error.h"

namespace ports {
namespace {

base::Error PortNotFound(vfp::PortIndex port) {
  return base::MakeError(base::hr::HCN_E_PORT_NOT_FOUND, "the Linux driver has no port `" + std::to_string(port) + "`");
}

base::Error NoCompartment(const base::Guid& id) {
  return base::MakeError(base::hr::ERROR_NOT_FOUND, "there is no compartment `" + id.ToString() + "`");
}

std::string AddressLines(const InterfaceSpec& spec) {
  std::string lines;
  for (const base::IpPrefix& address : spec.addresses) lines += address.ToString() + "\n";
  return lines;
}

std::string RouteLines(const InterfaceSpec& spec) {
  std::string lines;
  for (const InterfaceRoute& route : spec.routes) {
    lines += route.destination.ToString() + " " + route.next_hop.ToString() + " " + std::to_string(route.metric) + "\n";
  }
  return lines;
}

// The adapter's index and MAC; HCN_E_ADAPTER_NOT_FOUND.
struct Adapter {
  int index = 0;
  base::MacAddress mac;
};

base::Result<Adapter> FindAdapter(const std::string& name) {
  ifreq request = {};
  if (name.empty() || name.size() >= sizeof(request.ifr_name)) {
    return base::MakeError(base::hr::HCN_E_ADAPTER_NOT_FOUND, "`" + name + "` cannot name an interface");
  }
  name.copy(request.ifr_name, name.size());
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return SystemError("opening a socket");
  if (::ioctl(socket.get(), SIOCGIFHWADDR, &request) != 0) {
    return base::MakeError(base::hr::HCN_E_ADAPTER_NOT_FOUND, "this machine has no interface `" + name + "`");
  }
  if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) {
    return base::MakeError(base::hr::HCN_E_ADAPTER_NOT_FOUND,
                           "the interface `" + name + "` is not an Ethernet adapter");
  }
  Adapter adapter;
  adapter.index = static_cast<int>(::if_nametoindex(name.c_str()));
  for (std::size_t i = 0; i < adapter.mac.bytes.size(); ++i) {
    adapter.mac.bytes[i] = static_cast<std::uint8_t>(request.ifr_hwaddr.sa_data[i]);
  }
  return adapter;
}

}  // namespace

struct LinuxDriver::State final : vfp::PacketSink {
  struct Attachment {  // What the control side knows of an interface.
    base::Guid compartment;
    bool adapter = false;
    std::uint64_t order = 0;  // Of attaching, for the resolver file.
    ResolverSettings resolver;
  };
  struct Port {  // What frames meet.
    std::shared_ptr<InterfaceIo> interface;
    LinuxPortCounters counters;
  };

  explicit State(LinuxDriverOptions driver_options) : options(std::move(driver_options)) {}

  void OnFrames(vfp::PortIndex port, std::span<wire::Frame> frames) noexcept override {
    std::lock_guard lock(table_mutex);
    const auto found = table.find(port);
    if (found == table.end()) return;
    LinuxPortCounters& counters = found->second.counters;
    const std::size_t taken = found->second.interface == nullptr ? 0 : found->second.interface->Write(frames);
    counters.delivered += taken;
    counters.dropped += frames.size() - taken;
  }

  void CountReceived(vfp::PortIndex port, std::size_t frames) {
    std::lock_guard lock(table_mutex);
    if (const auto found = table.find(port); found != table.end()) found->second.counters.received += frames;
  }

  std::shared_ptr<InterfaceIo> TakeInterface(vfp::PortIndex port) {
    std::lock_guard lock(table_mutex);
    const auto found = table.find(port);
    return found == table.end() ? nullptr : std::exchange(found->second.interface, nullptr);
  }

  // On the reading thread. Adapters are not the helper's and stay.
  void OnHelperGone() {
    std::vector<std::shared_ptr<InterfaceIo>> lost;
    {
      std::lock_guard lock(table_mutex);
      for (auto& [index, port] : table) {
        if (port.interface != nullptr && !adapters.contains(index))
          lost.push_back(std::exchange(port.interface, nullptr));
      }
    }
    for (const auto& interface : lost) io.Remove(interface.get());
    lost.clear();  // Closed: a descriptor keeps its network namespace alive.
    helper->MarkGone();
  }

  // Gives a port its interface; the port exists.
  base::Status Connect(vfp::PortIndex port, InterfaceKind kind, Fd fd, bool adapter) {
    auto interface = std::make_shared<InterfaceIo>(port, kind, std::move(fd));
    {
      std::lock_guard lock(table_mutex);
      table[port].interface = interface;
      if (adapter) adapters[port] = true;
    }
    const base::Status watched = io.Add(interface.get());
    if (!watched.ok()) (void)TakeInterface(port);
    return watched;
  }

  // --- REQUIRES control_mutex. ---

  bool HasPort(vfp::PortIndex port) {
    std::lock_guard lock(table_mutex);
    return table.contains(port);
  }

  base::Status CheckRunning() const {
    if (helper != nullptr) return {};
    return base::MakeError(base::hr::HCN_E_MANAGER_STOPPED, "the Linux driver is not running");
  }

  base::Status WriteResolver(const base::Guid& compartment) {
    std::map<std::uint64_t, const ResolverSettings*> in_order;
    for (const auto& [port, attachment] : attachments) {
      if (!attachment.adapter && attachment.compartment == compartment)
        in_order[attachment.order] = &attachment.resolver;
    }
    std::vector<const ResolverSettings*> settings;
    for (const auto& [order, one] : in_order) settings.push_back(one);
    const auto reply = helper->Call({"set-resolver", compartment.ToString(), ResolverText(settings)});
    return reply.ok() ? base::Status() : base::Status(reply.error());
  }

  base::Status AddInterface(vfp::PortIndex port, const InterfaceSpec& spec) {
    auto reply = helper->Call({"add-port", std::to_string(port), spec.compartment.ToString(), spec.mac.ToString(),
                               std::to_string(spec.mtu), AddressLines(spec), RouteLines(spec)});
    if (!reply.ok()) return reply.error();
    if (!reply->fd.valid() || reply->values.size() != 2) {
      return base::MakeError(base::hr::ERR_PORT_DRIVER, "the namespace helper sent no interface");
    }
    const auto kind = reply->values[1] == "tap" ? InterfaceKind::kTap : InterfaceKind::kPacketSocket;
    const base::Status connected = Connect(port, kind, std::move(reply->fd), false);
    if (!connected.ok()) (void)helper->Call({"remove-port", std::to_string(port)});
    return connected;
  }

  base::Status ChangeInterface(vfp::PortIndex port, const InterfaceSpec& spec) {
    const auto reply = helper->Call({"change-port", std::to_string(port), spec.mac.ToString(), std::to_string(spec.mtu),
                                     AddressLines(spec), RouteLines(spec)});
    return reply.ok() ? base::Status() : base::Status(reply.error());
  }

  void DetachPort(vfp::PortIndex port) {
    const auto found = attachments.find(port);
    if (found == attachments.end()) return;
    const Attachment attachment = std::move(found->second);
    attachments.erase(found);
    // First no more writes, then no more reads, then the descriptor, which is
    // what keeps a TAP.
    if (std::shared_ptr<InterfaceIo> interface = TakeInterface(port)) io.Remove(interface.get());
    {
      std::lock_guard lock(table_mutex);
      adapters.erase(port);
    }
    if (attachment.adapter) return;
    (void)helper->Call({"remove-port", std::to_string(port)});
    if (compartments.contains(attachment.compartment)) (void)WriteResolver(attachment.compartment);
  }

  const LinuxDriverOptions options;

  // One change at a time. The reading thread never takes it.
  std::mutex control_mutex;
  std::unique_ptr<HelperClient> helper;
  std::unordered_map<base::Guid, std::int64_t, base::GuidHash> compartments;  // Value: the holder's process id.
  std::unordered_map<vfp::PortIndex, Attachment> attachments;
  std::uint64_t next_order = 0;

  // Held while a batch is written, under the engine's lock; never while the
  // engine is called.
  std::mutex table_mutex;
  std::unordered_map<vfp::PortIndex, Port> table;
  std::unordered_map<vfp::PortIndex, bool> adapters;  // The keys are the ports on adapters.

  IoThread io;  // Last: it is stopped before what it uses goes.
};

LinuxDriver::LinuxDriver(LinuxDriverOptions options) : state_(std::make_unique<State>(std::move(options))) {}
LinuxDriver::~LinuxDriver() { Stop(); }

base::Status LinuxDriver::Start(vfp::PacketSink& engine) {
  std::lock_guard lock(state_->control_mutex);
  if (state_->helper != nullptr)
    return base::MakeError(base::hr::ERR_PORT_DRIVER, "the Linux driver is running already");
  HNS_ASSIGN_OR_RETURN(state_->helper, HelperClient::Spawn(state_->options.helper_path, state_->options.use_tun));
  State* state = state_.get();
  const base::Status started = state_->io.Start(
      engine, state_->helper->socket_fd(), [state] { state->OnHelperGone(); },
      [state](vfp::PortIndex port, std::size_t frames) { state->CountReceived(port, frames); });
  if (!started.ok()) state_->helper.reset();
  return started;
}

void LinuxDriver::Stop() {
  std::lock_guard lock(state_->control_mutex);
  state_->io.Stop();
  {
    std::lock_guard table_lock(state_->table_mutex);
    state_->table.clear();
    state_->adapters.clear();
  }
  state_->attachments.clear();
  state_->compartments.clear();
  state_->helper.reset();
}

vfp::PacketSink& LinuxDriver::sink() { return *state_; }

base::Status LinuxDriver::AddCompartment(const base::Guid& id, bool host) {
  std::lock_guard lock(state_->control_mutex);
  HNS_RETURN_IF_ERROR(state_->CheckRunning());
  if (state_->compartments.contains(id)) {
    return base::MakeError(base::hr::ERROR_ALREADY_EXISTS, "compartment `" + id.ToString() + "` exists");
  }
  HNS_ASSIGN_OR_RETURN(const auto reply,
                       state_->helper->Call({"add-compartment", id.ToString(), host ? "host" : "pod"}));
  if (reply.values.size() != 1)
    return base::MakeError(base::hr::ERR_PORT_DRIVER, "the namespace helper named no process");
  state_->compartments[id] = std::atoll(reply.values[0].c_str());
  return {};
}

void LinuxDriver::RemoveCompartment(const base::Guid& id) {
  std::lock_guard lock(state_->control_mutex);
  if (state_->compartments.erase(id) == 0) return;
  std::vector<vfp::PortIndex> inside;
  for (const auto& [port, attachment] : state_->attachments) {
    if (!attachment.adapter && attachment.compartment == id) inside.push_back(port);
  }
  for (const vfp::PortIndex port : inside) state_->DetachPort(port);
  (void)state_->helper->Call({"remove-compartment", id.ToString()});
}

base::Result<CompartmentInfo> LinuxDriver::DescribeCompartment(const base::Guid& id) const {
  std::lock_guard lock(state_->control_mutex);
  HNS_RETURN_IF_ERROR(state_->CheckRunning());
  const auto found = state_->compartments.find(id);
  if (found == state_->compartments.end()) return NoCompartment(id);
  return CompartmentInfo{.kind = "linux", .pid = found->second, .helper = state_->options.helper_path};
}

base::Status LinuxDriver::AddPort(vfp::PortIndex port) {
  std::lock_guard lock(state_->table_mutex);
  if (!state_->table.try_emplace(port).second) {
    return base::MakeError(base::hr::HCN_E_PORT_ALREADY_EXISTS, "port `" + std::to_string(port) + "`");
  }
  return {};
}

void LinuxDriver::RemovePort(vfp::PortIndex port) {
  std::lock_guard lock(state_->control_mutex);
  state_->DetachPort(port);
  std::lock_guard table_lock(state_->table_mutex);
  state_->table.erase(port);
}

base::Status LinuxDriver::Attach(vfp::PortIndex port, const InterfaceSpec& spec) {
  HNS_RETURN_IF_ERROR(CheckResolver(spec.resolver));
  std::lock_guard lock(state_->control_mutex);
  HNS_RETURN_IF_ERROR(state_->CheckRunning());
  if (!state_->HasPort(port)) return PortNotFound(port);
  if (!state_->compartments.contains(spec.compartment)) return NoCompartment(spec.compartment);

  auto found = state_->attachments.find(port);
  if (found != state_->attachments.end() && (found->second.adapter || found->second.compartment != spec.compartment)) {
    state_->DetachPort(port);
    found = state_->attachments.end();
  }
  if (found != state_->attachments.end()) {
    HNS_RETURN_IF_ERROR(state_->ChangeInterface(port, spec));
    found->second.resolver = spec.resolver;
    return state_->WriteResolver(spec.compartment);
  }
  HNS_RETURN_IF_ERROR(state_->AddInterface(port, spec));
  state_->attachments[port] = {spec.compartment, false, state_->next_order++, spec.resolver};
  const base::Status resolver = state_->WriteResolver(spec.compartment);
  if (!resolver.ok()) state_->DetachPort(port);
  return resolver;
}

void LinuxDriver::Detach(vfp::PortIndex port) {
  std::lock_guard lock(state_->control_mutex);
  state_->DetachPort(port);
}

base::Status LinuxDriver::AttachAdapter(vfp::PortIndex port, const std::string& adapter) {
  HNS_ASSIGN_OR_RETURN(const Adapter found, FindAdapter(adapter));
  std::lock_guard lock(state_->control_mutex);
  HNS_RETURN_IF_ERROR(state_->CheckRunning());
  if (!state_->HasPort(port)) return PortNotFound(port);
  base::Result<Fd> socket = OpenPacketSocket(adapter);
  if (!socket.ok()) {
    return base::MakeError(
        base::hr::ERR_PORT_DRIVER,
        socket.error().detail + "; an uplink needs root or CAP_NET_RAW in the machine's network namespace");
  }
  // Pods' frames come to addresses the adapter does not know.
  packet_mreq promiscuous = {};
  promiscuous.mr_ifindex = found.index;
  promiscuous.mr_type = PACKET_MR_PROMISC;
  if (::setsockopt(socket->get(), SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof(promiscuous)) != 0) {
    return SystemError("making `" + adapter + "` promiscuous");
  }
  state_->DetachPort(port);
  HNS_RETURN_IF_ERROR(state_->Connect(port, InterfaceKind::kPacketSocket, std::move(*socket), true));
  state_->attachments[port] = {.compartment = {}, .adapter = true, .order = 0, .resolver = {}};
  return {};
}

base::Result<base::MacAddress> LinuxDriver::AdapterMac(const std::string& adapter) {
  HNS_ASSIGN_OR_RETURN(const Adapter found, FindAdapter(adapter));
  return found.mac;
}

base::Result<AdapterAddresses> LinuxDriver::AddressesOfAdapter(const std::string& adapter) {
  HNS_ASSIGN_OR_RETURN(const Adapter found, FindAdapter(adapter));
  (void)found;
  return ReadAdapterAddresses(adapter);
}

base::Result<LinuxPortCounters> LinuxDriver::Counters(vfp::PortIndex port) const {
  std::lock_guard lock(state_->table_mutex);
  const auto found = state_->table.find(port);
  if (found == state_->table.end()) return PortNotFound(port);
  return found->second.counters;
}

std::int64_t LinuxDriver::HelperPid() const {
  std::lock_guard lock(state_->control_mutex);
  return state_->helper == nullptr ? 0 : state_->helper->pid();
}

}  // namespace ports
