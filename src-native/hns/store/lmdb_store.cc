#include "hns/store/lmdb_store.h"

#include <utility>

#include "hns/store/lmdb_transaction.h"

namespace hns {

base::Result<std::unique_ptr<LmdbStore>> LmdbStore::Open(const std::filesystem::path& folder) {
  HNS_ASSIGN_OR_RETURN(EnvironmentLease environment, EnvironmentLease::Open(folder));
  return std::unique_ptr<LmdbStore>(new LmdbStore(std::move(environment)));
}

base::Result<std::unique_ptr<Transaction>> LmdbStore::Begin(Access access) {
  return LmdbTransaction::Begin(*environment_, access);
}

}  // namespace hns
