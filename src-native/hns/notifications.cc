#include "hns/notifications.h"

#include <utility>

#include "base/json.h"

namespace hns {

std::uint64_t Notifications::Subscribe(Subscriber subscriber, std::uint64_t watched) {
  std::lock_guard lock(mutex_);
  const std::uint64_t subscription = next_subscription_++;
  subscribers_.emplace(subscription, Subscription{std::make_shared<const Subscriber>(std::move(subscriber)), watched});
  return subscription;
}

bool Notifications::Unsubscribe(std::uint64_t subscription) {
  std::unique_lock lock(mutex_);
  if (subscribers_.erase(subscription) == 0) return false;
  changed_.wait(lock, [&] { return running_ != subscription; });
  return true;
}

void Notifications::Notify(Notification type, const base::Guid& id) {
  {
    std::lock_guard lock(mutex_);
    if (subscribers_.empty()) return;
  }
  base::json::Object data;
  data.Set("ID", id.ToString());
  data.Set("Flags", 0);
  Deliver(type, 0, base::json::Write(std::move(data)));
}

void Notifications::NotifyWatchers(Notification type, std::uint64_t watched, const base::Guid& id,
                                   base::json::Value payload) {
  base::json::Object data;
  data.Set("ID", id.ToString());
  data.Set("Flags", 0);
  data.Set("Data", std::move(payload));
  Deliver(type, watched, base::json::Write(std::move(data)));
}

void Notifications::NotifyDisconnect() { Deliver(Notification::kServiceDisconnect, 0, {}); }

void Notifications::DisconnectAll() {
  std::unique_lock lock(mutex_);
  const std::uint64_t next = next_subscription_;
  lock.unlock();
  NotifyDisconnect();
  lock.lock();
  changed_.wait(lock, [&] { return running_ == 0; });
  subscribers_.erase(subscribers_.begin(), subscribers_.lower_bound(next));
}

void Notifications::Deliver(Notification type, std::uint64_t watched, std::string data) {
  std::unique_lock lock(mutex_);
  const std::uint64_t ticket = next_ticket_++;
  changed_.wait(lock, [&] { return now_serving_ == ticket; });
  // Subscribers may come and go while one is being called.
  std::uint64_t last = 0;
  for (auto it = subscribers_.upper_bound(last); it != subscribers_.end(); it = subscribers_.upper_bound(last)) {
    last = it->first;
    if (it->second.watched != watched && type != Notification::kServiceDisconnect) continue;
    const std::shared_ptr<const Subscriber> subscriber = it->second.subscriber;
    running_ = last;
    lock.unlock();
    (*subscriber)(type, data);
    lock.lock();
    running_ = 0;
    changed_.notify_all();
  }
  ++now_serving_;
  changed_.notify_all();
}

}  // namespace hns
