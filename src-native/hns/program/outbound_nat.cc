#include "hns/program/outbound_nat.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "hns/program/layers.h"

namespace hns {

namespace {

// By its address, else its flag, else what its prefixes have in common.
base::IpFamily FamilyOf(const schema::OutBoundNatPolicy& nat) {
  if (nat.virtual_ip) return nat.virtual_ip->family;
  if ((nat.flags & schema::nat_flags::kIpv6) != 0) return base::IpFamily::kIpv6;
  const auto is_v6 = [](const base::IpPrefix& prefix) { return prefix.address.IsV6(); };
  const bool any = !nat.destinations.empty() || !nat.exceptions.empty();
  if (any && std::all_of(nat.destinations.begin(), nat.destinations.end(), is_v6) &&
      std::all_of(nat.exceptions.begin(), nat.exceptions.end(), is_v6)) {
    return base::IpFamily::kIpv6;
  }
  return base::IpFamily::kIpv4;
}

// The lowest ports of the pool, as many as the percentage allows.
base::PortRange PoolOf(const schema::OutBoundNatPolicy& nat) {
  constexpr std::uint32_t kFirst = 1024;
  constexpr std::uint32_t kCount = 65536 - kFirst;
  const std::uint32_t percent = nat.max_port_pool_usage == 0 ? 100 : nat.max_port_pool_usage;
  const std::uint32_t count = std::max<std::uint32_t>(1, kCount * percent / 100);
  return {static_cast<std::uint16_t>(kFirst), static_cast<std::uint16_t>(kFirst + count - 1)};
}

class Builder {
 public:
  Builder(const schema::Endpoint& endpoint, const HostAddresses& host, vfp::GroupSpec* group)
      : host_(host), group_(*group) {
    for (const schema::IpConfiguration& configuration : endpoint.ip_configurations) {
      if (configuration.address && configuration.address->family == group->family) {
        sources_.push_back(base::IpPrefix::Host(*configuration.address));
      }
    }
  }

  bool has_address() const { return !sources_.empty(); }

  void Add(const schema::OutBoundNatPolicy& nat, std::uint16_t index) {
    const std::string suffix = "OUTBOUNDNAT_" + std::to_string(index) + "_" + sources_.front().address.ToString();
    if (auto exceptions = OfFamily(nat.exceptions); !exceptions.empty()) {
      vfp::Rule rule;
      rule.id = rule.name = "ALLOW_" + suffix;
      rule.priority = static_cast<std::uint16_t>(kNatExceptionsPriority + index % 100);
      rule.flags = kStatefulTerminating;
      rule.conditions.sources = sources_;
      rule.conditions.destinations = std::move(exceptions);
      group_.rules.push_back(std::move(rule));
    }
    auto destinations = OfFamily(nat.destinations);
    if (!nat.destinations.empty() && destinations.empty()) return;
    const std::uint16_t base_priority = destinations.empty() ? kNatCatchAllPriority : kNatDestinationsPriority;
    const auto address = nat.virtual_ip ? nat.virtual_ip : host_.Preferred(group_.family);
    const bool is_v4 = group_.family == base::IpFamily::kIpv4;
    const std::pair<std::string_view, std::uint8_t> protocols[] = {
        {"TCP", std::uint8_t{6}}, {"UDP", std::uint8_t{17}}, {"ICMP", is_v4 ? std::uint8_t{1} : std::uint8_t{58}}};
    for (const auto& [name, protocol] : protocols) {
      vfp::Rule rule;
      rule.id = rule.name = "SNAT_" + std::string(name) + "_" + suffix;
      rule.priority = static_cast<std::uint16_t>(base_priority + index % 100);
      rule.flags = kStatefulTerminating;
      rule.conditions.protocols = {protocol};
      rule.conditions.sources = sources_;
      rule.conditions.destinations = destinations;
      if (address) {
        rule.action = vfp::DynamicNat{*address, PoolOf(nat)};
      } else {
        rule.action = vfp::Block{};
      }
      group_.rules.push_back(std::move(rule));
    }
  }

 private:
  std::vector<base::IpPrefix> OfFamily(const std::vector<base::IpPrefix>& all) const {
    std::vector<base::IpPrefix> prefixes;
    for (const base::IpPrefix& prefix : all) {
      if (prefix.address.family == group_.family) prefixes.push_back(prefix.Masked());
    }
    return prefixes;
  }

  const HostAddresses& host_;
  vfp::GroupSpec& group_;
  std::vector<base::IpPrefix> sources_;
};

}  // namespace

vfp::GroupSpec OutboundNatGroup(const schema::Endpoint& endpoint, const HostAddresses& host, base::IpFamily family) {
  vfp::GroupSpec group;
  group.id = GroupName("SLB_GROUP_NAT", "IPv", family, vfp::Direction::kOutbound);
  group.direction = vfp::Direction::kOutbound;
  group.family = family;
  Builder builder(endpoint, host, &group);
  if (!builder.has_address()) return group;
  std::uint16_t index = 0;
  for (const schema::EndpointPolicy& policy : endpoint.policies) {
    const schema::OutBoundNatPolicy* nat = policy.AsOutBoundNat();
    if (nat != nullptr && FamilyOf(*nat) == family) builder.Add(*nat, index++);
  }
  return group;
}

}  // namespace hns
