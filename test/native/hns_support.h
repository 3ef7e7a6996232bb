// An embedded host on memory ports, called through its tables as a program
// would: UTF-16 JSON in, UTF-16 JSON and error records out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "abi/hcn_table.h"
#include "abi/vfp_table.h"
#include "base/guid.h"
#include "base/json.h"
#include "base/utf16.h"
#include "compose/host.h"
#include "native/test.h"

namespace hns_test {

namespace hr = base::hr;
using base::HResult;
using base::json::Value;

inline std::u16string Wide(std::string_view text) { return *base::Utf8ToUtf16(text); }

// "HCN_E_INVALID_IP" or the number: what a failed check prints.
inline std::string CodeName(HResult code) {
  if (code == hr::OK) return "S_OK";
  const std::string_view symbol = base::ErrorSymbol(code);
  return symbol.empty() ? std::to_string(static_cast<std::uint32_t>(code)) : std::string(symbol);
}

// The member at "Ipams.0.Subnets.0.ID"; null when there is none.
inline Value At(const Value& value, std::string_view path) {
  const Value* at = &value;
  while (!path.empty() && at != nullptr) {
    const std::size_t dot = path.find('.');
    const std::string name(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    if (const auto* array = at->AsArray()) {
      const auto index = static_cast<std::size_t>(std::stoul(name));
      at = index < array->size() ? &(*array)[index] : nullptr;
    } else if (const auto* object = at->AsObject()) {
      at = object->Find(name);
    } else {
      at = nullptr;
    }
  }
  return at != nullptr ? *at : Value();
}
inline std::string Text(const Value& value, std::string_view path) {
  const Value found = At(value, path);
  return found.AsString() != nullptr ? *found.AsString() : base::json::Write(found);
}
inline std::size_t Size(const Value& value, std::string_view path) {
  const Value found = At(value, path);
  return found.AsArray() != nullptr ? found.AsArray()->size() : 0;
}

// A copy, to be gone through in a range-for.
inline base::json::Array Items(const Value& value, std::string_view path = "") {
  const Value found = At(value, path);
  return found.AsArray() != nullptr ? *found.AsArray() : base::json::Array();
}

enum class Kind { kNetwork, kEndpoint, kNamespace, kLoadBalancer, kSdnRoute, kGuestNetworkService };

// Whatever one call gave.
struct Outcome {
  HResult code = hr::OK;
  std::string record;  // The error record; empty for null.
  void* handle = nullptr;
  std::string text;

  bool ok() const { return code == hr::OK; }
  std::string name() const { return CodeName(code); }
  Value json() const {
    const auto parsed = base::json::Parse(text);
    return parsed.ok() ? *parsed : Value();
  }
};

class TestHost {
 public:
  explicit TestHost(compose::HostOptions options = Defaults()) {
    auto opened = compose::Host::Open(options);
    if (opened.ok()) host_ = std::move(opened).value();
  }
  // "14.0": a host of that version of HNS.
  static compose::HostOptions OfProfile(std::string_view profile) {
    compose::HostOptions options = Defaults();
    options.profile = hns::ParseProfile(profile).value();
    return options;
  }
  static compose::HostOptions Defaults() {
    compose::HostOptions options;
    options.manual_clock = true;
    options.seed = 7;
    options.max_connections = 10'000;
    options.profile = *hns::ParseProfile("latest");  // All there is can be tested.
    return options;
  }

  bool opened() const { return host_ != nullptr; }
  compose::Host& host() { return *host_; }
  void CloseHost() { host_.reset(); }
  const abi::HcnTable& hcn() const { return host_->hcn(); }
  const abi::VfpTable& vfp() const { return host_->vfp(); }

  Outcome Create(Kind kind, std::string_view settings, const base::Guid& id = {}) {
    const auto& t = hcn();
    const auto create = kind == Kind::kNetwork        ? t.create_network
                        : kind == Kind::kNamespace    ? t.create_namespace
                        : kind == Kind::kLoadBalancer ? t.create_load_balancer
                        : kind == Kind::kSdnRoute     ? t.create_sdn_route
                                                      : t.create_guest_network_service;
    Outcome outcome;
    char16_t* record = nullptr;
    outcome.code = create(t.context, id, Wide(settings).c_str(), &outcome.handle, &record);
    return Take(outcome, record);
  }
  Outcome CreateEndpoint(void* network, std::string_view settings, const base::Guid& id = {}) {
    const auto& t = hcn();
    Outcome outcome;
    char16_t* record = nullptr;
    outcome.code = t.create_endpoint(t.context, network, id, Wide(settings).c_str(), &outcome.handle, &record);
    return Take(outcome, record);
  }
  Outcome Open(Kind kind, const base::Guid& id) {
    const auto& t = hcn();
    const auto open = kind == Kind::kNetwork        ? t.open_network
                      : kind == Kind::kEndpoint     ? t.open_endpoint
                      : kind == Kind::kNamespace    ? t.open_namespace
                      : kind == Kind::kLoadBalancer ? t.open_load_balancer
                      : kind == Kind::kSdnRoute     ? t.open_sdn_route
                                                    : t.open_guest_network_service;
    Outcome outcome;
    char16_t* record = nullptr;
    outcome.code = open(t.context, id, &outcome.handle, &record);
    return Take(outcome, record);
  }
  Outcome Modify(Kind kind, void* handle, std::string_view settings) {
    const auto& t = hcn();
    const auto modify = kind == Kind::kNetwork        ? t.modify_network
                        : kind == Kind::kEndpoint     ? t.modify_endpoint
                        : kind == Kind::kNamespace    ? t.modify_namespace
                        : kind == Kind::kLoadBalancer ? t.modify_load_balancer
                        : kind == Kind::kSdnRoute     ? t.modify_sdn_route
                                                      : t.modify_guest_network_service;
    Outcome outcome;
    char16_t* record = nullptr;
    outcome.code = modify(t.context, handle, Wide(settings).c_str(), &record);
    return Take(outcome, record);
  }
  Outcome Query(Kind kind, void* handle, std::string_view query = R"({"SchemaVersion":{"Major":2,"Minor":0}})") {
    const auto& t = hcn();
    const auto call = kind == Kind::kNetwork        ? t.query_network_properties
                      : kind == Kind::kEndpoint     ? t.query_endpoint_properties
                      : kind == Kind::kNamespace    ? t.query_namespace_properties
                      : kind == Kind::kLoadBalancer ? t.query_load_balancer_properties
                      : kind == Kind::kSdnRoute     ? t.query_sdn_route_properties
                                                    : t.query_guest_network_service_properties;
    Outcome outcome;
    char16_t* record = nullptr;
    char16_t* text = nullptr;
    outcome.code = call(t.context, handle, Wide(query).c_str(), &text, &record);
    return Take(outcome, record, text);
  }
  Outcome Enumerate(Kind kind, std::string_view filter = "") {
    const auto& t = hcn();
    const auto call = kind == Kind::kNetwork        ? t.enumerate_networks
                      : kind == Kind::kEndpoint     ? t.enumerate_endpoints
                      : kind == Kind::kNamespace    ? t.enumerate_namespaces
                      : kind == Kind::kLoadBalancer ? t.enumerate_load_balancers
                      : kind == Kind::kSdnRoute     ? t.enumerate_sdn_routes
                                                    : t.enumerate_guest_network_services;
    base::json::Object query;
    base::json::Object version;
    version.Set("Major", 2);
    query.Set("SchemaVersion", std::move(version));
    if (!filter.empty()) query.Set("Filter", filter);
    Outcome outcome;
    char16_t* record = nullptr;
    char16_t* text = nullptr;
    outcome.code = call(t.context, Wide(base::json::Write(std::move(query))).c_str(), &text, &record);
    return Take(outcome, record, text);
  }
  Outcome Delete(Kind kind, const base::Guid& id) {
    const auto& t = hcn();
    const auto call = kind == Kind::kNetwork        ? t.delete_network
                      : kind == Kind::kEndpoint     ? t.delete_endpoint
                      : kind == Kind::kNamespace    ? t.delete_namespace
                      : kind == Kind::kLoadBalancer ? t.delete_load_balancer
                      : kind == Kind::kSdnRoute     ? t.delete_sdn_route
                                                    : t.delete_guest_network_service;
    Outcome outcome;
    char16_t* record = nullptr;
    outcome.code = call(t.context, id, &record);
    return Take(outcome, record);
  }
  HResult Close(Kind kind, void* handle) {
    const auto& t = hcn();
    const auto call = kind == Kind::kNetwork        ? t.close_network
                      : kind == Kind::kEndpoint     ? t.close_endpoint
                      : kind == Kind::kNamespace    ? t.close_namespace
                      : kind == Kind::kLoadBalancer ? t.close_load_balancer
                      : kind == Kind::kSdnRoute     ? t.close_sdn_route
                                                    : t.close_guest_network_service;
    return call(t.context, handle);
  }

  // An entry that asks something of an open handle.
  Outcome Ask(HResult (*call)(void*, void*, const char16_t*, char16_t**, char16_t**) noexcept, void* handle,
              std::string_view query = "") {
    Outcome outcome;
    char16_t* record = nullptr;
    char16_t* text = nullptr;
    outcome.code = call(hcn().context, handle, Wide(query).c_str(), &text, &record);
    return Take(outcome, record, text);
  }

  // The document of a handle; null when it cannot be had.
  Value Document(Kind kind, void* handle) { return Query(kind, handle).json(); }
  base::Guid IdOf(Kind kind, void* handle) {
    return base::Guid::Parse(Text(Document(kind, handle), "ID")).value_or(base::Guid());
  }
  std::size_t Count(Kind kind) { return Size(Enumerate(kind).json(), ""); }

  // --- The VFP table ---
  Outcome Vfp(HResult (*call)(void*, const char16_t*, char16_t**, char16_t**) noexcept, const base::Guid& port) {
    Outcome outcome;
    char16_t* record = nullptr;
    char16_t* text = nullptr;
    outcome.code = call(vfp().context, Wide(port.ToString()).c_str(), &text, &record);
    return Take(outcome, record, text);
  }
  Value Layers(const base::Guid& port) { return Vfp(vfp().list_layers, port).json(); }
  Value Ports() {
    Outcome outcome;
    char16_t* record = nullptr;
    char16_t* text = nullptr;
    outcome.code = vfp().list_ports(vfp().context, &text, &record);
    return Take(outcome, record, text).json();
  }

 private:
  Outcome Take(Outcome outcome, char16_t* record, char16_t* text = nullptr) {
    for (auto [from, to] : {std::pair(record, &outcome.record), std::pair(text, &outcome.text)}) {
      if (from == nullptr) continue;
      *to = base::Utf16ToUtf8(from).value_or("(not UTF-16)");
      hcn().free_string(hcn().context, from);
    }
    return outcome;
  }

  std::unique_ptr<compose::Host> host_;
};

// 10.1.0.0/16 with gateway 10.1.0.1.
inline constexpr std::string_view kNetwork =
    R"({"Name":"pods","Type":"L2Bridge","SchemaVersion":{"Major":2,"Minor":0},"Ipams":[{"Type":"Static","Subnets":[)"
    R"({"IpAddressPrefix":"10.1.0.0/16","Routes":[{"NextHop":"10.1.0.1","DestinationPrefix":"0.0.0.0/0"}]}]}]})";

// The rule whose id begins so, anywhere in the layers; null when there is none.
inline Value FindRule(const Value& layers, std::string_view id_prefix) {
  for (const Value& layer : Items(layers)) {
    for (const Value& group : Items(layer, "groups")) {
      for (const Value& rule : Items(group, "rules")) {
        if (Text(rule, "id").starts_with(id_prefix)) return rule;
      }
    }
  }
  return Value();
}
inline Value FindLayer(const Value& layers, std::string_view id) {
  for (const Value& layer : Items(layers)) {
    if (Text(layer, "id") == id) return layer;
  }
  return Value();
}

}  // namespace hns_test

#define CHECK_CODE(outcome, expected) CHECK_EQ((outcome).name(), hns_test::CodeName(base::hr::expected))
