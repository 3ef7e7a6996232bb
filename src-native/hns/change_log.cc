#include "hns/change_log.h"

#include <string>

#include "hns/model/records.h"

namespace hns {

namespace {

constexpr std::string_view kCounter = "changes";
constexpr std::uint64_t kKept = 1024;

// A change's row: marks of one byte, each with what belongs to it.
constexpr char kObject = 'o';  // Table (1), id (16).
constexpr char kEvent = 'e';   // Notification (4), id (16).
constexpr char kState = 's';   // Of a guest network service: id (16), incarnation (8), state (2).
constexpr std::size_t kObjectBytes = 1 + 1 + 16;
constexpr std::size_t kEventBytes = 1 + 4 + 16;
constexpr std::size_t kStateBytes = 1 + 16 + 8 + 2;

Key NumberKey(std::uint64_t number) { return Key().AddBigEndian(number, 8); }

void ReadRow(std::string_view row, ChangedObjects* changed) {
  while (!row.empty()) {
    if (row[0] == kObject && row.size() >= kObjectBytes) {
      changed->objects.emplace(static_cast<Table>(row[1]), ReadGuid(row.substr(2, 16)));
      row.remove_prefix(kObjectBytes);
    } else if (row[0] == kEvent && row.size() >= kEventBytes) {
      changed->events.push_back(
          {static_cast<Notification>(ReadBigEndian(row.substr(1, 4))), ReadGuid(row.substr(5, 16))});
      row.remove_prefix(kEventBytes);
    } else if (row[0] == kState && row.size() >= kStateBytes) {
      changed->events.push_back({Notification::kGuestNetworkServiceStateChanged, ReadGuid(row.substr(1, 16)),
                                 ReadBigEndian(row.substr(17, 8)),
                                 static_cast<std::uint16_t>(ReadBigEndian(row.substr(25, 2)))});
      row.remove_prefix(kStateBytes);
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

void AddEventsOf(Table table, const base::Guid& id, bool comes, std::vector<Event>* events) {
  if (table == Table::kNetworks && comes) events->push_back({Notification::kNetworkPreCreate, id});
  if (table == Table::kNetworks) {
    events->push_back({comes ? Notification::kNetworkCreate : Notification::kNetworkDelete, id});
  }
  if (table == Table::kNamespaces) {
    events->push_back({comes ? Notification::kNamespaceCreate : Notification::kNamespaceDelete, id});
  }
  if (table == Table::kGuestNetworkServices) {
    events->push_back(
        {comes ? Notification::kGuestNetworkServiceCreate : Notification::kGuestNetworkServiceDelete, id});
  }
}

// What subscribers would have been told one by one; of a guest network service's
// states, the last.
void AddEvents(Transaction& before, Transaction& after, ChangedObjects* changed) {
  for (const auto& [table, id] : changed->objects) {
    const auto was = FindRecord(before, table, id);
    const auto is = FindRecord(after, table, id);
    const bool same = was && is && was->incarnation == is->incarnation;
    if (was && !same) AddEventsOf(table, id, /*comes=*/false, &changed->events);
    if (is && !same) AddEventsOf(table, id, /*comes=*/true, &changed->events);
    if (!same || table != Table::kGuestNetworkServices) continue;
    const auto old = LoadGuestNetworkService(before, id);
    const auto now = LoadGuestNetworkService(after, id);
    if (!old.ok() || !now.ok() || !now->state || old->state == now->state) continue;
    changed->events.push_back(
        {Notification::kGuestNetworkServiceStateChanged, id, is->incarnation, now->state.value_or(0)});
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
  for (const Event& event : events) {
    if (event.type == Notification::kGuestNetworkServiceStateChanged) {
      row += kState;
      row += Key(event.id).AddBigEndian(event.incarnation, 8).AddBigEndian(event.state, 2).bytes();
    } else {
      row += kEvent;
      row += Key().AddBigEndian(static_cast<std::uint32_t>(event.type), 4).Add(event.id).bytes();
    }
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
