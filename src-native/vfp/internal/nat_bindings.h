// Which translated tuples are in use, and by which port of the switch.
//
// A binding is the tuple a reply carries: remote address and port, towards a
// NAT address and port, for one protocol. Two flows may share a NAT port when
// their remotes differ; no two live flows share a whole binding. Each binding
// names its owner, so that a reply finds its way back. ICMP has no remote port
// (both ports of an echo are its identifier): for it `remote_port` is not part
// of the binding.
//
// Finding a free port. Per remote the ports in use are counted. While they are
// few, some probes of the table find a free one: of k + 1 ports at most k are
// taken. Once they are many the remote gets a bitmap, and a search of it finds
// a free port, or that there is none, in at most some twenty words: a remote
// that has used everything up costs no more per packet than any other.
//
// Invariants
//   1. A binding is given out once until it is released.
//   2. Release frees exactly one binding; releasing twice is a bug (assert).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/ip_address.h"
#include "vfp/flow_key.h"

namespace vfp {

struct NatBindingKey {
  base::IpAddress nat_address;  // Both of one family.
  base::IpAddress remote_address;
  std::uint16_t nat_port = 0;
  std::uint16_t remote_port = 0;
  std::uint8_t protocol = 0;
  bool operator==(const NatBindingKey&) const = default;
};

class NatBindings {
 public:
  explicit NatBindings(std::uint64_t seed);
  ~NatBindings();

  // Takes a port of `range` for the remote in `wanted` (whose nat_port is the
  // packet's own source port): that port itself when it is in range and free,
  // else a free one, searched from a seeded start over the whole range.
  // nullopt: all taken for this remote. `dry_run` gives the same answer and
  // takes nothing. Port 0 is given where it is no port: as an
  // ICMP identifier, and to protocols that have neither (range 0-0).
  std::optional<std::uint16_t> Allocate(NatBindingKey wanted, base::PortRange range, PortIndex owner,
                                        bool dry_run = false);
  void Release(const NatBindingKey& binding);
  // The owner of a reply; nullopt when nobody owns it.
  std::optional<PortIndex> Owner(const NatBindingKey& binding) const;
  // True when the address has at least one binding: a cheap pre-check.
  bool UsesAddress(const base::IpAddress& nat_address) const;
  std::size_t size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vfp
