// What the entries of the embedded host's table share.
#pragma once

#include <cstdint>

#include "abi/embedded_hcn.h"
#include "abi/handles.h"
#include "base/result.h"

namespace abi {

struct EmbeddedHcn::State {
  State(hns::Service& the_service, std::uint64_t tag) : service(the_service), handles(tag) {}

  hns::Service& service;
  HandleTable handles;
  HcnTable table;
};

inline EmbeddedHcn::State& StateOf(void* context) { return *static_cast<EmbeddedHcn::State*>(context); }

// ERROR_INVALID_HANDLE.
inline base::Result<hns::ObjectRef> Resolve(const EmbeddedHcn::State& state, void* handle, HandleKind kind) {
  const auto target = state.handles.Find(handle, kind);
  if (!target) return base::MakeError(base::hr::ERROR_INVALID_HANDLE, "it is no open handle of this kind and host");
  return hns::ObjectRef{target->id, target->incarnation};
}

// A subscriber that calls a table's callback.
hns::Subscriber SubscriberOf(HcnNotificationCallback callback, void* callback_context);
// Gives out the handle of a subscription; without one the subscription ends.
HRESULT GiveSubscription(EmbeddedHcn::State& state, HandleKind kind, std::uint64_t subscription, HCN_CALLBACK* handle);
HRESULT EndSubscription(EmbeddedHcn::State& state, HandleKind kind, HCN_CALLBACK handle);

}  // namespace abi
