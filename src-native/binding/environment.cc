#include "binding/environment.h"

#include <cstring>
#include <utility>
#include <vector>

#include "base/guid.h"
#include "binding/session.h"

namespace binding {

Environment* Environment::Attach(napi_env env) {
  auto environment = std::make_shared<Environment>(env);
  // Hooks run last in, first out: ours comes before that of the queue's function.
  if (environment->completions_.Open(env) != napi_ok) {
    napi_throw_error(env, nullptr, "hns-vfp: the event loop gives no thread-safe function");
    return nullptr;
  }
  auto* owner = new std::shared_ptr<Environment>(environment);
  napi_set_instance_data(
      env, owner, [](napi_env, void* data, void*) { delete static_cast<std::shared_ptr<Environment>*>(data); },
      nullptr);
  napi_add_env_cleanup_hook(
      env, [](void* data) { static_cast<Environment*>(data)->TearDown(); }, environment.get());
  return environment.get();
}

Environment& Environment::Of(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return **static_cast<std::shared_ptr<Environment>*>(data);
}

Environment::Environment(napi_env env) : env_(env), pool_(completions_) {
  const base::Guid drawn = base::Guid::Random();
  static_assert(sizeof(handle_tag_) == sizeof(drawn));
  std::memcpy(&handle_tag_, &drawn, sizeof(drawn));
}

void Environment::Submit(std::unique_ptr<Call> call) {
  if (ended_) return;
  if (unsettled_++ == 0) completions_.Hold(env_);
  pool_.Submit(std::move(call));
}

void Environment::OnSettled() {
  if (--unsettled_ == 0) completions_.LetGo(env_);
}

void Environment::TearDown() {
  ended_ = true;
  for (Session* session : sessions_) session->ReleaseFaults();
  pool_.Stop();
  completions_.Close();
  const std::vector<Session*> sessions(sessions_.begin(), sessions_.end());
  for (Session* session : sessions) session->TearDown();
  if (host_constructor != nullptr) napi_delete_reference(env_, std::exchange(host_constructor, nullptr));
}

}  // namespace binding
