#include "binding/host_object.h"

#include <chrono>
#include <utility>
#include <vector>

#include "binding/query_each_call.h"
#include "binding/register_call.h"
#include "binding/table_call.h"

namespace binding {
namespace {

constexpr std::size_t kMostArguments = 4;

const Failure kClosed{base::hr::HCN_E_MANAGER_STOPPED, "The host is closed."};

class AdvanceClockCall final : public HostCall {
 public:
  AdvanceClockCall(Session& session, std::chrono::nanoseconds by) : HostCall(session), by_(by) {}
  void Run() noexcept override {
    const base::Status status = session().host().AdvanceClock(by_);
    if (!status.ok()) failure_ = {status.error().code, status.error().detail};
  }

 private:
  const std::chrono::nanoseconds by_;
};

}  // namespace

HostObject::HostObject(std::shared_ptr<Session> session) : session_(std::move(session)) { session_->SetObject(this); }

HostObject::~HostObject() {
  session_->SetObject(nullptr);
  session_->Abandon();
}

void HostObject::Hold() { napi_reference_ref(session_->environment().env(), object_, nullptr); }
void HostObject::LetGo() { napi_reference_unref(session_->environment().env(), object_, nullptr); }

napi_value HostObject::New(napi_env env, std::shared_ptr<Session> session) {
  Environment& environment = session->environment();
  environment.session_for_new_host = session;
  napi_value constructor = nullptr;
  napi_value object = nullptr;
  if (napi_get_reference_value(env, environment.host_constructor, &constructor) == napi_ok &&
      napi_new_instance(env, constructor, 0, nullptr, &object) == napi_ok) {
    return object;
  }
  environment.session_for_new_host = nullptr;
  session->Abandon();
  return nullptr;
}

// Called by New alone; JavaScript that finds it gets a TypeError.
napi_value HostObject::Construct(napi_env env, napi_callback_info info) {
  std::shared_ptr<Session> session = std::exchange(Environment::Of(env).session_for_new_host, nullptr);
  napi_value self = nullptr;
  if (napi_get_cb_info(env, info, nullptr, nullptr, &self, nullptr) != napi_ok) return nullptr;
  if (session == nullptr) {
    napi_throw_type_error(env, nullptr, "A NativeHost is opened, not constructed");
    return nullptr;
  }
  auto host = std::make_unique<HostObject>(std::move(session));
  const napi_finalize finalize = [](napi_env finalizing_env, void* data, void*) {
    auto* collected = static_cast<HostObject*>(data);
    napi_delete_reference(finalizing_env, collected->object_);
    delete collected;
  };
  if (napi_wrap(env, self, host.get(), finalize, nullptr, &host->object_) != napi_ok) return nullptr;
  static_cast<void>(host.release());
  return self;
}

// V8 has seen to it that `this` is a NativeHost.
template <napi_value (HostObject::*kMethod)(napi_env, HostObject::Arguments)>
napi_value HostObject::Method(napi_env env, napi_callback_info info) {
  napi_value arguments[kMostArguments];
  std::size_t count = kMostArguments;
  napi_value self = nullptr;
  void* object = nullptr;
  if (napi_get_cb_info(env, info, &count, arguments, &self, nullptr) != napi_ok) return nullptr;
  if (napi_unwrap(env, self, &object) != napi_ok) return nullptr;
  return (static_cast<HostObject*>(object)->*kMethod)(env, arguments);
}

template <auto kTableEntry, typename... Parts>
napi_value HostObject::Invoke(napi_env env, Arguments arguments) {
  using EntryCall = TableCall<kTableEntry, Parts...>;
  static_assert(EntryCall::kArguments <= kMostArguments);
  if (!session_->IsOpen()) return RejectedPromise(env, kClosed);
  auto call = std::make_unique<EntryCall>(*session_);
  const Failure failure = call->Read(env, arguments);
  return failure.failed() ? RejectedPromise(env, failure) : PromiseCall::Start(std::move(call));
}

template <HandleKind kKind>
napi_value HostObject::CloseHandle(napi_env env, Arguments arguments) {
  if (!session_->IsOpen()) return RejectedPromise(env, kClosed);
  std::shared_ptr<Handle> handle;
  const Failure failure = OfArgument(1, ReadHandle(env, arguments[0], *session_, kKind, handle));
  return failure.failed() ? RejectedPromise(env, failure) : session_->CloseHandle(handle);
}

napi_value HostObject::RegisterServiceCallback(napi_env env, Arguments arguments) {
  if (!session_->IsOpen()) return RejectedPromise(env, kClosed);
  napi_valuetype type = napi_undefined;
  if (napi_typeof(env, arguments[0], &type) != napi_ok || type != napi_function) {
    return RejectedPromise(env, OfArgument(1, {base::hr::ERROR_INVALID_PARAMETER, "A function is wanted."}));
  }
  return PromiseCall::Start(std::make_unique<RegisterCall>(*session_, arguments[0]));
}

napi_value HostObject::QueryEach(napi_env env, Arguments arguments) {
  if (!session_->IsOpen()) return RejectedPromise(env, kClosed);
  auto call = std::make_unique<QueryEachCall>(*session_);
  const Failure failure = call->Read(env, arguments);
  return failure.failed() ? RejectedPromise(env, failure) : PromiseCall::Start(std::move(call));
}

napi_value HostObject::RegisterGuestNetworkServiceCallback(napi_env env, Arguments arguments) {
  if (!session_->IsOpen()) return RejectedPromise(env, kClosed);
  std::shared_ptr<Handle> guest;
  const Failure failure =
      OfArgument(1, ReadHandle(env, arguments[0], *session_, HandleKind::kGuestNetworkService, guest));
  if (failure.failed()) return RejectedPromise(env, failure);
  napi_valuetype type = napi_undefined;
  if (napi_typeof(env, arguments[1], &type) != napi_ok || type != napi_function) {
    return RejectedPromise(env, OfArgument(2, {base::hr::ERROR_INVALID_PARAMETER, "A function is wanted."}));
  }
  return PromiseCall::Start(std::make_unique<RegisterCall>(*session_, arguments[1], std::move(guest)));
}

napi_value HostObject::AdvanceClock(napi_env env, Arguments arguments) {
  if (!session_->IsOpen()) return RejectedPromise(env, kClosed);
  std::uint64_t nanoseconds = 0;
  const Failure failure = OfArgument(1, ReadSize(env, arguments[0], nanoseconds));
  if (failure.failed()) return RejectedPromise(env, failure);
  const std::chrono::nanoseconds by(static_cast<std::int64_t>(nanoseconds));
  return PromiseCall::Start(std::make_unique<AdvanceClockCall>(*session_, by));
}

napi_value HostObject::Close(napi_env, Arguments) { return session_->Close(); }

template <auto kTableEntry, typename... Parts>
constexpr napi_callback HostObject::kEntry = &HostObject::Method<&HostObject::Invoke<kTableEntry, Parts...>>;

// The names of lib/native/hcn-calls.ts, and what each is of the tables.
napi_value HostObject::Define(napi_env env) {
  using Hcn = abi::HcnTable;
  using Vfp = abi::VfpTable;
  using argument::Bytes, argument::Id, argument::OpenHandle, argument::OptionalPortId, argument::OptionalText,
      argument::PortId, argument::Size, argument::Text, argument::Unsigned;
  using result::NewHandle, result::PortEntries, result::ReservedRange;
  using BytesOut = result::Bytes;
  using TextOut = result::Text;
  using enum HandleKind;
  using Network = OpenHandle<kNetwork>;
  using Endpoint = OpenHandle<kEndpoint>;
  using Namespace = OpenHandle<kNamespace>;
  using LoadBalancer = OpenHandle<kLoadBalancer>;
  using SdnRoute = OpenHandle<kSdnRoute>;
  using Guest = OpenHandle<kGuestNetworkService>;
  using Number16 = Unsigned<std::uint16_t>;
  using Number32 = Unsigned<std::uint32_t>;
  const struct {
    const char* name;
    napi_callback callback;
  } methods[] = {
      {"enumerateNetworks", kEntry<&Hcn::enumerate_networks, OptionalText, TextOut>},
      {"createNetwork", kEntry<&Hcn::create_network, Id, Text, NewHandle<kNetwork>>},
      {"openNetwork", kEntry<&Hcn::open_network, Id, NewHandle<kNetwork>>},
      {"modifyNetwork", kEntry<&Hcn::modify_network, Network, Text>},
      {"queryNetworkProperties", kEntry<&Hcn::query_network_properties, Network, OptionalText, TextOut>},
      {"deleteNetwork", kEntry<&Hcn::delete_network, Id>},
      {"closeNetwork", &Method<&HostObject::CloseHandle<kNetwork>>},

      {"enumerateEndpoints", kEntry<&Hcn::enumerate_endpoints, OptionalText, TextOut>},
      {"createEndpoint", kEntry<&Hcn::create_endpoint, Network, Id, Text, NewHandle<kEndpoint>>},
      {"openEndpoint", kEntry<&Hcn::open_endpoint, Id, NewHandle<kEndpoint>>},
      {"modifyEndpoint", kEntry<&Hcn::modify_endpoint, Endpoint, Text>},
      {"queryEndpointProperties", kEntry<&Hcn::query_endpoint_properties, Endpoint, OptionalText, TextOut>},
      {"deleteEndpoint", kEntry<&Hcn::delete_endpoint, Id>},
      {"closeEndpoint", &Method<&HostObject::CloseHandle<kEndpoint>>},
      {"queryEndpointStats", kEntry<&Hcn::query_endpoint_stats, Endpoint, OptionalText, TextOut>},
      {"queryEndpointAddresses", kEntry<&Hcn::query_endpoint_addresses, Endpoint, OptionalText, TextOut>},

      {"enumerateNamespaces", kEntry<&Hcn::enumerate_namespaces, OptionalText, TextOut>},
      {"createNamespace", kEntry<&Hcn::create_namespace, Id, Text, NewHandle<kNamespace>>},
      {"openNamespace", kEntry<&Hcn::open_namespace, Id, NewHandle<kNamespace>>},
      {"modifyNamespace", kEntry<&Hcn::modify_namespace, Namespace, Text>},
      {"queryNamespaceProperties", kEntry<&Hcn::query_namespace_properties, Namespace, OptionalText, TextOut>},
      {"deleteNamespace", kEntry<&Hcn::delete_namespace, Id>},
      {"closeNamespace", &Method<&HostObject::CloseHandle<kNamespace>>},

      {"enumerateLoadBalancers", kEntry<&Hcn::enumerate_load_balancers, OptionalText, TextOut>},
      {"createLoadBalancer", kEntry<&Hcn::create_load_balancer, Id, Text, NewHandle<kLoadBalancer>>},
      {"openLoadBalancer", kEntry<&Hcn::open_load_balancer, Id, NewHandle<kLoadBalancer>>},
      {"modifyLoadBalancer", kEntry<&Hcn::modify_load_balancer, LoadBalancer, Text>},
      {"queryLoadBalancerProperties",
       kEntry<&Hcn::query_load_balancer_properties, LoadBalancer, OptionalText, TextOut>},
      {"deleteLoadBalancer", kEntry<&Hcn::delete_load_balancer, Id>},
      {"closeLoadBalancer", &Method<&HostObject::CloseHandle<kLoadBalancer>>},

      {"enumerateSdnRoutes", kEntry<&Hcn::enumerate_sdn_routes, OptionalText, TextOut>},
      {"createSdnRoute", kEntry<&Hcn::create_sdn_route, Id, Text, NewHandle<kSdnRoute>>},
      {"openSdnRoute", kEntry<&Hcn::open_sdn_route, Id, NewHandle<kSdnRoute>>},
      {"modifySdnRoute", kEntry<&Hcn::modify_sdn_route, SdnRoute, Text>},
      {"querySdnRouteProperties", kEntry<&Hcn::query_sdn_route_properties, SdnRoute, OptionalText, TextOut>},
      {"deleteSdnRoute", kEntry<&Hcn::delete_sdn_route, Id>},
      {"closeSdnRoute", &Method<&HostObject::CloseHandle<kSdnRoute>>},

      {"enumerateGuestNetworkServices", kEntry<&Hcn::enumerate_guest_network_services, OptionalText, TextOut>},
      {"createGuestNetworkService",
       kEntry<&Hcn::create_guest_network_service, Id, Text, NewHandle<kGuestNetworkService>>},
      {"openGuestNetworkService", kEntry<&Hcn::open_guest_network_service, Id, NewHandle<kGuestNetworkService>>},
      {"modifyGuestNetworkService", kEntry<&Hcn::modify_guest_network_service, Guest, Text>},
      {"queryGuestNetworkServiceProperties",
       kEntry<&Hcn::query_guest_network_service_properties, Guest, OptionalText, TextOut>},
      {"deleteGuestNetworkService", kEntry<&Hcn::delete_guest_network_service, Id>},
      {"closeGuestNetworkService", &Method<&HostObject::CloseHandle<kGuestNetworkService>>},
      {"registerGuestNetworkServiceCallback", &Method<&HostObject::RegisterGuestNetworkServiceCallback>},
      {"unregisterGuestNetworkServiceCallback", &Method<&HostObject::CloseHandle<kGuestNetworkServiceCallback>>},

      {"reserveGuestNetworkServicePort", kEntry<&Hcn::reserve_guest_network_service_port, Guest, Number32, Number32,
                                                Number16, NewHandle<kPortReservation>>},
      {"reserveGuestNetworkServicePortRange",
       kEntry<&Hcn::reserve_guest_network_service_port_range, Guest, Number16, ReservedRange>},
      {"releaseGuestNetworkServicePortReservationHandle", &Method<&HostObject::CloseHandle<kPortReservation>>},
      {"enumerateGuestNetworkPortReservations", kEntry<&Hcn::enumerate_guest_network_port_reservations, PortEntries>},
      {"hnsCall", kEntry<&Hcn::hns_call, Text, Text, OptionalText, TextOut>},

      {"registerServiceCallback", &Method<&HostObject::RegisterServiceCallback>},
      {"unregisterServiceCallback", &Method<&HostObject::CloseHandle<kCallback>>},

      {"listPorts", kEntry<&Vfp::list_ports, TextOut>},
      {"listLayers", kEntry<&Vfp::list_layers, PortId, TextOut>},
      {"listFlows", kEntry<&Vfp::list_flows, OptionalPortId, OptionalText, TextOut>},
      {"getPortCounters", kEntry<&Vfp::get_port_counters, PortId, TextOut>},
      {"explain", kEntry<&Vfp::explain, PortId, Bytes, TextOut>},
      {"sendFrames", kEntry<&Vfp::send_frames, PortId, Bytes>},
      {"receiveFrames", kEntry<&Vfp::receive_frames, PortId, BytesOut>},
      {"startCapture", kEntry<&Vfp::start_capture, PortId, Size>},
      {"readCapture", kEntry<&Vfp::read_capture, PortId, BytesOut>},
      {"stopCapture", kEntry<&Vfp::stop_capture, PortId>},
      {"describeCompartment", kEntry<&Vfp::describe_compartment, Id, TextOut>},

      {"queryEach", &Method<&HostObject::QueryEach>},
      {"advanceClock", &Method<&HostObject::AdvanceClock>},
      {"close", &Method<&HostObject::Close>},
  };
  std::vector<napi_property_descriptor> properties;
  for (const auto& [name, callback] : methods) {
    properties.push_back({name, nullptr, callback, nullptr, nullptr, nullptr, napi_default_method, nullptr});
  }
  napi_value constructor = nullptr;
  napi_define_class(env, "NativeHost", NAPI_AUTO_LENGTH, &Construct, nullptr, properties.size(), properties.data(),
                    &constructor);
  return constructor;
}

}  // namespace binding
