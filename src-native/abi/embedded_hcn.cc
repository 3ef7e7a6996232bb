#include "abi/embedded_hcn.h"

#include <string>
#include <utility>

#include "abi/embedded_guest.h"
#include "abi/embedded_state.h"
#include "abi/strings.h"
#include "base/json.h"
#include "base/utf16.h"
#include "hns/v1_call.h"

namespace abi {

namespace {

using hns::ObjectKind;
using hns::ObjectRef;
using State = EmbeddedHcn::State;

constexpr HandleKind HandleKindOf(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kNetwork: return HandleKind::kNetwork;
    case ObjectKind::kEndpoint: return HandleKind::kEndpoint;
    case ObjectKind::kNamespace: return HandleKind::kNamespace;
    case ObjectKind::kLoadBalancer: return HandleKind::kLoadBalancer;
    case ObjectKind::kSdnRoute: return HandleKind::kSdnRoute;
    case ObjectKind::kGuestNetworkService: break;
  }
  return HandleKind::kGuestNetworkService;
}

template <ObjectKind kKind>
constexpr HandleKind kHandleKind = HandleKindOf(kKind);

State& Of(void* context) { return StateOf(context); }

// Null at entry, as the contract says.
void Clear(char16_t** text) {
  if (text != nullptr) *text = nullptr;
}

base::Error BadPointer() { return base::MakeError(base::hr::E_POINTER, "a place for the result is missing"); }

HRESULT Finish(const base::Status& status, char16_t** error_record) {
  return status.ok() ? base::hr::OK : Fail(status.error(), error_record);
}

HRESULT GiveText(const base::Result<std::string>& result, char16_t** out, char16_t** error_record) {
  if (!result.ok()) return Fail(result.error(), error_record);
  *out = NewText(*result);
  return *out != nullptr ? base::hr::OK : Fail(base::MakeError(base::hr::E_OUTOFMEMORY), error_record);
}

HRESULT GiveHandle(State& state, const base::Result<ObjectRef>& result, HandleKind kind, void** out,
                   char16_t** error_record) {
  if (!result.ok()) return Fail(result.error(), error_record);
  *out = state.handles.Open(kind, {result->id, result->incarnation});
  return *out != nullptr ? base::hr::OK : Fail(base::MakeError(base::hr::E_OUTOFMEMORY), error_record);
}

// --- What all kinds share ---

template <ObjectKind kKind>
HRESULT Enumerate(void* context, const char16_t* query, char16_t** ids, char16_t** error_record) noexcept {
  Clear(ids);
  Clear(error_record);
  if (ids == nullptr) return Fail(BadPointer(), error_record);
  const auto text = ReadText(query);
  if (!text.ok()) return Fail(text.error(), error_record);
  return GiveText(Of(context).service.Enumerate(kKind, *text), ids, error_record);
}

template <ObjectKind kKind>
HRESULT Open(void* context, const base::Guid& id, void** handle, char16_t** error_record) noexcept {
  Clear(error_record);
  if (handle == nullptr) return Fail(BadPointer(), error_record);
  *handle = nullptr;
  State& state = Of(context);
  return GiveHandle(state, state.service.Open(kKind, id), kHandleKind<kKind>, handle, error_record);
}

template <ObjectKind kKind>
HRESULT Query(void* context, void* handle, const char16_t* query, char16_t** properties,
              char16_t** error_record) noexcept {
  Clear(properties);
  Clear(error_record);
  if (properties == nullptr) return Fail(BadPointer(), error_record);
  State& state = Of(context);
  const auto object = Resolve(state, handle, kHandleKind<kKind>);
  if (!object.ok()) return Fail(object.error(), error_record);
  const auto text = ReadText(query);
  if (!text.ok()) return Fail(text.error(), error_record);
  return GiveText(state.service.Query(kKind, *object, *text), properties, error_record);
}

template <ObjectKind kKind>
HRESULT Close(void* context, void* handle) noexcept {
  return Of(context).handles.Close(handle, kHandleKind<kKind>) ? base::hr::OK : base::hr::ERROR_INVALID_HANDLE;
}

// --- What calls a function of the service's own ---

template <ObjectKind kKind, auto kCreate>
HRESULT Create(void* context, const base::Guid& id, const char16_t* settings, void** handle,
               char16_t** error_record) noexcept {
  Clear(error_record);
  if (handle == nullptr) return Fail(BadPointer(), error_record);
  *handle = nullptr;
  const auto text = ReadText(settings);
  if (!text.ok()) return Fail(text.error(), error_record);
  State& state = Of(context);
  return GiveHandle(state, (state.service.*kCreate)(id, *text), kHandleKind<kKind>, handle, error_record);
}

HRESULT CreateEndpoint(void* context, HCN_NETWORK network, const base::Guid& id, const char16_t* settings,
                       HCN_ENDPOINT* endpoint, char16_t** error_record) noexcept {
  Clear(error_record);
  if (endpoint == nullptr) return Fail(BadPointer(), error_record);
  *endpoint = nullptr;
  State& state = Of(context);
  const auto parent = Resolve(state, network, HandleKind::kNetwork);
  if (!parent.ok()) return Fail(parent.error(), error_record);
  const auto text = ReadText(settings);
  if (!text.ok()) return Fail(text.error(), error_record);
  return GiveHandle(state, state.service.CreateEndpoint(*parent, id, *text), HandleKind::kEndpoint, endpoint,
                    error_record);
}

template <ObjectKind kKind, auto kQuery>
HRESULT Ask(void* context, void* handle, const char16_t* query, char16_t** answer, char16_t** error_record) noexcept {
  Clear(answer);
  Clear(error_record);
  if (answer == nullptr) return Fail(BadPointer(), error_record);
  State& state = Of(context);
  const auto object = Resolve(state, handle, kHandleKind<kKind>);
  if (!object.ok()) return Fail(object.error(), error_record);
  const auto text = ReadText(query);
  if (!text.ok()) return Fail(text.error(), error_record);
  return GiveText((state.service.*kQuery)(*object, *text), answer, error_record);
}

template <ObjectKind kKind, auto kModify>
HRESULT Modify(void* context, void* handle, const char16_t* settings, char16_t** error_record) noexcept {
  Clear(error_record);
  State& state = Of(context);
  const auto object = Resolve(state, handle, kHandleKind<kKind>);
  if (!object.ok()) return Fail(object.error(), error_record);
  const auto text = ReadText(settings);
  if (!text.ok()) return Fail(text.error(), error_record);
  return Finish((state.service.*kModify)(*object, *text), error_record);
}

template <auto kDelete>
HRESULT Delete(void* context, const base::Guid& id, char16_t** error_record) noexcept {
  Clear(error_record);
  return Finish((Of(context).service.*kDelete)(id), error_record);
}

HRESULT HnsCall(void* context, const char16_t* method, const char16_t* path, const char16_t* request,
                char16_t** response, char16_t** error_record) noexcept {
  Clear(response);
  Clear(error_record);
  if (response == nullptr) return Fail(BadPointer(), error_record);
  const auto method_text = ReadText(method);
  if (!method_text.ok()) return Fail(method_text.error(), error_record);
  const auto path_text = ReadText(path);
  if (!path_text.ok()) return Fail(path_text.error(), error_record);
  const auto request_text = ReadText(request);
  if (!request_text.ok()) return Fail(request_text.error(), error_record);
  auto output = hns::HnsCall(Of(context).service, *method_text, *path_text, *request_text);
  if (!output.ok()) {
    Fail(output.error(), response);  // The record is the envelope of a failure.
    return *response != nullptr ? base::hr::OK : base::hr::E_OUTOFMEMORY;
  }
  base::json::Object envelope;
  envelope.Set("Success", true);
  if (!output->IsNull()) envelope.Set("Output", std::move(*output));
  return GiveText(base::json::Write(base::json::Value(std::move(envelope))), response, error_record);
}

HRESULT RegisterCallback(void* context, HcnNotificationCallback callback, void* callback_context,
                         HCN_CALLBACK* handle) noexcept {
  if (handle == nullptr || callback == nullptr) return base::hr::E_POINTER;
  *handle = nullptr;
  State& state = Of(context);
  const std::uint64_t subscription = state.service.notifications().Subscribe(SubscriberOf(callback, callback_context));
  return GiveSubscription(state, HandleKind::kCallback, subscription, handle);
}

HRESULT UnregisterCallback(void* context, HCN_CALLBACK handle) noexcept {
  return EndSubscription(Of(context), HandleKind::kCallback, handle);
}

// --- What nobody has published ---

HRESULT RegisterNetworkCallback(void*, HCN_NETWORK, HcnNotificationCallback, void*, HCN_CALLBACK* handle) noexcept {
  if (handle != nullptr) *handle = nullptr;
  return base::hr::E_NOTIMPL;
}

HRESULT UnregisterNetworkCallback(void*, HCN_CALLBACK) noexcept { return base::hr::E_NOTIMPL; }

HRESULT QueryUnpublished(void*, const char16_t*, char16_t** answer, char16_t** error_record) noexcept {
  Clear(answer);
  Clear(error_record);
  return Fail(base::MakeError(base::hr::E_NOTIMPL, "nobody has published what this function takes and gives"),
              error_record);
}

HcnTable MakeTable(State* state) {
  using hns::Service;
  HcnTable t;
  t.context = state;
  t.free_string = [](void*, char16_t* text) noexcept { FreeText(text); };

  t.enumerate_networks = Enumerate<ObjectKind::kNetwork>;
  t.create_network = Create<ObjectKind::kNetwork, &Service::CreateNetwork>;
  t.open_network = Open<ObjectKind::kNetwork>;
  t.modify_network = Modify<ObjectKind::kNetwork, &Service::ModifyNetwork>;
  t.query_network_properties = Query<ObjectKind::kNetwork>;
  t.delete_network = Delete<&Service::DeleteNetwork>;
  t.close_network = Close<ObjectKind::kNetwork>;

  t.enumerate_endpoints = Enumerate<ObjectKind::kEndpoint>;
  t.create_endpoint = CreateEndpoint;
  t.open_endpoint = Open<ObjectKind::kEndpoint>;
  t.modify_endpoint = Modify<ObjectKind::kEndpoint, &Service::ModifyEndpoint>;
  t.query_endpoint_properties = Query<ObjectKind::kEndpoint>;
  t.delete_endpoint = Delete<&Service::DeleteEndpoint>;
  t.close_endpoint = Close<ObjectKind::kEndpoint>;
  t.query_endpoint_stats = Ask<ObjectKind::kEndpoint, &Service::QueryEndpointStatistics>;
  t.query_endpoint_addresses = Ask<ObjectKind::kEndpoint, &Service::QueryEndpointAddresses>;

  t.enumerate_namespaces = Enumerate<ObjectKind::kNamespace>;
  t.create_namespace = Create<ObjectKind::kNamespace, &Service::CreateNamespace>;
  t.open_namespace = Open<ObjectKind::kNamespace>;
  t.modify_namespace = Modify<ObjectKind::kNamespace, &Service::ModifyNamespace>;
  t.query_namespace_properties = Query<ObjectKind::kNamespace>;
  t.delete_namespace = Delete<&Service::DeleteNamespace>;
  t.close_namespace = Close<ObjectKind::kNamespace>;

  t.enumerate_load_balancers = Enumerate<ObjectKind::kLoadBalancer>;
  t.create_load_balancer = Create<ObjectKind::kLoadBalancer, &Service::CreateLoadBalancer>;
  t.open_load_balancer = Open<ObjectKind::kLoadBalancer>;
  t.modify_load_balancer = Modify<ObjectKind::kLoadBalancer, &Service::ModifyLoadBalancer>;
  t.query_load_balancer_properties = Query<ObjectKind::kLoadBalancer>;
  t.delete_load_balancer = Delete<&Service::DeleteLoadBalancer>;
  t.close_load_balancer = Close<ObjectKind::kLoadBalancer>;

  t.enumerate_sdn_routes = Enumerate<ObjectKind::kSdnRoute>;
  t.create_sdn_route = Create<ObjectKind::kSdnRoute, &Service::CreateSdnRoute>;
  t.open_sdn_route = Open<ObjectKind::kSdnRoute>;
  t.modify_sdn_route = Modify<ObjectKind::kSdnRoute, &Service::ModifySdnRoute>;
  t.query_sdn_route_properties = Query<ObjectKind::kSdnRoute>;
  t.delete_sdn_route = Delete<&Service::DeleteSdnRoute>;
  t.close_sdn_route = Close<ObjectKind::kSdnRoute>;

  t.enumerate_guest_network_services = Enumerate<ObjectKind::kGuestNetworkService>;
  t.create_guest_network_service = Create<ObjectKind::kGuestNetworkService, &Service::CreateGuestNetworkService>;
  t.open_guest_network_service = Open<ObjectKind::kGuestNetworkService>;
  t.modify_guest_network_service = Modify<ObjectKind::kGuestNetworkService, &Service::ModifyGuestNetworkService>;
  t.query_guest_network_service_properties = Query<ObjectKind::kGuestNetworkService>;
  t.delete_guest_network_service = Delete<&Service::DeleteGuestNetworkService>;
  t.close_guest_network_service = Close<ObjectKind::kGuestNetworkService>;
  FillGuestEntries(&t);
  t.hns_call = HnsCall;

  t.register_service_callback = RegisterCallback;
  t.unregister_service_callback = UnregisterCallback;

  t.register_network_callback = RegisterNetworkCallback;
  t.unregister_network_callback = UnregisterNetworkCallback;
  t.query_features = QueryUnpublished;
  t.query_metrics = QueryUnpublished;
  return t;
}

}  // namespace

EmbeddedHcn::EmbeddedHcn(hns::Service& service, std::uint64_t handle_tag)
    : state_(std::make_unique<State>(service, handle_tag)) {
  state_->table = MakeTable(state_.get());
}

EmbeddedHcn::~EmbeddedHcn() = default;

const HcnTable& EmbeddedHcn::table() const { return state_->table; }

}  // namespace abi
