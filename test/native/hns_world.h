// One life of everything the service keeps, and all there is to see of it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "abi/vfp_documents.h"
#include "base/clock.h"
#include "hns/service.h"
#include "native/hns_support.h"
#include "vfp/engine.h"

namespace hns_test {

// Counts down to the operation that fails; nothing fails below zero.
struct Fuse {
  int left = -1;
  bool blown = false;
  bool Burn() {
    if (left < 0) return false;
    if (left-- > 0) return false;
    blown = true;
    return true;
  }
};

// Keeps books of what it was told to make, so that what is left over shows.
class BookkeepingDriver final : public ports::PortDriver, public vfp::PacketSink {
 public:
  Fuse fuse;
  bool has_adapters = true;
  ports::AdapterAddresses adapter_addresses;

  base::Status Start(vfp::PacketSink&) override { return {}; }
  void Stop() override {}
  vfp::PacketSink& sink() override { return *this; }
  void OnFrames(vfp::PortIndex, std::span<wire::Frame>) noexcept override {}

  base::Status AddCompartment(const base::Guid& id, bool) override {
    HNS_RETURN_IF_ERROR(Try("AddCompartment"));
    compartments_.insert(id.ToString());
    return {};
  }
  void RemoveCompartment(const base::Guid& id) override { compartments_.erase(id.ToString()); }
  base::Result<ports::CompartmentInfo> DescribeCompartment(const base::Guid&) const override {
    return ports::CompartmentInfo{"memory", 0, {}};
  }
  base::Status AddPort(vfp::PortIndex) override {
    HNS_RETURN_IF_ERROR(Try("AddPort"));
    ++ports_;
    return {};
  }
  void RemovePort(vfp::PortIndex port) override {
    --ports_;
    attached_.erase(port);
    adapters_.erase(port);
  }
  base::Status Attach(vfp::PortIndex port, const ports::InterfaceSpec& spec) override {
    HNS_RETURN_IF_ERROR(Try("Attach"));
    attached_[port] =
        spec.endpoint.ToString() + " in " + spec.compartment.ToString() + " mtu " + std::to_string(spec.mtu);
    return {};
  }
  void Detach(vfp::PortIndex port) override { attached_.erase(port); }
  base::Status AttachAdapter(vfp::PortIndex port, const std::string& adapter) override {
    HNS_RETURN_IF_ERROR(Try("AttachAdapter"));
    if (!has_adapters) return base::MakeError(base::hr::HCN_E_ADAPTER_NOT_FOUND);
    adapters_[port] = adapter;
    return {};
  }
  base::Result<base::MacAddress> AdapterMac(const std::string&) override {
    if (const base::Status status = Try("AdapterMac"); !status.ok()) return status.error();
    if (!has_adapters) return base::MakeError(base::hr::HCN_E_ADAPTER_NOT_FOUND);
    return base::MacAddress{{2, 0, 0, 0, 0, 9}};
  }
  base::Result<ports::AdapterAddresses> AddressesOfAdapter(const std::string&) override {
    if (const base::Status status = Try("AddressesOfAdapter"); !status.ok()) return status.error();
    if (!has_adapters) return base::MakeError(base::hr::HCN_E_ADAPTER_NOT_FOUND);
    return adapter_addresses;
  }

  std::string Books() const {
    std::string text = std::to_string(ports_) + " ports\n";
    for (const auto& id : compartments_) text += "compartment " + id + "\n";
    std::multiset<std::string> lines;  // Port numbers may differ after a failed call was taken back.
    for (const auto& [port, what] : attached_) lines.insert("attached " + what + "\n");
    for (const auto& [port, what] : adapters_) lines.insert("adapter " + what + "\n");
    for (const auto& line : lines) text += line;
    return text;
  }

 private:
  base::Status Try(const char* what) {
    if (!fuse.Burn()) return {};
    return base::MakeError(base::hr::ERR_PORT_DRIVER, what);
  }

  std::set<std::string> compartments_;
  std::map<vfp::PortIndex, std::string> attached_, adapters_;
  int ports_ = 0;
};

// A service on a driver and a store that can be looked into.
struct World {
  static vfp::EngineOptions Options() {
    vfp::EngineOptions options;
    options.max_connections = 1000;
    return options;
  }

  base::ManualClock clock;
  vfp::Engine engine{clock, Options()};
  BookkeepingDriver driver;
  hns::Store& store;
  hns::Service service{store, engine, driver, 7, *hns::ParseProfile("latest")};

  explicit World(hns::Store& the_store, bool has_adapters = true) : store(the_store) {
    driver.has_adapters = has_adapters;
    (void)service.Start();
  }

  // Everything there is to see.
  std::string Snapshot() {
    std::string text = driver.Books();
    for (const auto kind : {hns::ObjectKind::kNetwork, hns::ObjectKind::kEndpoint, hns::ObjectKind::kNamespace,
                            hns::ObjectKind::kLoadBalancer, hns::ObjectKind::kSdnRoute}) {
      const Value ids = *base::json::Parse(*service.Enumerate(kind, ""));
      for (const Value& id : Items(ids)) {
        const auto ref = service.Open(kind, *base::Guid::Parse(*id.AsString()));
        text += *service.Query(kind, *ref, "") + "\n";
      }
    }
    std::multiset<std::string> ports;
    for (const vfp::PortInfo& port : engine.Ports()) {
      std::string lines = port.spec.id + " " + port.spec.friendly_name + " " + port.spec.mac.ToString() + " mtu " +
                          std::to_string(port.spec.mtu);
      for (const base::IpAddress& address : port.spec.addresses) lines += " " + address.ToString();
      const auto layers = engine.Layers(port.index);
      for (const vfp::LayerInfo& layer : *layers) {
        lines += "\n  " + base::json::Write(abi::LayerDocument(layer));
      }
      ports.insert(lines + "\n");
    }
    for (const std::string& port : ports) text += port;
    return text;
  }
};

inline base::Guid GuidOf(int number) {
  return *base::Guid::Parse("00000000-0000-4000-8000-0000000000" + std::to_string(10 + number));
}

struct Step {
  const char* name;
  base::Status (*run)(World&);
};

template <typename T>
base::Status Dropped(const base::Result<T>& result) {
  return result.ok() ? base::Status() : base::Status(result.error());
}
inline base::Result<hns::ObjectRef> OpenedNetwork(World& w) {
  return w.service.Open(hns::ObjectKind::kNetwork, GuidOf(1));
}

inline base::Status ModifyPolicies(World& w, const char* request, const char* policies) {
  HNS_ASSIGN_OR_RETURN(const hns::ObjectRef ref, OpenedNetwork(w));
  return w.service.ModifyNetwork(ref, std::string(R"({"ResourceType":"Policy","RequestType":")") + request +
                                          R"(","Settings":{"Policies":[)" + policies + "]}}");
}

inline base::Status ModifyNamespace(World& w, const base::Guid& id, const std::string& request) {
  HNS_ASSIGN_OR_RETURN(const hns::ObjectRef ref, w.service.Open(hns::ObjectKind::kNamespace, id));
  return w.service.ModifyNamespace(ref, request);
}
inline std::string EndpointRequest(const char* request, int endpoint) {
  return std::string(R"({"ResourceType":"Endpoint","RequestType":")") + request + R"(","Settings":{"EndpointId":")" +
         GuidOf(endpoint).ToString() + R"("}})";
}
inline base::Guid HostNamespaceOf(World& w) {
  const Value ids = *base::json::Parse(*w.service.Enumerate(
      hns::ObjectKind::kNamespace, R"({"SchemaVersion":{"Major":2},"Filter":"{\"Type\":\"HostDefault\"}"})"));
  return *base::Guid::Parse(Text(ids, "0"));
}
inline base::Status AddEndpoint(World& w, int number, const char* settings) {
  HNS_ASSIGN_OR_RETURN(const hns::ObjectRef network, OpenedNetwork(w));
  return Dropped(w.service.CreateEndpoint(network, GuidOf(number), settings));
}

// One life of everything: each step fails at each place before it succeeds.
inline const Step kSteps[] = {
    {"create a network with an uplink",
     [](World& w) {
       return Dropped(w.service.CreateNetwork(
           GuidOf(1),
           R"({"Name":"pods","Type":"L2Bridge","Policies":[{"Type":"NetAdapterName","Settings":{"NetworkAdapterName":"eth0"}}],)"
           R"("Ipams":[{"Subnets":[{"IpAddressPrefix":"10.1.0.0/16"}]}]})"));
     }},
    {"create an endpoint with policies",
     [](World& w) {
       return AddEndpoint(
           w, 2,
           R"({"Policies":[{"Type":"ACL","Settings":{"Action":"Allow","Direction":"In","Priority":1}},)"
           R"({"Type":"OutBoundNAT","Settings":{}},)"
           R"({"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":80,"ExternalPort":8080,"VIP":"192.0.2.1"}}]})");
     }},
    {"create the bridge endpoint",
     [](World& w) { return AddEndpoint(w, 3, R"({"IpConfigurations":[{"IpAddress":"10.1.0.2"}]})"); }},
    {"create a remote endpoint",
     [](World& w) {
       return AddEndpoint(
           w, 4, R"({"Flags":1,"MacAddress":"02-11-22-33-44-55","IpConfigurations":[{"IpAddress":"10.7.0.5"}]})");
     }},
    {"create a namespace with a container and an endpoint",
     [](World& w) {
       return Dropped(w.service.CreateNamespace(
           GuidOf(5), R"({"Resources":[{"Type":"Container","Data":{"Id":"c"}},{"Type":"Endpoint","Data":{"Id":")" +
                          GuidOf(2).ToString() + R"("}}]})"));
     }},
    {"attach the bridge endpoint to the host",
     [](World& w) { return ModifyNamespace(w, HostNamespaceOf(w), EndpointRequest("Add", 3)); }},
    {"create a load balancer",
     [](World& w) {
       return Dropped(w.service.CreateLoadBalancer(
           GuidOf(6),
           R"({"HostComputeEndpoints":[")" + GuidOf(2).ToString() + R"(",")" + GuidOf(4).ToString() +
               R"("],"FrontendVIPs":["10.96.0.10"],"PortMappings":[{"Protocol":6,"InternalPort":80,"ExternalPort":80}]})"));
     }},
    {"modify an attached endpoint",
     [](World& w) -> base::Status {
       HNS_ASSIGN_OR_RETURN(const hns::ObjectRef ref, w.service.Open(hns::ObjectKind::kEndpoint, GuidOf(2)));
       return w.service.ModifyEndpoint(
           ref,
           R"({"ResourceType":"Policy","RequestType":"Add","Settings":{"Policies":[{"Type":"InterfaceParameters","Settings":{"Mtu":1400}},)"
           R"({"Type":"PortMapping","Settings":{"Protocol":17,"InternalPort":53,"ExternalPort":0}}]}})");
     }},
    {"exchange the uplink",
     [](World& w) -> base::Status {
       HNS_ASSIGN_OR_RETURN(const hns::ObjectRef ref, OpenedNetwork(w));
       return w.service.ModifyNetwork(
           ref,
           R"({"ResourceType":"Policy","RequestType":"Update","Settings":{"Policies":[{"Type":"NetAdapterName","Settings":{"NetworkAdapterName":"eth1"}}]}})");
     }},
    {"give the network ACLs",
     [](World& w) {
       return ModifyPolicies(
           w, "Add",
           R"({"Type":"NetworkACL","Settings":{"Action":"Allow","Direction":"In","Protocols":"6","Priority":10}},)"
           R"({"Type":"NetworkACL","Settings":{"Action":"Block","Direction":"Out","RemotePorts":"25","Priority":20}})");
     }},
    {"replace the network's ACLs",
     [](World& w) {
       return ModifyPolicies(
           w, "Update",
           R"({"Type":"NetworkACL","Settings":{"Action":"Allow","Direction":"In","Protocols":"6","Priority":10}},)"
           R"({"Type":"NetworkACL","Settings":{"Action":"Allow","Direction":"In","RuleType":"Host"}})");
     }},
    {"give the network address sets",
     [](World& w) {
       return ModifyPolicies(
           w, "Add",
           R"({"Type":"SetPolicy","Settings":{"Id":"s","Name":"s","PolicyType":"IPSET","Values":"10.1.0.4"}},)"
           R"({"Type":"SetPolicy","Settings":{"Id":"n","Name":"n","PolicyType":"NESTEDIPSET","Values":"s"}},)"
           R"({"Type":"NetworkACL","Settings":{"Action":"Block","Direction":"Out","RemoteAddresses":"s"}})");
     }},
    {"name a set in an endpoint's ACL",
     [](World& w) -> base::Status {
       HNS_ASSIGN_OR_RETURN(const hns::ObjectRef ref, w.service.Open(hns::ObjectKind::kEndpoint, GuidOf(2)));
       return w.service.ModifyEndpoint(
           ref, R"({"ResourceType":"Policy","RequestType":"Add","Settings":{"Policies":[{"Type":"ACL","Settings":)"
                R"({"Action":"Block","Direction":"In","LocalAddresses":"n","Priority":7}}]}})");
     }},
    {"change an address set",
     [](World& w) {
       return ModifyPolicies(
           w, "Update",
           R"({"Type":"SetPolicy","Settings":{"Id":"s","Name":"s","PolicyType":"IPSET","Values":"10.1.0.5,fd00::5"}})");
     }},
    {"replace the load balancer",
     [](World& w) -> base::Status {
       HNS_ASSIGN_OR_RETURN(const hns::ObjectRef ref, w.service.Open(hns::ObjectKind::kLoadBalancer, GuidOf(6)));
       return w.service.ModifyLoadBalancer(
           ref, R"({"HostComputeEndpoints":[")" + GuidOf(2).ToString() +
                    R"("],"PortMappings":[{"Protocol":6,"InternalPort":80,"ExternalPort":30080}]})");
     }},
    {"create an SDN route",
     [](World& w) {
       return Dropped(w.service.CreateSdnRoute(GuidOf(7), R"({"HostComputeEndpoints":[")" + GuidOf(2).ToString() +
                                                              R"(",")" + GuidOf(3).ToString() +
                                                              R"("],"Routes":[{"DestinationPrefix":"10.9.0.0/16"}]})"));
     }},
    {"replace the SDN route",
     [](World& w) -> base::Status {
       HNS_ASSIGN_OR_RETURN(const hns::ObjectRef ref, w.service.Open(hns::ObjectKind::kSdnRoute, GuidOf(7)));
       return w.service.ModifySdnRoute(ref, R"({"HostComputeEndpoints":[")" + GuidOf(2).ToString() +
                                                R"("],"Setting":[{"DestinationPrefix":"10.8.0.0/16"}]})");
     }},
    {"create a guest network service",
     [](World& w) { return Dropped(w.service.CreateGuestNetworkService(GuidOf(8), R"({"Flags":1})")); }},
    {"change the guest network service",
     [](World& w) -> base::Status {
       HNS_ASSIGN_OR_RETURN(const hns::ObjectRef ref, w.service.Open(hns::ObjectKind::kGuestNetworkService, GuidOf(8)));
       return w.service.ModifyGuestNetworkService(
           ref, R"({"ResourceType":"State","RequestType":"Update","Settings":{"State":"Synchronized"}})");
     }},
    {"delete the guest network service", [](World& w) { return w.service.DeleteGuestNetworkService(GuidOf(8)); }},
    {"detach the bridge endpoint from the host",
     [](World& w) { return ModifyNamespace(w, HostNamespaceOf(w), EndpointRequest("Remove", 3)); }},
    {"add a subnet",
     [](World& w) -> base::Status {
       HNS_ASSIGN_OR_RETURN(const hns::ObjectRef ref, OpenedNetwork(w));
       return w.service.ModifyNetwork(
           ref,
           R"({"ResourceType":"Subnet","RequestType":"Add","Settings":{"Subnets":[{"IpAddressPrefix":"10.2.0.0/24"}]}})");
     }},
    {"delete the remote endpoint", [](World& w) { return w.service.DeleteEndpoint(GuidOf(4)); }},
    {"delete an attached backend", [](World& w) { return w.service.DeleteEndpoint(GuidOf(2)); }},
    {"delete the namespace", [](World& w) { return w.service.DeleteNamespace(GuidOf(5)); }},
    {"delete the network", [](World& w) { return w.service.DeleteNetwork(GuidOf(1)); }},
    {"delete the SDN route", [](World& w) { return w.service.DeleteSdnRoute(GuidOf(7)); }},
    {"delete the load balancer", [](World& w) { return w.service.DeleteLoadBalancer(GuidOf(6)); }},
};

}  // namespace hns_test
