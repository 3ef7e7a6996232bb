#include "hns/notifications.h"

#include <utility>

#include "base/json.h"

namespace hns {

std::uint64_t Notifications::Subscribe(Subscriber subscriber) {
  std::lock_guard lock(mutex_);
  const std::uint64_t subscription = next_subscription_++;
  subscribers_.emplace(subscription, std::make_shared<const Subscriber>(std::move(subscriber)));
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
  Deliver(type, base::json::Write(std::move(data)));
}

void Notifications::NotifyDisconnect() { Deliver(Notification::kServiceDisconnect, {}); }

void Notifications::Deliver(Notification type, std::string data) {
  std::unique_lock lock(mutex_);
  const std::uint64_t ticket = next_ticket_++;
  changed_.wait(lock, [&] { return now_serving_ == ticket; });
  // Subscribers may come and go while one is being called.
  std::uint64_t last = 0;
  for (auto it = subscribers_.upper_bound(last); it != subscribers_.end(); it = subscribers_.upper_bound(last)) {
    last = it->first;
    const std::shared_ptr<const Subscriber> subscriber = it->second;
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
