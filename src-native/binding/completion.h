// What waits for the event loop: the end of a call, or a notification.
//
// This room is written on Node-API itself. node-addon-api ends the process when
// a call into JavaScript fails, and while a Worker is being terminated every one
// of them does.
#pragma once

#include <node_api.h>

namespace binding {

// Calls are destroyed on the event loop's thread, settled or not: an environment
// that ends drops what it cannot deliver any more. A notification that comes
// after that is dropped where it came from.
class Completion {
 public:
  virtual ~Completion() = default;
  // On the event loop's thread, in the order of arrival. JavaScript may be
  // ending meanwhile: every Node-API call can fail, and none may be insisted on.
  virtual void Settle(napi_env env) = 0;
};

// A completion with work before it.
class Call : public Completion {
 public:
  // On a thread of the pool. Touches nothing of JavaScript.
  virtual void Run() noexcept = 0;
};

}  // namespace binding
