#include "vfp/internal/nat_bindings.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "vfp/internal/flat_map.h"
#include "vfp/internal/port_set.h"
#include "wire/parsed_frame.h"

namespace vfp {
namespace {

constexpr std::uint32_t kBitmapFrom = 64;  // Ports in use by one remote.

bool IsIcmp(std::uint8_t protocol) { return protocol == wire::kProtoIcmp || protocol == wire::kProtoIcmpV6; }

// As a FlowKey seen by the reply: from the remote to the NAT address. The
// fields a binding has not (VFP port, direction) are zero.
FlowKey Pack(const NatBindingKey& binding) {
  FlowKey key;
  std::copy(binding.remote_address.bytes.begin(), binding.remote_address.bytes.end(), key.source);
  std::copy(binding.nat_address.bytes.begin(), binding.nat_address.bytes.end(), key.destination);
  key.source_port = IsIcmp(binding.protocol) ? std::uint16_t{0} : binding.remote_port;
  key.destination_port = binding.nat_port;
  key.port = 0;
  key.protocol = binding.protocol;
  key.family = static_cast<std::uint8_t>(binding.nat_address.family);
  return key;
}

// All bindings of one remote at one NAT address and protocol.
FlowKey RemoteOf(FlowKey binding) {
  binding.destination_port = 0;
  return binding;
}

FlowKey AddressOf(const base::IpAddress& nat_address) {
  FlowKey key;
  std::copy(nat_address.bytes.begin(), nat_address.bytes.end(), key.destination);
  key.port = 0;
  key.family = static_cast<std::uint8_t>(nat_address.family);
  return key;
}

// The ports of a remote without a bitmap are a list through their bindings, so
// that a bitmap can be made without asking for all 65,536. The bitmap then
// stays until the remote's last binding goes; links are not kept up any more.
struct Binding {
  PortIndex owner = kNoPort;
  std::uint16_t next = 0;  // Ports; the list's ends point to themselves.
  std::uint16_t previous = 0;
};

struct Remote {
  std::uint32_t used = 0;  // Ports given out.
  std::uint16_t newest = 0;
  std::unique_ptr<PortSet> bitmap;  // Null while they are few.
};

}  // namespace

struct NatBindings::State {
  explicit State(std::uint64_t with_seed)
      : seed(with_seed), bindings(with_seed), remotes(~with_seed), addresses(with_seed) {}

  std::uint64_t seed;
  FlatMap<FlowKey, Binding> bindings;
  FlatMap<FlowKey, Remote> remotes;         // By RemoteOf(binding).
  FlatMap<FlowKey, std::size_t> addresses;  // Bindings by NAT address.

  Binding* At(FlowKey key, std::uint16_t port) {
    key.destination_port = port;
    return bindings.Find(key);
  }

  // A free port in [first, last], the first one from `start` on, wrapping round.
  std::optional<std::uint16_t> FindFree(const FlowKey& key, const Remote* remote, std::uint16_t first,
                                        std::uint16_t last, std::uint16_t start) {
    if (remote != nullptr && remote->bitmap) {
      if (const auto port = remote->bitmap->FirstFree(start, last)) return port;
      if (start == first) return std::nullopt;
      return remote->bitmap->FirstFree(first, static_cast<std::uint16_t>(start - 1));
    }
    const std::uint32_t range_size = std::uint32_t{last} - first + 1;
    const std::uint32_t probes = std::min(range_size, (remote != nullptr ? remote->used : 0) + 1);
    for (std::uint32_t i = 0; i < probes; ++i) {
      const auto port = static_cast<std::uint16_t>(first + (std::uint32_t{start} - first + i) % range_size);
      if (At(key, port) == nullptr) return port;
    }
    return std::nullopt;
  }

  void Take(const FlowKey& key, PortIndex owner) {
    const std::uint16_t port = key.destination_port;
    Remote* remote = remotes.Insert(RemoteOf(key)).first;
    Binding* binding = bindings.Insert(key).first;
    *binding = {owner, port, port};
    if (remote->bitmap) {
      remote->bitmap->Insert(port);
    } else if (remote->used != 0) {
      binding->next = remote->newest;
      At(key, remote->newest)->previous = port;
    }
    remote->newest = port;
    if (++remote->used == kBitmapFrom && !remote->bitmap) BuildBitmap(key, remote);
  }

  void BuildBitmap(const FlowKey& key, Remote* remote) {
    remote->bitmap = std::make_unique<PortSet>();
    std::uint16_t port = remote->newest;
    for (;;) {
      remote->bitmap->Insert(port);
      const std::uint16_t next = At(key, port)->next;
      if (next == port) return;
      port = next;
    }
  }

  // False when there is no such binding.
  bool Drop(const FlowKey& key) {
    const std::uint16_t port = key.destination_port;
    const Binding* found = bindings.Find(key);
    if (found == nullptr) return false;
    const Binding binding = *found;
    const FlowKey remote_key = RemoteOf(key);
    Remote* remote = remotes.Find(remote_key);
    if (remote->bitmap) {
      remote->bitmap->Erase(port);
    } else {
      const bool is_newest = binding.previous == port, is_oldest = binding.next == port;
      if (!is_newest) At(key, binding.previous)->next = is_oldest ? binding.previous : binding.next;
      if (!is_oldest) At(key, binding.next)->previous = is_newest ? binding.next : binding.previous;
      if (is_newest) remote->newest = binding.next;
    }
    bindings.Erase(key);
    if (--remote->used == 0) remotes.Erase(remote_key);
    return true;
  }
};

NatBindings::NatBindings(std::uint64_t seed) : state_(std::make_unique<State>(seed)) {}
NatBindings::~NatBindings() = default;

std::optional<std::uint16_t> NatBindings::Allocate(NatBindingKey wanted, base::PortRange range, PortIndex owner,
                                                   bool dry_run) {
  const bool has_ports = wanted.protocol == wire::kProtoTcp || wanted.protocol == wire::kProtoUdp;
  if (range.first == 0 && has_ports) range.first = 1;
  if (range.first > range.last) return std::nullopt;
  FlowKey key = Pack(wanted);
  const Remote* known = state_->remotes.Find(RemoteOf(key));

  std::optional<std::uint16_t> port;
  if (range.Contains(wanted.nat_port) && (known == nullptr || state_->At(key, wanted.nat_port) == nullptr)) {
    port = wanted.nat_port;
  } else {
    // Seeded, so that an outsider cannot tell which port comes next (RFC 6056).
    const std::uint32_t range_size = std::uint32_t{range.last} - range.first + 1;
    const std::uint64_t hash = HashFlowKey(key, state_->seed ^ 0x6e61742d706f7274);
    const auto start = static_cast<std::uint16_t>(range.first + hash % range_size);
    port = state_->FindFree(key, known, range.first, range.last, start);
  }
  if (!port || dry_run) return port;
  key.destination_port = *port;
  state_->Take(key, owner);
  ++*state_->addresses.Insert(AddressOf(wanted.nat_address)).first;
  return port;
}

void NatBindings::Release(const NatBindingKey& binding) {
  const bool was_taken = state_->Drop(Pack(binding));
  assert(was_taken);
  if (!was_taken) return;
  const FlowKey address_key = AddressOf(binding.nat_address);
  std::size_t* count = state_->addresses.Find(address_key);
  if (--*count == 0) state_->addresses.Erase(address_key);
}

std::optional<PortIndex> NatBindings::Owner(const NatBindingKey& binding) const {
  const Binding* found = state_->bindings.Find(Pack(binding));
  return found != nullptr ? std::optional(found->owner) : std::nullopt;
}

bool NatBindings::UsesAddress(const base::IpAddress& nat_address) const {
  return state_->addresses.Find(AddressOf(nat_address)) != nullptr;
}

std::size_t NatBindings::size() const { return state_->bindings.size(); }

}  // namespace vfp
