// Statistics and addresses of endpoints, at the ABI.
#include <algorithm>

#include "base/mac_address.h"
#include "native/hns_support.h"

namespace {

using namespace hns_test;

struct Fixture {
  TestHost host;
  void* network = host.Create(Kind::kNetwork, kNetwork).handle;

  Outcome Statistics(void* endpoint, std::string_view query = "") {
    return host.Ask(host.hcn().query_endpoint_stats, endpoint, query);
  }
  Outcome Addresses(void* endpoint, std::string_view query = "") {
    return host.Ask(host.hcn().query_endpoint_addresses, endpoint, query);
  }
  // What the endpoint sends: a broadcast of `length` bytes, of a kind the switch floods.
  void Send(void* endpoint, std::size_t length) {
    std::vector<std::uint8_t> packed = {static_cast<std::uint8_t>(length), 0, 0, 0};
    packed.resize(4 + length, 0);
    std::fill_n(packed.begin() + 4, 6, 0xff);
    const base::MacAddress mac = *base::MacAddress::Parse(Text(host.Document(Kind::kEndpoint, endpoint), "MacAddress"));
    std::copy(mac.bytes.begin(), mac.bytes.end(), packed.begin() + 10);
    const std::u16string port = Wide(host.IdOf(Kind::kEndpoint, endpoint).ToString());
    CHECK_EQ(host.vfp().send_frames(host.vfp().context, port.c_str(), packed.data(), packed.size(), nullptr), hr::OK);
  }
};

TEST("an endpoint that was never attached has statistics, all zero") {
  Fixture f;
  const Outcome endpoint = f.host.CreateEndpoint(f.network, "{}");
  const std::string id = f.host.IdOf(Kind::kEndpoint, endpoint.handle).ToString();

  const Outcome statistics = f.Statistics(endpoint.handle);

  CHECK_CODE(statistics, OK);
  CHECK_EQ(statistics.text,
           R"({"BytesReceived":0,"BytesSent":0,"DroppedPacketsIncoming":0,"DroppedPacketsOutgoing":0,"EndpointId":")" +
               id + R"(","InstanceId":")" + id + R"(","PacketsReceived":0,"PacketsSent":0})");
}

TEST("statistics are the counters of the endpoint's own port, whatever namespace it is in") {
  Fixture f;
  const Outcome bridge = f.host.CreateEndpoint(f.network, R"({"IpConfigurations":[{"IpAddress":"10.1.0.2"}]})");
  const std::string id = f.host.IdOf(Kind::kEndpoint, bridge.handle).ToString();
  f.Send(bridge.handle, 60);
  CHECK_EQ(Text(f.Statistics(bridge.handle).json(), "PacketsSent"), "1");
  CHECK_EQ(Text(f.Statistics(bridge.handle).json(), "BytesSent"), "60");

  const Outcome host_default = f.host.Enumerate(Kind::kNamespace, R"({"Type":"HostDefault"})");
  const Outcome opened = f.host.Open(Kind::kNamespace, *base::Guid::Parse(Text(host_default.json(), "0")));
  CHECK_CODE(
      f.host.Modify(Kind::kNamespace, opened.handle,
                    R"({"ResourceType":"Endpoint","RequestType":"Add","Settings":{"EndpointId":")" + id + R"("}})"),
      OK);

  // In the host compartment it is the network's host port that counts.
  const Outcome in_host = f.Statistics(bridge.handle);
  CHECK_CODE(in_host, OK);
  CHECK_EQ(Text(in_host.json(), "EndpointId"), id);
  CHECK(Text(in_host.json(), "InstanceId") != id);
}

TEST("a remote endpoint has addresses and no statistics") {
  Fixture f;
  const Outcome remote = f.host.CreateEndpoint(
      f.network, R"({"Flags":1,"MacAddress":"02-11-22-33-44-55","IpConfigurations":[{"IpAddress":"10.7.0.5"}]})");
  CHECK_CODE(f.Statistics(remote.handle), HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION);
  CHECK_EQ(Text(f.Addresses(remote.handle).json(), "0.IpAddress"), "10.7.0.5");
}

TEST("addresses are the endpoint's own, with their prefixes") {
  Fixture f;
  const Outcome endpoint =
      f.host.CreateEndpoint(f.network, R"({"IpConfigurations":[{"IpAddress":"10.1.0.7"},{"IpAddress":"10.1.0.8"}]})");
  const Value addresses = f.Addresses(endpoint.handle).json();
  CHECK_EQ(Size(addresses, ""), 2u);
  CHECK_EQ(Text(addresses, "0.IpAddress"), "10.1.0.7");
  CHECK_EQ(Text(addresses, "0.PrefixLength"), "16");
  CHECK_EQ(Text(addresses, "1.IpAddress"), "10.1.0.8");
}

TEST("what is asked of an endpoint is refused for a handle or a query that is none") {
  Fixture f;
  const Outcome endpoint = f.host.CreateEndpoint(f.network, "{}");
  const auto& t = f.host.hcn();
  for (const auto call : {t.query_endpoint_stats, t.query_endpoint_addresses}) {
    CHECK_CODE(f.host.Ask(call, f.network), ERROR_INVALID_HANDLE);
    CHECK_CODE(f.host.Ask(call, nullptr), ERROR_INVALID_HANDLE);
    CHECK_CODE(f.host.Ask(call, endpoint.handle, "{"), HCN_E_INVALID_JSON);
    CHECK_EQ(call(t.context, endpoint.handle, nullptr, nullptr, nullptr), hr::E_POINTER);
    CHECK_CODE(f.host.Ask(call, endpoint.handle, R"({"SchemaVersion":{"Major":2},"Filter":"{\"Name\":\"x\"}"})"), OK);
  }
  f.host.Delete(Kind::kEndpoint, f.host.IdOf(Kind::kEndpoint, endpoint.handle));
  for (const auto call : {t.query_endpoint_stats, t.query_endpoint_addresses}) {
    CHECK_CODE(f.host.Ask(call, endpoint.handle), HCN_E_OBJECT_USED_AFTER_UNLOAD);
  }
}

}  // namespace
