#include "binding/query_each_call.h"

#include "abi/hcn_table.h"
#include "binding/argument.h"

namespace binding {
namespace {

using abi::HRESULT;

// The entries of one kind; handles of all kinds are pointers to the caller.
struct Entries {
  HRESULT (*open)(void* context, const base::Guid& id, void** handle, char16_t** error_record) noexcept;
  HRESULT(*query)
  (void* context, void* handle, const char16_t* query, char16_t** properties, char16_t** error_record) noexcept;
};

Entries EntriesOf(const abi::HcnTable& table, HandleKind kind) {
  switch (kind) {
    case HandleKind::kNetwork: return {table.open_network, table.query_network_properties};
    case HandleKind::kEndpoint: return {table.open_endpoint, table.query_endpoint_properties};
    case HandleKind::kNamespace: return {table.open_namespace, table.query_namespace_properties};
    case HandleKind::kLoadBalancer: return {table.open_load_balancer, table.query_load_balancer_properties};
    case HandleKind::kSdnRoute: return {table.open_sdn_route, table.query_sdn_route_properties};
    case HandleKind::kGuestNetworkService:
      return {table.open_guest_network_service, table.query_guest_network_service_properties};
    case HandleKind::kCallback:
    case HandleKind::kGuestNetworkServiceCallback:
    case HandleKind::kPortReservation: break;
  }
  return {};
}

Failure Invalid(const char* detail) { return {base::hr::ERROR_INVALID_PARAMETER, detail}; }

Failure ReadKind(napi_env env, napi_value value, HandleKind* kind) {
  std::u16string text;
  if (Failure failure = ReadText(env, value, text); failure.failed()) return failure;
  for (const HandleKind candidate :
       {HandleKind::kNetwork, HandleKind::kEndpoint, HandleKind::kNamespace, HandleKind::kLoadBalancer,
        HandleKind::kSdnRoute, HandleKind::kGuestNetworkService}) {
    const std::string_view name = KindName(candidate);
    if (std::u16string(name.begin(), name.end()) != text) continue;
    *kind = candidate;
    return {};
  }
  return Invalid("A kind of objects is wanted.");
}

Failure ReadIds(napi_env env, napi_value value, std::vector<base::Guid>* ids) {
  bool is_array = false;
  std::uint32_t count = 0;
  if (napi_is_array(env, value, &is_array) != napi_ok || !is_array ||
      napi_get_array_length(env, value, &count) != napi_ok || count > QueryEachCall::kMostObjects) {
    return Invalid("An array of at most 1024 ids is wanted.");
  }
  ids->resize(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    napi_value id = nullptr;
    if (napi_get_element(env, value, i, &id) != napi_ok) return Invalid("An array of ids is wanted.");
    if (Failure failure = ReadGuid(env, id, (*ids)[i]); failure.failed()) return failure;
  }
  return {};
}

}  // namespace

QueryEachCall::~QueryEachCall() {
  if (answers_.empty()) return;
  const abi::HcnTable& table = session().host().hcn();
  for (const Answer& answer : answers_) {
    table.free_string(table.context, answer.properties);
    table.free_string(table.context, answer.record);
  }
}

Failure QueryEachCall::Read(napi_env env, const napi_value* arguments) {
  if (Failure failure = OfArgument(1, ReadKind(env, arguments[0], &kind_)); failure.failed()) return failure;
  if (Failure failure = OfArgument(2, ReadIds(env, arguments[1], &ids_)); failure.failed()) return failure;
  return OfArgument(3, ReadText(env, arguments[2], query_));
}

void QueryEachCall::Run() noexcept {
  const abi::HcnTable& table = session().host().hcn();
  const Entries entries = EntriesOf(table, kind_);
  if (entries.open == nullptr || entries.query == nullptr) {
    failure_.code = base::hr::ERROR_NOT_SUPPORTED;
    return;
  }
  answers_.resize(ids_.size());
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    Answer& answer = answers_[i];
    void* handle = nullptr;
    answer.code = entries.open(table.context, ids_[i], &handle, &answer.record);
    if (answer.code != base::hr::OK) continue;
    answer.code = entries.query(table.context, handle, query_.c_str(), &answer.properties, &answer.record);
    answer.text = AnswerText(answer.properties);
    CloseNative(table, kind_, handle);
  }
}

napi_value QueryEachCall::Value(napi_env env) {
  napi_value array = nullptr;
  if (napi_create_array_with_length(env, answers_.size(), &array) != napi_ok) return nullptr;
  for (std::size_t i = 0; i < answers_.size(); ++i) {
    napi_handle_scope scope = nullptr;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return nullptr;
    const Answer& answer = answers_[i];
    napi_value value = nullptr;
    if (answer.code != base::hr::OK) {
      value = MakeError(env, {answer.code, {}}, answer.record);
    } else {
      value = answer.text.Value(env);
    }
    const bool stored =
        value != nullptr && napi_set_element(env, array, static_cast<std::uint32_t>(i), value) == napi_ok;
    napi_close_handle_scope(env, scope);
    if (!stored) return nullptr;
  }
  return array;
}

}  // namespace binding
