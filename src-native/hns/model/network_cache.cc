#include "hns/model/network_cache.h"

#include <optional>
#include <utility>

#include "hns/model/records.h"

namespace hns {

base::Result<std::shared_ptr<const schema::Network>> NetworkCache::Load(Transaction& store, const base::Guid& id) {
  const auto record = FindRecord(store, Table::kNetworks, id);
  if (!record) return NotFound(Table::kNetworks, id);
  const auto it = entries_.find(id);
  if (it != entries_.end() && it->second.document == record->document) return it->second.network;
  std::string document(record->document);
  HNS_ASSIGN_OR_RETURN(schema::Network network, LoadNetwork(store, id));
  auto shared = std::make_shared<const schema::Network>(std::move(network));
  if (entries_.size() >= kMaxEntries) entries_.clear();
  entries_.insert_or_assign(id, Entry{std::move(document), shared});
  return shared;
}

}  // namespace hns
