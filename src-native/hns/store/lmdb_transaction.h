// A transaction on a state folder.
//
// All tables are one of LMDB's: the first byte of a key there is the table's
// number, so a call that changes six tables writes few pages.
#pragma once

#include <string>

#include "hns/store/lmdb_environment.h"
#include "hns/store/store.h"

struct MDB_cursor;

namespace hns {

class LmdbTransaction final : public Transaction {
 public:
  // `environment` outlives the transaction. A writer waits for its turn.
  static base::Result<std::unique_ptr<Transaction>> Begin(LmdbEnvironment& environment, Access access);
  // A reader that rests again afterwards; `nested`: this thread is inside.
  static std::unique_ptr<Transaction> Use(LmdbEnvironment& environment, MDB_txn* transaction, bool nested);
  ~LmdbTransaction() override;

  std::optional<std::string_view> Get(Table table, std::string_view key) override;
  std::optional<Entry> Ceiling(Table table, std::string_view key) override;
  std::optional<Entry> Floor(Table table, std::string_view key) override;
  void ForEach(Table table, std::string_view prefix, const std::function<bool(const Entry&)>& visit) override;
  void Put(Table table, std::string_view key, std::string_view value) override;
  bool Erase(Table table, std::string_view key) override;
  base::Status status() const override { return status_; }
  base::Status Commit() override;

 private:
  LmdbTransaction(LmdbEnvironment& environment, Access access, MDB_txn* transaction, bool rests)
      : environment_(environment), access_(access), rests_(rests), transaction_(transaction) {}

  // Ready for a new search; null after a failure, and once the transaction has ended.
  MDB_cursor* Cursor();
  void CloseCursor();
  // Notes a failure. True for 0.
  bool Check(int code, const char* verb);
  bool alive() const { return transaction_ != nullptr && status_.ok(); }

  LmdbEnvironment& environment_;
  const Access access_;
  const bool rests_;  // Somebody else ends the transaction.
  MDB_txn* transaction_;
  MDB_cursor* cursor_ = nullptr;
  base::Status status_;
  std::string value_;  // What is being put: it may come from the store itself.
};

}  // namespace hns
