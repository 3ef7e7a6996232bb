#include "binding/host_object.h"

#include <chrono>
#include <utility>

#include "binding/register_call.h"
#include "binding/table_call.h"

namespace binding {
namespace {

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

HostObject::HostObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<HostObject>(info) {
  session_ = std::exchange(Environment::Of(info.Env()).session_for_new_host, nullptr);
  if (session_ == nullptr) {
    Napi::TypeError::New(info.Env(), "A NativeHost is opened, not constructed").ThrowAsJavaScriptException();
    return;
  }
  session_->SetObject(this);
}

HostObject::~HostObject() {
  if (session_ == nullptr) return;
  session_->SetObject(nullptr);
  session_->Abandon();
}

napi_value HostObject::New(napi_env env, std::shared_ptr<Session> session) {
  Environment& environment = session->environment();
  environment.session_for_new_host = session;
  napi_value constructor = environment.host_constructor.Value();
  napi_value object = nullptr;
  if (constructor != nullptr && napi_new_instance(env, constructor, 0, nullptr, &object) == napi_ok) return object;
  environment.session_for_new_host = nullptr;
  session->Abandon();
  return nullptr;
}

template <auto kEntry, typename... Parts>
Napi::Value HostObject::Invoke(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!session_->IsOpen()) return {env, RejectedPromise(env, kClosed)};
  auto call = std::make_unique<TableCall<kEntry, Parts...>>(*session_);
  const Failure failure = call->Read(env, info);
  if (!failure.failed()) return {env, PromiseCall::Start(std::move(call))};
  return {env, RejectedPromise(env, failure)};
}

template <auto kEntry, typename... Parts>
HostObject::PropertyDescriptor HostObject::Entry(const char* name) {
  return InstanceMethod<&HostObject::Invoke<kEntry, Parts...>>(name);
}

template <HandleKind kKind>
Napi::Value HostObject::CloseHandle(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!session_->IsOpen()) return {env, RejectedPromise(env, kClosed)};
  std::shared_ptr<Handle> handle;
  const Failure failure = ReadHandle(env, info[0], *session_, kKind, handle);
  if (failure.failed()) return {env, RejectedPromise(env, failure)};
  return {env, session_->CloseHandle(handle)};
}

Napi::Value HostObject::RegisterServiceCallback(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!session_->IsOpen()) return {env, RejectedPromise(env, kClosed)};
  if (!info[0].IsFunction()) {
    return {env, RejectedPromise(env, {base::hr::ERROR_INVALID_PARAMETER, "Argument 1: A function is wanted."})};
  }
  return {env, PromiseCall::Start(std::make_unique<RegisterCall>(*session_, info[0]))};
}

Napi::Value HostObject::AdvanceClock(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!session_->IsOpen()) return {env, RejectedPromise(env, kClosed)};
  std::uint64_t nanoseconds = 0;
  const Failure failure = ReadSize(env, info[0], nanoseconds);
  if (failure.failed()) return {env, RejectedPromise(env, failure)};
  const std::chrono::nanoseconds by(static_cast<std::int64_t>(nanoseconds));
  return {env, PromiseCall::Start(std::make_unique<AdvanceClockCall>(*session_, by))};
}

Napi::Value HostObject::Close(const Napi::CallbackInfo& info) { return {info.Env(), session_->Close()}; }

// The names of lib/native/hcn-calls.ts, and what each is of the tables.
Napi::Function HostObject::Define(Napi::Env env) {
  using Hcn = abi::HcnTable;
  using Vfp = abi::VfpTable;
  using argument::Bytes, argument::Id, argument::OpenHandle, argument::OptionalText, argument::Size, argument::Text;
  using result::NewHandle;
  using BytesOut = result::Bytes;
  using TextOut = result::Text;
  using enum HandleKind;
  using Network = OpenHandle<kNetwork>;
  using Endpoint = OpenHandle<kEndpoint>;
  using Namespace = OpenHandle<kNamespace>;
  using LoadBalancer = OpenHandle<kLoadBalancer>;
  return DefineClass(
      env, "NativeHost",
      {
          Entry<&Hcn::enumerate_networks, OptionalText, TextOut>("enumerateNetworks"),
          Entry<&Hcn::create_network, Id, Text, NewHandle<kNetwork>>("createNetwork"),
          Entry<&Hcn::open_network, Id, NewHandle<kNetwork>>("openNetwork"),
          Entry<&Hcn::modify_network, Network, Text>("modifyNetwork"),
          Entry<&Hcn::query_network_properties, Network, OptionalText, TextOut>("queryNetworkProperties"),
          Entry<&Hcn::delete_network, Id>("deleteNetwork"),
          InstanceMethod<&HostObject::CloseHandle<kNetwork>>("closeNetwork"),

          Entry<&Hcn::enumerate_endpoints, OptionalText, TextOut>("enumerateEndpoints"),
          Entry<&Hcn::create_endpoint, Network, Id, Text, NewHandle<kEndpoint>>("createEndpoint"),
          Entry<&Hcn::open_endpoint, Id, NewHandle<kEndpoint>>("openEndpoint"),
          Entry<&Hcn::modify_endpoint, Endpoint, Text>("modifyEndpoint"),
          Entry<&Hcn::query_endpoint_properties, Endpoint, OptionalText, TextOut>("queryEndpointProperties"),
          Entry<&Hcn::delete_endpoint, Id>("deleteEndpoint"),
          InstanceMethod<&HostObject::CloseHandle<kEndpoint>>("closeEndpoint"),

          Entry<&Hcn::enumerate_namespaces, OptionalText, TextOut>("enumerateNamespaces"),
          Entry<&Hcn::create_namespace, Id, Text, NewHandle<kNamespace>>("createNamespace"),
          Entry<&Hcn::open_namespace, Id, NewHandle<kNamespace>>("openNamespace"),
          Entry<&Hcn::modify_namespace, Namespace, Text>("modifyNamespace"),
          Entry<&Hcn::query_namespace_properties, Namespace, OptionalText, TextOut>("queryNamespaceProperties"),
          Entry<&Hcn::delete_namespace, Id>("deleteNamespace"),
          InstanceMethod<&HostObject::CloseHandle<kNamespace>>("closeNamespace"),

          Entry<&Hcn::enumerate_load_balancers, OptionalText, TextOut>("enumerateLoadBalancers"),
          Entry<&Hcn::create_load_balancer, Id, Text, NewHandle<kLoadBalancer>>("createLoadBalancer"),
          Entry<&Hcn::open_load_balancer, Id, NewHandle<kLoadBalancer>>("openLoadBalancer"),
          Entry<&Hcn::modify_load_balancer, LoadBalancer, Text>("modifyLoadBalancer"),
          Entry<&Hcn::query_load_balancer_properties, LoadBalancer, OptionalText, TextOut>("queryLoadBalancerProperties"),
          Entry<&Hcn::delete_load_balancer, Id>("deleteLoadBalancer"),
          InstanceMethod<&HostObject::CloseHandle<kLoadBalancer>>("closeLoadBalancer"),

          InstanceMethod<&HostObject::RegisterServiceCallback>("registerServiceCallback"),
          InstanceMethod<&HostObject::CloseHandle<kCallback>>("unregisterServiceCallback"),

          Entry<&Vfp::list_ports, TextOut>("listPorts"),
          Entry<&Vfp::list_layers, Text, TextOut>("listLayers"),
          Entry<&Vfp::list_flows, OptionalText, OptionalText, TextOut>("listFlows"),
          Entry<&Vfp::get_port_counters, Text, TextOut>("getPortCounters"),
          Entry<&Vfp::explain, Text, Bytes, TextOut>("explain"),
          Entry<&Vfp::send_frames, Text, Bytes>("sendFrames"),
          Entry<&Vfp::receive_frames, Text, BytesOut>("receiveFrames"),
          Entry<&Vfp::start_capture, Text, Size>("startCapture"),
          Entry<&Vfp::read_capture, Text, BytesOut>("readCapture"),
          Entry<&Vfp::stop_capture, Text>("stopCapture"),
          Entry<&Vfp::describe_compartment, Id, TextOut>("describeCompartment"),

          InstanceMethod<&HostObject::AdvanceClock>("advanceClock"),
          InstanceMethod<&HostObject::Close>("close"),
      });
}

}  // namespace binding
