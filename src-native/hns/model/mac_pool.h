// The MAC addresses a network gives its endpoints.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/guid.h"
#include "base/mac_address.h"
#include "base/result.h"
#include "hns/store/store.h"

namespace hns {

struct MacRange {  // Inclusive.
  base::MacAddress first;
  base::MacAddress last;
};

// Windows' default: 4096 addresses 00-15-5D-RR-N0-00 to 00-15-5D-RR-NF-FF. The
// block is one no other network has by default, as long as there is one.
MacRange TakeDefaultMacRange(Transaction& transaction, std::uint64_t random);
// A range that was asked for is not given to others by default; nor is it
// refused to who asks for it too, as equal ranges may coexist on Windows.
void ClaimMacRange(Transaction& transaction, const MacRange& range);
void ReleaseMacRange(Transaction& transaction, const MacRange& range);

class MacPool {
 public:
  MacPool(Transaction& transaction, const base::Guid& network) : transaction_(transaction), network_(network) {}

  void AddRange(const MacRange& range);
  void Clear();

  // Gives `mac`, of the pool or not. HCN_E_INVALID_ENDPOINT: another local
  // endpoint of the network has it. Unverified: the code.
  base::Status Take(const base::MacAddress& mac, const base::Guid& endpoint);
  // Gives any. ERROR_TOO_MANY_NAMES when the pool is used up. Unverified: the code.
  base::Result<base::MacAddress> TakeAny(const base::Guid& endpoint);
  // `ranges`: the network's.
  void Release(const base::MacAddress& mac, const std::vector<MacRange>& ranges);

 private:
  std::string PoolKey() const;
  std::string MacKey(const base::MacAddress& mac) const;

  Transaction& transaction_;
  base::Guid network_;
};

}  // namespace hns
