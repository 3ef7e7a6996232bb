#include "schema/network.h"

#include <array>

namespace schema {
namespace {

constexpr std::array<EnumName, 11> kNetworkModes = {{{"NAT", 0},
                                                     {"ICS", 1},
                                                     {"Transparent", 2},
                                                     {"L2Bridge", 3},
                                                     {"L2Tunnel", 4},
                                                     {"Overlay", 5},
                                                     {"Private", 6},
                                                     {"Internal", 7},
                                                     {"Mirrored", 8},
                                                     {"Infiniband", 9},
                                                     {"ConstrainedICS", 10}}};

constexpr std::array<EnumName, 17> kNetworkFlags = {{{"None", 0},
                                                     {"EnableDnsProxy", network_flags::kEnableDnsProxy},
                                                     {"EnableDNS", network_flags::kEnableDnsProxy},
                                                     {"EnableDhcpServer", network_flags::kEnableDhcpServer},
                                                     {"EnableDHCP", network_flags::kEnableDhcpServer},
                                                     {"EnableMirroring", network_flags::kEnableMirroring},
                                                     {"EnableNonPersistent", network_flags::kEnableNonPersistent},
                                                     {"EnablePersistent", network_flags::kEnablePersistent},
                                                     {"IsolateVSwitch", network_flags::kIsolateVSwitch},
                                                     {"EnableFlowSteering", network_flags::kEnableFlowSteering},
                                                     {"DisableSharing", network_flags::kDisableSharing},
                                                     {"EnableFirewall", network_flags::kEnableFirewall},
                                                     {"SuppressMediaDisconnect", 512},
                                                     {"DisableHostPort", network_flags::kDisableHostPort},
                                                     {"WeakHostReceiveAdapter", 2048},
                                                     {"WeakHostSendAdapter", 4096},
                                                     {"EnableIov", network_flags::kEnableIov}}};

constexpr Codes kNetworkCodes{.document = base::hr::HCN_E_INVALID_NETWORK};

MacRange ReadMacRange(json::Object document, const Scope& scope) {
  Reader reader(std::move(document), scope);
  std::optional<MacText> start;
  std::optional<MacText> end;
  ReadMac(&reader, "Start", &start);  // As some v1 clients have it.
  ReadMac(&reader, "End", &end);
  ReadMac(&reader, "StartMacAddress", &start);
  ReadMac(&reader, "EndMacAddress", &end);
  MacRange range;
  if (!start) {
    scope.Member("StartMacAddress").FailMissing(scope.codes().document, "expected the first address of the range");
  } else if (!end) {
    scope.Member("EndMacAddress").FailMissing(scope.codes().document, "expected the last address of the range");
  } else if (end->value < start->value) {
    scope.Member("EndMacAddress").FailText(scope.codes().document, end->text, "it must not be below StartMacAddress");
  } else {
    range.start = std::move(*start);
    range.end = std::move(*end);
  }
  range.rest = reader.TakeRest();
  return range;
}

json::Value WriteMacRange(const MacRange& range) {
  ObjectWriter writer;
  writer.Add("StartMacAddress", range.start.text);
  writer.Add("EndMacAddress", range.end.text);
  writer.AddRest(range.rest);
  return writer.Take();
}

json::Value WriteMacPool(const Network& network) {
  ObjectWriter writer;
  writer.AddList("Ranges", network.mac_ranges, WriteMacRange);
  writer.AddRest(network.mac_pool_rest);
  return writer.Take();
}

}  // namespace

std::string_view NetworkModeName(NetworkMode mode) { return NameOf(kNetworkModes, static_cast<std::uint32_t>(mode)); }

base::Result<Network> ReadNetwork(json::Object document) {
  return ReadDocument(std::move(document), kNetworkCodes, [](json::Object object, const Scope& scope) {
    Network network;
    Reader reader(std::move(object), scope);
    ReadObjectBase(&reader, &network);
    NetworkMode type{};
    if (reader.Enum("Type", kNetworkModes, base::hr::HCN_E_INVALID_NETWORK_TYPE, &type)) network.type = type;
    network.policies = ReadNetworkPolicies(&reader, "Policies", PolicyUse::kApply);
    reader.Object("MacPool", [&](json::Object pool, const Scope& place) {
      Reader pool_reader(std::move(pool), place);
      pool_reader.Objects("Ranges", [&](json::Object range, const Scope& element) {
        network.mac_ranges.push_back(ReadMacRange(std::move(range), element));
      });
      network.mac_pool_rest = pool_reader.TakeRest();
    });
    reader.Object("Dns", [&](json::Object dns, const Scope& place) { network.dns = ReadDns(std::move(dns), place); });
    reader.Objects("Ipams", [&](json::Object ipam, const Scope& element) {
      network.ipams.push_back(ReadIpam(std::move(ipam), element));
    });
    reader.Flags("Flags", kNetworkFlags, &network.flags);
    network.rest = reader.TakeRest();
    return network;
  });
}

json::Value WriteNetwork(const Network& network) {
  ObjectWriter writer;
  WriteObjectHead(network, &writer);
  if (network.type) writer.Add("Type", NetworkModeName(*network.type));
  writer.AddList("Policies", network.policies, WriteNetworkPolicy);
  writer.Add("MacPool", WriteMacPool(network));
  writer.Add("Dns", WriteDns(network.dns));
  writer.AddList("Ipams", network.ipams, WriteIpam);
  writer.Add("Flags", network.flags);
  WriteObjectTail(network, &writer);
  return writer.Take();
}

}  // namespace schema
