#include "vfp/internal/overlay_state.h"

#include <algorithm>
#include <utility>

#include "wire/bytes.h"

namespace vfp {
namespace {

std::uint64_t KeyOf(const Encapsulation& push) {
  return std::uint64_t{wire::Load32(push.destination.bytes.data())} << 32 | push.vsid;
}

}  // namespace

OverlayState::OverlayState(OverlaySpec spec, const base::MacAddress& host_mac)
    : spec_(std::move(spec)), host_mac_(host_mac) {
  Index();
}

void OverlayState::Update(OverlaySpec spec, const base::MacAddress& host_mac) {
  if (spec.provider != spec_.provider) underlay = Underlay();
  spec_ = std::move(spec);
  host_mac_ = host_mac;
  adjacencies_.clear();
  adjacency_index_.clear();
  Index();
}

void OverlayState::Index() {
  remote_.clear();
  for (const RemoteSubnet& subnet : spec_.remote_subnets) {
    const base::IpFamily family = subnet.prefix.address.family;
    auto place = std::find_if(remote_.begin(), remote_.end(), [&](const Length& length) {
      return length.family == family && length.length == subnet.prefix.length;
    });
    if (place == remote_.end()) place = remote_.insert(remote_.end(), {family, subnet.prefix.length, {}});
    place->subnets.insert_or_assign(subnet.prefix.Masked().address, subnet);
  }
  std::sort(remote_.begin(), remote_.end(), [](const Length& a, const Length& b) { return a.length > b.length; });
}

const OverlaySubnet* OverlayState::SubnetOf(const base::IpAddress& address) const {
  for (const OverlaySubnet& subnet : spec_.subnets) {
    if (subnet.prefix.Contains(address)) return &subnet;
  }
  return nullptr;
}

const RemoteSubnet* OverlayState::RemoteSubnetOf(const base::IpAddress& address) const {
  for (const Length& length : remote_) {
    if (length.family != address.family) continue;
    const auto found = length.subnets.find(base::IpPrefix{address, length.length}.Masked().address);
    if (found != length.subnets.end()) return &found->second;
  }
  return nullptr;
}

bool OverlayState::HasVsid(std::uint32_t vsid) const {
  return std::any_of(spec_.subnets.begin(), spec_.subnets.end(),
                     [&](const OverlaySubnet& subnet) { return subnet.vsid == vsid; });
}

bool OverlayState::IsRemoteProvider(const base::IpAddress& address) const {
  return std::any_of(spec_.remote_subnets.begin(), spec_.remote_subnets.end(),
                     [&](const RemoteSubnet& subnet) { return subnet.provider == address; });
}

base::IpAddress OverlayState::NextHopTo(const base::IpAddress& provider) const {
  const base::IpPrefix link{spec_.provider, spec_.provider_prefix_length};
  const bool on_link = spec_.provider_prefix_length == 0 || link.Contains(provider) || !spec_.gateway;
  return on_link ? provider : *spec_.gateway;
}

Encapsulation OverlayState::Completed(Encapsulation push) const {
  push.source_mac = host_mac_;
  if (const base::MacAddress* mac = underlay.Find(NextHopTo(push.destination))) push.destination_mac = *mac;
  return push;
}

void OverlayState::Fill(Adjacency* adjacency) {
  adjacency->push = Completed(adjacency->push);
  adjacency->resolved = !adjacency->push.destination_mac.IsZero();
  adjacency->fresh_until = underlay.confirmed(adjacency->next_hop) + Underlay::kFresh;
  adjacency->prepared = Prepare(adjacency->push);
}

std::uint32_t OverlayState::AdjacencyOf(const Encapsulation& push) {
  const auto [place, is_new] =
      adjacency_index_.try_emplace(KeyOf(push), static_cast<std::uint32_t>(adjacencies_.size()));
  if (!is_new) return place->second;
  Adjacency adjacency;
  adjacency.push = push;
  adjacency.next_hop = NextHopTo(push.destination);
  Fill(&adjacency);
  adjacencies_.push_back(adjacency);
  return place->second;
}

void OverlayState::Resolve(const base::IpAddress& next_hop) {
  for (Adjacency& adjacency : adjacencies_) {
    if (adjacency.next_hop == next_hop) Fill(&adjacency);
  }
}

}  // namespace vfp
