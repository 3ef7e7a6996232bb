// Who is told when objects come and go.
//
// Every subscriber sees the same events in the same order. They are delivered
// by the thread whose call caused them, outside all other locks; a second
// thread waits its turn, so when a call returns, its events have been seen.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/guid.h"
#include "base/json.h"

namespace hns {

// HCN_NOTIFICATIONS; the numbers are hexadecimal.
enum class Notification : std::uint32_t {
  kNetworkPreCreate = 0x01,
  kNetworkCreate = 0x02,
  kNetworkPreDelete = 0x03,
  kNetworkDelete = 0x04,
  kNamespaceCreate = 0x05,
  kNamespaceDelete = 0x06,
  kGuestNetworkServiceCreate = 0x07,
  kGuestNetworkServiceDelete = 0x08,
  kGuestNetworkServiceStateChanged = 0x11,
  kServiceDisconnect = 0x01000000,
};

// `data`: JSON, or empty for none; good during the call. Must not call back.
using Subscriber = std::function<void(Notification type, const std::string& data)>;

class Notifications {
 public:
  // Never zero. `watched`: the incarnation of the one object it is about; 0: the
  // service's own notifications.
  std::uint64_t Subscribe(Subscriber subscriber, std::uint64_t watched = 0);
  // False when unknown. Returns when no call of the subscriber is running and
  // none can follow. Must not be called from a subscriber.
  bool Unsubscribe(std::uint64_t subscription);
  // Returns when every subscriber has been told.
  void Notify(Notification type, const base::Guid& id);
  // Tells those who watch an object.
  void NotifyWatchers(Notification type, std::uint64_t watched, const base::Guid& id, base::json::Value data);
  // Tells everybody.
  void NotifyDisconnect();
  // The same, and whoever has been told hears no more.
  void DisconnectAll();

 private:
  struct Subscription {
    std::shared_ptr<const Subscriber> subscriber;
    std::uint64_t watched = 0;
  };

  void Deliver(Notification type, std::uint64_t watched, std::string data);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, Subscription> subscribers_;
  std::uint64_t next_subscription_ = 1;
  std::uint64_t next_ticket_ = 0;  // Deliveries take turns in this order.
  std::uint64_t now_serving_ = 0;
  std::uint64_t running_ = 0;  // The subscription being called; 0: none.
};

}  // namespace hns
