#include "hns/model/endpoint_policy_table.h"

#include <array>
#include <cstddef>

namespace hns {

namespace {

using Effect = PolicyEffect;
using Mode = schema::NetworkMode;
using Type = schema::EndpointPolicyType;

constexpr std::uint32_t Modes(auto... modes) { return (NetworkModeBit(modes) | ...); }

constexpr std::uint32_t kAnyMode = ~0u;
// Unverified, all of these: Microsoft documents which policies exist, not where.
constexpr std::uint32_t kMapped = kAnyMode & ~Modes(Mode::kTransparent, Mode::kPrivate, Mode::kMirrored);
constexpr std::uint32_t kTranslated = kAnyMode & ~Modes(Mode::kTransparent, Mode::kPrivate);
constexpr std::uint32_t kWithVfp = Modes(Mode::kL2Bridge, Mode::kL2Tunnel, Mode::kOverlay);
constexpr std::uint32_t kWithProviders = Modes(Mode::kOverlay, Mode::kL2Tunnel);
constexpr std::uint32_t kTagged = kAnyMode & ~Modes(Mode::kOverlay);

constexpr base::HResult kNoType = base::hr::HCN_E_INVALID_POLICY_TYPE;

constexpr std::nullopt_t kAlways = std::nullopt;

constexpr bool kLocal = false;
constexpr bool kRemoteToo = true;
constexpr bool kMany = false;
constexpr bool kOnce = true;

constexpr std::array<EndpointPolicyRow, 19> kTable = {{
    {Type::kPortMapping, kAlways, kMapped, base::hr::HCN_E_MAPPING_NOT_SUPPORTED, kLocal, kMany, Effect::kApplied,
     "a port of the host leads to the endpoint; a taken one is `HCN_E_PORT_ALREADY_EXISTS`, port 0 picks one"},
    {Type::kAcl, kAlways, kAnyMode, kNoType, kLocal, kMany, Effect::kApplied,
     "protocols, address and port lists, both directions, `Switch` and `Host` (both must pass); the first ACL makes "
     "the "
     "endpoint deny by default, in both directions; `Pass` belongs to tiers and is refused"},
    {Type::kQos, kAlways, kAnyMode, kNoType, kLocal, kOnce, Effect::kApplied,
     "what the endpoint sends is held to so many bytes per second, on the wire; it may burst by 50 ms of that, 64 KiB "
     "at "
     "least, and as much waits, flows in turn; more is dropped (`rate-limit`); 0 is no limit. An **extension**: "
     "`MaximumIncomingBandwidthInBytes` does the same for what it is sent"},
    {Type::kL2Driver, kAlways, kAnyMode, kNoType, kLocal, kOnce, Effect::kStored,
     "the embedded switch always bridges at layer 2"},
    {Type::kOutBoundNat, kAlways, kTranslated, kNoType, kLocal, kMany, Effect::kApplied,
     "source translation of TCP, UDP and ICMP echo, with exceptions or for destinations only; without `VirtualIP` to "
     "the "
     "host endpoint's address, else the gateway's"},
    {Type::kSdnRoute, kAlways, kAnyMode, kNoType, kLocal, kMany, Effect::kApplied,
     "on `L2Bridge`, `L2Tunnel` and `Overlay`, kept elsewhere: what the endpoint sends there goes to `NextHop`, the "
     "longest prefix counts, the network's own subnets among them; with `NeedEncap` on an `Overlay` in a tunnel or not "
     "at all. `AutomaticEndpointMonitor` is kept"},
    {Type::kL4Proxy, kAlways, kWithVfp, base::hr::HCN_E_VFP_NOT_ALLOWED, kLocal, kMany, Effect::kNotYet,
     "nothing is redirected to the proxy: a redirect that remembers the original destination is missing. `Unverified:` "
     "that versions without the network's policy of this name take an endpoint's; the schema has it since 2.0"},
    {Type::kL4WfpProxy, Feature::kL4WfpProxy, kAnyMode, kNoType, kLocal, kMany, Effect::kNotYet,
     "nothing is redirected to the proxy: that needs the socket layer of the endpoint's own stack"},
    {Type::kProviderAddress, kAlways, kWithProviders, kNoType, kRemoteToo, kOnce, Effect::kApplied,
     "of a remote endpoint on an `Overlay`, which needs it: the host that its packets are tunnelled to; elsewhere "
     "kept"},
    {Type::kPortName, kAlways, kAnyMode, kNoType, kLocal, kOnce, Effect::kApplied, "the switch port's name"},
    {Type::kEncapOverhead, kAlways, kAnyMode, kNoType, kLocal, kOnce, Effect::kApplied,
     "the MTU is 1500 less the overhead, unless `InterfaceParameters` says it"},
    {Type::kInterfaceConstraint, kAlways, kAnyMode, kNoType, kLocal, kMany, Effect::kStored,
     "which of the host's adapters to use; the network's uplink is the only one here"},
    {Type::kEncryption, kAlways, kAnyMode, kNoType, kLocal, kMany, Effect::kNotYet,
     "nothing is encrypted: there is no IPsec"},
    {Type::kVlan, kAlways, kTagged, kNoType, kLocal, kOnce, Effect::kApplied,
     "the endpoint's frames have its tag on the uplink and none at the endpoint; it reaches nobody outside of it. 0: "
     "no "
     "VLAN, whatever the subnet's policy says (`Unverified:` that it goes before that)"},
    {Type::kInterfaceParameters, kAlways, kAnyMode, kNoType, kLocal, kOnce, Effect::kApplied, "the interface's MTU"},
    {Type::kIov, kAlways, kAnyMode, kNoType, kLocal, kOnce, Effect::kStored,
     "how much of an adapter's hardware to use; there is none"},
    {Type::kTierAcl, Feature::kTierAcl, kWithVfp, base::hr::HCN_E_VFP_NOT_ALLOWED, kLocal, kMany, Effect::kApplied,
     "tiers of 5-tuple rules by `Order`, before the ACLs; `Pass` and no match ask the next tier, what nobody decides "
     "is "
     "denied"},
    {Type::kVmNic, kAlways, kAnyMode, kNoType, kLocal, kOnce, Effect::kStored,
     "which device of a virtual machine; there are none"},
    {Type::kFirewall, kAlways, kAnyMode, kNoType, kLocal, kOnce, Effect::kStored,
     "whose firewall rules apply; the host's firewall is none of ours"},
}};

constexpr bool IsSorted() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].type) != i) return false;
  }
  return true;
}
static_assert(IsSorted());

}  // namespace

std::span<const EndpointPolicyRow> EndpointPolicyTable() { return kTable; }

const EndpointPolicyRow& RowOf(schema::EndpointPolicyType type) { return kTable[static_cast<std::size_t>(type)]; }

std::string_view EffectName(PolicyEffect effect) {
  switch (effect) {
    case PolicyEffect::kApplied: return "applied";
    case PolicyEffect::kStored: return "stored";
    case PolicyEffect::kNotYet: return "not yet";
  }
  return {};
}

}  // namespace hns
