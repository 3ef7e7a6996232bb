#include "schema/network_policy.h"

#include <charconv>
#include <limits>
#include <string>

namespace schema {
namespace {

constexpr std::uint32_t kLargestVni = 0xffffff;  // RFC 7348: 24 bits.

class Checker {
 public:
  Checker(json::Object settings, const Scope& scope) : reader_(std::move(settings), scope) {}

  void Text(std::string_view name) {
    std::string text;
    reader_.String(name, &text);
    if (text.empty()) Missing(name, "expected a text");
  }

  void Mac(std::string_view name) {
    std::optional<MacText> mac;
    ReadMac(&reader_, name, &mac);
    if (!mac) return Missing(name, "expected a MAC address such as 00-15-5D-01-02-03");
    if (mac->value.IsGroup() || mac->value.IsZero()) {
      Wrong(name, mac->text, "expected the MAC address of one station");
    }
  }

  void Address(std::string_view name) {
    std::optional<base::IpAddress> address;
    reader_.Address(name, &address);
    if (!address) return Missing(name, "expected an address such as 10.0.0.4");
    if (address->IsUnspecified() || address->IsMulticast() || address->IsV4Broadcast()) {
      Wrong(name, address->ToString(), "expected the address of one host");
    }
  }

  // With its length and without host bits.
  void Prefix(std::string_view name) {
    std::optional<base::IpPrefix> prefix;
    std::string text;
    reader_.Prefix(name, &prefix);
    reader_.String(name, &text);
    if (!prefix) return Missing(name, "expected a prefix such as 10.244.2.0/24");
    if (text.find('/') == std::string::npos) Wrong(name, text, "the prefix length is missing, as in 10.244.2.0/24");
    if (prefix->HasHostBits()) Wrong(name, text, "it has host bits set; expected " + prefix->Masked().ToString());
  }

  void Guid(std::string_view name) {
    base::Guid guid;
    reader_.Guid(name, &guid);
    if (guid.IsZero()) Missing(name, "expected a GUID");
  }

  void Bool(std::string_view name) {
    bool value = false;
    if (!reader_.Bool(name, &value)) Missing(name, "expected true or false");
  }

  void Number(std::string_view name, std::uint32_t lowest, std::uint32_t highest) {
    std::uint32_t value = 0;
    if (!reader_.Number(name, &value)) return Missing(name, "expected a number");
    if (value < lowest || value > highest) {
      Wrong(name, std::to_string(value), "expected " + std::to_string(lowest) + " to " + std::to_string(highest));
    }
  }

  // Fields that constrain an interface; none alone is needed, one is.
  void Interface() {
    base::Guid guid;
    std::uint64_t luid = 0;
    std::uint32_t number = 0;
    std::string text;
    bool any = reader_.Guid("InterfaceGuid", &guid);
    any |= reader_.Number("InterfaceLuid", &luid);
    any |= reader_.Number("InterfaceIndex", &number);
    any |= reader_.Number("InterfaceMediaType", &number);
    any |= reader_.String("InterfaceAlias", &text);
    any |= reader_.String("InterfaceDescription", &text);
    if (!any) Missing("InterfaceGuid", "expected this, InterfaceAlias or another of the interface's names");
  }

  void L4Proxy() {
    std::optional<base::IpAddress> ip;
    std::string text;
    std::uint32_t protocol = 0;
    bool nat = false;
    std::vector<base::IpPrefix> exceptions;
    reader_.Address("IP", &ip);
    if (reader_.String("Port", &text) && !text.empty()) Port(text);
    reader_.Number("Protocol", &protocol);
    if (protocol > std::numeric_limits<std::uint8_t>::max()) {
      Wrong("Protocol", std::to_string(protocol), "expected an IP protocol number such as 6");
    }
    reader_.Prefixes("ExceptionList", &exceptions);
    reader_.Prefixes("Exceptions", &exceptions);
    reader_.String("Destination", &text);
    reader_.Bool("OutboundNAT", &nat);
    if (!reader_.Has("Port")) Missing("Port", "expected the proxy's port, as text");
  }

  void Neighbor() {
    Prefix("TargetIpPrefix");
    Address("SenderIpAddress");
    Mac("SenderMacAddress");
  }

 private:
  void Port(const std::string& text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535) return;
    Wrong("Port", text, "expected a port such as 8080, as text");
  }
  void Missing(std::string_view name, std::string_view remedy) {
    if (reader_.scope().failed()) return;
    reader_.scope().Member(name).FailMissing(reader_.scope().codes().document, remedy);
  }
  void Wrong(std::string_view name, std::string_view value, std::string_view remedy) {
    reader_.scope().Member(name).FailText(reader_.scope().codes().document, value, remedy);
  }

  Reader reader_;
};

}  // namespace

void CheckNetworkPolicySettings(NetworkPolicyType type, json::Object settings, const Scope& scope) {
  Checker checker(std::move(settings), scope);
  switch (type) {
    case NetworkPolicyType::kSourceMacAddress: return checker.Mac("SourceMacAddress");
    case NetworkPolicyType::kNetAdapterName: return checker.Text("NetworkAdapterName");
    case NetworkPolicyType::kInterfaceConstraint: return checker.Interface();
    case NetworkPolicyType::kVSwitchExtension: checker.Guid("ExtensionID"); return checker.Bool("Enable");
    case NetworkPolicyType::kProviderAddress: return checker.Address("ProviderAddress");
    case NetworkPolicyType::kDrMacAddress: return checker.Mac("Address");
    case NetworkPolicyType::kAutomaticDns: return checker.Bool("Enable");
    case NetworkPolicyType::kRemoteSubnetRoute:
      checker.Prefix("DestinationPrefix");
      checker.Number("IsolationId", 1, kLargestVni);
      checker.Address("ProviderAddress");
      return checker.Mac("DistributedRouterMacAddress");
    case NetworkPolicyType::kVxlanPort: return checker.Number("Port", 1, 65535);
    case NetworkPolicyType::kHostRoute: return;
    case NetworkPolicyType::kSetPolicy: return;  // ReadAddressSetPolicy
    case NetworkPolicyType::kL4Proxy: return checker.L4Proxy();
    case NetworkPolicyType::kLayerConstraint: return checker.Guid("LayerId");
    case NetworkPolicyType::kNetworkAcl: return;  // ReadAclPolicy
    case NetworkPolicyType::kNeighborDiscovery: return checker.Neighbor();
  }
}

}  // namespace schema
