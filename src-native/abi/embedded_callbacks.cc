#include <string>

#include "abi/embedded_state.h"
#include "base/utf16.h"

namespace abi {

hns::Subscriber SubscriberOf(HcnNotificationCallback callback, void* callback_context) {
  return [callback, callback_context](hns::Notification type, const std::string& data) {
    const auto text = base::Utf8ToUtf16(data);
    callback(static_cast<std::uint32_t>(type), callback_context, base::hr::OK,
             data.empty() || !text ? nullptr : text->c_str());
  };
}

HRESULT GiveSubscription(EmbeddedHcn::State& state, HandleKind kind, std::uint64_t subscription, HCN_CALLBACK* handle) {
  *handle = state.handles.Open(kind, {{}, subscription});
  if (*handle != nullptr) return base::hr::OK;
  state.service.notifications().Unsubscribe(subscription);
  return base::hr::E_OUTOFMEMORY;
}

HRESULT EndSubscription(EmbeddedHcn::State& state, HandleKind kind, HCN_CALLBACK handle) {
  // Closed first, so that of two calls with one handle only one goes on.
  const auto target = state.handles.Close(handle, kind);
  if (!target) return base::hr::ERROR_INVALID_HANDLE;
  state.service.notifications().Unsubscribe(target->incarnation);
  return base::hr::OK;
}

}  // namespace abi
