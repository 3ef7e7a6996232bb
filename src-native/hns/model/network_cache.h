// Networks as read, for calls that come by the thousand and need the same one.
//
// An entry counts only for the very bytes that the transaction has, so nothing
// old is ever seen, whoever changed the store. Reading a network anew for every
// endpoint took a fifth of creating one.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "base/guid.h"
#include "base/result.h"
#include "hns/store/store.h"
#include "schema/network.h"

namespace hns {

// Used by one thread at a time.
class NetworkCache {
 public:
  // HCN_E_NETWORK_NOT_FOUND.
  base::Result<std::shared_ptr<const schema::Network>> Load(Transaction& store, const base::Guid& id);

 private:
  static constexpr std::size_t kMaxEntries = 64;  // Hosts have a handful of networks.
  struct Entry {
    std::string document;
    std::shared_ptr<const schema::Network> network;
  };
  std::unordered_map<base::Guid, Entry, base::GuidHash> entries_;
};

}  // namespace hns
