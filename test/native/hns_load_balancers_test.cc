#include "native/hns_support.h"

namespace {

using namespace hns_test;

struct Fixture {
  TestHost host;
  void* network = nullptr;
  std::string web1, web2;

  Fixture() {
    network = host.Create(Kind::kNetwork, kNetwork).handle;
    web1 = AddEndpoint();
    web2 = AddEndpoint();
  }

  std::string AddEndpoint() { return host.IdOf(Kind::kEndpoint, host.CreateEndpoint(network, "{}").handle).ToString(); }
  // `backends`: quoted ids, separated by commas.
  static std::string Settings(const std::string& backends, const std::string& vips = R"("10.96.0.10")",
                              const std::string& mapping = R"("Protocol":6,"InternalPort":8080,"ExternalPort":80)",
                              const std::string& rest = "") {
    return R"({"SchemaVersion":{"Major":2,"Minor":0},"HostComputeEndpoints":[)" + backends + R"(],"FrontendVIPs":[)" +
           vips + R"(],"PortMappings":[{)" + mapping + "}]" + rest + "}";
  }
  Outcome Add(const std::string& settings) { return host.Create(Kind::kLoadBalancer, settings); }
  Value Show(const Outcome& balancer) { return host.Document(Kind::kLoadBalancer, balancer.handle); }
};

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

TEST("a load balancer names its backends in upper case, its network and everything it was given") {
  Fixture f;
  const Outcome created =
      f.Add(Fixture::Settings(Quoted(f.web1) + "," + Quoted(f.web2), R"("10.96.0.10","10.96.0.11")",
                              R"("Protocol":6,"InternalPort":8080,"ExternalPort":80,"Flags":9,"DistributionType":2)",
                              R"(,"Flags":1,"Name":"svc")"));
  CHECK_CODE(created, OK);

  const Value balancer = f.Show(created);

  CHECK_EQ(Text(balancer, "HostComputeEndpoints.0"), base::Guid::Parse(f.web1)->ToUpperString());
  CHECK_EQ(Text(balancer, "HostComputeNetwork"), f.host.IdOf(Kind::kNetwork, f.network).ToString());
  CHECK_EQ(Text(balancer, "FrontendVIPs.1"), "10.96.0.11");
  CHECK_EQ(Text(balancer, "PortMappings.0.Flags"), "9");
  CHECK_EQ(Text(balancer, "PortMappings.0.DistributionType"), "2");
  CHECK_EQ(Text(balancer, "Flags"), "1");
  CHECK_EQ(Text(balancer, "Name"), "svc");
}

TEST("load balancers that make no sense are refused with HCN's codes and leave nothing") {
  Fixture f;
  const std::string web = Quoted(f.web1);
  struct Case {
    std::string settings;
    HResult code;
  };
  const Case cases[] = {
      {Fixture::Settings(Quoted("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee")), hr::HCN_E_ENDPOINT_NOT_FOUND},
      {Fixture::Settings(Quoted("junk")), hr::HCN_E_GUID_CONVERSION_FAILURE},
      {Fixture::Settings(web, R"("10.96.0")"), hr::HCN_E_INVALID_IP},
      {Fixture::Settings(web, R"("0.0.0.0")"), hr::ERROR_INVALID_PARAMETER},
      {Fixture::Settings(web, R"("10.96.0.10","10.96.0.10")"), hr::ERROR_ALREADY_EXISTS},
      {Fixture::Settings(web, R"("10.96.0.10")", R"("Protocol":1,"InternalPort":1,"ExternalPort":1)"),
       hr::ERROR_INVALID_PARAMETER},
      {Fixture::Settings(web, R"("10.96.0.10")", R"("Protocol":132,"InternalPort":1,"ExternalPort":1)"),
       hr::ERROR_INVALID_PARAMETER},
      {Fixture::Settings(web, R"("10.96.0.10")", R"("Protocol":6,"ExternalPort":80)"), hr::HCN_E_INVALID_INTERNAL_PORT},
      {Fixture::Settings(web, R"("10.96.0.10")", R"("Protocol":6,"InternalPort":80)"), hr::ERROR_INVALID_PARAMETER},
      {Fixture::Settings(web, R"("10.96.0.10")", R"("Protocol":6,"InternalPort":80,"ExternalPort":70000)"),
       hr::ERROR_INVALID_PARAMETER},
      {Fixture::Settings(web, R"("10.96.0.10")", R"("Protocol":6,"InternalPort":80,"ExternalPort":80)",
                         R"(,"SourceVIP":"fd00::1")"),
       hr::ERROR_INVALID_PARAMETER},
      {R"({"HostComputeEndpoints":[)" + web + R"(],"FrontendVIPs":["10.96.0.10"],"PortMappings":[]})",
       hr::ERROR_INVALID_PARAMETER},
  };
  for (const Case& c : cases) {
    const Outcome outcome = f.Add(c.settings);
    CHECK_EQ(c.settings + " " + outcome.name(), c.settings + " " + CodeName(c.code));
  }
  CHECK_EQ(f.host.Count(Kind::kLoadBalancer), 0u);
  // None of the frontends is held.
  CHECK_CODE(f.Add(Fixture::Settings(web)), OK);
}

TEST("a frontend belongs to one load balancer, by address, port and protocol") {
  Fixture f;
  const std::string web = Quoted(f.web1);
  const Outcome first = f.Add(Fixture::Settings(web));
  CHECK_CODE(first, OK);
  CHECK_CODE(f.Add(Fixture::Settings(web)), ERROR_ALREADY_EXISTS);
  CHECK_CODE(f.Add(Fixture::Settings(web, R"("10.96.0.11")")), OK);
  CHECK_CODE(f.Add(Fixture::Settings(web, R"("10.96.0.10")", R"("Protocol":17,"InternalPort":8080,"ExternalPort":80)")),
             OK);
  CHECK_CODE(f.Add(Fixture::Settings(web, "", R"("Protocol":6,"InternalPort":8080,"ExternalPort":30080)")), OK);
  CHECK_CODE(f.Add(Fixture::Settings(web, "", R"("Protocol":6,"InternalPort":8081,"ExternalPort":30080)")),
             ERROR_ALREADY_EXISTS);

  const base::Guid id = f.host.IdOf(Kind::kLoadBalancer, first.handle);
  CHECK_CODE(f.host.Delete(Kind::kLoadBalancer, id), OK);
  CHECK_CODE(f.host.Delete(Kind::kLoadBalancer, id), ERROR_NOT_FOUND);
  CHECK_CODE(f.host.Open(Kind::kLoadBalancer, id), ERROR_NOT_FOUND);
  // Delete, then create with the same id: what older hcsshim calls an update.
  CHECK_CODE(f.host.Create(Kind::kLoadBalancer, Fixture::Settings(web), id), OK);
}

TEST("a node port and a port mapping cannot have the same port of the host") {
  Fixture f;
  CHECK_CODE(
      f.host.CreateEndpoint(
          f.network,
          R"({"Policies":[{"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":80,"ExternalPort":30080}}]})"),
      OK);
  const std::string web = Quoted(f.web1);
  CHECK_CODE(f.Add(Fixture::Settings(web, "", R"("Protocol":6,"InternalPort":80,"ExternalPort":30080)")),
             HCN_E_PORT_ALREADY_EXISTS);
  CHECK_CODE(f.Add(Fixture::Settings(web, "", R"("Protocol":6,"InternalPort":80,"ExternalPort":30081)")), OK);
  CHECK_CODE(
      f.host.CreateEndpoint(
          f.network,
          R"({"Policies":[{"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":80,"ExternalPort":30081}}]})"),
      HCN_E_PORT_ALREADY_EXISTS);
}

TEST("the whole document replaces a load balancer, and a bad one changes nothing") {
  Fixture f;
  const Outcome balancer = f.Add(Fixture::Settings(Quoted(f.web1)));
  const std::string id = Text(f.Show(balancer), "ID");

  CHECK_CODE(
      f.host.Modify(Kind::kLoadBalancer, balancer.handle, Fixture::Settings(Quoted(f.web1) + "," + Quoted(f.web2))),
      OK);
  CHECK_EQ(Size(f.Show(balancer), "HostComputeEndpoints"), 2u);
  CHECK_EQ(Text(f.Show(balancer), "ID"), id);
  const std::string before = f.host.Query(Kind::kLoadBalancer, balancer.handle).text;

  CHECK_CODE(f.host.Modify(Kind::kLoadBalancer, balancer.handle, Fixture::Settings(Quoted(f.web1), R"("bad")")),
             HCN_E_INVALID_IP);
  CHECK_CODE(f.host.Modify(Kind::kLoadBalancer, balancer.handle, R"({"PortMappings":[]})"), ERROR_INVALID_PARAMETER);
  CHECK_EQ(f.host.Query(Kind::kLoadBalancer, balancer.handle).text, before);

  // An envelope around it, as hns.v2.psm1 sends it.
  CHECK_CODE(f.host.Modify(
                 Kind::kLoadBalancer, balancer.handle,
                 R"({"ResourceType":"","RequestType":"Update","Settings":)" + Fixture::Settings(Quoted(f.web2)) + "}"),
             OK);
  CHECK_EQ(Size(f.Show(balancer), "HostComputeEndpoints"), 1u);
  CHECK_CODE(f.host.Modify(
                 Kind::kLoadBalancer, balancer.handle,
                 R"({"ResourceType":"","RequestType":"Remove","Settings":)" + Fixture::Settings(Quoted(f.web2)) + "}"),
             HCN_E_REQUEST_UNSUPPORTED);
}

TEST("deleting a backend drops it from its load balancers") {
  Fixture f;
  const Outcome balancer = f.Add(Fixture::Settings(Quoted(f.web1) + "," + Quoted(f.web2)));

  CHECK_CODE(f.host.Delete(Kind::kEndpoint, *base::Guid::Parse(f.web1)), OK);

  CHECK_EQ(Size(f.Show(balancer), "HostComputeEndpoints"), 1u);
  CHECK_EQ(Text(f.Show(balancer), "HostComputeEndpoints.0"), base::Guid::Parse(f.web2)->ToUpperString());
}

TEST("a backend named twice counts once, and remote endpoints may be backends") {
  Fixture f;
  const Outcome remote = f.host.CreateEndpoint(
      f.network, R"({"Flags":1,"MacAddress":"02-11-22-33-44-55","IpConfigurations":[{"IpAddress":"10.7.0.5"}]})");
  const std::string remote_id = f.host.IdOf(Kind::kEndpoint, remote.handle).ToString();
  const Outcome balancer = f.Add(Fixture::Settings(Quoted(f.web1) + "," + Quoted(f.web1) + "," + Quoted(remote_id)));
  CHECK_CODE(balancer, OK);
  CHECK_EQ(Size(f.Show(balancer), "HostComputeEndpoints"), 2u);
}

TEST("backends of two networks are refused") {
  Fixture f;
  const Outcome other =
      f.host.Create(Kind::kNetwork,
                    R"({"Name":"other","Type":"L2Bridge","Ipams":[{"Subnets":[{"IpAddressPrefix":"10.2.0.0/16"}]}]})");
  const std::string foreign = f.host.IdOf(Kind::kEndpoint, f.host.CreateEndpoint(other.handle, "{}").handle).ToString();
  CHECK_CODE(f.Add(Fixture::Settings(Quoted(f.web1) + "," + Quoted(foreign))), ERROR_INVALID_PARAMETER);
}

}  // namespace
