// HNSCall and v1 documents through the table.
#include "native/hns_support.h"

namespace {

using namespace hns_test;

constexpr std::string_view kV1Network =
    R"({"Name":"pods","Type":"l2bridge","Subnets":[{"AddressPrefix":"10.1.0.0/16","GatewayAddress":"10.1.0.1"}],)"
    R"("DNSSuffix":"a.local,b.local","DNSServerList":"10.96.0.10,10.96.0.11",)"
    R"("MacPools":[{"StartMacAddress":"00-15-5D-00-00-00","EndMacAddress":"00-15-5D-00-0F-FF"}]})";

struct V1 {
  TestHost host;

  // The answer's envelope; null when the call itself failed.
  Value Call(std::string_view method, std::string_view path, std::string_view request = "") {
    const auto& t = host.hcn();
    char16_t* response = nullptr;
    char16_t* record = nullptr;
    if (t.hns_call(t.context, Wide(method).c_str(), Wide(path).c_str(), Wide(request).c_str(), &response, &record) !=
        hr::OK) {
      t.free_string(t.context, record);
      return {};
    }
    const auto parsed = base::json::Parse(*base::Utf16ToUtf8(response));
    t.free_string(t.context, response);
    return parsed.ok() ? *parsed : Value();
  }
  std::string Code(const Value& answer) {
    return CodeName(static_cast<HResult>(At(answer, "ErrorCode").AsUint64().value_or(0)));
  }
  std::string Network() { return Text(Call("POST", "/networks/", kV1Network), "Output.ID"); }
  Value Endpoint(const std::string& network, std::string_view members = "") {
    return Call("POST", "/endpoints/", R"({"VirtualNetwork":")" + network + "\"" + std::string(members) + "}");
  }
};

// HNS 13.3.
V1 OfServer2022() {
  compose::HostOptions options = TestHost::Defaults();
  options.profile = hns::ProfileOf({13, 3});
  return V1{TestHost(options)};
}

TEST("one network is seen through v1 and v2, each in its own members") {
  V1 v1;
  const std::string id = v1.Network();
  const Value shown = v1.Call("GET", "/Networks/" + id);
  CHECK_EQ(Text(shown, "Success"), "true");
  CHECK_EQ(Text(shown, "Output.Subnets.0.AddressPrefix"), "10.1.0.0/16");
  CHECK_EQ(Text(shown, "Output.Subnets.0.GatewayAddress"), "10.1.0.1");
  CHECK_EQ(Text(shown, "Output.DNSSuffix"), "a.local,b.local");
  CHECK_EQ(Text(shown, "Output.DNSServerList"), "10.96.0.10,10.96.0.11");
  CHECK_EQ(Text(shown, "Output.MacPools.0.EndMacAddress"), "00-15-5D-00-0F-FF");
  CHECK(At(shown, "Output.Ipams").IsNull() && At(shown, "Output.SchemaVersion").IsNull());

  const Outcome opened = v1.host.Open(Kind::kNetwork, *base::Guid::Parse(id));
  const Value v2 = v1.host.Document(Kind::kNetwork, opened.handle);
  CHECK_EQ(Text(v2, "Ipams.0.Subnets.0.IpAddressPrefix"), "10.1.0.0/16");
  CHECK_EQ(Text(v2, "Ipams.0.Subnets.0.Routes.0.NextHop"), "10.1.0.1");
  CHECK_EQ(Text(v2, "Dns.Search.1"), "b.local");
  CHECK_EQ(Text(v2, "MacPool.Ranges.0.StartMacAddress"), "00-15-5D-00-00-00");
  // No query, an empty one and schema 1 ask for v1.
  for (const char* query : {"", "{}", R"({"SchemaVersion":{"Major":1,"Minor":0}})"}) {
    CHECK_EQ(Text(v1.host.Query(Kind::kNetwork, opened.handle, query).json(), "Subnets.0.AddressPrefix"),
             "10.1.0.0/16");
  }
  CHECK_EQ(Text(v1.Call("DELETE", "/networks/" + id), "Success"), "true");
  CHECK_EQ(v1.host.Count(Kind::kNetwork), 0u);
}

TEST("an endpoint's flat policies become v2's, act as they do, and come back flat") {
  V1 v1;
  const Value made = v1.Endpoint(
      v1.Network(),
      R"(,"IPAddress":"10.1.0.9","Policies":[{"Type":"OutBoundNAT","ExceptionList":["10.1.0.0/16"]},)"
      R"({"Type":"NAT","Protocol":"UDP","InternalPort":53,"ExternalPort":5353,"ExternalPortReserved":true},)"
      R"({"Type":"ACL","Action":"Block","Direction":"In","Protocol":6,"LocalPort":80,"Priority":100},)"
      R"({"Type":"Isolation","VLAN":7,"InDefaultIsolation":true}])");
  CHECK_EQ(Text(made, "Success"), "true");
  CHECK_EQ(Text(made, "Output.IPAddress"), "10.1.0.9");
  CHECK_EQ(Text(made, "Output.PrefixLength"), "16");
  CHECK_EQ(Text(made, "Output.GatewayAddress"), "10.1.0.1");
  CHECK_EQ(Text(made, "Output.VirtualNetworkName"), "pods");
  CHECK_EQ(Text(made, "Output.Policies.0.ExceptionList.0"), "10.1.0.0/16");
  CHECK_EQ(Text(made, "Output.Policies.1.Protocol"), "UDP");
  CHECK_EQ(Text(made, "Output.Policies.1.ExternalPortReserved"), "true");
  CHECK_EQ(Text(made, "Output.Policies.2.LocalPort"), "80");
  CHECK_EQ(Text(made, "Output.Policies.3"), R"({"Type":"Isolation","VLAN":7,"InDefaultIsolation":true})");

  const Outcome opened = v1.host.Open(Kind::kEndpoint, *base::Guid::Parse(Text(made, "Output.ID")));
  const Value v2 = v1.host.Document(Kind::kEndpoint, opened.handle);
  CHECK_EQ(Text(v2, "Policies.0.Settings.Exceptions.0"), "10.1.0.0/16");
  CHECK_EQ(Text(v2, "Policies.1.Type"), "PortMapping");
  CHECK_EQ(Text(v2, "Policies.1.Settings.Protocol"), "17");
  CHECK_EQ(Text(v2, "Policies.1.Settings.Flags"), "4");
  CHECK_EQ(Text(v2, "Policies.2.Settings.Protocols"), "6");
  CHECK_EQ(Text(v2, "Policies.2.Settings.LocalPorts"), "80");
  CHECK_EQ(Text(v2, "IpConfigurations.0.IpAddress"), "10.1.0.9");
}

TEST("a POST of an endpoint's document replaces its policies whole, and changes nothing else") {
  V1 v1;
  const Value made =
      v1.Endpoint(v1.Network(), R"(,"Policies":[{"Type":"OutBoundNAT","ExceptionList":["10.1.0.0/16"]}])");
  const std::string path = "/endpoints/" + Text(made, "Output.ID");
  const Value changed =
      v1.Call("POST", path, R"({"Policies":[{"Type":"ACL","Action":"Allow","Direction":"Out","Priority":1}]})");
  CHECK_EQ(Size(changed, "Output.Policies"), 1u);
  CHECK_EQ(Text(changed, "Output.Policies.0.Type"), "ACL");

  const Value refused = v1.Call("POST", path, R"({"IPAddress":"10.1.9.9","Policies":[]})");
  CHECK_EQ(v1.Code(refused), "HCN_E_REQUEST_UNSUPPORTED");
  CHECK_EQ(Size(v1.Call("GET", path), "Output.Policies"), 1u);
}

TEST("containers share an endpoint by attaching to it, and the last detach leaves nothing") {
  V1 v1;
  const std::string path = "/endpoints/" + Text(v1.Endpoint(v1.Network()), "Output.ID");
  CHECK_EQ(Text(v1.Call("POST", path + "/attach", R"({"ContainerId":"web","SystemType":"Container"})"), "Success"),
           "true");
  CHECK_EQ(Text(v1.Call("GET", path), "Output.State"), "2");
  CHECK_EQ(Text(v1.Call("POST", path + "/Attach/", R"({"ContainerId":"log","SystemType":"Container"})"), "Success"),
           "true");
  CHECK_EQ(Text(v1.Call("GET", path), "Output.SharedContainers"), R"(["web","log"])");
  CHECK_EQ(Text(v1.Call("GET", path), "Output.State"), "3");

  CHECK_EQ(v1.Code(v1.Call("POST", path + "/detach", R"({"ContainerId":"none"})")), "HCN_E_ENDPOINT_NOT_ATTACHED");
  v1.Call("POST", path + "/detach", R"({"ContainerId":"web"})");
  CHECK_EQ(Text(v1.Call("GET", path), "Output.SharedContainers"), R"(["log"])");
  v1.Call("POST", path + "/detach", R"({"ContainerId":"log"})");
  CHECK(At(v1.Call("GET", path), "Output.Namespace").IsNull());
  CHECK_EQ(v1.host.Count(Kind::kNamespace), 1u);
}

TEST("the host attaches to an endpoint and detaches, in compartment 1 alone") {
  V1 v1;
  const std::string path = "/endpoints/" + Text(v1.Endpoint(v1.Network(), R"(,"IPAddress":"10.1.0.2")"), "Output.ID");
  CHECK_EQ(Text(v1.Call("POST", path + "/attach", R"({"SystemType":"Host","CompartmentId":1})"), "Success"), "true");
  CHECK_EQ(Text(v1.Call("GET", "/networks"), "Output.0.ManagementIP"), "10.1.0.2");
  CHECK_EQ(v1.Code(v1.Call("POST", path + "/attach", R"({"SystemType":"Host","CompartmentId":2})")),
           "GCN_E_NETCOMPARTMENT_NOT_FOUND");
  CHECK_EQ(Text(v1.Call("POST", path + "/detach", R"({"SystemType":"Host"})"), "Success"), "true");
  CHECK_EQ(v1.Code(v1.Call("POST", path + "/detach", "")), "HCN_E_ENDPOINT_NOT_ATTACHED");
}

TEST("a policy list is a load balancer or an SDN route, under one id") {
  V1 v1;
  const std::string endpoint = Text(v1.Endpoint(v1.Network()), "Output.ID");
  const std::string references = R"({"References":["/endpoints/)" + endpoint + R"("],"Policies":)";
  const Value elb = v1.Call("POST", "/policylists/",
                            references + R"([{"Type":"ELB","Protocol":6,"InternalPort":8080,"ExternalPort":80,)"
                                         R"("VIPs":["10.96.0.80"],"ILB":true,"IsDSR":true}]})");
  CHECK_EQ(Text(elb, "Output.Policies.0.ILB"), "true");
  const base::Guid id = base::Guid::Parse(Text(elb, "Output.ID")).value_or(base::Guid());
  const Value v2 = v1.host.Document(Kind::kLoadBalancer, v1.host.Open(Kind::kLoadBalancer, id).handle);
  CHECK_EQ(Text(v2, "FrontendVIPs.0"), "10.96.0.80");
  CHECK_EQ(Text(v2, "Flags"), "1");
  CHECK_EQ(Text(v2, "PortMappings.0.Flags"), "1");
  CHECK_EQ(Text(v2, "PortMappings.0.InternalPort"), "8080");

  const Value route = v1.Call(
      "POST", "/policylists",
      references + R"([{"Type":"ROUTE","DestinationPrefix":"10.2.0.0/16","NextHop":"10.1.0.3","NeedEncap":true}]})");
  CHECK_EQ(Text(route, "Output.Policies.0.DestinationPrefix"), "10.2.0.0/16");
  CHECK_EQ(Size(v1.Call("GET", "/policylists/"), "Output"), 2u);
  CHECK_EQ(v1.Code(v1.Call("POST", "/policylists", references + R"([{"Type":"ACL"}]})")), "HCN_E_INVALID_POLICY_TYPE");
  CHECK_EQ(Text(v1.Call("DELETE", "/policylists/" + Text(route, "Output.ID")), "Success"), "true");
  CHECK_EQ(Text(v1.Call("DELETE", "/policylists/" + Text(elb, "Output.ID")), "Success"), "true");
  CHECK_EQ(Size(v1.Call("GET", "/policylists/"), "Output"), 0u);
}

TEST("namespaces of v1 are made, given resources and found gone with the text clients look for") {
  V1 v1;
  const std::string endpoint = Text(v1.Endpoint(v1.Network()), "Output.ID");
  const Value made = v1.Call("POST", "/namespaces/", "{}");
  CHECK_EQ(Text(made, "Output.IsDefault"), "false");
  const std::string path = "/namespaces/" + Text(made, "Output.ID");
  v1.Call("POST", path + "/addresource", R"({"Type":"Endpoint","Data":{"Id":")" + endpoint + R"("}})");
  CHECK_EQ(Text(v1.Call("GET", path), "Output.ResourceList.0.Type"), "Endpoint");
  CHECK_EQ(Text(v1.Call("GET", "/endpoints/" + endpoint), "Output.Namespace.ID"), Text(made, "Output.ID"));
  v1.Call("POST", path + "/removeresource", R"({"Type":"Endpoint","Data":{"Id":")" + endpoint + R"("}})");
  CHECK_EQ(Size(v1.Call("GET", path), "Output.ResourceList"), 0u);
  v1.Call("DELETE", path);
  CHECK(Text(v1.Call("GET", path), "Error").starts_with("Element not found. "));
}

TEST("every endpoint has statistics, attached or not, and the version is the service's") {
  V1 v1 = OfServer2022();
  const std::string id = Text(v1.Endpoint(v1.Network()), "Output.ID");
  CHECK_EQ(Text(v1.Call("GET", "/endpointstats/" + id), "Output.PacketsSent"), "0");
  CHECK_EQ(Text(v1.Call("GET", "/endpointstats/"), "Output.0.EndpointId"), id);
  CHECK_EQ(Text(v1.Call("GET", "/globals/version"), "Output.Major"), "13");
  for (const char* path : {"/activities", "/plugins", "/portpools"})
    CHECK_EQ(Text(v1.Call("GET", path), "Output"), "[]");
}

TEST("from 15.4 on accelerated MAC addresses are kept as given, and taken away") {
  compose::HostOptions options = TestHost::Defaults();
  options.profile = hns::ProfileOf({15, 4});
  V1 v1{TestHost(options)};
  const Value given =
      v1.Call("POST", "/accelnet/",
              R"({"MacAddressList":[{"MacAddress":"00-15-5D-00-00-01"},{"MacAddress":"00-15-5D-00-00-02"}]})");
  CHECK_EQ(Text(given, "Success"), "true");
  CHECK_EQ(Size(v1.Call("GET", "/accelnet"), "Output.MacAddressList"), 2u);
  CHECK_EQ(v1.Code(v1.Call("POST", "/accelnet/", R"({"MacAddressList":[{"MacAddress":"x"}]})")),
           "ERROR_INVALID_PARAMETER");
  CHECK_EQ(Text(v1.Call("DELETE", "/accelnet/"), "Success"), "true");
  CHECK_EQ(Size(v1.Call("GET", "/accelnet"), "Output.MacAddressList"), 0u);
  CHECK_EQ(Text(v1.Call("GET", "/globals/version"), "Output"), R"({"Major":15,"Minor":4})");
}

TEST("what cannot be had is an envelope with Success false, and S_OK") {
  const struct {
    const char *method, *path, *request, *code;
  } cases[] = {
      {"GET", "/nothing", "", "ERROR_NOT_FOUND"},
      {"GET", "/accelnet/", "", "ERROR_NOT_FOUND"},  // Of HNS 15.4.
      {"PUT", "/networks", "", "ERROR_INVALID_PARAMETER"},
      {"DELETE", "/networks", "", "HCN_E_REQUEST_UNSUPPORTED"},
      {"GET", "/networks/pods", "", "HCN_E_GUID_CONVERSION_FAILURE"},
      {"GET", "/networks/11111111-2222-3333-4444-555555555555", "", "HCN_E_NETWORK_NOT_FOUND"},
      {"DELETE", "/endpoints/11111111-2222-3333-4444-555555555555", "", "HCN_E_ENDPOINT_NOT_FOUND"},
      {"POST", "/networks", "{", "HCN_E_INVALID_JSON"},
      {"POST", "/endpoints", "{}", "HCN_E_INVALID_ENDPOINT"},
      {"POST", "/endpoints", R"({"VirtualNetworkName":"none"})", "HCN_E_NETWORK_NOT_FOUND"},
      {"GET", "/networks/11111111-2222-3333-4444-555555555555/attach", "", "ERROR_NOT_FOUND"},
  };
  V1 v1 = OfServer2022();
  for (const auto& c : cases) {
    const Value answer = v1.Call(c.method, c.path, c.request);
    CHECK_EQ(std::string(c.path) + " " + v1.Code(answer), std::string(c.path) + " " + c.code);
    CHECK_EQ(Text(answer, "Success"), "false");
  }
}

}  // namespace
