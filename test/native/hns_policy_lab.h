// Pods on one network, their policies, and what `explain` says of packets.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "native/hns_support.h"
#include "wire/frame_builder.h"

namespace hns_test {

// Pods of one network without an uplink; the host's endpoint is 10.1.0.2.
struct Fixture {
  TestHost host;
  void* network = nullptr;

  explicit Fixture(std::string_view network_document = kNetwork, std::string_view profile = "")
      : host(TestHost::OfProfile(profile)) {
    network = host.Create(Kind::kNetwork, network_document).handle;
  }

  base::Guid Pod(std::string_view address, std::string_view policies = "") {
    const Outcome created =
        host.CreateEndpoint(network, R"({"IpConfigurations":[{"IpAddress":")" + std::string(address) +
                                         R"("}],"Policies":[)" + std::string(policies) + "]}");
    return created.ok() ? host.IdOf(Kind::kEndpoint, created.handle) : base::Guid();
  }
  base::Guid HostEndpoint(std::string_view address) {
    const base::Guid id = Pod(address);
    const Value ids = host.Enumerate(Kind::kNamespace, R"({"Type":"HostDefault"})").json();
    const Outcome name_space = host.Open(Kind::kNamespace, *base::Guid::Parse(Text(ids, "0")));
    const Outcome attached = host.Modify(
        Kind::kNamespace, name_space.handle,
        R"({"ResourceType":"Endpoint","RequestType":"Add","Settings":{"EndpointId":")" + id.ToString() + R"("}})");
    return attached.ok() ? id : base::Guid();
  }
  Outcome Balancer(std::initializer_list<base::Guid> backends, std::string_view vips, std::string_view mapping,
                   std::string_view rest = "") {
    std::string ids;
    for (const base::Guid& id : backends) ids += (ids.empty() ? "\"" : ",\"") + id.ToString() + "\"";
    return host.Create(Kind::kLoadBalancer, R"({"HostComputeEndpoints":[)" + ids + R"(],"FrontendVIPs":[)" +
                                                std::string(vips) + R"(],"PortMappings":[{)" + std::string(mapping) +
                                                "}]" + std::string(rest) + "}");
  }
  Outcome SetPolicies(const base::Guid& endpoint, std::string_view policies) {
    const Outcome opened = host.Open(Kind::kEndpoint, endpoint);
    return host.Modify(
        Kind::kEndpoint, opened.handle,
        R"({"ResourceType":"Policy","RequestType":"Update","Settings":{"Policies":[)" + std::string(policies) + "]}}");
  }

  // Explains a packet sent by `from`: to the MAC of who has the address here;
  // else, from the wire to the host's, from a pod to the gateway's.
  Value Explain(const base::Guid& from, std::string_view protocol, std::string_view source, std::uint16_t source_port,
                std::string_view destination, std::uint16_t destination_port) {
    wire::FrameFields fields;
    const Value sender = PortAt(source);
    const Value receiver = PortAt(destination);
    fields.source_mac =
        base::MacAddress::Parse(Text(sender, "macAddress")).value_or(base::MacAddress{{2, 9, 9, 9, 9, 9}});
    base::MacAddress otherwise{{2, 1, 1, 1, 1, 1}};
    for (const Value& port : Items(host.Ports())) {
      if (Text(port, "id") == from.ToString() && Text(port, "kind") == "uplink") {
        otherwise = *base::MacAddress::Parse(Text(port, "macAddress"));
      }
    }
    fields.destination_mac = base::MacAddress::Parse(Text(receiver, "macAddress")).value_or(otherwise);
    fields.source = *base::IpAddress::Parse(source);
    fields.destination = *base::IpAddress::Parse(destination);
    fields.source_port = source_port;
    fields.destination_port = destination_port;
    fields.tcp_flags = 2;  // SYN
    const wire::FrameBytes frame = protocol == "tcp" ? wire::BuildTcp(fields) : wire::BuildUdp(fields);
    char16_t* text = nullptr;
    char16_t* record = nullptr;
    const HResult code = host.vfp().explain(host.vfp().context, Wide(from.ToString()).c_str(), frame.data(),
                                            frame.size(), &text, &record);
    const std::u16string answer = code == hr::OK ? text : record != nullptr ? record : u"null";
    host.vfp().free_string(host.vfp().context, text);
    host.vfp().free_string(host.vfp().context, record);
    return *base::json::Parse(*base::Utf16ToUtf8(answer));
  }
  // "forward 10.1.0.4:4000 > 10.1.0.7:8080", "drop acl-default".
  static std::string Verdict(const Value& explanation) {
    if (Text(explanation, "verdict") != "forward") {
      return Text(explanation, "verdict") + " " + Text(explanation, "reason.name");
    }
    return "forward " + Text(explanation, "finalTuple.source") + ":" + Text(explanation, "finalTuple.sourcePort") +
           " > " + Text(explanation, "finalTuple.destination") + ":" + Text(explanation, "finalTuple.destinationPort");
  }

 private:
  Value PortAt(std::string_view address) {
    const Value ports = host.Ports();
    for (const Value& port : Items(ports)) {
      for (const Value& has : Items(port, "addresses")) {
        if (Text(has, "") == address) return port;
      }
    }
    return Value();
  }
};

inline std::string Acl(std::string_view action, std::string_view direction, std::string_view rest = "") {
  return R"({"Type":"ACL","Settings":{"Action":")" + std::string(action) + R"(","Direction":")" +
         std::string(direction) + "\"" + std::string(rest) + "}}";
}

}  // namespace hns_test
