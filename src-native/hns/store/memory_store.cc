#include "hns/store/memory_store.h"

#include <array>
#include <cassert>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "hns/store/ordered_rows.h"

namespace hns {

struct MemoryStore::State {
  std::shared_mutex mutex;
  std::array<OrderedRows, kTableCount> tables;
};

namespace {

using Tables = std::array<OrderedRows, kTableCount>;
using ValueBytes = OrderedRows::ValueBytes;

std::optional<Entry> ToEntry(const OrderedRows::Row* row) {
  if (row == nullptr) return std::nullopt;
  return Entry{row->key.view(), row->value.view()};
}

class MemoryTransaction final : public Transaction {
 public:
  MemoryTransaction(std::shared_mutex& mutex, Tables& tables, Access access)
      : mutex_(mutex), tables_(tables), access_(access) {
    if (access == Access::kWrite) {
      mutex_.lock();
      undo_.reserve(kUsualWrites);
    } else {
      mutex_.lock_shared();
    }
  }

  ~MemoryTransaction() override {
    if (!ended_) Abort();
  }

  std::optional<std::string_view> Get(Table table, std::string_view key) override {
    const OrderedRows::Row* row = Rows(table).Find(key);
    if (row == nullptr) return std::nullopt;
    return row->value.view();
  }

  std::optional<Entry> Ceiling(Table table, std::string_view key) override {
    return ToEntry(Rows(table).AtOrAfter(key));
  }

  std::optional<Entry> Floor(Table table, std::string_view key) override {
    return ToEntry(Rows(table).AtOrBefore(key));
  }

  void ForEach(Table table, std::string_view prefix, const std::function<bool(const Entry&)>& visit) override {
    Rows(table).ForEach(prefix, [&](const OrderedRows::Row& row) {
      return visit(Entry{row.key.view(), row.value.view()});
    });
  }

  void Put(Table table, std::string_view key, std::string_view value) override {
    assert(access_ == Access::kWrite && !ended_ && key.size() <= kMaxKeyBytes);
    Replaced replaced{table, false, OrderedRows::KeyBytes::Copy(key), {}};
    replaced.existed = Rows(table).Put(replaced.key.view(), ValueBytes::Copy(value), &replaced.value);
    undo_.push_back(replaced);
  }

  bool Erase(Table table, std::string_view key) override {
    assert(access_ == Access::kWrite && !ended_);
    Replaced replaced{table, true, OrderedRows::KeyBytes::Copy(key), {}};
    if (!Rows(table).Erase(replaced.key.view(), &replaced.value)) {
      replaced.key.Free();
      return false;
    }
    undo_.push_back(replaced);
    return true;
  }

  base::Status status() const override { return {}; }

  base::Status Commit() override {
    assert(!ended_);
    for (Replaced& replaced : undo_) {
      replaced.key.Free();
      replaced.value.Free();
    }
    undo_.clear();
    End();
    return {};
  }

 private:
  static constexpr std::size_t kUsualWrites = 32;

  struct Replaced {
    Table table;
    bool existed;
    OrderedRows::KeyBytes key;
    ValueBytes value;  // Empty when nothing was there.
  };

  OrderedRows& Rows(Table table) { return tables_[static_cast<std::size_t>(table)]; }

  void Abort() {
    for (auto it = undo_.rbegin(); it != undo_.rend(); ++it) {
      ValueBytes now;
      if (it->existed) {
        Rows(it->table).Put(it->key.view(), it->value, &now);
      } else {
        Rows(it->table).Erase(it->key.view(), &now);
      }
      now.Free();
      it->key.Free();
    }
    undo_.clear();
    End();
  }

  void End() {
    ended_ = true;
    if (access_ == Access::kWrite) {
      mutex_.unlock();
    } else {
      mutex_.unlock_shared();
    }
  }

  std::shared_mutex& mutex_;
  Tables& tables_;
  const Access access_;
  bool ended_ = false;
  std::vector<Replaced> undo_;
};

}  // namespace

MemoryStore::MemoryStore() : state_(std::make_unique<State>()) {}
MemoryStore::~MemoryStore() = default;

base::Result<std::unique_ptr<Transaction>> MemoryStore::Begin(Access access) {
  return std::unique_ptr<Transaction>(std::make_unique<MemoryTransaction>(state_->mutex, state_->tables, access));
}

}  // namespace hns
