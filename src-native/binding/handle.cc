#include "binding/handle.h"

#include "abi/hcn_table.h"
#include "binding/environment.h"
#include "binding/session.h"

namespace binding {

std::string_view KindName(HandleKind kind) {
  switch (kind) {
    case HandleKind::kNetwork: return "network";
    case HandleKind::kEndpoint: return "endpoint";
    case HandleKind::kNamespace: return "namespace";
    case HandleKind::kLoadBalancer: return "loadBalancer";
    case HandleKind::kSdnRoute: return "sdnRoute";
    case HandleKind::kGuestNetworkService: return "guestNetworkService";
    case HandleKind::kCallback: return "callback";
    case HandleKind::kGuestNetworkServiceCallback: return "guestNetworkServiceCallback";
    case HandleKind::kPortReservation: return "portReservation";
  }
  return {};
}

bool IsCallback(HandleKind kind) {
  return kind == HandleKind::kCallback || kind == HandleKind::kGuestNetworkServiceCallback;
}

base::HResult CloseNative(const abi::HcnTable& table, HandleKind kind, void* value) noexcept {
  switch (kind) {
    case HandleKind::kNetwork: return table.close_network(table.context, value);
    case HandleKind::kEndpoint: return table.close_endpoint(table.context, value);
    case HandleKind::kNamespace: return table.close_namespace(table.context, value);
    case HandleKind::kLoadBalancer: return table.close_load_balancer(table.context, value);
    case HandleKind::kSdnRoute: return table.close_sdn_route(table.context, value);
    case HandleKind::kGuestNetworkService: return table.close_guest_network_service(table.context, value);
    case HandleKind::kCallback: return table.unregister_service_callback(table.context, value);
    case HandleKind::kGuestNetworkServiceCallback:
      return table.unregister_guest_network_service_callback(table.context, value);
    case HandleKind::kPortReservation:
      return table.release_guest_network_service_port_reservation_handle(table.context, value);
  }
  return base::hr::ERROR_INVALID_HANDLE;
}

HandleUse::~HandleUse() {
  if (handle_ == nullptr || --handle_->uses > 0 || handle_->close_after_uses == nullptr) return;
  handle_->session->environment().Submit(std::move(handle_->close_after_uses));
}

napi_value WrapHandle(napi_env env, const Environment& environment, std::shared_ptr<Handle> handle) {
  napi_value object = nullptr;
  napi_value kind = nullptr;
  const std::string_view name = KindName(handle->kind);
  if (napi_create_object(env, &object) != napi_ok) return nullptr;
  if (napi_create_string_latin1(env, name.data(), name.size(), &kind) != napi_ok) return nullptr;
  const napi_property_descriptor property{"kind", nullptr, nullptr, nullptr, nullptr, kind, napi_enumerable, nullptr};
  if (napi_define_properties(env, object, 1, &property) != napi_ok) return nullptr;
  if (napi_type_tag_object(env, object, &environment.handle_tag()) != napi_ok) return nullptr;

  auto* held = new std::shared_ptr<Handle>(std::move(handle));
  const napi_finalize forget = [](napi_env, void* data, void*) {
    auto* collected = static_cast<std::shared_ptr<Handle>*>(data);
    (*collected)->session->Forget(*collected);
    delete collected;
  };
  if (napi_wrap(env, object, held, forget, nullptr, nullptr) == napi_ok) return object;
  delete held;
  return nullptr;
}

std::shared_ptr<Handle> UnwrapHandle(napi_env env, const Environment& environment, napi_value value) {
  napi_valuetype type = napi_undefined;
  if (napi_typeof(env, value, &type) != napi_ok || type != napi_object) return nullptr;
  bool tagged = false;
  if (napi_check_object_type_tag(env, value, &environment.handle_tag(), &tagged) != napi_ok || !tagged) return nullptr;
  void* data = nullptr;
  if (napi_unwrap(env, value, &data) != napi_ok) return nullptr;
  return *static_cast<std::shared_ptr<Handle>*>(data);
}

}  // namespace binding
