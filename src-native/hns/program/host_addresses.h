// Which addresses of a network are the host's own.
#pragma once

#include <optional>
#include <vector>

#include "base/ip_address.h"
#include "hns/store/store.h"
#include "schema/network.h"

namespace hns {

struct HostAddresses {
  // Of an overlay: the host's own on its uplink, which stands for all else. (One at
  // most; a list as the others are.)
  std::vector<base::IpAddress> provider;
  std::vector<base::IpAddress> endpoint;  // Of the endpoint in the host compartment.
  // Gateways that the segment itself answers for, because no uplink leads to a
  // router that does.
  std::vector<base::IpAddress> gateways;

  // All of a family, as host prefixes: what a node port listens on.
  std::vector<base::IpPrefix> Prefixes(base::IpFamily family) const;
  // What an OutBoundNAT without VirtualIP translates to: the provider address of an
  // overlay, the host endpoint's address, else the gateway's; never a service's.
  // Unverified: the last.
  std::optional<base::IpAddress> Preferred(base::IpFamily family) const;

  bool operator==(const HostAddresses&) const = default;
};

base::Result<HostAddresses> HostAddressesOf(Transaction& store, const schema::Network& network);

}  // namespace hns
