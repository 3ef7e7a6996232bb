// The promises of hcn_table.h that hold for every entry.
#include <limits>

#include "native/hns_support.h"

namespace {

using namespace hns_test;

// What an entry must overwrite.
char16_t* const kStale = reinterpret_cast<char16_t*>(std::uintptr_t{0x10});

TEST("error records and results are null where the contract says so") {
  TestHost host;
  const auto& t = host.hcn();
  char16_t* record = kStale;
  char16_t* text = kStale;
  void* handle = kStale;

  CHECK_EQ(t.enumerate_networks(t.context, nullptr, &text, &record), hr::OK);
  CHECK(record == nullptr && text != nullptr);
  CHECK(std::u16string_view(text) == u"[]");
  t.free_string(t.context, text);

  record = kStale;
  CHECK_EQ(t.create_network(t.context, {}, u"{}", &handle, &record), hr::HCN_E_INVALID_NETWORK);
  CHECK(handle == nullptr && record != nullptr);
  t.free_string(t.context, record);

  record = text = kStale;
  CHECK_EQ(t.query_network_properties(t.context, nullptr, nullptr, &text, &record), hr::ERROR_INVALID_HANDLE);
  CHECK(text == nullptr && record != nullptr);
  t.free_string(t.context, record);
  t.free_string(t.context, nullptr);

  // The record may not be wanted; a result must be.
  CHECK_EQ(t.delete_network(t.context, {}, nullptr), hr::HCN_E_NETWORK_NOT_FOUND);
  CHECK_EQ(t.enumerate_networks(t.context, nullptr, nullptr, nullptr), hr::E_POINTER);
  CHECK_EQ(t.create_network(t.context, {}, Wide(kNetwork).c_str(), nullptr, nullptr), hr::E_POINTER);
  CHECK_EQ(host.Count(Kind::kNetwork), 0u);
}

TEST("an error record has Windows' three members, in their order, and the code's own text first") {
  TestHost host;
  const Outcome outcome = host.Open(Kind::kNamespace, *base::Guid::Parse("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"));
  CHECK_CODE(outcome, ERROR_NOT_FOUND);
  CHECK(outcome.record.starts_with(R"({"Success":false,"Error":"Element not found. )"));
  CHECK(outcome.record.ends_with(R"(. ","ErrorCode":2147943568})"));
}

TEST("documents past the limits are refused before anything is built of them") {
  TestHost host;
  const std::string ten_megabytes = R"({"Name":")" + std::string(10'000'000, 'x') + R"(","Type":"L2Bridge"})";
  CHECK_CODE(host.Create(Kind::kNetwork, ten_megabytes), ERR_DOCUMENT_TOO_LARGE);
  const std::string deep =
      R"({"Name":"x","Type":"L2Bridge","Deep":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  CHECK_CODE(host.Create(Kind::kNetwork, deep), ERR_DOCUMENT_TOO_LARGE);
  CHECK_CODE(host.Create(Kind::kNetwork, std::string(100'000, '[')), ERR_DOCUMENT_TOO_LARGE);
  const Outcome network = host.Create(Kind::kNetwork, kNetwork);
  CHECK_CODE(host.CreateEndpoint(network.handle, ten_megabytes), ERR_DOCUMENT_TOO_LARGE);
  CHECK_CODE(host.Modify(Kind::kNetwork, network.handle, deep), ERR_DOCUMENT_TOO_LARGE);
  CHECK_CODE(host.Query(Kind::kNetwork, network.handle, ten_megabytes), ERR_DOCUMENT_TOO_LARGE);
  CHECK_EQ(host.Count(Kind::kNetwork), 1u);
}

TEST("text that is not UTF-16 is no JSON") {
  TestHost host;
  const auto& t = host.hcn();
  const char16_t lone_surrogate[] = {u'{', u'"', 0xd800, u'"', u':', u'1', u'}', 0};
  void* handle = nullptr;
  CHECK_EQ(t.create_network(t.context, {}, lone_surrogate, &handle, nullptr), hr::HCN_E_INVALID_JSON);
  char16_t* text = nullptr;
  CHECK_EQ(t.enumerate_networks(t.context, lone_surrogate, &text, nullptr), hr::HCN_E_INVALID_JSON);
}

TEST("names outside ASCII and with zero characters survive") {
  TestHost host;
  const Outcome network = host.Create(Kind::kNetwork, R"({"Name":"сеть \u0000 𝄞","Type":"L2Bridge"})");
  CHECK_CODE(network, OK);
  CHECK_EQ(*At(host.Document(Kind::kNetwork, network.handle), "Name").AsString(), std::string("сеть \0 𝄞", 15));
  CHECK_EQ(Size(host.Enumerate(Kind::kNetwork, R"({"Name":"сеть \u0000 𝄞"})").json(), ""), 1u);
}

struct Heard {
  std::vector<std::string> events;
  static void Callback(std::uint32_t type, void* context, HResult status, const char16_t* data) {
    std::string text = std::to_string(type) + (status == hr::OK ? "" : " bad status");
    if (data != nullptr) text += " " + Text(*base::json::Parse(*base::Utf16ToUtf8(data)), "ID");
    static_cast<Heard*>(context)->events.push_back(text);
  }
};

TEST("subscribers hear of networks and namespaces in order, and of the end of the service") {
  TestHost host;
  const auto& t = host.hcn();
  Heard heard;
  abi::HCN_CALLBACK handle = nullptr;
  CHECK_EQ(t.register_service_callback(t.context, Heard::Callback, &heard, &handle), hr::OK);

  const Outcome network = host.Create(Kind::kNetwork, kNetwork);
  const std::string id = host.IdOf(Kind::kNetwork, network.handle).ToString();
  host.Create(Kind::kNetwork, kNetwork);  // Refused: nobody hears of it.
  host.Delete(Kind::kNetwork, *base::Guid::Parse(id));
  host.Delete(Kind::kNetwork, *base::Guid::Parse(id));
  const std::string name_space = host.IdOf(Kind::kNamespace, host.Create(Kind::kNamespace, "{}").handle).ToString();
  host.Delete(Kind::kNamespace, *base::Guid::Parse(name_space));

  const std::vector<std::string> expected = {"1 " + id, "2 " + id,         "3 " + id,
                                             "4 " + id, "5 " + name_space, "6 " + name_space};
  CHECK(heard.events == expected);

  Heard second;
  abi::HCN_CALLBACK second_handle = nullptr;
  CHECK_EQ(t.register_service_callback(t.context, Heard::Callback, &second, &second_handle), hr::OK);
  CHECK_EQ(t.unregister_service_callback(t.context, handle), hr::OK);
  CHECK_EQ(t.unregister_service_callback(t.context, handle), hr::ERROR_INVALID_HANDLE);
  CHECK_EQ(t.unregister_service_callback(t.context, network.handle), hr::ERROR_INVALID_HANDLE);
  host.CloseHost();
  CHECK_EQ(heard.events.size(), expected.size());
  CHECK(second.events == std::vector<std::string>{"16777216"});
}

TEST("flows are listed by pages, and a query that makes no sense is refused") {
  TestHost host;
  const auto list = [&](const char* query) {
    Outcome outcome;
    char16_t* text = nullptr;
    outcome.code = host.vfp().list_flows(host.vfp().context, nullptr, Wide(query).c_str(), &text, nullptr);
    if (text != nullptr) outcome.text = *base::Utf16ToUtf8(text);
    host.vfp().free_string(host.vfp().context, text);
    return outcome;
  };
  CHECK_EQ(list("").text, R"({"flows":[]})");
  CHECK_EQ(list(R"({"limit":5,"cursor":null})").text, R"({"flows":[]})");
  for (const char* bad : {"[]", R"({"limit":0})", R"({"limit":10001})", R"({"cursor":"x"})", R"({"cursor":5})"}) {
    CHECK_CODE(list(bad), ERROR_INVALID_PARAMETER);
  }
}

TEST("ports are named by GUID, and unknown ones answer so") {
  TestHost host;
  host.Create(Kind::kNetwork, kNetwork);
  const std::string id = Text(host.Ports(), "0.id");
  CHECK_CODE(host.Vfp(host.vfp().list_layers, *base::Guid::Parse(id)), OK);
  CHECK_CODE(host.Vfp(host.vfp().get_port_counters, *base::Guid::Parse("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee")),
             HCN_E_PORT_NOT_FOUND);
  char16_t* text = nullptr;
  CHECK_EQ(host.vfp().list_layers(host.vfp().context, u"port", &text, nullptr), hr::HCN_E_GUID_CONVERSION_FAILURE);
  CHECK_EQ(
      host.vfp().list_layers(host.vfp().context, Wide(base::Guid::Parse(id)->ToUpperString()).c_str(), &text, nullptr),
      hr::OK);
  host.vfp().free_string(host.vfp().context, text);
  const std::uint8_t frame[10] = {};
  CHECK_EQ(host.vfp().explain(host.vfp().context, Wide(id).c_str(), nullptr, 10, &text, nullptr),
           hr::ERR_INVALID_FRAME);
  CHECK_EQ(host.vfp().send_frames(host.vfp().context, Wide(id).c_str(), frame, 3, nullptr), hr::ERR_INVALID_FRAME);
}

TEST("functions without a published signature are there and say that they are not implemented") {
  TestHost host;
  const auto& t = host.hcn();
  const Outcome network = host.Create(Kind::kNetwork, kNetwork);
  void* handle = kStale;
  CHECK_EQ(t.register_network_callback(t.context, network.handle, Heard::Callback, nullptr, &handle), hr::E_NOTIMPL);
  CHECK(handle == nullptr);
  CHECK_EQ(t.unregister_network_callback(t.context, nullptr), hr::E_NOTIMPL);
  for (const auto query : {t.query_features, t.query_metrics}) {
    char16_t* record = kStale;
    char16_t* text = kStale;
    CHECK_EQ(query(t.context, u"", &text, &record), hr::E_NOTIMPL);
    CHECK(text == nullptr && record != nullptr);
    CHECK(base::Utf16ToUtf8(record)->ends_with(R"("ErrorCode":2147500033})"));
    t.free_string(t.context, record);
    CHECK_EQ(query(t.context, nullptr, nullptr, nullptr), hr::E_NOTIMPL);
  }
}

}  // namespace
