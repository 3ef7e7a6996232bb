#include "hns/program/overlay.h"

#include <string>
#include <string_view>

#include "hns/model/endpoint_policies.h"
#include "hns/model/endpoints.h"
#include "hns/model/networks.h"

namespace hns {

namespace {

using schema::NetworkPolicyType;

const base::json::Value* Setting(const schema::NetworkPolicy& policy, std::string_view name) {
  const base::json::Object* settings = policy.settings.AsObject();
  return settings == nullptr ? nullptr : settings->FindIgnoringCase(name);
}

std::string_view Text(const schema::NetworkPolicy& policy, std::string_view name) {
  const base::json::Value* value = Setting(policy, name);
  const std::string* text = value != nullptr ? value->AsString() : nullptr;
  return text != nullptr ? std::string_view(*text) : std::string_view();
}

std::uint64_t Number(const schema::NetworkPolicy& policy, std::string_view name) {
  const base::json::Value* value = Setting(policy, name);
  return value == nullptr ? 0 : value->AsUint64().value_or(0);
}

base::Error Invalid(std::string detail) { return base::MakeError(base::hr::HCN_E_INVALID_POLICY, std::move(detail)); }

base::Status CheckProvider(const base::IpAddress& provider) {
  if (provider.IsV4()) return {};
  return Invalid("the provider address `" + provider.ToString() + "` is not IPv4: tunnels are IPv4 outside");
}

base::Result<vfp::RemoteSubnet> RemoteSubnetOf(const schema::NetworkPolicy& policy) {
  const auto prefix = base::IpPrefix::Parse(Text(policy, "DestinationPrefix"));
  const auto provider = base::IpAddress::Parse(Text(policy, "ProviderAddress"));
  const auto mac = base::MacAddress::Parse(Text(policy, "DistributedRouterMacAddress"));
  const std::uint64_t vsid = Number(policy, "IsolationId");
  if (!prefix || !provider || !mac) return Invalid("a RemoteSubnetRoute lacks prefix, provider address or router MAC");
  HNS_RETURN_IF_ERROR(CheckProvider(*provider));
  if (vsid > vfp::kMaxVsid) return Invalid("the IsolationId `" + std::to_string(vsid) + "` has more than 24 bits");
  return vfp::RemoteSubnet{*prefix, static_cast<std::uint32_t>(vsid), *provider, *mac};
}

}  // namespace

base::Result<std::optional<vfp::OverlaySpec>> OverlayOf(const schema::Network& network,
                                                        const ports::AdapterAddresses& adapter) {
  if (network.type != schema::NetworkMode::kOverlay) return std::optional<vfp::OverlaySpec>();
  vfp::OverlaySpec overlay;
  if (const auto provider = ProviderOf(network)) {
    HNS_RETURN_IF_ERROR(CheckProvider(*provider));
    overlay.provider = *provider;
  }
  for (const base::IpPrefix& address : adapter.addresses) {
    if (address.address == overlay.provider) overlay.provider_prefix_length = address.length;
  }
  if (overlay.provider_prefix_length != 0) overlay.gateway = adapter.gateway;
  for (const schema::NetworkPolicy& policy : network.policies) {
    if (policy.type == NetworkPolicyType::kVxlanPort) {
      overlay.udp_port = static_cast<std::uint16_t>(Number(policy, "Port"));
    } else if (policy.type == NetworkPolicyType::kRemoteSubnetRoute) {
      HNS_ASSIGN_OR_RETURN(vfp::RemoteSubnet subnet, RemoteSubnetOf(policy));
      overlay.remote_subnets.push_back(subnet);
    }
  }
  for (const schema::Ipam& ipam : network.ipams) {
    for (const schema::Subnet& subnet : ipam.subnets) {
      for (const schema::SubnetPolicy& policy : subnet.policies) {
        if (policy.type != schema::SubnetPolicyType::kVsid) continue;
        overlay.subnets.push_back({*subnet.prefix, policy.isolation_id});
      }
    }
  }
  return std::optional(std::move(overlay));
}

std::vector<vfp::RemoteAddress> RemotesOf(const schema::Endpoint& endpoint) {
  std::vector<vfp::RemoteAddress> remotes;
  const auto provider = ProviderOf(endpoint);
  for (const base::IpAddress& address : AddressesOf(endpoint)) {
    remotes.push_back({address, endpoint.mac_address->value, provider});
  }
  return remotes;
}

std::uint16_t DefaultOverheadOf(const schema::Network& network) {
  return network.type == schema::NetworkMode::kOverlay ? vfp::kTunnelOverheadBytes : 0;
}

}  // namespace hns
