#include "hns/change_log.h"

#include <string>

namespace hns {

namespace {

constexpr std::string_view kCounter = "changes";
constexpr std::uint64_t kKept = 1024;

// A change's row: marks of one byte, each with what belongs to it.
constexpr char kObject = 'o';  // Table (1), id (16).
constexpr char kEvent = 'e';   // Notification (4), id (16).
constexpr std::size_t kObjectBytes = 1 + 1 + 16;
constexpr std::size_t kEventBytes = 1 + 4 + 16;

Key NumberKey(std::uint64_t number) { return Key().AddBigEndian(number, 8); }

void ReadRow(std::string_view row, ChangedObjects* changed) {
  while (!row.empty()) {
    if (row[0] == kObject && row.size() >= kObjectBytes) {
      changed->objects.emplace(static_cast<Table>(row[1]), ReadGuid(row.substr(2, 16)));
      row.remove_prefix(kObjectBytes);
    } else if (row[0] == kEvent && row.size() >= kEventBytes) {
      changed->events.emplace_back(static_cast<Notification>(ReadBigEndian(row.substr(1, 4))),
                                   ReadGuid(row.substr(5, 16)));
      row.remove_prefix(kEventBytes);
    } else {
      return;
    }
  }
}

void AddDifferences(Table table, Transaction& from, Transaction& to, ChangedObjects* changed) {
  from.ForEach(table, {}, [&](const Entry& entry) {
    if (to.Get(table, entry.key) != entry.value) changed->objects.emplace(table, ReadGuid(entry.key));
    return true;
  });
}

// What subscribers would have been told one by one.
void AddEvents(Transaction& before, Transaction& after, ChangedObjects* changed) {
  for (const auto& [table, id] : changed->objects) {
    const Key key(id);
    const bool was = before.Get(table, key).has_value();
    const bool is = after.Get(table, key).has_value();
    if (was == is) continue;
    if (table == Table::kNetworks && is) changed->events.emplace_back(Notification::kNetworkPreCreate, id);
    if (table == Table::kNetworks) {
      changed->events.emplace_back(is ? Notification::kNetworkCreate : Notification::kNetworkDelete, id);
    }
    if (table == Table::kNamespaces) {
      changed->events.emplace_back(is ? Notification::kNamespaceCreate : Notification::kNamespaceDelete, id);
    }
    if (table == Table::kGuestNetworkServices) {
      changed->events.emplace_back(
          is ? Notification::kGuestNetworkServiceCreate : Notification::kGuestNetworkServiceDelete, id);
    }
  }
}

}  // namespace

void RecordingTransaction::AppendToLog(const std::vector<Event>& events) {
  if (touched_.empty() && events.empty()) return;
  std::string row;
  for (const auto& [table, id] : touched_) {
    row += kObject;
    row += static_cast<char>(table);
    row += Key(id).bytes();
  }
  for (const auto& [type, id] : events) {
    row += kEvent;
    row += Key().AddBigEndian(static_cast<std::uint32_t>(type), 4).Add(id).bytes();
  }
  const std::uint64_t number = LastChange(real_) + 1;
  real_.Put(Table::kChanges, NumberKey(number), row);
  if (number > kKept) real_.Erase(Table::kChanges, NumberKey(number - kKept));
  real_.Put(Table::kMeta, kCounter, NumberKey(number));
}

std::uint64_t LastChange(Transaction& store) {
  const auto last = store.Get(Table::kMeta, kCounter);
  return last ? ReadBigEndian(*last) : 0;
}

ChangedObjects ChangesSince(std::uint64_t since, Transaction& before, Transaction& after) {
  ChangedObjects changed;
  if (LastChange(after) == since) return changed;
  if (!after.Get(Table::kChanges, NumberKey(since + 1))) {
    changed = Differences(before, after);
    AddEvents(before, after, &changed);
    return changed;
  }
  for (std::uint64_t number = since + 1; number <= LastChange(after); ++number) {
    if (const auto row = after.Get(Table::kChanges, NumberKey(number))) ReadRow(*row, &changed);
  }
  return changed;
}

ChangedObjects Differences(Transaction& before, Transaction& after) {
  ChangedObjects changed;
  for (const Table table : {Table::kNetworks, Table::kEndpoints, Table::kNamespaces, Table::kLoadBalancers,
                            Table::kSdnRoutes, Table::kGuestNetworkServices}) {
    AddDifferences(table, before, after, &changed);
    AddDifferences(table, after, before, &changed);
  }
  return changed;
}

}  // namespace hns
