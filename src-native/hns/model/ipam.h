// Which addresses of a network are free, and who gets which.
//
// Two books are kept. kEndpointAddresses says who has an address; free ranges
// say what may be given without being asked for: less than what may be asked
// for, because the gateway, .1 and .2 are never given automatically.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/guid.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "hns/store/store.h"

namespace hns {

// One IP subnet of a network: where addresses come from.
struct AddressRange {
  base::Guid subnet;
  base::Guid ip_subnet;
  base::IpPrefix prefix;         // Of the IP subnet, without host bits.
  base::IpPrefix subnet_prefix;  // Of the subnet around it: what an endpoint's address is on-link with.
  std::optional<base::IpAddress> gateway;
  bool reserve_gateway = true;  // Subnet flag 1 unset: the gateway and .1 cannot be had.
  bool reserve_first = true;    // IP subnet flag 2: the network address.
  bool reserve_last = true;     // IP subnet flag 1: the broadcast address (IPv4 only).
};

class Ipam {
 public:
  Ipam(Transaction& transaction, const base::Guid& network) : transaction_(transaction), network_(network) {}

  void AddRange(const AddressRange& range);
  void RemoveRange(const AddressRange& range);

  // Gives `address` to `endpoint`. HCN_E_ADDR_INVALID_OR_RESERVED,
  // ERROR_OBJECT_ALREADY_EXISTS.
  base::Status Take(const AddressRange& range, const base::IpAddress& address, const base::Guid& endpoint);
  // Gives any: the first free one from a place that `random` picks, so that
  // addresses are not handed out in sequence. nullopt: none is left.
  std::optional<base::IpAddress> TakeAny(const AddressRange& range, std::uint64_t random, const base::Guid& endpoint);
  // An address outside every range: a remote endpoint's. ERROR_OBJECT_ALREADY_EXISTS.
  base::Status TakeOutside(const base::IpAddress& address, const base::Guid& endpoint);
  // `range`: the one the address lies in; null when it lies in none.
  void Release(const AddressRange* range, const base::IpAddress& address);

  std::optional<base::Guid> OwnerOf(const base::IpAddress& address);
  // Some endpoint has an address of the range.
  bool InUse(const AddressRange& range);

 private:
  std::string PoolKey(const AddressRange& range) const;
  std::string AddressKey(const base::IpAddress& address) const;

  Transaction& transaction_;
  base::Guid network_;
};

// The range that contains `address`; null when none does.
const AddressRange* FindRange(std::span<const AddressRange> ranges, const base::IpAddress& address);

}  // namespace hns
