#include "hns/model/automatic_subnet.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/guid.h"

namespace hns {

namespace {

constexpr std::uint32_t kFirstBlock = 0xac100000;  // RFC 1918: 172.16.0.0/12.
constexpr std::uint8_t kBlockLength = 20;          // As Windows gives its NAT networks.
constexpr std::uint32_t kBlocks = 1u << (kBlockLength - 12);

base::Result<std::vector<base::IpPrefix>> PrefixesInUse(Transaction& store) {
  std::vector<base::Guid> ids;
  store.ForEach(Table::kNetworks, {}, [&](const Entry& entry) {
    ids.push_back(ReadGuid(entry.key));
    return true;
  });
  std::vector<base::IpPrefix> prefixes;
  for (const base::Guid& id : ids) {
    HNS_ASSIGN_OR_RETURN(const schema::Network network, LoadNetwork(store, id));
    for (const schema::Ipam& ipam : network.ipams) {
      for (const schema::Subnet& subnet : ipam.subnets) prefixes.push_back(*subnet.prefix);
    }
  }
  return prefixes;
}

}  // namespace

base::Result<std::optional<schema::Subnet>> AutomaticSubnet(Context& context) {
  HNS_ASSIGN_OR_RETURN(const std::vector<base::IpPrefix> used, PrefixesInUse(context.store));
  const auto start = static_cast<std::uint32_t>(context.random.Next() % kBlocks);
  for (std::uint32_t i = 0; i < kBlocks; ++i) {
    const std::uint32_t block = (start + i) % kBlocks;
    const base::IpPrefix prefix{base::IpAddress::V4(kFirstBlock + (block << (32 - kBlockLength))), kBlockLength};
    if (std::any_of(used.begin(), used.end(), [&](const base::IpPrefix& other) { return other.Overlaps(prefix); })) {
      continue;
    }
    schema::Subnet subnet;
    subnet.prefix = prefix;
    return std::optional(std::move(subnet));
  }
  return std::optional<schema::Subnet>();
}

}  // namespace hns
