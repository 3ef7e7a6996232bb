// What a segment of kind overlay knows besides its ports: subnets here and
// elsewhere, and the tunnels its flows leave by.
//
// An adjacency is what is written in front of a packet that leaves by a tunnel:
// one for each provider address and VSID, made when the first flow needs it.
// Flows refer to it by number, so a next hop that changes its MAC changes no flow.
// A segment that is updated starts with none, and a new generation of its flows.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "vfp/encapsulation.h"
#include "vfp/engine.h"
#include "vfp/internal/underlay.h"

namespace vfp {

struct Adjacency {
  Encapsulation push;
  PreparedEncapsulation prepared;
  base::IpAddress next_hop;
  Tick fresh_until = 0;  // After that the next hop is asked for again.
  bool resolved = false;
};

class OverlayState {
 public:
  OverlayState(OverlaySpec spec, const base::MacAddress& host_mac);
  // The same wire under another specification.
  void Update(OverlaySpec spec, const base::MacAddress& host_mac);

  const OverlaySpec& spec() const { return spec_; }
  // Null: the address is of no subnet here.
  const OverlaySubnet* SubnetOf(const base::IpAddress& address) const;
  // By the longest prefix. Null: none elsewhere has it.
  const RemoteSubnet* RemoteSubnetOf(const base::IpAddress& address) const;
  bool IsCustomer(const base::IpAddress& address) const {
    return SubnetOf(address) != nullptr || RemoteSubnetOf(address) != nullptr;
  }
  bool HasVsid(std::uint32_t vsid) const;
  bool IsRemoteProvider(const base::IpAddress& address) const;
  base::IpAddress NextHopTo(const base::IpAddress& provider) const;

  // REQUIRES: `push` is from this host's provider address.
  std::uint32_t AdjacencyOf(const Encapsulation& push);
  Adjacency& adjacency(std::uint32_t index) { return adjacencies_[index]; }
  // Null: no such one any more.
  const Adjacency* FindAdjacency(std::uint32_t index) const {
    return index < adjacencies_.size() ? &adjacencies_[index] : nullptr;
  }
  // The push as it would be sent now: with MACs when the next hop's is known.
  Encapsulation Completed(Encapsulation push) const;

  Underlay underlay;
  // Takes the MAC of `next_hop` over into the adjacencies that lead there.
  void Resolve(const base::IpAddress& next_hop);

 private:
  struct Length {  // Remote subnets of one family and prefix length.
    base::IpFamily family;
    std::uint8_t length;
    std::unordered_map<base::IpAddress, RemoteSubnet, base::IpAddressHash> subnets;
  };
  void Index();
  void Fill(Adjacency* adjacency);

  OverlaySpec spec_;
  base::MacAddress host_mac_;
  std::vector<Length> remote_;  // Longest first.
  std::vector<Adjacency> adjacencies_;
  std::unordered_map<std::uint64_t, std::uint32_t> adjacency_index_;  // By provider address and VSID.
};

}  // namespace vfp
