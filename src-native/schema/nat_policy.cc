#include "schema/nat_policy.h"

#include <array>

namespace schema {
namespace {

constexpr std::array<EnumName, 4> kNatFlags = {{{"None", 0},
                                                {"LocalRoutedVip", nat_flags::kLocalRoutedVip},
                                                {"IPv6", nat_flags::kIpv6},
                                                {"ExternalPortReserved", nat_flags::kExternalPortReserved}}};
constexpr std::array<EnumName, 2> kProtocols = {{{"TCP", 6}, {"UDP", 17}}};

}  // namespace

OutBoundNatPolicy ReadOutBoundNatPolicy(json::Object settings, const Scope& scope) {
  OutBoundNatPolicy nat;
  Reader reader(std::move(settings), scope);
  reader.Address("VirtualIP", &nat.virtual_ip);
  reader.Prefixes("Exceptions", &nat.exceptions);
  reader.Prefixes("Destinations", &nat.destinations);
  reader.Flags("Flags", kNatFlags, &nat.flags);
  reader.Number("MaxPortPoolUsage", &nat.max_port_pool_usage);
  return nat;
}

PortMappingPolicy ReadPortMappingPolicy(json::Object settings, const Scope& scope) {
  PortMappingPolicy mapping;
  Reader reader(std::move(settings), scope);
  if (!reader.Enum("Protocol", kProtocols, scope.codes().document, &mapping.protocol)) {
    scope.Member("Protocol").FailMissing(scope.codes().document, "expected 6 (TCP) or 17 (UDP)");
  }
  reader.Number("InternalPort", &mapping.internal_port);
  reader.Number("ExternalPort", &mapping.external_port);
  reader.Address("VIP", &mapping.vip);
  reader.Flags("Flags", kNatFlags, &mapping.flags);
  if (mapping.internal_port == 0) {
    if (reader.Has("InternalPort")) {
      scope.Member("InternalPort")
          .FailText(base::hr::HCN_E_INVALID_INTERNAL_PORT, "0", "expected a port from 1 to 65535");
    } else {
      scope.Member("InternalPort")
          .FailMissing(base::hr::HCN_E_INVALID_INTERNAL_PORT, "expected a port from 1 to 65535");
    }
  }
  return mapping;
}

}  // namespace schema
