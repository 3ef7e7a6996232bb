// All the addon has of one JavaScript environment: the main thread's, or a
// Worker's. There are no statics; each environment starts and ends alone.
//
// The end: Node calls TearDown on the environment's thread while Node-API is
// still there. It ends, in this order,
//   1. the pool: calls that run end, calls that wait are dropped;
//   2. the completions: nothing reaches JavaScript any more;
//   3. the sessions: handles are closed and hosts taken down, with their own
//      threads and helper processes.
// Wrappers that JavaScript still holds are finalized later and find all ended.
#pragma once

#include <node_api.h>

#include <memory>
#include <unordered_set>

#include "binding/call_pool.h"
#include "binding/completion_queue.h"

namespace binding {

class Session;

class Environment : public std::enable_shared_from_this<Environment> {
 public:
  // The environment of a module being loaded; null with a pending exception.
  static Environment* Attach(napi_env env);
  static Environment& Of(napi_env env);

  explicit Environment(napi_env env);

  // Runs the call on the pool and settles it on the event loop, which stays
  // alive for it. Dropped when the environment is ending.
  void Submit(std::unique_ptr<Call> call);
  // Each submitted call says so once, when it is settled.
  void OnSettled();

  // Sessions that hold a host.
  void Add(Session& session) { sessions_.insert(&session); }
  void Remove(Session& session) { sessions_.erase(&session); }
  bool ended() const { return ended_; }
  napi_env env() const { return env_; }

  CompletionQueue& completions() { return completions_; }
  // Marks the handles of this environment. Drawn at random, so that a handle of
  // another copy of the addon is no handle here.
  const napi_type_tag& handle_tag() const { return handle_tag_; }

  napi_ref host_constructor = nullptr;
  // What the next NativeHost to be constructed takes.
  std::shared_ptr<Session> session_for_new_host;

 private:
  void TearDown();

  const napi_env env_;
  napi_type_tag handle_tag_{};
  std::size_t unsettled_ = 0;
  bool ended_ = false;
  std::unordered_set<Session*> sessions_;
  CompletionQueue completions_;  // Outlives the pool's threads, which push to it.
  CallPool pool_;
};

}  // namespace binding
