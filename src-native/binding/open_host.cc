#include "binding/open_host.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/utf16.h"
#include "binding/argument.h"
#include "binding/host_object.h"
#include "binding/promise_call.h"

namespace binding {
namespace {

// Reads the members of EmbeddedHostOptions; the first that is wrong stays.
class OptionReader {
 public:
  OptionReader(napi_env env, napi_value options) : env_(env), options_(options) {
    napi_valuetype type = napi_undefined;
    if (napi_typeof(env, options, &type) != napi_ok || type != napi_object) Fail("options", "an object");
  }

  std::string Text(const char* name) {
    std::u16string text;
    napi_value value = Member(name);
    if (value == nullptr) return {};
    std::optional<std::string> utf8;
    if (!ReadText(env_, value, text).failed()) utf8 = base::Utf16ToUtf8(text);
    if (!utf8) Fail(name, "a string");
    return std::move(utf8).value_or("");
  }

  // Empty when it is not given.
  std::string OptionalText(const char* name) {
    napi_value value = Member(name);
    return value == nullptr || IsNullish(env_, value) ? std::string() : Text(name);
  }

  // True for `yes`, false for `no`.
  bool Choice(const char* name, const char* yes, const char* no) {
    const std::string text = Text(name);
    if (text != yes && text != no) Fail(name, ("`" + std::string(yes) + "` or `" + no + "`").c_str());
    return text == yes;
  }

  hns::Profile Profile(const char* name) {
    auto profile = hns::ParseProfile(Text(name));
    if (profile.ok()) return *profile;
    if (!failure_.failed()) failure_ = {profile.error().code, "`" + std::string(name) + "`: " + profile.error().detail};
    return {};
  }

  bool Boolean(const char* name) {
    napi_value value = Member(name);
    bool read = false;
    if (value != nullptr && napi_get_value_bool(env_, value, &read) != napi_ok) Fail(name, "true or false");
    return read;
  }

  std::uint64_t Integer(const char* name) {
    napi_value value = Member(name);
    std::uint64_t read = 0;
    if (value != nullptr && ReadSize(env_, value, read).failed()) Fail(name, "an integer from 0 to 2^53 - 1");
    return read;
  }

  const Failure& failure() const { return failure_; }

 private:
  napi_value Member(const char* name) {
    napi_value value = nullptr;
    if (failure_.failed()) return nullptr;
    if (napi_get_named_property(env_, options_, name, &value) == napi_ok) return value;
    // A getter that throws.
    napi_value thrown = nullptr;
    napi_get_and_clear_last_exception(env_, &thrown);
    Fail(name, "readable");
    return nullptr;
  }

  void Fail(const char* name, const char* wanted) {
    if (failure_.failed()) return;
    failure_ = {base::hr::ERROR_INVALID_PARAMETER, "`" + std::string(name) + "` must be " + wanted + "."};
  }

  const napi_env env_;
  const napi_value options_;
  Failure failure_;
};

compose::HostOptions ReadOptions(napi_env env, napi_value value, Failure& failure) {
  OptionReader reader(env, value);
  compose::HostOptions options;
  options.ports = reader.Choice("ports", "linux", "memory") ? compose::HostOptions::Ports::kLinux
                                                            : compose::HostOptions::Ports::kMemory;
  options.manual_clock = reader.Choice("clock", "manual", "system");
  options.flow_cache = reader.Boolean("flowCache");
  options.seed = reader.Integer("seed");
  options.max_connections = static_cast<std::size_t>(reader.Integer("maxConnections"));
  options.connections = reader.OptionalText("connections");
  options.profile = reader.Profile("profile");
  options.helper_path = reader.Text("helperPath");
  options.state = reader.Text("state");
  options.faults = reader.OptionalText("faults");
  failure = reader.failure();
  return options;
}

class OpenCall final : public PromiseCall {
 public:
  using Opening = std::function<base::Result<std::unique_ptr<HostLease>>()>;

  OpenCall(Environment& environment, Opening opening) : PromiseCall(environment), opening_(std::move(opening)) {}

  void Run() noexcept override {
    auto opened = opening_();
    if (opened.ok()) {
      lease_ = std::move(opened).value();
    } else {
      failure_ = {opened.error().code, opened.error().detail};
    }
  }

 private:
  napi_value Value(napi_env env) override {
    return HostObject::New(env, std::make_shared<Session>(environment_, std::move(lease_)));
  }

  const Opening opening_;
  std::unique_ptr<HostLease> lease_;
};

napi_value Start(napi_env env, OpenCall::Opening opening) {
  return PromiseCall::Start(std::make_unique<OpenCall>(Environment::Of(env), std::move(opening)));
}

napi_value Open(napi_env env, std::optional<std::u16string> name, napi_value value) {
  Failure failure;
  compose::HostOptions options = ReadOptions(env, value, failure);
  if (failure.failed()) return RejectedPromise(env, failure);
  return Start(env, [name = std::move(name), options = std::move(options)] {
    return name ? HostLease::OpenShared(*name, options) : HostLease::Open(options);
  });
}

}  // namespace

napi_value OpenEmbeddedHost(napi_env env, napi_callback_info info) {
  napi_value options = nullptr;
  std::size_t count = 1;
  if (napi_get_cb_info(env, info, &count, &options, nullptr, nullptr) != napi_ok) return nullptr;
  return Open(env, std::nullopt, options);
}

napi_value OpenSharedEmbeddedHost(napi_env env, napi_callback_info info) {
  napi_value arguments[2] = {};
  std::size_t count = 2;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr) != napi_ok) return nullptr;
  std::u16string name;
  const Failure failure = OfArgument(1, ReadText(env, arguments[0], name));
  if (failure.failed()) return RejectedPromise(env, failure);
  return Open(env, std::move(name), arguments[1]);
}

napi_value OpenSystemHost(napi_env env, napi_callback_info) { return Start(env, HostLease::OpenSystem); }

}  // namespace binding
