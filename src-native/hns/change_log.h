// What each change to a shared store touched, in the store itself: by it other
// processes find what to program and whom to tell.
//
// Only so many changes are kept. Who has missed more compares everything.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "base/guid.h"
#include "hns/notifications.h"
#include "hns/store/store.h"

namespace hns {

struct Event {
  Notification type = Notification::kNetworkCreate;
  base::Guid id;
  // Of kGuestNetworkServiceStateChanged: which service of that id, and its state then.
  std::uint64_t incarnation = 0;
  std::uint16_t state = 0;
};

struct ChangedObjects {
  std::set<std::pair<Table, base::Guid>> objects;
  std::vector<Event> events;  // In order.
};

// Passes everything on to a transaction, and notes which objects are written.
class RecordingTransaction final : public Transaction {
 public:
  explicit RecordingTransaction(Transaction& real) : real_(real) {}

  std::optional<std::string_view> Get(Table table, std::string_view key) override { return real_.Get(table, key); }
  std::optional<Entry> Ceiling(Table table, std::string_view key) override { return real_.Ceiling(table, key); }
  std::optional<Entry> Floor(Table table, std::string_view key) override { return real_.Floor(table, key); }
  void ForEach(Table table, std::string_view prefix, const std::function<bool(const Entry&)>& visit) override {
    real_.ForEach(table, prefix, visit);
  }
  void Put(Table table, std::string_view key, std::string_view value) override {
    Note(table, key);
    real_.Put(table, key, value);
  }
  bool Erase(Table table, std::string_view key) override {
    Note(table, key);
    return real_.Erase(table, key);
  }
  base::Status status() const override { return real_.status(); }
  base::Status Commit() override { return real_.Commit(); }

  // Writes what was noted, and `events`, as the next change; nothing when there is neither.
  void AppendToLog(const std::vector<Event>& events);

 private:
  void Note(Table table, std::string_view key) {
    if (HoldsObjects(table)) touched_.emplace(table, ReadGuid(key));
  }

  Transaction& real_;
  std::set<std::pair<Table, base::Guid>> touched_;
};

// The number of the last change; 0 before the first.
std::uint64_t LastChange(Transaction& store);
// Everything that changed after the change `since`. `before`: the state then,
// for when the log does not reach back.
ChangedObjects ChangesSince(std::uint64_t since, Transaction& before, Transaction& after);
// Every object that is not the same in both.
ChangedObjects Differences(Transaction& before, Transaction& after);

}  // namespace hns
