#include "hns/store/lmdb_store.h"

#include <lmdb.h>

#include <utility>

#include "hns/store/lmdb_transaction.h"

namespace hns {

namespace {

class LmdbSnapshot final : public Snapshot {
 public:
  LmdbSnapshot(LmdbEnvironment& environment, MDB_txn* transaction)
      : environment_(environment), transaction_(transaction) {}
  ~LmdbSnapshot() override { ::mdb_txn_abort(transaction_); }

  base::Status Renew() override {
    ::mdb_txn_reset(transaction_);
    return environment_.Renew(transaction_);
  }

  std::unique_ptr<Transaction> Read(const Transaction* within) override {
    return LmdbTransaction::Use(environment_, transaction_, within != nullptr);
  }

 private:
  LmdbEnvironment& environment_;
  MDB_txn* const transaction_;
};

}  // namespace

base::Result<std::unique_ptr<LmdbStore>> LmdbStore::Open(const std::filesystem::path& folder,
                                                         const LayoutPlan& layout) {
  HNS_ASSIGN_OR_RETURN(EnvironmentLease environment, EnvironmentLease::Open(folder));
  std::unique_ptr<LmdbStore> store(new LmdbStore(std::move(environment)));
  HNS_RETURN_IF_ERROR(BringToLayout(*store, layout));
  store->environment_.EndOpening();
  return store;
}

base::Result<std::unique_ptr<Transaction>> LmdbStore::Begin(Access access) {
  return LmdbTransaction::Begin(*environment_, access);
}

base::Result<std::unique_ptr<Snapshot>> LmdbStore::Pin() {
  HNS_ASSIGN_OR_RETURN(MDB_txn * transaction, environment_->Begin(/*writes=*/false));
  environment_->Leave();
  return std::unique_ptr<Snapshot>(std::make_unique<LmdbSnapshot>(*environment_, transaction));
}

}  // namespace hns
