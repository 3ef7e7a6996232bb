#include "hns/model/ipam.h"

#include <algorithm>

#include "hns/model/free_ranges.h"
#include "hns/model/pools.h"

namespace hns {

namespace {

// What cannot be had even by asking.
bool IsReserved(const AddressRange& range, const base::IpAddress& address) {
  const bool is_network = address == range.prefix.First();
  const bool is_broadcast = range.prefix.address.IsV4() && address == range.prefix.Last();
  if ((is_network && range.reserve_first) || (is_broadcast && range.reserve_last)) return true;
  if (!range.reserve_gateway) return false;
  return address == range.gateway || address == range.subnet_prefix.First().Plus(1);
}

// What is given only to who asks for it: .2 is where an l2bridge's host
// endpoint goes, and clients create that one themselves.
bool IsKeptBack(const AddressRange& range, const base::IpAddress& address) {
  const base::IpAddress first = range.subnet_prefix.First();
  return IsReserved(range, address) || address == range.gateway || address == first.Plus(1) || address == first.Plus(2);
}

}  // namespace

void Ipam::AddRange(const AddressRange& range) {
  FreeRanges free(transaction_, PoolKey(range));
  const Uint128 last = ToNumber(range.prefix.Last());
  // The few addresses that are kept back cut the range into runs.
  std::vector<Uint128> kept;
  const base::IpAddress subnet = range.subnet_prefix.First();
  for (const auto& address : {std::optional(range.prefix.First()), std::optional(range.prefix.Last()), subnet.Plus(1),
                              subnet.Plus(2), range.gateway}) {
    if (address && range.prefix.Contains(*address) && IsKeptBack(range, *address)) kept.push_back(ToNumber(*address));
  }
  std::sort(kept.begin(), kept.end());
  Uint128 next = ToNumber(range.prefix.First());
  for (const Uint128 number : kept) {
    if (number > next) free.Add(next, number - 1);
    next = number + 1;
  }
  // `next` wraps to zero only past the last address of IPv6, which then is kept back.
  if (next != 0 && next <= last) free.Add(next, last);
}

void Ipam::RemoveRange(const AddressRange& range) { FreeRanges(transaction_, PoolKey(range)).Clear(); }

base::Status Ipam::Take(const AddressRange& range, const base::IpAddress& address, const base::Guid& endpoint) {
  if (IsReserved(range, address)) {
    return base::MakeError(base::hr::HCN_E_ADDR_INVALID_OR_RESERVED,
                           "`" + address.ToString() + "` is the network, broadcast or gateway address of `" +
                               range.prefix.ToString() + "`");
  }
  HNS_RETURN_IF_ERROR(TakeOutside(address, endpoint));
  FreeRanges(transaction_, PoolKey(range)).Take(ToNumber(address));
  return {};
}

std::optional<base::IpAddress> Ipam::TakeAny(const AddressRange& range, std::uint64_t random,
                                             const base::Guid& endpoint) {
  const Uint128 first = ToNumber(range.prefix.First());
  const Uint128 count = ToNumber(range.prefix.Last()) - first + 1;  // 0: the whole of IPv6.
  const Uint128 start = first + (count == 0 ? Uint128{random} : Uint128{random} % count);
  const auto number = FreeRanges(transaction_, PoolKey(range)).TakeFrom(start);
  if (!number) return std::nullopt;
  const base::IpAddress address = ToAddress(*number, range.prefix.address.family);
  transaction_.Put(Table::kEndpointAddresses, AddressKey(address), Key(endpoint));
  return address;
}

base::Status Ipam::TakeOutside(const base::IpAddress& address, const base::Guid& endpoint) {
  if (const auto owner = OwnerOf(address)) {
    return base::MakeError(base::hr::ERROR_OBJECT_ALREADY_EXISTS,
                           "the address `" + address.ToString() + "` belongs to endpoint `" + owner->ToString() + "`");
  }
  transaction_.Put(Table::kEndpointAddresses, AddressKey(address), Key(endpoint));
  return {};
}

void Ipam::Release(const AddressRange* range, const base::IpAddress& address) {
  transaction_.Erase(Table::kEndpointAddresses, AddressKey(address));
  if (range == nullptr || IsKeptBack(*range, address)) return;
  const Uint128 number = ToNumber(address);
  FreeRanges(transaction_, PoolKey(*range)).Add(number, number);
}

std::optional<base::Guid> Ipam::OwnerOf(const base::IpAddress& address) {
  const auto owner = transaction_.Get(Table::kEndpointAddresses, AddressKey(address));
  if (!owner || owner->size() != 16) return std::nullopt;
  return ReadGuid(*owner);
}

bool Ipam::InUse(const AddressRange& range) {
  const auto entry = transaction_.Ceiling(Table::kEndpointAddresses, AddressKey(range.prefix.First()));
  return entry && entry->key <= std::string_view(AddressKey(range.prefix.Last()));
}

std::string Ipam::PoolKey(const AddressRange& range) const {
  return std::string(Key().AddByte(pools::kAddresses).Add(network_).Add(range.ip_subnet).bytes());
}

std::string Ipam::AddressKey(const base::IpAddress& address) const {
  return std::string(Key(network_).Add(address).bytes());
}

const AddressRange* FindRange(std::span<const AddressRange> ranges, const base::IpAddress& address) {
  for (const AddressRange& range : ranges) {
    if (range.prefix.Contains(address)) return &range;
  }
  return nullptr;
}

}  // namespace hns
