#include "hns/model/network_policy_table.h"

#include <array>
#include <cassert>

namespace hns {

namespace {

using schema::NetworkMode;
using Type = schema::NetworkPolicyType;

constexpr std::uint32_t Bit(NetworkMode mode) { return 1u << static_cast<unsigned>(mode); }

// Which policy fits which type is published for none of them. Unverified: these
// sets, which are what clients send and what the words of the policies mean.
constexpr std::uint32_t kAll = (1u << 11) - 1;
constexpr std::uint32_t kOverlay = Bit(NetworkMode::kOverlay);
// Those bound to an adapter.
constexpr std::uint32_t kBound =
    Bit(NetworkMode::kTransparent) | Bit(NetworkMode::kL2Bridge) | Bit(NetworkMode::kL2Tunnel) | kOverlay;
// Those whose ports VFP programs.
constexpr std::uint32_t kVfp = Bit(NetworkMode::kL2Bridge) | Bit(NetworkMode::kL2Tunnel) | kOverlay;

constexpr std::array<NetworkPolicyRow, 15> kRows = {{
    {Type::kSourceMacAddress, kBound, false, Effect::kApplied, "the MAC that frames leave the uplink with"},
    {Type::kNetAdapterName, kBound, false, Effect::kApplied, "the uplink"},
    {Type::kInterfaceConstraint, kAll, false, Effect::kNotYet, "no interface is chosen by it"},
    {Type::kVSwitchExtension, kAll, true, Effect::kNotYet,
     "WFP, VFP and NDIS capture are known; VFP cannot be switched off, the others have nothing to do"},
    {Type::kProviderAddress, kBound, false, Effect::kApplied,
     "on `Overlay` this host's end of tunnels, and what OutBoundNAT without `VirtualIP` translates to; filled in from "
     "the adapter where it has an address. Elsewhere kept"},
    {Type::kDrMacAddress, kOverlay | Bit(NetworkMode::kL2Tunnel), false, Effect::kApplied,
     "the MAC of a gateway that is not behind an uplink, on `Overlay` of the distributed router; filled in there"},
    {Type::kAutomaticDns, kAll, false, Effect::kNotYet, "endpoints get the Dns of the network"},
    {Type::kRemoteSubnetRoute, kOverlay, true, Effect::kApplied,
     "which host and router a subnet is behind; the longest prefix counts"},
    {Type::kVxlanPort, kOverlay, false, Effect::kApplied, "the UDP port of tunnels, 4789 without it"},
    {Type::kHostRoute, kAll & ~Bit(NetworkMode::kPrivate), false, Effect::kApplied,
     "the host reaches its endpoints in any case"},
    {Type::kSetPolicy, kVfp, true, Effect::kApplied,
     "what ACLs and NetworkACLs name by `Id` in the place of addresses"},
    {Type::kL4Proxy, kAll, true, Effect::kNotYet, "nothing is redirected"},
    {Type::kLayerConstraint, kAll, false, Effect::kNotYet, "there is one layer for each network"},
    {Type::kNetworkAcl, kVfp, true, Effect::kApplied,
     "tested at every local endpoint, beside its own ACLs; the first one denies by default"},
    {Type::kNeighborDiscovery, kVfp, true, Effect::kNotYet, "no neighbour is answered for by it"},
}};

}  // namespace

std::span<const NetworkPolicyRow> NetworkPolicyRows() { return kRows; }

// Rows stand in the order of the numbers, so that none is searched for.
const NetworkPolicyRow& PolicyRowOf(schema::NetworkPolicyType type) {
  const NetworkPolicyRow& row = kRows[static_cast<std::size_t>(type)];
  assert(row.type == type);
  return row;
}

}  // namespace hns
