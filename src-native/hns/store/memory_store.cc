#include "hns/store/memory_store.h"

#include <array>
#include <cassert>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

namespace hns {

namespace {

using Rows = std::map<std::string, std::string, std::less<>>;

bool StartsWith(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

}  // namespace

struct MemoryStore::State {
  std::shared_mutex mutex;
  std::array<Rows, kTableCount> tables;
};

namespace {

class MemoryTransaction final : public Transaction {
 public:
  MemoryTransaction(std::shared_mutex& mutex, std::array<Rows, kTableCount>& tables, Access access)
      : mutex_(mutex), tables_(tables), access_(access) {
    if (access == Access::kWrite) {
      mutex_.lock();
    } else {
      mutex_.lock_shared();
    }
  }

  ~MemoryTransaction() override {
    if (!ended_) Abort();
  }

  std::optional<std::string_view> Get(Table table, std::string_view key) override {
    const Rows& rows = RowsOf(table);
    auto it = rows.find(key);
    if (it == rows.end()) return std::nullopt;
    return it->second;
  }

  std::optional<Entry> Ceiling(Table table, std::string_view key) override {
    const Rows& rows = RowsOf(table);
    auto it = rows.lower_bound(key);
    if (it == rows.end()) return std::nullopt;
    return Entry{it->first, it->second};
  }

  std::optional<Entry> Floor(Table table, std::string_view key) override {
    const Rows& rows = RowsOf(table);
    auto it = rows.upper_bound(key);
    if (it == rows.begin()) return std::nullopt;
    --it;
    return Entry{it->first, it->second};
  }

  void ForEach(Table table, std::string_view prefix, const std::function<bool(const Entry&)>& visit) override {
    const Rows& rows = RowsOf(table);
    for (auto it = rows.lower_bound(prefix); it != rows.end() && StartsWith(it->first, prefix); ++it) {
      if (!visit(Entry{it->first, it->second})) return;
    }
  }

  void Put(Table table, std::string_view key, std::string_view value) override {
    assert(access_ == Access::kWrite && !ended_ && key.size() <= kMaxKeyBytes);
    Rows& rows = RowsOf(table);
    auto it = rows.lower_bound(key);
    if (it != rows.end() && it->first == key) {
      undo_.push_back({table, it->first, std::exchange(it->second, std::string(value))});
    } else {
      it = rows.emplace_hint(it, key, value);
      undo_.push_back({table, it->first, std::nullopt});
    }
  }

  bool Erase(Table table, std::string_view key) override {
    assert(access_ == Access::kWrite && !ended_);
    Rows& rows = RowsOf(table);
    auto it = rows.find(key);
    if (it == rows.end()) return false;
    auto node = rows.extract(it);
    undo_.push_back({table, std::move(node.key()), std::move(node.mapped())});
    return true;
  }

  base::Status status() const override { return {}; }

  base::Status Commit() override {
    assert(!ended_);
    undo_.clear();
    End();
    return {};
  }

 private:
  struct Replaced {
    Table table;
    std::string key;
    std::optional<std::string> value;  // nullopt: there was none.
  };

  Rows& RowsOf(Table table) { return tables_[static_cast<std::size_t>(table)]; }

  void Abort() {
    for (auto it = undo_.rbegin(); it != undo_.rend(); ++it) {
      Rows& rows = RowsOf(it->table);
      if (it->value) {
        rows.insert_or_assign(std::move(it->key), *std::move(it->value));
      } else {
        rows.erase(it->key);
      }
    }
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
  std::array<Rows, kTableCount>& tables_;
  Access access_;
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
