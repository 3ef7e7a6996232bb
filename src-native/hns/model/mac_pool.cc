#include "hns/model/mac_pool.h"

#include <string>

#include "hns/model/free_ranges.h"
#include "hns/model/pools.h"

namespace hns {

namespace {

constexpr std::uint64_t kDefaultPrefix = 0x00155d000000;  // Microsoft's, as Hyper-V and HNS use it.
constexpr int kBlockBits = 12;                            // 4096 addresses.
constexpr std::uint64_t kBlockSize = 1u << kBlockBits;
constexpr std::uint64_t kBlocks = 1u << (24 - kBlockBits);

FreeRanges Blocks(Transaction& transaction) {
  return FreeRanges(transaction, Key().AddByte(pools::kMacBlocks).bytes());
}

void Prepare(Transaction& transaction) {
  constexpr std::string_view kPrepared = "mac-blocks";
  if (transaction.Get(Table::kMeta, kPrepared)) return;
  transaction.Put(Table::kMeta, kPrepared, "1");
  Blocks(transaction).Add(0, kBlocks - 1);
}

// The block that `range` is; nullopt when it is no block.
std::optional<std::uint64_t> BlockOf(const MacRange& range) {
  const std::uint64_t first = range.first.ToUint64();
  if (first < kDefaultPrefix || range.last.ToUint64() != first + kBlockSize - 1) return std::nullopt;
  const std::uint64_t offset = first - kDefaultPrefix;
  if (offset % kBlockSize != 0 || offset / kBlockSize >= kBlocks) return std::nullopt;
  return offset / kBlockSize;
}

}  // namespace

MacRange TakeDefaultMacRange(Transaction& transaction, std::uint64_t random) {
  Prepare(transaction);
  // With every block in use two networks share one.
  const auto block = Blocks(transaction).TakeFrom(random % kBlocks);
  const std::uint64_t number = block ? static_cast<std::uint64_t>(*block) : random % kBlocks;
  const std::uint64_t first = kDefaultPrefix + (number << kBlockBits);
  return {base::MacAddress::FromUint64(first), base::MacAddress::FromUint64(first + kBlockSize - 1)};
}

void ClaimMacRange(Transaction& transaction, const MacRange& range) {
  const auto block = BlockOf(range);
  if (!block) return;
  Prepare(transaction);
  Blocks(transaction).Take(*block);
}

void ReleaseMacRange(Transaction& transaction, const MacRange& range) {
  if (const auto block = BlockOf(range)) Blocks(transaction).Add(*block, *block);
}

void MacPool::AddRange(const MacRange& range) {
  FreeRanges(transaction_, PoolKey()).Add(range.first.ToUint64(), range.last.ToUint64());
}

void MacPool::Clear() {
  FreeRanges(transaction_, PoolKey()).Clear();
  transaction_.Erase(Table::kMeta, "mac-cursor" + PoolKey());
}

base::Status MacPool::Take(const base::MacAddress& mac, const base::Guid& endpoint) {
  const std::string key = MacKey(mac);
  if (const auto owner = transaction_.Get(Table::kEndpointMacs, key)) {
    return base::MakeError(
        base::hr::HCN_E_INVALID_ENDPOINT,
        "the MAC address `" + mac.ToString() + "` belongs to endpoint `" + ReadGuid(*owner).ToString() + "`");
  }
  transaction_.Put(Table::kEndpointMacs, key, Key(endpoint));
  FreeRanges(transaction_, PoolKey()).Take(mac.ToUint64());
  return {};
}

base::Result<base::MacAddress> MacPool::TakeAny(const base::Guid& endpoint) {
  // From where the last one was found, so that an address that was given back
  // rests as long as there are others: peers may still have it in their caches.
  const std::string cursor_key = "mac-cursor" + PoolKey();
  const auto cursor = transaction_.Get(Table::kMeta, cursor_key);
  const auto number = FreeRanges(transaction_, PoolKey()).TakeFrom(cursor ? ReadBigEndian(*cursor) : 0);
  if (!number) {
    return base::MakeError(base::hr::ERROR_TOO_MANY_NAMES, "the MAC pool of network `" + network_.ToString() +
                                                               "` is used up; give the network larger MacPool ranges");
  }
  const auto mac = base::MacAddress::FromUint64(static_cast<std::uint64_t>(*number));
  transaction_.Put(Table::kMeta, cursor_key, Key().AddBigEndian(mac.ToUint64() + 1, 8));
  transaction_.Put(Table::kEndpointMacs, MacKey(mac), Key(endpoint));
  return mac;
}

void MacPool::Release(const base::MacAddress& mac, const std::vector<MacRange>& ranges) {
  transaction_.Erase(Table::kEndpointMacs, MacKey(mac));
  const std::uint64_t number = mac.ToUint64();
  for (const MacRange& range : ranges) {
    if (range.first.ToUint64() <= number && number <= range.last.ToUint64()) {
      FreeRanges(transaction_, PoolKey()).Add(number, number);
      return;
    }
  }
}

std::string MacPool::PoolKey() const { return std::string(Key().AddByte(pools::kMacs).Add(network_).bytes()); }

std::string MacPool::MacKey(const base::MacAddress& mac) const { return std::string(Key(network_).Add(mac).bytes()); }

}  // namespace hns
