// What a service does because others share its store.
#include <chrono>

#include "hns/change.h"
#include "hns/model/namespaces.h"
#include "hns/model/persistence.h"
#include "hns/program/catch_up.h"
#include "hns/store/memory_store.h"

namespace hns {

namespace {

constexpr std::chrono::milliseconds kWatchInterval(200);

// How many have opened the store before.
std::uint64_t CountOpening(Transaction& store) {
  constexpr std::string_view kCounter = "openings";
  const auto last = store.Get(Table::kMeta, kCounter);
  const std::uint64_t before = last ? ReadBigEndian(*last) : 0;
  store.Put(Table::kMeta, kCounter, Key().AddBigEndian(before + 1, 8));
  return before;
}

}  // namespace

base::Status Service::StartShared() {
  HNS_ASSIGN_OR_RETURN(next_, store_.Pin());
  {
    const std::lock_guard lock(mutex_);
    HNS_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> store, store_.Begin(Access::kWrite));
    // A seed that begins again would draw ids that the store holds.
    random_ = Random(random_.Next() + CountOpening(*store) * 0x9e3779b97f4a7c15);
    RecordingTransaction recording(*store);
    if (store_.is_first()) HNS_RETURN_IF_ERROR(RemoveNonPersistent(recording));
    Context context = ContextOf(recording);
    CreateHostNamespace(context);
    recording.AppendToLog({});
    HNS_RETURN_IF_ERROR(store->Commit());
    HNS_RETURN_IF_ERROR(pinned_->Renew());
    const std::unique_ptr<Transaction> after = pinned_->Read(nullptr);
    seen_ = LastChange(*after);
    MemoryStore empty;
    HNS_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> nothing, empty.Begin(Access::kRead));
    CatchUp(ContextOf(*nothing), ContextOf(*after), switch_).Run(Differences(*nothing, *after).objects);
    HNS_RETURN_IF_ERROR(after->status());
  }
  watcher_ = std::thread([this] { Watch(); });
  return {};
}

void Service::CatchUpTo(Transaction& after, Transaction& before, std::vector<Event>* events) {
  const ChangedObjects changed = ChangesSince(seen_, before, after);
  seen_ = LastChange(after);
  if (!changed.objects.empty()) CatchUp(ContextOf(before), ContextOf(after), switch_).Run(changed.objects);
  for (const Event& event : changed.events) {
    // Who deleted it told its own subscribers before.
    if (event.type == Notification::kNetworkDelete) events->push_back({Notification::kNetworkPreDelete, event.id});
    if (event.type == Notification::kGuestNetworkServiceDelete) reservations_.ReleaseAllOf(event.id);
    events->push_back(event);
  }
}

void Service::Watch() {
  std::unique_lock lock(watch_mutex_);
  while (!watch_wake_.wait_for(lock, kWatchInterval, [&] { return watch_ends_; })) {
    lock.unlock();
    Follow();
    lock.lock();
  }
}

// A folder that cannot be read now is looked at again the next time; calls that
// need it fail with its error.
void Service::Follow() {
  {
    const auto store = store_.Begin(Access::kRead);
    if (!store.ok() || LastChange(**store) == seen_) return;
  }
  std::vector<Event> events;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || !next_->Renew().ok()) return;
    {
      const std::unique_ptr<Transaction> after = next_->Read(nullptr);
      CatchUpTo(*after, *pinned_->Read(after.get()), &events);
    }
    pinned_.swap(next_);
  }
  Deliver(events);
}

}  // namespace hns
