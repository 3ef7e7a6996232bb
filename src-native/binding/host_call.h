// A call on a session's host. From its making to its destruction the host stands.
#pragma once

#include <memory>

#include "binding/promise_call.h"
#include "binding/session.h"

namespace binding {

class HostCall : public PromiseCall {
 public:
  explicit HostCall(Session& session) : PromiseCall(session.environment()), session_(session.shared_from_this()) {
    session_->CallBegins();
  }
  // After the destructors of deeper classes, which may give back what the host gave.
  ~HostCall() override { session_->CallEnded(); }

 protected:
  Session& session() const { return *session_; }

 private:
  const std::shared_ptr<Session> session_;
};

}  // namespace binding
