#include "native/hns_support.h"

namespace {

using namespace hns_test;

struct Fixture {
  TestHost host;
  void* network = nullptr;
  Fixture() { network = host.Create(Kind::kNetwork, kNetwork).handle; }

  Outcome AddEndpoint(std::string_view settings = "{}") { return host.CreateEndpoint(network, settings); }
  Outcome AddNamespace(std::string_view type = "Host") {
    return host.Create(Kind::kNamespace, R"({"Type":")" + std::string(type) +
                                             R"(","NamespaceId":5,"SchemaVersion":{"Major":2,"Minor":0}})");
  }
  Outcome Endpoint(const char* request, const Outcome& name_space, const base::Guid& id) {
    return host.Modify(Kind::kNamespace, name_space.handle,
                       std::string(R"({"ResourceType":"Endpoint","RequestType":")") + request +
                           R"(","Settings":{"EndpointId":")" + id.ToUpperString() + R"("}})");
  }
  Outcome Container(const char* request, const Outcome& name_space, const std::string& id) {
    return host.Modify(Kind::kNamespace, name_space.handle,
                       std::string(R"({"ResourceType":"Container","RequestType":")") + request +
                           R"(","Settings":{"ContainerId":")" + id + R"("}})");
  }
  Value Show(const Outcome& name_space) { return host.Document(Kind::kNamespace, name_space.handle); }
  Value ShowEndpoint(const Outcome& endpoint) { return host.Document(Kind::kEndpoint, endpoint.handle); }
  base::Guid Id(const Outcome& endpoint) { return host.IdOf(Kind::kEndpoint, endpoint.handle); }
  // The namespace that is there from the beginning.
  Outcome HostNamespace() {
    const Value ids = host.Enumerate(Kind::kNamespace, R"({"Type":"HostDefault"})").json();
    return host.Open(Kind::kNamespace, *base::Guid::Parse(Text(ids, "0")));
  }
};

TEST("the host's own namespace is there from the beginning, as compartment 1, and cannot be deleted") {
  Fixture f;
  CHECK_EQ(f.host.Count(Kind::kNamespace), 1u);
  const Outcome host_namespace = f.HostNamespace();
  CHECK_CODE(host_namespace, OK);
  CHECK_EQ(Text(f.Show(host_namespace), "Type"), "HostDefault");
  CHECK_EQ(Text(f.Show(host_namespace), "NamespaceId"), "1");

  CHECK_CODE(f.host.Delete(Kind::kNamespace, f.host.IdOf(Kind::kNamespace, host_namespace.handle)),
             HCN_E_REQUEST_UNSUPPORTED);
  CHECK_EQ(f.host.Count(Kind::kNamespace), 1u);
}

TEST("namespaces of every type come and go, and compartments are numbered by the service") {
  Fixture f;
  for (const char* type : {"HostDefault", "Host", "Guest", "GuestDefault", "HostDefault"}) {
    const Outcome created = f.AddNamespace(type);
    CHECK_CODE(created, OK);
    CHECK_EQ(Text(f.Show(created), "Type"), type);
    const bool is_host = std::string_view(type) == "HostDefault";
    CHECK_EQ(Text(f.Show(created), "NamespaceId") == "1", is_host);
    CHECK_EQ(Size(f.Show(created), "Resources"), 0u);
    const base::Guid id = f.host.IdOf(Kind::kNamespace, created.handle);
    CHECK_CODE(f.host.Delete(Kind::kNamespace, id), OK);
    CHECK_CODE(f.host.Delete(Kind::kNamespace, id), ERROR_NOT_FOUND);
    CHECK_CODE(f.host.Open(Kind::kNamespace, id), ERROR_NOT_FOUND);
  }
  const Outcome typeless = f.host.Create(Kind::kNamespace, R"({"SchemaVersion":{"Major":0,"Minor":0}})");
  CHECK_CODE(typeless, OK);
  CHECK_EQ(Text(f.Show(typeless), "Type"), "Host");
  const Outcome other = f.AddNamespace();
  CHECK(Text(f.Show(typeless), "NamespaceId") != Text(f.Show(other), "NamespaceId"));
}

TEST("an endpoint put into a namespace is seen from both sides, and from neither after it is taken out") {
  Fixture f;
  const Outcome endpoint = f.AddEndpoint();
  const Outcome name_space = f.AddNamespace();

  CHECK_CODE(f.Endpoint("Add", name_space, f.Id(endpoint)), OK);

  CHECK_EQ(Text(f.Show(name_space), "Resources.0.Type"), "Endpoint");
  CHECK_EQ(Text(f.Show(name_space), "Resources.0.Data.Id"), f.Id(endpoint).ToString());
  CHECK_EQ(Text(f.ShowEndpoint(endpoint), "HostComputeNamespace"), Text(f.Show(name_space), "ID"));
  CHECK_EQ(Text(f.ShowEndpoint(endpoint), "State"), "2");
  // A repeated CNI ADD asks for it again.
  CHECK_CODE(f.Endpoint("Add", name_space, f.Id(endpoint)), OK);
  CHECK_EQ(Size(f.Show(name_space), "Resources"), 1u);

  CHECK_CODE(f.Endpoint("Remove", name_space, f.Id(endpoint)), OK);

  CHECK_EQ(Size(f.Show(name_space), "Resources"), 0u);
  CHECK(At(f.ShowEndpoint(endpoint), "HostComputeNamespace").IsNull());
  CHECK_EQ(Text(f.ShowEndpoint(endpoint), "State"), "1");
  CHECK_CODE(f.Endpoint("Remove", name_space, f.Id(endpoint)), HCN_E_ENDPOINT_NOT_ATTACHED);
}

TEST("an endpoint is in one namespace at a time") {
  Fixture f;
  const Outcome endpoint = f.AddEndpoint();
  const Outcome one = f.AddNamespace();
  const Outcome two = f.AddNamespace();
  CHECK_CODE(f.Endpoint("Add", one, f.Id(endpoint)), OK);

  CHECK_CODE(f.Endpoint("Add", two, f.Id(endpoint)), HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS);
  CHECK_CODE(f.Endpoint("Remove", two, f.Id(endpoint)), HCN_E_ENDPOINT_NOT_ATTACHED);

  CHECK_EQ(Size(f.Show(two), "Resources"), 0u);
  CHECK_CODE(f.Endpoint("Add", two, *base::Guid::Parse("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee")),
             HCN_E_ENDPOINT_NOT_FOUND);
}

TEST("containers of any name share a compartment, and the endpoint says so") {
  Fixture f;
  const Outcome endpoint = f.AddEndpoint();
  const Outcome name_space = f.AddNamespace();
  CHECK_CODE(f.Endpoint("Add", name_space, f.Id(endpoint)), OK);

  CHECK_CODE(f.Container("Add", name_space, "pause"), OK);
  CHECK_EQ(Text(f.ShowEndpoint(endpoint), "State"), "2");
  CHECK_CODE(f.Container("Add", name_space, "nginx ü"), OK);
  CHECK_EQ(Text(f.ShowEndpoint(endpoint), "State"), "3");
  CHECK_EQ(Text(f.ShowEndpoint(endpoint), "Health.Extra.SharedContainers.1"), "nginx ü");
  CHECK_CODE(f.Container("Add", name_space, "pause"), OK);
  CHECK_EQ(Size(f.Show(name_space), "Resources"), 3u);

  CHECK_CODE(f.Container("Remove", name_space, "pause"), OK);
  CHECK_EQ(Text(f.ShowEndpoint(endpoint), "State"), "2");
  CHECK_CODE(f.Container("Remove", name_space, "pause"), ERROR_NOT_FOUND);
  CHECK_CODE(f.Container("Update", name_space, "nginx"), HCN_E_REQUEST_UNSUPPORTED);
}

TEST("resources in a new namespace's document are put into it, or it is not made") {
  Fixture f;
  const Outcome endpoint = f.AddEndpoint();
  const std::string resources =
      R"({"Resources":[{"Type":"Container","Data":{"Id":"c"}},{"Type":"Endpoint","Data":{"Id":")";
  CHECK_CODE(f.host.Create(Kind::kNamespace, resources + R"(aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"}}]})"),
             HCN_E_ENDPOINT_NOT_FOUND);
  CHECK_EQ(f.host.Count(Kind::kNamespace), 1u);
  const Outcome created = f.host.Create(Kind::kNamespace, resources + f.Id(endpoint).ToString() + R"("}}]})");
  CHECK_CODE(created, OK);
  CHECK_EQ(Size(f.Show(created), "Resources"), 2u);
  CHECK_EQ(Text(f.ShowEndpoint(endpoint), "State"), "2");
}

TEST("deleting a namespace leaves its endpoints, detached") {
  Fixture f;
  const Outcome endpoint = f.AddEndpoint();
  const Outcome name_space = f.AddNamespace();
  CHECK_CODE(f.Endpoint("Add", name_space, f.Id(endpoint)), OK);

  CHECK_CODE(f.host.Delete(Kind::kNamespace, f.host.IdOf(Kind::kNamespace, name_space.handle)), OK);

  CHECK_EQ(Text(f.ShowEndpoint(endpoint), "State"), "1");
  CHECK(At(f.ShowEndpoint(endpoint), "HostComputeNamespace").IsNull());
  CHECK_CODE(f.Endpoint("Add", name_space, f.Id(endpoint)), HCN_E_OBJECT_USED_AFTER_UNLOAD);
  CHECK_CODE(f.Endpoint("Add", f.AddNamespace(), f.Id(endpoint)), OK);
}

TEST("deleting an attached endpoint takes it off its namespace's list") {
  Fixture f;
  const Outcome endpoint = f.AddEndpoint();
  const Outcome name_space = f.AddNamespace();
  CHECK_CODE(f.Endpoint("Add", name_space, f.Id(endpoint)), OK);

  CHECK_CODE(f.host.Delete(Kind::kEndpoint, f.Id(endpoint)), OK);

  CHECK_EQ(Size(f.Show(name_space), "Resources"), 0u);
}

TEST("a namespace has 16 endpoints at most") {
  Fixture f;
  const Outcome name_space = f.AddNamespace();
  for (int i = 0; i < 16; ++i) CHECK_CODE(f.Endpoint("Add", name_space, f.Id(f.AddEndpoint())), OK);

  const Outcome one_more = f.AddEndpoint();
  CHECK_CODE(f.Endpoint("Add", name_space, f.Id(one_more)), HCN_E_NAMESPACE_ATTACH_FAILED);
  CHECK_EQ(Size(f.Show(name_space), "Resources"), 16u);
  CHECK_EQ(Text(f.ShowEndpoint(one_more), "State"), "1");
}

TEST("an endpoint in the host compartment takes the host port's place, one per network") {
  Fixture f;
  const Outcome bridge =
      f.AddEndpoint(R"({"IpConfigurations":[{"IpAddress":"10.1.0.2"}],"MacAddress":"00-15-5D-00-00-02"})");
  const Outcome other = f.AddEndpoint();
  const Outcome host_namespace = f.HostNamespace();
  const auto host_port = [&] {
    const Value ports = f.host.Ports();
    for (const Value& port : Items(ports)) {
      if (Text(port, "kind") == "host") return Text(port, "macAddress") + " " + Text(port, "addresses");
    }
    return std::string();
  };
  const std::string before = host_port();
  CHECK_EQ(Size(f.host.Ports(), ""), 3u);

  CHECK_CODE(f.Endpoint("Add", host_namespace, f.Id(bridge)), OK);

  CHECK_EQ(host_port(), R"(00-15-5D-00-00-02 ["10.1.0.2"])");
  CHECK_EQ(Size(f.host.Ports(), ""), 2u);
  // The port can still be named by the endpoint's id.
  CHECK(FindLayer(f.host.Layers(f.Id(bridge)), "SLB_LB_LAYER").IsObject());
  CHECK_CODE(f.Endpoint("Add", host_namespace, f.Id(other)), HCN_E_NAMESPACE_ATTACH_FAILED);

  CHECK_CODE(f.Endpoint("Remove", host_namespace, f.Id(bridge)), OK);

  CHECK_EQ(host_port(), before);
  CHECK_EQ(Size(f.host.Ports(), ""), 3u);
  CHECK(FindLayer(f.host.Layers(f.Id(bridge)), "LB_DSR").IsObject());
  CHECK_CODE(f.Endpoint("Add", host_namespace, f.Id(other)), OK);
  CHECK_CODE(f.host.Delete(Kind::kEndpoint, f.Id(other)), OK);
  CHECK_EQ(host_port(), before);
}

TEST("a namespace's compartment can be described") {
  Fixture f;
  const Outcome name_space = f.AddNamespace();
  const auto describe = [&](const base::Guid& id) {
    Outcome outcome;
    char16_t* text = nullptr;
    outcome.code = f.host.vfp().describe_compartment(f.host.vfp().context, id, &text, nullptr);
    if (text != nullptr) outcome.text = *base::Utf16ToUtf8(text);
    f.host.vfp().free_string(f.host.vfp().context, text);
    return outcome;
  };
  CHECK_EQ(describe(f.host.IdOf(Kind::kNamespace, name_space.handle)).text, R"({"kind":"memory"})");
  CHECK_EQ(describe(f.host.IdOf(Kind::kNamespace, f.HostNamespace().handle)).text, R"({"kind":"memory"})");
  CHECK_CODE(describe(*base::Guid::Parse("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee")), ERROR_NOT_FOUND);
}

}  // namespace
