// A call of one entry of the HCN or VFP table, made from the entry's description:
//
//   TableCall<&abi::HcnTable::create_endpoint, argument::OpenHandle<HandleKind::kNetwork>,
//             argument::Id, argument::Text, result::NewHandle<HandleKind::kEndpoint>>
//
// The parts stand in the order of the entry's parameters; the error record,
// where the entry has one, comes last by itself.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <tuple>
#include <type_traits>

#include "binding/argument.h"
#include "binding/host_call.h"

namespace binding {

template <typename Function>
const abi::HcnTable& TableOf(const Session& session, Function abi::HcnTable::*) {
  return session.host().hcn();
}
template <typename Function>
const abi::VfpTable& TableOf(const Session& session, Function abi::VfpTable::*) {
  return session.host().vfp();
}

template <auto kEntry, typename... Parts>
class TableCall final : public HostCall {
 public:
  using HostCall::HostCall;

  ~TableCall() override {
    if (!ran_) return;
    const auto& table = TableOf(session(), kEntry);
    ForEach([&]<typename Part>(Part& part) {
      if constexpr (!Part::kIsArgument) part.Release(table);
    });
    table.free_string(table.context, record_);
  }

  static constexpr std::size_t kArguments = (std::size_t{Parts::kIsArgument} + ... + 0);

  // `arguments`: kArguments of them.
  Failure Read(napi_env env, const napi_value* arguments) {
    Failure failure;
    std::size_t index = 0;
    ForEach([&]<typename Part>(Part& part) {
      if constexpr (Part::kIsArgument) {
        const std::size_t i = index++;
        if (!failure.failed()) failure = OfArgument(i + 1, part.Read(env, arguments[i], session()));
      }
    });
    return failure;
  }

  void Run() noexcept override {
    const auto& table = TableOf(session(), kEntry);
    if (table.*kEntry == nullptr) {
      failure_.code = base::hr::ERROR_NOT_SUPPORTED;
      return;
    }
    ran_ = true;
    const auto parameters = [&](auto&... parts) {
      return std::tuple_cat(std::tuple(table.context), parts.Native()...);
    };
    const auto call = [&](auto... values) -> base::HResult {
      if constexpr (std::is_invocable_v<decltype(table.*kEntry), decltype(values)..., char16_t**>) {
        return (table.*kEntry)(values..., &record_);
      } else {
        return (table.*kEntry)(values...);
      }
    };
    failure_.code = std::apply(call, std::apply(parameters, parts_));
    if (failure_.failed()) return;
    ForEach([&]<typename Part>(Part& part) {
      if constexpr (!Part::kIsArgument) part.Received(table);
    });
  }

 private:
  template <typename Visit>
  void ForEach(Visit visit) {
    std::apply([&](auto&... parts) { (visit(parts), ...); }, parts_);
  }

  napi_value Value(napi_env env) override {
    napi_value value = nullptr;
    napi_get_undefined(env, &value);
    ForEach([&]<typename Part>(Part& part) {
      if constexpr (!Part::kIsArgument) value = part.Value(env, session());
    });
    return value;
  }

  const char16_t* Record() const override { return record_; }

  std::tuple<Parts...> parts_;
  char16_t* record_ = nullptr;
  bool ran_ = false;
};

}  // namespace binding
