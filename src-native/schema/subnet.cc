#include "schema/subnet.h"

#include <array>

namespace schema {
namespace {

constexpr std::array<EnumName, 2> kIpamTypes = {{{"Static", 0}, {"Dhcp", 1}}};
constexpr std::array<EnumName, 2> kSubnetFlags = {
    {{"None", 0}, {"DoNotReserveGatewayAddress", subnet_flags::kDoNotReserveGatewayAddress}}};
constexpr std::array<EnumName, 3> kIpSubnetFlags = {
    {{"None", 0},
     {"EnableBroadcast", ip_subnet_flags::kEnableBroadcast},
     {"ReserveNetworkAddress", ip_subnet_flags::kReserveNetworkAddress}}};
constexpr std::array<EnumName, 2> kSubnetPolicyTypes = {{{"VLAN", 0}, {"VSID", 1}}};

constexpr Codes kSubnetCodes{.document = base::hr::HCN_E_INVALID_SUBNET};
constexpr Codes kIpSubnetCodes{.document = base::hr::HCN_E_INVALID_IP_SUBNET};
constexpr Codes kPolicyCodes{.document = base::hr::HCN_E_INVALID_POLICY};

// A subnet without a length would silently become a /32.
void ReadSubnetPrefix(Reader* reader, std::optional<base::IpPrefix>* out) {
  std::string text;
  if (!reader->Prefix("IpAddressPrefix", out) || !reader->String("IpAddressPrefix", &text)) return;
  if (text.find('/') == std::string::npos) {
    const Scope& scope = reader->scope();
    scope.Member("IpAddressPrefix")
        .FailText(scope.codes().prefix, text, "the prefix length is missing, as in 10.1.0.0/16");
  }
}

SubnetPolicy ReadSubnetPolicy(json::Object document, const Scope& scope) {
  SubnetPolicy policy;
  policy.document = document;
  Reader reader(std::move(document), scope);
  if (!reader.Enum("Type", kSubnetPolicyTypes, base::hr::HCN_E_INVALID_POLICY_TYPE, &policy.type)) {
    scope.Member("Type").FailMissing(base::hr::HCN_E_INVALID_POLICY_TYPE, "expected VLAN or VSID");
  }
  // Documents of 2018 had the id beside Type.
  bool given = reader.Number("IsolationId", &policy.isolation_id);
  reader.Object("Settings", [&](json::Object settings, const Scope& place) {
    given = Reader(std::move(settings), place).Number("IsolationId", &policy.isolation_id) || given;
  });
  if (!given) {
    scope.Member("Settings").Member("IsolationId").FailMissing(scope.codes().document, "expected the VLAN id or VSID");
  }
  return policy;
}

}  // namespace

std::optional<base::IpAddress> Subnet::Gateway() const {
  for (const Route& route : routes) {
    if (route.IsDefault()) return route.next_hop;
  }
  return std::nullopt;
}

IpSubnet ReadIpSubnet(json::Object document, const Scope& scope) {
  IpSubnet ip_subnet;
  const Scope place = scope.With(kIpSubnetCodes);
  Reader reader(std::move(document), place);
  ReadObjectBase(&reader, &ip_subnet);
  ReadSubnetPrefix(&reader, &ip_subnet.prefix);
  reader.Flags("Flags", kIpSubnetFlags, &ip_subnet.flags);
  ip_subnet.rest = reader.TakeRest();
  return ip_subnet;
}

json::Value WriteIpSubnet(const IpSubnet& ip_subnet) {
  ObjectWriter writer;
  WriteObjectHead(ip_subnet, &writer);
  writer.AddPrinted("IpAddressPrefix", ip_subnet.prefix);
  writer.Add("Flags", ip_subnet.flags);
  WriteObjectTail(ip_subnet, &writer);
  return writer.Take();
}

Subnet ReadSubnet(json::Object document, const Scope& scope) {
  Subnet subnet;
  const Scope place = scope.With(kSubnetCodes);
  Reader reader(std::move(document), place);
  ReadObjectBase(&reader, &subnet);
  ReadSubnetPrefix(&reader, &subnet.prefix);
  reader.Objects("Policies", [&](json::Object object, const Scope& element) {
    if (!object.empty()) subnet.policies.push_back(ReadSubnetPolicy(std::move(object), element.With(kPolicyCodes)));
  });
  reader.Objects("Routes", [&](json::Object object, const Scope& element) {
    subnet.routes.push_back(ReadRoute(std::move(object), element));
  });
  reader.Objects("IpSubnets", [&](json::Object object, const Scope& element) {
    subnet.ip_subnets.push_back(ReadIpSubnet(std::move(object), element));
  });
  reader.Flags("Flags", kSubnetFlags, &subnet.flags);
  subnet.rest = reader.TakeRest();
  return subnet;
}

json::Value WriteSubnet(const Subnet& subnet) {
  ObjectWriter writer;
  WriteObjectHead(subnet, &writer);
  writer.AddPrinted("IpAddressPrefix", subnet.prefix);
  writer.AddList("Policies", subnet.policies, [](const SubnetPolicy& policy) { return json::Value(policy.document); });
  writer.AddList("Routes", subnet.routes, WriteRoute);
  writer.AddList("IpSubnets", subnet.ip_subnets, WriteIpSubnet);
  writer.Add("Flags", subnet.flags);
  WriteObjectTail(subnet, &writer);
  return writer.Take();
}

Ipam ReadIpam(json::Object document, const Scope& scope) {
  Ipam ipam;
  Reader reader(std::move(document), scope);
  reader.Enum("Type", kIpamTypes, scope.codes().document, &ipam.type);
  reader.Objects("Subnets", [&](json::Object object, const Scope& element) {
    ipam.subnets.push_back(ReadSubnet(std::move(object), element));
  });
  ipam.rest = reader.TakeRest();
  return ipam;
}

json::Value WriteIpam(const Ipam& ipam) {
  ObjectWriter writer;
  writer.Add("Type", NameOf(kIpamTypes, static_cast<std::uint32_t>(ipam.type)));
  writer.AddList("Subnets", ipam.subnets, WriteSubnet);
  writer.AddRest(ipam.rest);
  return writer.Take();
}

}  // namespace schema
