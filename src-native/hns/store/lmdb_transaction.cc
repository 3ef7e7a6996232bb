#include "hns/store/lmdb_transaction.h"

#include <lmdb.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <utility>

#include "hns/store/state_error.h"

namespace hns {

namespace {

// The table's number and the key.
class StoredKey {
 public:
  StoredKey(Table table, std::string_view key) : size_(1 + std::min(key.size(), kMaxKeyBytes)) {
    assert(key.size() <= kMaxKeyBytes);
    bytes_[0] = static_cast<char>(table);
    key.copy(&bytes_[1], size_ - 1);  // Of nothing too, which memcpy would not take.
  }
  MDB_val value() { return {size_, bytes_.data()}; }
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, 1 + kMaxKeyBytes> bytes_;
  std::size_t size_;
};

std::string_view View(const MDB_val& value) { return {static_cast<const char*>(value.mv_data), value.mv_size}; }

bool IsOf(Table table, const MDB_val& key) {
  return key.mv_size > 0 && *static_cast<const unsigned char*>(key.mv_data) == static_cast<unsigned char>(table);
}

Entry ToEntry(const MDB_val& key, const MDB_val& value) { return {View(key).substr(1), View(value)}; }

}  // namespace

base::Result<std::unique_ptr<Transaction>> LmdbTransaction::Begin(LmdbEnvironment& environment, Access access) {
  const bool writes = access == Access::kWrite;
  if (writes) HNS_RETURN_IF_ERROR(environment.TakeTurn());
  auto begun = environment.Begin(writes);
  if (!begun.ok()) {
    if (writes) environment.GiveTurn();
    return begun.error();
  }
  return std::unique_ptr<Transaction>(new LmdbTransaction(environment, access, *begun, /*rests=*/false));
}

std::unique_ptr<Transaction> LmdbTransaction::Use(LmdbEnvironment& environment, MDB_txn* transaction, bool nested) {
  environment.Enter(nested);
  return std::unique_ptr<Transaction>(new LmdbTransaction(environment, Access::kRead, transaction, /*rests=*/true));
}

LmdbTransaction::~LmdbTransaction() {
  if (transaction_ != nullptr) {
    CloseCursor();
    if (!rests_) ::mdb_txn_abort(transaction_);
    environment_.Leave();
  }
  if (access_ == Access::kWrite) environment_.GiveTurn();
}

std::optional<std::string_view> LmdbTransaction::Get(Table table, std::string_view key) {
  if (!alive()) return std::nullopt;
  StoredKey stored(table, key);
  MDB_val at = stored.value();
  MDB_val value{};
  const int code = ::mdb_get(transaction_, environment_.database(), &at, &value);
  if (code == MDB_NOTFOUND || !Check(code, "read")) return std::nullopt;
  return View(value);
}

std::optional<Entry> LmdbTransaction::Ceiling(Table table, std::string_view key) {
  MDB_cursor* cursor = Cursor();
  if (cursor == nullptr) return std::nullopt;
  StoredKey stored(table, key);
  MDB_val at = stored.value();
  MDB_val value{};
  const int code = ::mdb_cursor_get(cursor, &at, &value, MDB_SET_RANGE);
  if (code == MDB_NOTFOUND || !Check(code, "read") || !IsOf(table, at)) return std::nullopt;
  return ToEntry(at, value);
}

std::optional<Entry> LmdbTransaction::Floor(Table table, std::string_view key) {
  MDB_cursor* cursor = Cursor();
  if (cursor == nullptr) return std::nullopt;
  StoredKey stored(table, key);
  MDB_val at = stored.value();
  MDB_val value{};
  int code = ::mdb_cursor_get(cursor, &at, &value, MDB_SET_RANGE);
  if (code == 0 && View(at) == stored.view()) return ToEntry(at, value);
  if (code == 0) {
    code = ::mdb_cursor_get(cursor, &at, &value, MDB_PREV);
  } else if (code == MDB_NOTFOUND) {
    code = ::mdb_cursor_get(cursor, &at, &value, MDB_LAST);
  }
  if (code == MDB_NOTFOUND || !Check(code, "read") || !IsOf(table, at)) return std::nullopt;
  return ToEntry(at, value);
}

void LmdbTransaction::ForEach(Table table, std::string_view prefix, const std::function<bool(const Entry&)>& visit) {
  if (!alive()) return;
  // One of its own: `visit` may search.
  MDB_cursor* cursor = nullptr;
  if (!Check(::mdb_cursor_open(transaction_, environment_.database(), &cursor), "read")) return;
  StoredKey stored(table, prefix);
  MDB_val at = stored.value();
  MDB_val value{};
  int code = ::mdb_cursor_get(cursor, &at, &value, MDB_SET_RANGE);
  while (code == 0 && View(at).substr(0, stored.view().size()) == stored.view()) {
    if (!visit(ToEntry(at, value))) break;
    code = ::mdb_cursor_get(cursor, &at, &value, MDB_NEXT);
  }
  ::mdb_cursor_close(cursor);
  if (code != MDB_NOTFOUND) (void)Check(code, "read");
}

void LmdbTransaction::Put(Table table, std::string_view key, std::string_view value) {
  assert(access_ == Access::kWrite);
  if (!alive()) return;
  StoredKey stored(table, key);
  value_.assign(value);
  MDB_val at = stored.value();
  MDB_val data{value_.size(), value_.data()};
  (void)Check(::mdb_put(transaction_, environment_.database(), &at, &data, 0), "write to");
}

bool LmdbTransaction::Erase(Table table, std::string_view key) {
  assert(access_ == Access::kWrite);
  if (!alive()) return false;
  StoredKey stored(table, key);
  MDB_val at = stored.value();
  const int code = ::mdb_del(transaction_, environment_.database(), &at, nullptr);
  return code != MDB_NOTFOUND && Check(code, "write to");
}

base::Status LmdbTransaction::Commit() {
  assert(transaction_ != nullptr && !rests_);
  CloseCursor();
  MDB_txn* transaction = std::exchange(transaction_, nullptr);
  if (status_.ok()) {
    (void)Check(::mdb_txn_commit(transaction), "write to");
  } else {
    ::mdb_txn_abort(transaction);
  }
  environment_.Leave();
  return status_;
}

MDB_cursor* LmdbTransaction::Cursor() {
  if (!alive()) return nullptr;
  if (cursor_ == nullptr) (void)Check(::mdb_cursor_open(transaction_, environment_.database(), &cursor_), "read");
  return cursor_;
}

void LmdbTransaction::CloseCursor() {
  if (cursor_ != nullptr) ::mdb_cursor_close(std::exchange(cursor_, nullptr));
}

bool LmdbTransaction::Check(int code, const char* verb) {
  if (code == 0) return true;
  if (status_.ok()) status_ = LmdbError(code, verb, environment_.folder());
  return false;
}

}  // namespace hns
