#include "native/hns_support.h"

namespace {

using namespace hns_test;

struct Fixture {
  TestHost host;
  void* network = nullptr;
  std::string web1, web2;

  Fixture() {
    network = host.Create(Kind::kNetwork, kNetwork).handle;
    web1 = AddEndpoint(network);
    web2 = AddEndpoint(network);
  }
  std::string AddEndpoint(void* on) {
    return host.IdOf(Kind::kEndpoint, host.CreateEndpoint(on, "{}").handle).ToString();
  }
  Outcome Add(const std::string& settings, const base::Guid& id = {}) {
    return host.Create(Kind::kSdnRoute, settings, id);
  }
  Value Show(const Outcome& route) { return host.Document(Kind::kSdnRoute, route.handle); }
};

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

// As hcsshim writes it. `endpoints`: quoted ids, separated by commas.
std::string Settings(const std::string& endpoints,
                     const std::string& routes =
                         R"({"DestinationPrefix":"169.254.169.254/24","NextHop":"127.10.0.34","NeedEncap":false})",
                     const std::string& name = "Setting") {
  return R"({"SchemaVersion":{"Major":2,"Minor":0},"HostComputeEndpoints":[)" + endpoints + R"(],")" + name + R"(":[)" +
         routes + R"(],"Health":{"Extra":{}}})";
}

TEST("an SDN route tells its routes under both of their names, as they were given") {
  Fixture f;
  for (const char* name : {"Setting", "Routes"}) {
    const Outcome created = f.Add(Settings(Quoted(f.web1) + "," + Quoted(f.web2),
                                           R"({"DestinationPrefix":"169.254.169.254/24","NextHop":"127.10.0.34",)"
                                           R"("NeedEncap":true,"AutomaticEndpointMonitor":false,"New":7})",
                                           name));
    CHECK_CODE(created, OK);

    const Value route = f.Show(created);

    for (const char* list : {"Routes.0.", "Setting.0."}) {
      CHECK_EQ(Text(route, std::string(list) + "DestinationPrefix"), "169.254.169.254/24");
      CHECK_EQ(Text(route, std::string(list) + "NextHop"), "127.10.0.34");
      CHECK_EQ(Text(route, std::string(list) + "NeedEncap"), "true");
      CHECK_EQ(Text(route, std::string(list) + "AutomaticEndpointMonitor"), "false");
      CHECK_EQ(Text(route, std::string(list) + "New"), "7");
    }
    // hcsshim looks for the endpoint's own text when it takes one off.
    CHECK_EQ(Text(route, "HostComputeEndpoints.1"), f.web2);
    CHECK_EQ(Text(route, "HostComputeNetwork"), f.host.IdOf(Kind::kNetwork, f.network).ToString());
  }
  CHECK_EQ(f.host.Count(Kind::kSdnRoute), 2u);
}

TEST("SDN routes that make no sense are refused and leave nothing") {
  Fixture f;
  const Outcome other =
      f.host.Create(Kind::kNetwork,
                    R"({"Name":"other","Type":"L2Bridge","Ipams":[{"Subnets":[{"IpAddressPrefix":"10.2.0.0/16"}]}]})");
  const std::string web = Quoted(f.web1);
  struct Case {
    std::string settings;
    HResult code;
  };
  const Case cases[] = {
      {Settings(Quoted("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee")), hr::HCN_E_ENDPOINT_NOT_FOUND},
      {Settings(Quoted("junk")), hr::HCN_E_GUID_CONVERSION_FAILURE},
      {Settings(web + "," + Quoted(f.AddEndpoint(other.handle))), hr::ERROR_INVALID_PARAMETER},
      {Settings(web, ""), hr::ERROR_INVALID_PARAMETER},
      {Settings(web, R"({"NextHop":"10.1.0.9"})"), hr::HCN_E_INVALID_PREFIX},
      {Settings(web, R"({"DestinationPrefix":"10.2.0.0/33"})"), hr::HCN_E_INVALID_PREFIX},
      {Settings(web, R"({"DestinationPrefix":"10.2.0.0/16","NextHop":"gateway"})"), hr::HCN_E_INVALID_IP},
      {Settings(web, R"({"DestinationPrefix":"10.2.0.0/16","NextHop":"0.0.0.0"})"), hr::HCN_E_INVALID_IP},
      {Settings(web, R"({"DestinationPrefix":"10.2.0.0/16","NextHop":"fd00::1"})"), hr::HCN_E_INVALID_IP},
      {Settings(web, R"({"DestinationPrefix":"10.2.0.0/16","NeedEncap":"yes"})"), hr::ERROR_INVALID_PARAMETER},
      {R"({"Routes":[{"DestinationPrefix":"10.2.0.0/16"}],"Setting":[{"DestinationPrefix":"10.3.0.0/16"}]})",
       hr::ERROR_INVALID_PARAMETER},
      {R"({"HostComputeNetwork":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","Routes":[{"DestinationPrefix":"10.2.0.0/16"}]})",
       hr::HCN_E_NETWORK_NOT_FOUND},
      {"[]", hr::HCN_E_INVALID_JSON},
  };
  for (const Case& c : cases) {
    const Outcome outcome = f.Add(c.settings);
    CHECK_EQ(c.settings + " " + outcome.name(), c.settings + " " + CodeName(c.code));
  }
  CHECK_EQ(f.host.Count(Kind::kSdnRoute), 0u);
}

TEST("an unknown SDN route is not found, by any call that names it") {
  Fixture f;
  const base::Guid id = *base::Guid::Parse("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
  CHECK_CODE(f.host.Open(Kind::kSdnRoute, id), ERROR_NOT_FOUND);
  CHECK_CODE(f.host.Delete(Kind::kSdnRoute, id), ERROR_NOT_FOUND);

  // Delete, then create with the same id: what hcsshim calls adding an endpoint.
  const Outcome first = f.Add(Settings(Quoted(f.web1)), id);
  CHECK_CODE(f.Add(Settings(Quoted(f.web1)), id), ERROR_OBJECT_ALREADY_EXISTS);
  CHECK_CODE(f.host.Delete(Kind::kSdnRoute, id), OK);
  CHECK_CODE(f.host.Query(Kind::kSdnRoute, first.handle), HCN_E_OBJECT_USED_AFTER_UNLOAD);
  CHECK_CODE(f.Add(Settings(Quoted(f.web1) + "," + Quoted(f.web2)), id), OK);
  CHECK_CODE(f.host.Query(Kind::kSdnRoute, first.handle), HCN_E_OBJECT_USED_AFTER_UNLOAD);
  CHECK_EQ(f.host.Close(Kind::kSdnRoute, first.handle), hr::OK);
  CHECK_EQ(f.host.Close(Kind::kSdnRoute, first.handle), hr::ERROR_INVALID_HANDLE);
}

TEST("a handle of another kind is no SDN route") {
  Fixture f;
  const Outcome route = f.Add(Settings(Quoted(f.web1)));
  CHECK_CODE(f.host.Query(Kind::kSdnRoute, f.network), ERROR_INVALID_HANDLE);
  CHECK_CODE(f.host.Modify(Kind::kSdnRoute, f.network, Settings("")), ERROR_INVALID_HANDLE);
  CHECK_EQ(f.host.Close(Kind::kSdnRoute, f.network), hr::ERROR_INVALID_HANDLE);
  CHECK_EQ(f.host.Close(Kind::kLoadBalancer, route.handle), hr::ERROR_INVALID_HANDLE);
  CHECK_EQ(f.host.Close(Kind::kSdnRoute, route.handle), hr::OK);
}

TEST("the whole document replaces an SDN route, and a bad one changes nothing") {
  Fixture f;
  const Outcome route = f.Add(Settings(Quoted(f.web1)));
  const std::string id = Text(f.Show(route), "ID");

  CHECK_CODE(f.host.Modify(Kind::kSdnRoute, route.handle, Settings(Quoted(f.web1) + "," + Quoted(f.web2))), OK);
  CHECK_EQ(Size(f.Show(route), "HostComputeEndpoints"), 2u);
  CHECK_EQ(Text(f.Show(route), "ID"), id);
  const std::string before = f.host.Query(Kind::kSdnRoute, route.handle).text;

  CHECK_CODE(f.host.Modify(Kind::kSdnRoute, route.handle, Settings(Quoted(f.web2), "")), ERROR_INVALID_PARAMETER);
  CHECK_CODE(f.host.Modify(Kind::kSdnRoute, route.handle,
                           R"({"RequestType":"Remove","Settings":)" + Settings(Quoted(f.web2)) + "}"),
             HCN_E_REQUEST_UNSUPPORTED);
  CHECK_EQ(f.host.Query(Kind::kSdnRoute, route.handle).text, before);

  CHECK_CODE(f.host.Modify(Kind::kSdnRoute, route.handle,
                           R"({"RequestType":"Update","Settings":)" + Settings(Quoted(f.web2)) + "}"),
             OK);
  CHECK_EQ(Text(f.Show(route), "HostComputeEndpoints.0"), f.web2);
}

TEST("SDN routes are found by name, by id and by their network") {
  Fixture f;
  const Outcome named = f.Add(R"({"Name":"to the lab","HostComputeEndpoints":[)" + Quoted(f.web1) +
                              R"(],"Routes":[{"DestinationPrefix":"10.2.0.0/16"}]})");
  const Outcome loose = f.Add(Settings(""));
  CHECK_CODE(loose, OK);
  const std::string network = f.host.IdOf(Kind::kNetwork, f.network).ToString();
  const auto found = [&](const std::string& filter) { return f.host.Enumerate(Kind::kSdnRoute, filter).text; };
  const std::string expected = "[" + Quoted(Text(f.Show(named), "ID")) + "]";

  CHECK_EQ(found(R"({"Name":"to the lab"})"), expected);
  CHECK_EQ(found(R"({"VirtualNetwork":")" + network + R"("})"), expected);
  CHECK_EQ(found(R"({"ID":")" + base::Guid::Parse(Text(f.Show(named), "ID"))->ToUpperString() + R"("})"), expected);
  CHECK_EQ(found(R"({"Name":"other"})"), "[]");
  CHECK_EQ(f.host.Count(Kind::kSdnRoute), 2u);
}

TEST("an endpoint and a network that go leave the SDN routes they were in") {
  Fixture f;
  const Outcome route = f.Add(Settings(Quoted(f.web1) + "," + Quoted(f.web2)));

  CHECK_CODE(f.host.Delete(Kind::kEndpoint, *base::Guid::Parse(f.web1)), OK);
  CHECK_EQ(Size(f.Show(route), "HostComputeEndpoints"), 1u);
  CHECK_EQ(Text(f.Show(route), "HostComputeEndpoints.0"), f.web2);

  CHECK_CODE(f.host.Delete(Kind::kNetwork, f.host.IdOf(Kind::kNetwork, f.network)), OK);
  CHECK_EQ(Size(f.Show(route), "HostComputeEndpoints"), 0u);
  CHECK(At(f.Show(route), "HostComputeNetwork").IsNull());
  // Nothing leads back to it: its id is as good as new.
  const base::Guid id = f.host.IdOf(Kind::kSdnRoute, route.handle);
  CHECK_CODE(f.host.Delete(Kind::kSdnRoute, id), OK);
  CHECK_CODE(f.host.Create(Kind::kNetwork, kNetwork), OK);
}

}  // namespace
