// Where the objects live: ordered tables of bytes behind transactions.
//
// Every HCN call is one transaction, and what a call needs it reads from the
// transaction; nothing is remembered from one call to the next. So several
// processes may share a durable store, and a call that fails leaves no trace.
//
// Keys and values are bytes. Keys order as unsigned bytes, have at most
// kMaxKeyBytes, and secondary indexes are tables like any other (tables.h): no
// store needs to understand what it keeps.
//
// Failures. A write that fails poisons its transaction: reads then find
// nothing, and Commit gives the first failure. Callers therefore check once, at
// the end, and a rule that misread a poisoned table never gets to commit.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "hns/store/tables.h"

namespace hns {

inline constexpr std::size_t kMaxKeyBytes = 500;

struct Entry {
  std::string_view key;
  std::string_view value;
};

// Used by one thread. Every view it gives is good until the transaction's next
// write or its end, whichever is first.
class Transaction {
 public:
  // Aborts what was not committed.
  virtual ~Transaction() = default;

  virtual std::optional<std::string_view> Get(Table table, std::string_view key) = 0;
  // The entry with the lowest key >= `key`, or the highest key <= `key`.
  virtual std::optional<Entry> Ceiling(Table table, std::string_view key) = 0;
  virtual std::optional<Entry> Floor(Table table, std::string_view key) = 0;
  // In order of keys, while `visit` returns true. `visit` must not write.
  virtual void ForEach(Table table, std::string_view prefix, const std::function<bool(const Entry&)>& visit) = 0;

  // REQUIRES: a transaction begun for writing.
  virtual void Put(Table table, std::string_view key, std::string_view value) = 0;
  // False when there was no such key.
  virtual bool Erase(Table table, std::string_view key) = 0;

  // The first failure of any operation so far.
  virtual base::Status status() const = 0;
  // Makes all writes visible and durable, or none. Ends the transaction.
  virtual base::Status Commit() = 0;
};

enum class Access { kRead, kWrite };

// One state of a store, kept while others change it; at rest between two uses.
// Used by one thread at a time.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  // From now on it is the state committed last.
  virtual base::Status Renew() = 0;
  // `within`: a transaction of the same store that this thread has open, or null.
  virtual std::unique_ptr<Transaction> Read(const Transaction* within) = 0;
};

class Store {
 public:
  virtual ~Store() = default;
  // Waits for another writer. A reader sees one state from beginning to end. The
  // next writer's turn comes when the transaction is destroyed, not before.
  virtual base::Result<std::unique_ptr<Transaction>> Begin(Access access) = 0;
  // The state committed last. Null: nobody but who has this object can change
  // the store, so nothing need be pinned.
  virtual base::Result<std::unique_ptr<Snapshot>> Pin() { return std::unique_ptr<Snapshot>(); }
  // Nobody else had the store when it was opened.
  virtual bool is_first() const { return true; }
};

}  // namespace hns
